"""On the invented county: planted violations found to the line and the fen, every row accounted for, no yuan twice."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from models.evaluation import evaluate
from models.home import Home
from models.money.payers import PAYERS


def test_planted_rule_violations_are_found_to_the_line_and_the_fen(landing: Path, home: Path, key_file: Path) -> None:
    rules = evaluate(Home(home), landing / "truth", key_file)[0].frame
    planted = rules.filter(pl.col("planted") > 0)
    assert planted.height > 20
    assert planted["precision"].to_list() == [1.0] * planted.height
    assert planted["recall"].to_list() == [1.0] * planted.height
    assert planted["planted_amount"].to_list() == planted["claimed_amount"].to_list()
    for cell in planted["to_the_fen"]:
        right, _, of = str(cell).partition("/")
        assert right == of


def test_every_row_of_every_file_is_accounted_for(home: Path) -> None:
    manifests = sorted((home / "lists").glob("*/manifest.json"))
    assert len(manifests) == 5, "four quarters and a plan"
    for path in manifests:
        for one in json.loads(path.read_text(encoding="utf-8"))["inputs"]:
            fates = one["loaded"] + one["superseded"] + one["cancelled"] + one["quarantined"]
            assert one["rows_read"] == fates, one
            assert sum(one["reasons"].values()) >= one["quarantined"]


def test_claims_never_exceed_what_a_payer_paid(home: Path) -> None:
    rows = pl.concat([pl.read_parquet(path) for path in sorted((home / "lists").glob("*Q*/clawback.parquet"))])
    claimed: dict[tuple[str, str], Decimal] = {}
    for setl_id, split in rows.select("setl_id", "fund_split").iter_rows():
        for payer, amount in json.loads(split).items():
            claimed[setl_id, payer] = claimed.get((setl_id, payer), Decimal(0)) + Decimal(amount)
    with duckdb.connect(str((home / "published" / "latest").resolve()), read_only=True) as con:
        columns = ", ".join(f"net_{payer}_pay" for payer in PAYERS)
        paid = {row[0]: row[1:] for row in con.execute(f"select setl_id, {columns} from core.settlement").fetchall()}
    assert any(amount > 0 for amount in claimed.values())
    for (setl_id, payer), amount in claimed.items():
        assert amount <= paid[setl_id][PAYERS.index(payer)], (setl_id, payer)
    assert rows["candidate_id"].is_unique().all()

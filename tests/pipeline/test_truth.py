"""On the invented county: planted violations found to the line and the fen, every row accounted for, no yuan twice."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from models.evaluation import Result, evaluate
from models.home import Home
from models.money.payers import PAYERS


@pytest.fixture(scope="module")
def evaluated(landing: Path, home: Path, key_file: Path) -> list[Result]:
    return evaluate(Home(home), landing / "truth", key_file)


def test_planted_rule_violations_are_found_to_the_line_and_the_fen(evaluated: list[Result]) -> None:
    rules = evaluated[0].frame
    planted = rules.filter(pl.col("planted") > 0)
    assert planted.height > 20
    assert planted["precision"].to_list() == [1.0] * planted.height
    assert planted["recall"].to_list() == [1.0] * planted.height
    assert planted["planted_amount"].to_list() == planted["claimed_amount"].to_list()
    for cell in planted["to_the_fen"]:
        right, _, of = str(cell).partition("/")
        assert right == of


def test_stock_that_does_not_add_up_is_found_by_item_and_quarter(evaluated: list[Result]) -> None:
    found = [row for result in evaluated for row in result.frame.to_dicts()]
    stock = [row for row in found if str(row.get("scheme")).startswith("inventory")]
    assert [row["scheme"] for row in stock] == ["inventory (providers)", "inventory (items, quarters)"]
    assert [row["precision"] for row in stock] == [1.0, 1.0]
    providers, items = stock
    assert providers["recall"] == 1.0
    within = int(items["note"].split(" ")[0]) if items["note"] else 0
    assert items["found"] == items["planted"] - within


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
    settled = rows.filter(pl.col("setl_id").is_not_null())
    for setl_id, split in settled.select("setl_id", "fund_split").iter_rows():
        for payer, amount in json.loads(split).items():
            claimed[setl_id, payer] = claimed.get((setl_id, payer), Decimal(0)) + Decimal(amount)
    with duckdb.connect(str((home / "published" / "latest").resolve()), read_only=True) as con:
        columns = ", ".join(f"net_{payer}_pay" for payer in PAYERS)
        paid = {row[0]: row[1:] for row in con.execute(f"select setl_id, {columns} from core.settlement").fetchall()}
        by_provider = "select fixmedins_code, sum(paid) from core.settlement group by fixmedins_code"
        whole = dict(con.execute(by_provider).fetchall())
    assert any(amount > 0 for amount in claimed.values())
    for (setl_id, payer), amount in claimed.items():
        assert amount <= paid[setl_id][PAYERS.index(payer)], (setl_id, payer)
    for provider, amount in rows.group_by("fixmedins_code").agg(pl.col("fund_amount").sum()).iter_rows():
        assert amount <= whole[provider], provider
    assert rows["candidate_id"].is_unique().all()


def test_the_fund_planned_too_small_is_told_and_innocent_ones_are_not(evaluated: list[Result]) -> None:
    rows = {
        row["scheme"]: row for result in evaluated if "funds" in result.frame.columns for row in result.frame.to_dicts()
    }
    assert rows["fund_overspent"]["over"] == rows["fund_overspent"]["funds"] == 1
    assert rows["lookalike_fund"]["over"] == 0

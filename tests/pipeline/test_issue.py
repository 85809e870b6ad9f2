"""Issued lists are frozen; what changes afterwards is a supplement, withdrawals included."""

import csv
import shutil
from functools import partial
from pathlib import Path

import polars as pl

from tests.pipeline.forked import forked
from tests.pipeline.support import run, tree_bytes


def _refund(landing: Path, setl_id: str) -> None:
    """Deliver a whole refund of one settlement with the next month."""
    source = next(p for p in sorted(landing.glob("[0-9]*/setl_d*.csv")) if setl_id in p.read_text(encoding="utf-8"))
    with source.open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["setl_id"] == setl_id)
    for name, value in row.items():
        if value and (name.endswith(("_pay", "_amt", "_sumamt", "_selfpay", "_dedc"))):
            row[name] = str(-float(value)) if float(value) else value
    for name in row:
        if row[name] and name.endswith(("_pay", "_amt", "_sumamt", "_selfpay", "_dedc")):
            row[name] = f"{float(row[name]):.2f}"
    row |= {"setl_id": "REFUND-1", "refd_setl_flag": "1", "init_setl_id": setl_id, "setl_time": "2024-04-29 10:00:00"}
    (landing / "202404").mkdir()
    with (landing / "202404" / "setl_d_refund.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)


def _issue(home: Path, period: str) -> None:
    result = forked("issue", period, "--home", home)
    assert result.returncode == 0, result.stderr


def test_an_issued_list_is_frozen_and_a_late_refund_withdraws_by_supplement(
    plain_landing: Path, plain_home: Path, key_file: Path, tmp_path: Path
) -> None:
    landing, home, period = tmp_path / "landing", tmp_path / "home", "2024Q1"
    shutil.copytree(plain_landing, landing)
    shutil.copytree(plain_home, home, symlinks=True)
    again = partial(run, landing, home, "--key-file", key_file)
    _issue(home, period)
    folder = home / "lists" / period
    frozen = tree_bytes(folder)

    again()
    assert tree_bytes(folder) == frozen, "a rerun leaves the issued folder untouched"
    assert not list((home / "lists").glob(f"{period}-s*")), "nothing changed, so no supplement"
    nothing = forked("issue", period, "--home", home)
    assert nothing.returncode == 2, "issued already and nothing new"
    assert "Traceback" not in nothing.stderr

    claimed = pl.read_parquet(folder / "clawback.parquet").filter(pl.col("fund_amount") > 0)
    victim = claimed.drop_nulls("setl_id").sort("candidate_id").row(0, named=True)  # a provider's item has none
    _refund(landing, victim["setl_id"])
    (landing / "reference" / "decision_d_stray.csv").write_text(
        "candidate_id,stage,decided_on,outcome\nnobody,处理,2024-06-01,upheld\n", encoding="utf-8"
    )
    told = again()
    assert "1 条疑点有结论但从未下发" in told.stderr, "a mistyped candidate_id must not pass in silence"
    assert tree_bytes(folder) == frozen
    supplement = home / "lists" / f"{period}-s01"
    rows = pl.read_parquet(supplement / "clawback.parquet")
    gone = rows.filter(pl.col("candidate_id") == victim["candidate_id"]).row(0, named=True)
    assert gone["status"] == "withdrawn"
    assert gone["fund_amount"] == 0
    assert rows.height < claimed.height, "a supplement lists what changed, not the list again"

    _issue(home, period)
    both = tree_bytes(folder) | tree_bytes(supplement)
    again()
    assert tree_bytes(folder) | tree_bytes(supplement) == both
    assert not (home / "lists" / f"{period}-s02").exists()

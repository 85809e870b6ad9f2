"""Issued lists are frozen; what changes afterwards is a supplement, withdrawals included."""

import csv
import shutil
from pathlib import Path

import polars as pl
import pytest

from models.sample import write_world
from tests.pipeline.support import jicha, run, tree_bytes


@pytest.fixture
def issued(tmp_path: Path, key_file: Path) -> tuple[Path, Path, str]:
    """Landing, home and period of a small county whose second quarter has been issued."""
    landing, home = tmp_path / "landing", tmp_path / "home"
    write_world(landing, people=400, months=7, seed=21, providers=16, messy=False)
    run(landing, home, "--key-file", key_file)
    result = jicha("issue", "2024Q2", "--home", home)
    assert result.returncode == 0, result.stderr
    return landing, home, "2024Q2"


def test_a_rerun_leaves_the_issued_folder_untouched(issued: tuple[Path, Path, str], key_file: Path) -> None:
    landing, home, period = issued
    before = tree_bytes(home / "lists" / period)
    run(landing, home, "--key-file", key_file)
    assert tree_bytes(home / "lists" / period) == before
    assert not list((home / "lists").glob(f"{period}-s*")), "nothing changed, so no supplement"


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
    row |= {"setl_id": "REFUND-1", "refd_setl_flag": "1", "init_setl_id": setl_id, "setl_time": "2024-07-30 10:00:00"}
    with (landing / "202407" / "setl_d_refund.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)


def test_a_late_refund_withdraws_by_supplement(issued: tuple[Path, Path, str], key_file: Path) -> None:
    landing, home, period = issued
    folder = home / "lists" / period
    before = tree_bytes(folder)
    claimed = pl.read_parquet(folder / "clawback.parquet").filter(pl.col("fund_amount") > 0)
    victim = claimed.sort("candidate_id").row(0, named=True)
    _refund(landing, victim["setl_id"])
    run(landing, home, "--key-file", key_file)
    assert tree_bytes(folder) == before
    supplement = pl.read_parquet(home / "lists" / f"{period}-s01" / "clawback.parquet")
    gone = supplement.filter(pl.col("candidate_id") == victim["candidate_id"]).row(0, named=True)
    assert gone["status"] == "withdrawn"
    assert gone["fund_amount"] == 0
    result = jicha("issue", period, "--home", home)
    assert result.returncode == 0, result.stderr
    frozen = tree_bytes(home / "lists" / f"{period}-s01")
    run(landing, home, "--key-file", key_file)
    assert tree_bytes(home / "lists" / f"{period}-s01") == frozen
    assert not (home / "lists" / f"{period}-s02").exists()


def test_a_changed_issued_file_is_noticed(issued: tuple[Path, Path, str]) -> None:
    _, home, period = issued
    copy = home / "lists" / "copy"
    shutil.copytree(home / "lists" / period, copy)
    result = jicha("issue", period, "--home", home)
    assert result.returncode == 2, "issued already and nothing new"
    assert "Traceback" not in result.stderr

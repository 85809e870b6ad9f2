"""The quality gate of a run: what does not add up makes no list until somebody answers for it."""

import json
from pathlib import Path

import polars as pl

from models.sample import write_world
from tests.pipeline.forked import forked
from tests.pipeline.support import run


def spoil(landing: Path) -> None:
    """Add a yuan to every sum of the fund, which its payers do not make up."""
    for path in landing.glob("2*/setl_d.csv"):
        rows = pl.read_csv(path, infer_schema=False)
        more = pl.col("fund_pay_sumamt").cast(pl.Decimal(16, 2)) + pl.lit(1).cast(pl.Decimal(16, 2))
        rows.with_columns(more.cast(pl.String)).write_csv(path)


def test_failed_checks_stop_the_lists_until_somebody_answers_for_them(key_file: Path, tmp_path: Path) -> None:
    landing, home = tmp_path / "landing", tmp_path / "home"
    write_world(landing, people=60, months=3, seed=3, providers=8, messy=False)
    spoil(landing)
    stopped = forked("run", "--landing", landing, "--home", home, "--key-file", key_file)
    assert stopped.returncode == 4, stopped.stdout + stopped.stderr
    assert all(word in stopped.stderr for word in ("2024Q1", "setl_fund_sum", "--accept-quality"))
    assert "Traceback" not in stopped.stderr
    assert list((home / "lists").glob("*Q*")) == []

    run(landing, home, "--key-file", key_file, "--accept-quality", "已核对原始单据")
    said = json.loads((home / "lists" / "2024Q1" / "manifest.json").read_text(encoding="utf-8"))
    assert [line for line in said["warnings"] if "已核对原始单据" in line]

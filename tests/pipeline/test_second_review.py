"""The lists of second review as a run leaves them: apart from what was found, replayable, whole."""

import hashlib
import json
from pathlib import Path

import polars as pl

from models.manifest import verify


def test_samples_are_what_the_manifest_says_and_nothing_that_was_found(home: Path) -> None:
    folders = sorted(path.parent for path in (home / "lists").glob("*Q*/manifest.json"))
    assert folders
    for folder in folders:
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["review"]
        sample = pl.read_parquet(folder / "review_sample.parquet")
        found = pl.read_parquet(folder / "clawback.parquet")["setl_id"].drop_nulls()
        assert not set(sample["setl_id"]) & set(found)
        lots = [hashlib.sha256(f"{said['seed']}|{one}".encode()).hexdigest() for one in sample["setl_id"]]
        assert sample["lot"].to_list() == lots
        assert sample.height == sum(one["drawn"] for one in said["workload"].values())
        last = {
            (one["month"], one["stratum"]): (one["units"], one["population"], one["last_lot"]) for one in said["strata"]
        }
        for (month, stratum), part in sample.partition_by("month", "stratum", as_dict=True).items():
            units, population, lot = last[str(month), str(stratum)]
            assert (part.height, part["lot"].max()) == (units, lot)
            assert part["selection_probability"].unique().to_list() == [round(units / population, 8)]
            assert units >= min(2, population)
        assert verify(folder) == []


def test_nothing_is_offered_for_recovery_before_anybody_has_reviewed(home: Path) -> None:
    for path in sorted((home / "lists").glob("*Q*/review_estimate.parquet")):
        rows = pl.read_parquet(path)
        assert {"total", "inpatient", "outpatient"} <= set(rows["stratum"])
        assert not rows["usable"].any() and rows["why_not"].null_count() == 0
        assert rows["recoverable_amount"].sum() == 0


def test_months_whose_quarter_has_its_lists_have_no_folder_of_their_own(home: Path) -> None:
    assert not [path.name for path in (home / "lists").iterdir() if path.name.isdigit() and len(path.name) == 6]

"""Real-format input that nobody here wrote: loads by a mapping file alone and goes through to both lists."""

import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.support import jicha, run

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("JICHA_SYNPUF", ROOT.parent / "shared" / "data" / "synpuf"))


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"DE-SynPUF is not at hand: set JICHA_SYNPUF (looked in {DATA})")
def test_synpuf_loads_and_reaches_both_lists(tmp_path: Path) -> None:
    landing, home = tmp_path / "landing", tmp_path / "home"
    landing.mkdir()
    for name in ("inpatient_claims.csv.gz", "beneficiaries_2009.csv.gz"):
        shutil.copy(DATA / name, landing / name)
    shutil.copy(ROOT / "docs" / "examples" / "synpuf" / "mapping.yaml", landing / "mapping.yaml")
    checked = jicha("check", landing, "--home", home)
    assert checked.returncode == 0, checked.stderr
    run(landing, home, "--quarter", "2009Q2", "--year", "2010", "--as-of", "2009-07-31")
    folder = home / "lists" / "2009Q2"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for one in manifest["inputs"]:
        assert one["rows_read"] == one["loaded"] + one["superseded"] + one["cancelled"] + one["quarantined"], one
    claims = next(one for one in manifest["inputs"] if one["table"] == "setl_d")
    assert claims["rows_read"] == 102_933
    deviation = pl.read_parquet(folder / "deviation.parquet")
    assert deviation.filter(pl.col("assessable")).height > 0
    assert pl.read_parquet(home / "lists" / "2010" / "inspection.parquet").height > 1_000
    assert (folder / "clawback.xlsx").exists()

"""Real-format input that nobody here wrote: loads by a mapping file alone and goes through to both lists."""

import csv
import gzip
import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from models import ingest
from models.config import Config
from models.engine import open_engine
from models.home import Home
from tests.pipeline.forked import forked
from tests.pipeline.support import KEY, run

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("JICHA_SYNPUF", ROOT.parent / "shared" / "data" / "synpuf"))
CLAIMS, PERSONS = "inpatient_claims.csv.gz", "beneficiaries_2009.csv.gz"
STATES = ("0", "1", "2")  # where a provider's number begins; of fewer no group has cases enough to compare

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"DE-SynPUF is not at hand: set JICHA_SYNPUF (looked in {DATA})"),
]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A landing of the whole files."""
    folder = tmp_path / "landing"
    folder.mkdir()
    for name in (CLAIMS, PERSONS):
        shutil.copyfile(DATA / name, folder / name)
    shutil.copyfile(ROOT / "docs" / "examples" / "synpuf" / "mapping.yaml", folder / "mapping.yaml")
    return folder


def _reconciles(inputs: list[dict]) -> bool:
    return all(
        one["rows_read"] == one["loaded"] + one["superseded"] + one["cancelled"] + one["quarantined"] for one in inputs
    )


def test_every_claim_is_loaded_or_set_aside(landing: Path, tmp_path: Path) -> None:
    home, config = Home(tmp_path / "home"), Config()
    home.prepare()
    engine = open_engine(home, config)
    ingest.load(engine, landing, home, bytes.fromhex(KEY), config)
    ingest.resolve(engine)
    inputs = ingest.input_rows(engine)
    engine.close()
    assert _reconciles(inputs)
    claims = next(one for one in inputs if one["table"] == "setl_d")
    assert (claims["rows_read"], claims["loaded"], claims["quarantined"]) == (102_933, 102_841, 92)


def _keep_states(file: Path) -> tuple[int, set[str]]:
    """Keep the claims of some states: how many, and the providers with one in the plan's months that is no refund."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as source:
        head, *rows = csv.reader(source)
    provider, until, paid = (head.index(name) for name in ("PRVDR_NUM", "CLM_THRU_DT", "CLM_PMT_AMT"))
    kept = [row for row in rows if row[provider].startswith(STATES)]
    with gzip.open(file, "wt", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([head, *kept])
    year = [row for row in kept if "20070801" <= row[until] < "20080801" and not row[paid].startswith("-")]
    return len(kept), {row[provider] for row in year}


def test_an_area_s_claims_reach_both_lists(landing: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    written, active = _keep_states(landing / CLAIMS)
    checked = forked("check", landing, "--home", home)
    assert checked.returncode == 0, checked.stderr
    run(landing, home, "--quarter", "2008Q2", "--year", "2009", "--as-of", "2008-07-31")
    folder = home / "lists" / "2008Q2"
    inputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    assert _reconciles(inputs)
    assert next(one for one in inputs if one["table"] == "setl_d")["rows_read"] == written > 50_000
    deviation = pl.read_parquet(folder / "deviation.parquet")
    assert deviation.filter(pl.col("assessable")).height > 0
    plan = pl.read_parquet(home / "lists" / "2009" / "inspection.parquet")
    assert set(plan["fixmedins_code"]) == active and len(active) > 1_000
    assert (folder / "clawback.xlsx").exists()

"""Persons on invented counties whose truth is known: every pattern found, no look-alike listed, at several seeds."""

from collections.abc import Iterator

import polars as pl
import pytest

from models import core, ingest
from models.config import Config
from models.engine import open_engine
from models.evaluation.person_patterns import PATTERNS, pattern_table
from models.evaluation.truth import read_truth
from models.home import Home
from models.ingest.keys import pseudonym
from models.persons import persons
from models.sample import write_world
from models.scores.window import quarter_window

KEY = bytes(range(32))


@pytest.fixture(scope="module", params=[21, 22])
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pl.DataFrame]:
    folder = tmp_path_factory.mktemp("county")
    write_world(folder / "landing", people=2_500, months=12, seed=request.param, providers=40, messy=False)
    home, config = Home(folder / "home"), Config()
    home.prepare()
    engine = open_engine(home, config)
    ingest.load(engine, folder / "landing", home, KEY, config)
    ingest.resolve(engine)
    core.build(engine, config)
    persons(engine, "2024Q4", config)
    truth = read_truth(folder / "landing")
    listed = engine.frame("select * from score.person")
    settled = set(truth.settlements["setl_id"])
    window = quarter_window("2024Q4")
    yield pattern_table(truth, {"person": listed}, lambda n: pseudonym(KEY, n), window, settled).frame
    engine.close()


def test_every_planted_person_is_found_and_nobody_else(judged: pl.DataFrame) -> None:
    rows = judged.filter(pl.col("pattern").is_in(list(PATTERNS)))
    assert set(rows["pattern"]) == set(PATTERNS)
    assert rows["recall"].min() == 1.0, rows
    assert rows["precision"].min() == 1.0, rows


def test_no_look_alike_is_listed(judged: pl.DataFrame) -> None:
    rows = judged.filter(pl.col("pattern").str.starts_with("lookalike_"))
    assert rows.height >= 12
    assert rows["found"].sum() == 0, rows

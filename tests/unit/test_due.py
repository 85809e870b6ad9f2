"""Which periods a run makes: what was asked for, after what it rests on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from models import due, marks
from models.beside import Beside
from models.config import Config, Params, Thresholds
from models.engine.duck import memory_engine
from models.engine.spill import SpillWatch
from models.errors import UsageError
from models.home import Home
from models.ingest import store
from models.session import Options, Session
from tests.given import given

MONTHS = [f"{year}{month:02d}" for year in (2023, 2024) for month in range(1, 13)]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    """A home of two years of data in which only 2024Q3 was made."""
    engine = given(memory_engine(), setl_d=[{"setl_id": "S1", "setl_time": "2024-12-31 23:59:59"}])
    engine.con.execute("create or replace table core.settlement as select '2024Q4' as quarter")
    options = Options(home=tmp_path, landing=None)
    session = SimpleNamespace(engine=engine, home=Home(tmp_path), options=options)

    @contextmanager
    def opened(_: Options) -> Iterator[SimpleNamespace]:
        yield session

    monkeypatch.setattr(due, "open_session", opened)
    monkeypatch.setattr(due, "loaded_months", lambda _: MONTHS)
    monkeypatch.setattr(marks, "not_made", lambda _, period: period != "2024Q3")
    return options


def quarters(found: due.Due) -> list[str]:
    return [str(one) for one in found.quarters]


def test_a_quarter_comes_after_what_is_missing_of_the_four_before(asked: Options) -> None:
    found = due.due(asked, "2024Q4")
    assert (quarters(found), found.year) == (["2023Q4", "2024Q1", "2024Q2", "2024Q4"], None)


def test_a_plan_comes_after_what_is_missing_of_its_twelve_months(asked: Options) -> None:
    found = due.due(asked, year=2025)
    assert (quarters(found), found.year) == (["2024Q1", "2024Q2", "2024Q4"], 2025)


def test_a_quarter_made_alone_knows_what_it_rests_on(asked: Options) -> None:
    with due.open_session(asked) as session:
        assert due.unmade_before(session, "2024Q4") == ["2023Q4", "2024Q1", "2024Q2"]
        assert due.unmade_before(session, "2023Q1") == []


@pytest.mark.parametrize("year", [1999, 2026, 2090])
def test_a_plan_without_data_is_refused(asked: Options, year: int) -> None:
    with pytest.raises(UsageError, match="2000–2025"):
        due.due(asked, year=year)


def test_a_mistyped_year_moves_neither_the_as_of_nor_the_plan(asked: Options) -> None:
    with due.open_session(asked) as session:
        for setl_id, moment in (("S2", "2205-05-11 10:00:00"), ("S3", "2025-01-02 08:00:00")):
            session.engine.con.execute(
                "insert into cur.setl_d by name select $1 as setl_id, $2 as setl_time", [setl_id, moment]
            )
        session.engine.con.execute("insert into core.settlement values ('2205Q2')")
        assert due.as_of(session) == datetime(2025, 1, 2, 8)
    with pytest.raises(UsageError, match="2205Q2"):
        due.due(asked, "2205Q2")


def test_as_of_inside_a_quarter_leaves_that_quarter_out(asked: Options) -> None:
    object.__setattr__(asked, "as_of", datetime(2024, 11, 30, 12))
    assert quarters(due.due(asked, year=2025)) == ["2023Q4", "2024Q1", "2024Q2"]


def test_changed_thresholds_alone_list_a_quarter_again_from_its_tables(tmp_path: Path) -> None:
    engine = given(memory_engine(), setl_d=[])
    store.prepare(engine)
    options = Options(home=tmp_path, landing=None)
    session = Session(options, Home(tmp_path), Config(), engine, b"", Beside(), SpillWatch(tmp_path))
    (tmp_path / "lists" / "2024Q3").mkdir(parents=True)
    (tmp_path / "lists" / "2024Q3" / "manifest.json").write_text("{}")
    marks.remember(session, "2024Q3")
    assert marks.is_fresh(session, "2024Q3")
    limits, params = Config(thresholds=Thresholds(q_value=0.1)), Config(params=Params(look_back_days=30))
    for config, relisted in ((Config(), False), (limits, True), (params, False)):
        session.config = config
        assert marks.only_relist(session, "2024Q3") is relisted
    session.config = limits
    assert marks.why_stale(session, "2024Q3") is not None  # not to be issued as it is
    assert not marks.not_made(session, "2024Q3")  # but others may rest on it
    marks.remember(session, "2024Q3")
    assert marks.is_fresh(session, "2024Q3") and not marks.only_relist(session, "2024Q3")
    store.set_info(engine, "core", "")  # as a load leaves it that was interrupted
    assert "jicha run" in str(marks.why_stale(session, "2024Q3"))

"""Tables of the warehouse: written whole or not at all, and a period at a time, also those of an earlier version."""

import polars as pl
import pytest

from models.contracts.lists import lists
from models.engine.duck import Engine, memory_engine
from models.engine.frames import replace_period
from models.sampling.store import keep_list
from tests.given import rows_of


def made(engine: Engine) -> bool:
    return engine.exists("score.made")


def fail(engine: Engine) -> None:
    with engine.all_or_nothing():
        engine.con.execute("create table score.made (n integer)")
        raise RuntimeError


def test_work_alone_is_kept_or_undone_as_a_whole() -> None:
    engine = memory_engine()
    with pytest.raises(RuntimeError):
        fail(engine)
    assert not made(engine)
    with engine.all_or_nothing():
        engine.con.execute("create table score.made (n integer)")
    assert made(engine)


def test_work_inside_a_transaction_is_kept_or_undone_with_it() -> None:
    engine = memory_engine()
    with pytest.raises(RuntimeError), engine.transaction():
        with engine.all_or_nothing():
            engine.con.execute("create table score.made (n integer)")
        assert made(engine)
        raise RuntimeError
    assert not made(engine)
    with engine.transaction(), engine.all_or_nothing():
        engine.con.execute("create table score.made (n integer)")
    assert made(engine)


def test_a_period_is_replaced_and_the_others_stay() -> None:
    engine = memory_engine()
    for period, value in (("2024Q4", 1), ("2025Q1", 2), ("2025Q1", 3)):
        frame = pl.DataFrame({"period": [period], "limit": [value]})
        assert replace_period(engine, "score.made", period, frame, {"limit": "integer"}) == 1
    assert rows_of(engine, "select * from score.made order by all") == [("2024Q4", 1), ("2025Q1", 3)]
    with pytest.raises(ValueError, match="limit"):
        replace_period(engine, "score.made", "2025Q1", pl.DataFrame({"n": [1]}), {"limit": "integer"})
    assert replace_period(engine, "score.made", "2025Q1", frame.clear()) == 0
    assert rows_of(engine, "select * from score.made") == [("2024Q4", 1)]


def test_the_sample_of_an_earlier_version_takes_the_columns_that_its_list_has_since() -> None:
    engine = memory_engine()
    engine.con.execute("create table score.review_sample (period varchar, setl_id varchar)")
    engine.con.execute("insert into score.review_sample values ('2024Q4', 'S0')")
    row = {**dict.fromkeys(lists()["review_sample"].names), "setl_id": "S1", "lot": "0a"}
    keep_list(engine, "review_sample", "2025Q1", pl.DataFrame([row]))
    found = rows_of(engine, "select period, setl_id, lot from score.review_sample order by period")
    assert found == [("2024Q4", "S0", None), ("2025Q1", "S1", "0a")]

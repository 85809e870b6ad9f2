"""Whole or not at all, alone and inside what the caller has begun."""

import pytest

from models.engine.duck import Engine, memory_engine


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

"""Stages beside each other: what was begun is waited for and done once; its faults are raised where it is asked for."""

from threading import Event

import pytest

from models.beside import LARGE, Beside
from models.engine import Engine
from models.engine.duck import memory_engine


@pytest.fixture
def engine() -> Engine:
    made = memory_engine()
    made.con.execute("set threads = 2")
    made.con.execute("create table core.fee_line (setl_id varchar)")
    return made


def _note(engine: Engine) -> None:
    engine.con.execute("create table if not exists score.done (times bigint)")
    engine.con.execute("insert into score.done values (1)")


def test_work_begun_is_done_once(engine: Engine) -> None:
    beside = Beside()
    beside.begin(engine, {("deviation", "2025Q1"): _note})
    beside.result(engine, ("deviation", "2025Q1"), _note)
    beside.close()
    assert engine.count("score.done") == 1


def test_two_connections_share_the_threads_while_both_work(engine: Engine) -> None:
    def threads() -> int:
        return int(engine.con.execute("select current_setting('threads')").fetchall()[0][0])

    looked = Event()

    def waits(own: Engine) -> None:
        looked.wait(timeout=60)
        _note(own)

    beside = Beside()
    beside.begin(engine, {})
    assert threads() == 2
    beside.begin(engine, {("a", "2025Q1"): _note, ("b", "2025Q1"): waits})
    assert threads() == 1
    beside.result(engine, ("a", "2025Q1"), _note)
    assert threads() == 1
    looked.set()
    beside.result(engine, ("b", "2025Q1"), waits)
    assert threads() == 2
    beside.close()


def test_work_not_begun_is_done_when_it_is_asked_for(engine: Engine) -> None:
    beside = Beside()
    beside.result(engine, ("deviation", "2025Q1"), _note)
    beside.close()
    assert engine.count("score.done") == 1


def test_a_fault_is_raised_by_the_one_that_asks(engine: Engine) -> None:
    def fails(_: Engine) -> None:
        raise ValueError("no such thing")

    beside = Beside()
    beside.begin(engine, {("a", "2025Q1"): fails, ("b", "2025Q1"): _note})
    with pytest.raises(ValueError, match="no such thing"):
        beside.result(engine, ("a", "2025Q1"), fails)
    beside.result(engine, ("b", "2025Q1"), _note)
    beside.close()
    assert engine.count("score.done") == 1


@pytest.mark.parametrize(("threads", "lines"), [(1, 1), (2, LARGE + 1)])
def test_one_thread_or_large_data_begin_nothing(engine: Engine, threads: int, lines: int) -> None:
    engine.con.execute(f"set threads = {threads}")
    engine.con.execute(f"insert into core.fee_line select '' from range({lines})")
    beside = Beside()
    beside.begin(engine, {("a", "2025Q1"): _note})
    beside.close()
    assert not engine.exists("score.done")

"""Stages that need nothing of each other, two at a time: the rules on one connection, the cost scores on another.

A small county leaves one core idle, since its queries are too small to share among threads. Large data keep all threads
busy by themselves and need the memory, so there every stage runs alone. What is made, and in what order it is told, is
the same either way.
"""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar, cast

import duckdb

from models.engine import Engine

# seconds after which a thread that waits gets the interpreter: the usual 0.005 is longer than most queries here
SWITCH = 0.0005
LARGE = 5_000_000  # fee lines
Made = TypeVar("Made")


class Beside:
    """Work begun before its turn, one piece after another in a thread of its own; `result` waits for it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
        self._begun: dict[tuple[str, str], Future[Any]] = {}
        self._threads = 0  # of the database, before a thread of its own was begun beside

    def begin(self, engine: Engine, works: Mapping[tuple[str, str], Callable[[Engine], object]]) -> None:
        """Begin works on a connection of their own; none where the data are large, one thread is all there
        is, or the engine works alone.

        What was begun before and not yet asked for goes on as it is.
        """
        new = {key: work for key, work in works.items() if key not in self._begun}
        if not new or not engine.shared:
            return
        threads = self._threads or int(engine.con.execute("select current_setting('threads')").fetchall()[0][0])
        if threads < 2 or not engine.exists("core.fee_line") or engine.count("core.fee_line") > LARGE:
            return
        sys.setswitchinterval(SWITCH)
        # each connection works on the thread that calls it: with one helper less no core has two to switch between
        self._threads = threads
        engine.con.execute(f"set threads = {threads - 1}")
        # a work is given its connection when its turn comes: a cursor belongs to one thread
        for key, work in new.items():
            self._begun[key] = self._pool.submit(_on_own_connection, engine.con, work)

    def result(self, engine: Engine, key: tuple[str, str], work: Callable[[Engine], Made]) -> Made:
        """What a work makes: done now, or waited for where it was begun; raises what it raised."""
        begun = self._begun.pop(key, None)
        if begun is None:
            return work(engine)
        try:
            return cast(Made, begun.result())
        finally:
            if self._threads and all(one.done() for one in self._begun.values()):
                engine.con.execute(f"set threads = {self._threads}")
                self._threads = 0

    def close(self) -> None:
        """Wait for the work that runs; what has not begun is left."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _on_own_connection(con: duckdb.DuckDBPyConnection, work: Callable[[Engine], Made]) -> Made:
    with con.cursor() as own:
        own.execute("set enable_progress_bar = false")
        return work(Engine(own))

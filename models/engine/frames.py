"""Frames of Python as tables of the warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from models.engine.duck import Engine


@contextmanager
def as_view(engine: Engine, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """The frame under a name that statements can read, for the length of the block."""
    engine.con.complete()  # a result read with fetchone() stays open, and nothing can be registered beside it
    engine.con.register(name, frame)
    try:
        yield
    finally:
        engine.con.unregister(name)


def put(engine: Engine, table: str, frame: pl.DataFrame, temporary: bool = False) -> None:
    """Make `table` anew from the frame; a `temporary` one is of this connection alone."""
    with as_view(engine, "put_rows", frame):
        engine.con.execute(f"create or replace {'temp ' * temporary}table {table} as select * from put_rows")

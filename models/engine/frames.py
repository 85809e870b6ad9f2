"""Frames of Python as tables of the warehouse."""

from collections.abc import Iterator, Mapping
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


def replace_period(
    engine: Engine, table: str, period: str, frame: pl.DataFrame, columns: Mapping[str, str] | None = None
) -> int:
    """Replace the rows of one period in a table that holds several, by its column `period`; returns their number.

    `columns`: what the table has of the frame, with SQL types; default all of it, as it is. A table that an earlier
    version made takes the columns it lacks: null in the rows of earlier periods. Joins the caller's transaction.
    Raises ValueError where the frame lacks columns.
    """
    rows = frame.drop("period", strict=False)
    with as_view(engine, "period_rows", rows):
        found = {row[0]: row[1] for row in engine.con.execute("describe period_rows").fetchall()}
        kinds = {name: kind for name, kind in (columns or found).items() if name != "period"}
        if kinds.keys() - found.keys():
            raise ValueError(f"{table} lacks columns {sorted(kinds.keys() - found.keys())}")
        made = {"period": "varchar", **kinds}  # names are quoted: a list may call a column `limit`
        declared = ", ".join(f'"{name}" {kind}' for name, kind in made.items())
        engine.con.execute(f"create table if not exists {table} ({declared})")
        there = {row[0] for row in engine.con.execute(f"describe {table}").fetchall()}
        for name in [name for name in made if name not in there]:
            engine.con.execute(f'alter table {table} add column "{name}" {made[name]}')
        engine.con.execute(f"delete from {table} where period = $period", {"period": period})
        casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in kinds.items())
        engine.con.execute(
            f"insert into {table} by name select $period as period, {casts} from period_rows", {"period": period}
        )
    return rows.height

"""Score tables: their columns and types, and the replacement of one period's rows."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from models.contracts.lists import lists, schema
from models.engine.duck import Engine
from models.engine.frames import as_view


def columns_of(table: str) -> dict[str, str]:
    """Columns of a score table with their SQL types: the period, then those of the list of that name."""
    spec = lists()[table.removeprefix("score.")]
    return {"period": "VARCHAR", **{column.name: column.sql_type for column in spec.columns}}


@dataclass(frozen=True)
class ScoreSummary:
    """What a score stage did: rows written by table; `warnings` are lines for people, `facts` go into the manifest."""

    period: str
    rows: dict[str, int]
    warnings: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def store(engine: Engine, table: str, period: str, frame: pl.DataFrame) -> int:
    """Replace the rows of one period of a score table; `frame` has the table's columns but `period`.

    Returns the number of rows. Raises ValueError when columns are missing.
    """
    columns = columns_of(table)
    missing = columns.keys() - {"period"} - set(frame.columns)
    if missing:
        raise ValueError(f"{table} lacks columns {sorted(missing)}")
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns.items() if name != "period")
    made = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())  # quoted: a list may call a column `limit`
    engine.con.execute(f"create table if not exists {table} ({made})")
    _widen(engine, table, columns)
    engine.con.execute(f"delete from {table} where period = $period", {"period": period})
    with as_view(engine, "score_rows", frame):
        engine.con.execute(
            f"insert into {table} by name select $period as period, {casts} from score_rows", {"period": period}
        )
    return frame.height


def _widen(engine: Engine, table: str, columns: dict[str, str]) -> None:
    """Give a table that an earlier version made the columns it lacks; earlier periods' rows have nulls there."""
    there = set(engine.frame(f"select * from {table} limit 0").columns)
    for name, kind in columns.items():
        if name not in there:
            engine.con.execute(f'alter table {table} add column "{name}" {kind}')


def empty(table: str) -> pl.DataFrame:
    """No rows, with the columns of a score table but `period`."""
    kinds = schema(table.removeprefix("score."))
    return pl.DataFrame(schema={name: kind for name, kind in kinds.items() if name != "period"})


def yuan(values: pl.Series) -> pl.Series:
    """Estimated yuan as decimals of two places; what is unknown stays null. Claims are never made this way."""
    return values.cast(pl.Float64).fill_nan(None).cast(pl.Decimal(16, 2), strict=False)

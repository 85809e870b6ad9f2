"""Score tables: their columns and types, and the replacement of one period's rows."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from models.contracts.lists import lists, schema
from models.engine.duck import Engine
from models.engine.frames import replace_period


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
    return replace_period(engine, table, period, frame, columns_of(table))


def empty(table: str) -> pl.DataFrame:
    """No rows, with the columns of a score table but `period`."""
    kinds = schema(table.removeprefix("score."))
    return pl.DataFrame(schema={name: kind for name, kind in kinds.items() if name != "period"})


def yuan(values: pl.Series) -> pl.Series:
    """Estimated yuan as decimals of two places; what is unknown stays null. Claims are never made this way."""
    return values.cast(pl.Float64).fill_nan(None).cast(pl.Decimal(16, 2), strict=False)

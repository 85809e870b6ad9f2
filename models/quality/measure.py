"""Counting violations: one pass of SQL per query file, per provider and for the whole area.

A query of `sql/quality` has one of two shapes. Flags: one row a record with `fixmedins_code`, `example` and one column
a check (1 violated, 0 kept, null not applicable). Tally: `fixmedins_code`, `check_id`, `checked`, `violations`,
`lowest` and `highest`, already counted.
"""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from models.engine import Engine, sql_text
from models.engine.sql import sql_values
from models.quality.catalogue import Check

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
COUNTED = {
    "fixmedins_code": pl.String,
    "check_id": pl.String,
    "checked": pl.Int64,
    "violations": pl.Int64,
    "lowest": pl.String,
    "highest": pl.String,
}


def _is_tally(query: str) -> bool:
    return " as check_id" in sql_text(query)


def _aggregate(query: str, check_ids: Sequence[str]) -> str:
    """The flags of a query counted by provider; names come from the suite files and are plain identifiers."""
    columns = []
    for place, name in enumerate(check_ids):
        if not _IDENTIFIER.fullmatch(name):
            raise ValueError(f"not a check id: {name!r}")
        columns.append(
            f"count({name}) as checked_{place}, cast(coalesce(sum({name}), 0) as bigint) as violations_{place}, "
            f"min(case when {name} = 1 then example end) as lowest_{place}, "
            f"max(case when {name} = 1 then example end) as highest_{place}"
        )
    return (
        f"select fixmedins_code, {', '.join(columns)} from (\n{sql_text(query)}\n) as flagged group by fixmedins_code"
    )


def _flags(engine: Engine, query: str, check_ids: Sequence[str], params: dict[str, Any]) -> pl.DataFrame:
    wide = engine.frame(_aggregate(query, check_ids), sql_values(query, params))
    return pl.concat(
        wide.select(
            pl.col("fixmedins_code").cast(pl.String),
            pl.lit(name).alias("check_id"),
            pl.col(f"checked_{place}").cast(pl.Int64).alias("checked"),
            pl.col(f"violations_{place}").cast(pl.Int64).alias("violations"),
            pl.col(f"lowest_{place}").cast(pl.String).alias("lowest"),
            pl.col(f"highest_{place}").cast(pl.String).alias("highest"),
        )
        for place, name in enumerate(check_ids)
    )


def counts(engine: Engine, checks: Sequence[Check], start: date, end: date, as_of: datetime | None) -> pl.DataFrame:
    """Counts of one period, [start, end): fixmedins_code (null where none is known), check_id, checked, violations,
    lowest and highest identifier of a violating record. Checks whose tables are missing have no rows.
    """
    params = {"start_on": start, "before": end, "as_of": as_of}
    frames = [pl.DataFrame(schema=COUNTED)]
    present = engine.relations()
    for query in dict.fromkeys(check.query for check in checks):
        mine = [check for check in checks if check.query == query]
        if not present.issuperset(table for check in mine for table in check.needs):
            continue
        names = [check.check_id for check in mine]
        if _is_tally(query):
            found = engine.query(query, **params).select(pl.col(name).cast(kind) for name, kind in COUNTED.items())
            frames.append(found.filter(pl.col("check_id").is_in(names)))
        else:
            frames.append(_flags(engine, query, names, params))
    return pl.concat(frames)


def _examples(lowest: str | None, highest: str | None) -> str:
    return json.dumps(sorted({value for value in (lowest, highest) if value is not None}), ensure_ascii=False)


def _finished(frame: pl.DataFrame) -> pl.DataFrame:
    examples = [_examples(*pair) for pair in frame.select("lowest", "highest").iter_rows()]
    rate = pl.when(pl.col("checked") > 0).then(pl.col("violations") / pl.col("checked"))
    return frame.with_columns(
        rate=rate.otherwise(None).cast(pl.Float64), examples=pl.Series(examples, dtype=pl.String)
    ).drop("lowest", "highest")


def area(counted: pl.DataFrame) -> pl.DataFrame:
    """Counts of the whole area by check_id, with rate (not rounded) and examples."""
    sums = counted.group_by("check_id").agg(
        pl.col("checked").sum(), pl.col("violations").sum(), pl.col("lowest").min(), pl.col("highest").max()
    )
    return _finished(sums.sort("check_id"))


def by_provider(counted: pl.DataFrame) -> pl.DataFrame:
    """Counts of the providers that violate something, with rate and examples."""
    shown = counted.filter(pl.col("fixmedins_code").is_not_null() & (pl.col("violations") > 0))
    return _finished(shown.sort("fixmedins_code", "check_id"))

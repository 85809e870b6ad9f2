"""The tables of second review: sample and estimates as listed, and the strata and amount classes of each draw."""

import polars as pl

from models.contracts import lists
from models.engine.duck import Engine
from models.engine.frames import as_view
from models.sampling.draw import Draw

STRATA, CLASSES = "score.review_stratum", "score.review_class"


def keep(engine: Engine, period: str, drawn: Draw) -> None:
    """Replace the sample, the strata and the classes of one period."""
    keep_list(engine, "review_sample", period, drawn.sample)
    _replace(engine, STRATA, period, drawn.strata)
    _replace(engine, CLASSES, period, drawn.classes)


def keep_list(engine: Engine, name: str, period: str, frame: pl.DataFrame) -> None:
    """Replace the rows of one period of score.<name>, in the columns and types of the list of that name."""
    columns = {"period": "VARCHAR", **{column.name: column.sql_type for column in lists()[name].columns}}
    made = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    engine.con.execute(f"create table if not exists score.{name} ({made})")
    _replace(engine, f"score.{name}", period, frame.select([column for column in columns if column != "period"]))


def kept(engine: Engine, table: str, period: str) -> pl.DataFrame:
    """The rows of a period of one of these tables, in a defined order; none where the table is not there yet."""
    if not engine.exists(table):
        return pl.DataFrame()
    return engine.frame(
        f"select * exclude (period) from {table} where period = $period order by all", {"period": period}
    )


def _replace(engine: Engine, table: str, period: str, frame: pl.DataFrame) -> None:
    rows = frame.with_columns(period=pl.lit(period))
    with as_view(engine, "review_rows", rows):
        engine.con.execute(f"create table if not exists {table} as select * from review_rows limit 0")
        engine.con.execute(f"delete from {table} where period = $period", {"period": period})
        engine.con.execute(f"insert into {table} by name select * from review_rows")

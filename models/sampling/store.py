"""The tables of second review: sample and estimates as listed, and the strata and amount classes of each draw."""

import polars as pl

from models.contracts import lists
from models.engine.duck import Engine
from models.engine.frames import replace_period
from models.sampling.draw import Draw

STRATA, CLASSES = "score.review_stratum", "score.review_class"


def keep(engine: Engine, period: str, drawn: Draw) -> None:
    """Replace the sample, the strata and the classes of one period."""
    keep_list(engine, "review_sample", period, drawn.sample)
    replace_period(engine, STRATA, period, drawn.strata)
    replace_period(engine, CLASSES, period, drawn.classes)


def keep_list(engine: Engine, name: str, period: str, frame: pl.DataFrame) -> None:
    """Replace the rows of one period of score.<name>, in the columns and types of the list of that name."""
    columns = {column.name: column.sql_type for column in lists()[name].columns}
    replace_period(engine, f"score.{name}", period, frame, columns)


def kept(engine: Engine, table: str, period: str) -> pl.DataFrame:
    """The rows of a period of one of these tables, in a defined order; none where the table is not there yet."""
    if not engine.exists(table):
        return pl.DataFrame()
    return engine.frame(
        f"select * exclude (period) from {table} where period = $period order by all", {"period": period}
    )

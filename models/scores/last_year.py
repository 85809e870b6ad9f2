"""The year before by the same method: where a provider stood, and what its score was made of."""

from datetime import timedelta
from typing import Any

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.periods import month_start
from models.scores.provider_table import gather
from models.scores.ranking import ranked
from models.scores.risk import WEIGHTS
from models.scores.window import Window


def last_year(engine: Engine, window: Window, config: Config) -> dict[str, dict[str, Any]]:
    """By provider: rank, risk_score and point_<kind> of the twelve months before the window.

    Today's method and data, not a memory of what was printed then: so that what moved is what the records say, and
    the same extracts give the same list in every home. Empty unless all twelve months are loaded.
    """
    before = Window(str(int(window.period) - 1), month_start(window.start, -12), window.start)
    months = engine.con.execute(
        "select count(distinct month) from core.settlement "
        "where source = 'setl_d' and month >= $start and month < $until",
        {"start": before.start, "until": before.until},
    ).fetchall()
    if months[0][0] < 12:
        return {}
    made = ranked(
        engine, before, config, gather(engine, before, config, outlier=False), before.until - timedelta(days=1)
    )
    if made is None:
        return {}
    kept = made.table.select("fixmedins_code", "rank", "risk_score", *(pl.col(f"point_{name}") for name in WEIGHTS))
    return {row["fixmedins_code"]: row for row in kept.iter_rows(named=True)}

"""Key indices of a provider over the whole quarters of the twelve months, with its place among peers."""

from datetime import date
from typing import Any

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.periods import Quarter, quarter_of

INDICES = ("cmi", "cost_index", "time_index", "readmission_rate", "drug_share")


def whole_quarters(first_day: date, before: date) -> list[Quarter]:
    """Quarters that lie in [first_day, before) from their first day to their last."""
    at, found = quarter_of(first_day), []
    while at.end <= before:
        if at.start >= first_day:
            found.append(at)
        at = at.shift(1)
    return found


def indices(engine: Engine, config: Config, quarters: list[Quarter]) -> dict[str, dict[str, Any]]:
    """By provider `<index>` and `<index>_percentile` (0–100) over these quarters; reads score.indicator.

    The value is the sum of the quarters' numerators over that of their denominators. Where a provider has an index in
    two peer groups (CMI, when the grouping version changed), the one with more cases speaks.
    """
    if not quarters or not engine.exists("score.indicator"):
        return {}
    from models.scores.indicator_peers import among_peers  # models.scores takes seconds to import

    told = {"quarters": [str(one) for one in quarters], "indicators": list(INDICES)}
    cells = engine.query("assessment/indicator", **told).filter(pl.col("denominator") > 0)
    value = pl.col("numerator").cast(pl.Float64) / pl.col("denominator").cast(pl.Float64)
    rows = cells.with_columns(value=value.round(6), quarter=pl.lit(str(quarters[-1])), kind=pl.lit(""))
    rows = among_peers(rows, config.params.peer_min_providers, config.params.peer_min_cases)
    rows = rows.sort("cases", "peer_group", descending=[True, False]).unique(
        ["fixmedins_code", "indicator"], keep="first", maintain_order=True
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows.iter_rows(named=True):
        own = found.setdefault(row["fixmedins_code"], {})
        own[row["indicator"]] = row["value"]
        own[f"{row['indicator']}_percentile"] = row["peer_percentile"]
    return found

"""The outlier ensemble: how unlike its peers a provider or doctor is over all size-free measures together.

A further, separate score: it is shown beside the others and enters neither the risk score nor the order of the plan.
"""

import numpy as np
import polars as pl

from models import apart
from models.config import Config
from models.engine.duck import Engine
from models.scores.cases import prepare_peers
from models.scores.kept import remember
from models.scores.outlier_detect import unusual
from models.scores.outlier_profile import Profile, profile, unit_sums
from models.scores.outlier_reasons import reasons_json, sentence, why_not
from models.scores.store import ScoreSummary, columns_of, empty, store
from models.scores.window import Window, quarter_window


def outlier(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.outlier` for the twelve months up to a quarter's end.

    Reads core.settlement, core.fee_line, core.diagnosis, core.provider. One row a provider with visits and a doctor
    that visits name. Raises UsageError for no quarter.
    """
    window = quarter_window(period)
    with engine.all_or_nothing():
        rows = store(engine, "score.outlier", window.period, outlier_frame(engine, window, config))
        remember(engine, "score.outlier", window, config)
    return ScoreSummary(window.period, {"score.outlier": rows})


def outlier_frame(
    engine: Engine, window: Window, config: Config, levels: tuple[str, ...] = ("provider", "doctor")
) -> pl.DataFrame:
    """The rows of the `outlier` list for any window; levels are scored apart, so one can be had without the other."""
    prepare_peers(engine)
    sums = unit_sums(engine, window, config)
    judged = [_judged(profile(sums.filter(pl.col("level") == level), config), config) for level in levels]
    rows = pl.concat([one for one in judged if one.height] or [empty("score.outlier")], how="diagonal_relaxed")
    columns = [name for name in columns_of("score.outlier") if name != "period"]
    order, down = ["level", "score", "fixmedins_code", "unit_code"], [True, True, False, False]
    return rows.select(columns).sort(order, descending=down, nulls_last=True)


def _judged(found: Profile, config: Config) -> pl.DataFrame:
    """Score, percentile among peers and reasons of the units of one level."""
    units = found.units
    if units.is_empty():
        return units
    able = np.flatnonzero(units["assessable"].to_numpy())
    seen = apart.submit(unusual, found.z[able], config.seed).result()
    columns: dict[str, list[float | None]] = {
        name: [None] * units.height for name in ("score", "ecod", "iforest", "distance")
    }
    least = config.params.peer_min_cases, config.params.peer_min_providers
    reasons = [
        why_not(visits, least[0], peers, least[1]) for visits, peers in units.select("visits", "peers").iter_rows()
    ]
    for place, i in enumerate(able):
        columns["score"][i] = float(seen.score[place])
        columns["ecod"][i] = round(float(seen.ecod[place]), 4)
        columns["iforest"][i] = round(float(seen.iforest[place]), 4)
        columns["distance"][i] = round(float(seen.distance[place]), 4)
        reasons[i] = reasons_json(seen.parts[place], found.value[i], found.gap[i], found.z[i])
    score = pl.col("score")
    return units.with_columns(
        **{name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()},
        reason=pl.Series([sentence(one) for one in reasons]),
        reasons=pl.Series(reasons),
    ).with_columns(
        percentile=((score.rank("average").over("peer_group") - 0.5) / score.count().over("peer_group") * 100).round(2)
    )

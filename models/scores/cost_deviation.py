"""Cost deviation: what a unit spends on a group against what its peers spend on it (DESIGN §10, METHODS §3)."""

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.engine.frames import replace_period
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.cost_inside import INSIDE, group_variance, inside_rows
from models.scores.cost_judgement import judge, judge_inside
from models.scores.cost_norms import cost_norms
from models.scores.cost_rows import TESTED, group_rows, total_rows
from models.scores.kept import remember
from models.scores.selective import selective
from models.scores.store import ScoreSummary, columns_of, empty, store, yuan
from models.scores.window import Window, quarter_window

LEVELS = ("provider", "department", "doctor")
#: q corrected under any dependence (Benjamini–Yekutieli), and how much of z's variance is noise (`judge`)
BESIDE = ("q_value_by", "noise_share")


def deviation(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.deviation` for the twelve months up to the end of a quarter.

    Reads core.settlement, core.provider, core.stay, core.fee_line, cur.mdtrt_d; leaves score.cost_case and score.peer
    behind for drill-down. Ratios, z and q have 4, 4 and 6 decimals; amounts are yuan.
    Raises UsageError when `period` is no quarter.
    """
    window = quarter_window(period)
    with engine.all_or_nothing():
        frame = deviation_frame(engine, window, config)
        rows = store(engine, "score.deviation", window.period, frame)
        _keep_beside(engine, window.period, frame)
        remember(engine, "score.deviation", window, config)
    return ScoreSummary(window.period, {"score.deviation": rows})


def deviation_frame(engine: Engine, window: Window, config: Config) -> pl.DataFrame:
    """The rows of the `deviation` list for any window, with BESIDE its columns."""
    prepare_peers(engine)
    prepare_cases(engine, window, config)
    least_peers, least_cases = config.params.peer_min_providers, config.params.peer_min_cases
    providers = engine.query("scores/unit_cost", level="provider")
    norms = cost_norms(providers, least_peers, least_cases)
    if norms.is_empty():
        return empty("score.deviation").with_columns(pl.lit(None, pl.Float64).alias(name) for name in BESIDE)
    own = group_rows(providers, norms)
    variance = group_variance(own, least_cases)
    together: list[pl.DataFrame] = []
    single: list[pl.DataFrame] = []
    for level in LEVELS:  # one after the other: a doctor's groups are many and mostly of one case
        rows = own if level == "provider" else group_rows(engine.query("scores/unit_cost", level=level), norms)
        inside = inside_rows(rows.clear() if level == "provider" else rows, variance)
        totals = total_rows(rows, variance)
        shown = rows.filter((pl.col("level") == "provider") | (pl.col("cases") >= least_cases))
        shown = shown.select(name for name in totals.columns if name not in TESTED)
        for kind, some, beside in zip((together, single), (totals, shown), inside, strict=True):
            key = [name for name in beside.columns if name not in INSIDE]
            kind.append(some.join(beside, on=key, how="left", maintain_order="left"))
    judged = pl.concat([_judged(pl.concat(rows), least_cases) for rows in (together, single)])
    return _as_list(corrected(judged))


def _judged(rows: pl.DataFrame, least_cases: int) -> pl.DataFrame:
    """Providers against their peers, departments and doctors against the rest of their hospital where there is one."""
    return judge_inside(judge(rows, least_cases), least_cases)


def _keep_beside(engine: Engine, period: str, frame: pl.DataFrame) -> None:
    """Keep BESIDE of the providers' totals for the provider table: the list itself has no columns for them."""
    totals = frame.filter((pl.col("level") == "provider") & pl.col("grp_code").is_null())
    columns = {"fixmedins_code": "varchar", "grp_type": "varchar", **dict.fromkeys(BESIDE, "double")}
    replace_period(engine, "score.deviation_by", period, totals, columns)


#: shares of the list's error: a bureau reads the providers' totals first, which departments and doctors stand out in
#: a hospital next; single groups explain both and share the rest
SHARES = {"provider": 0.6, "department": 0.15, "doctor": 0.15}


def corrected(judged: pl.DataFrame) -> pl.DataFrame:
    """Add q_value and q_value_by, corrected over the whole list.

    Groups together are a family of tests for each level, whatever the type of group, and may spend SHARES of the list's
    error; single groups are a family for each level and type and share the rest.
    """
    together = pl.col("grp_code").is_null()
    name = pl.when(together).then("level").otherwise(pl.concat_str("level", "grp_type", separator=" "))
    rows = judged.select(name=name, family=name.rank("dense").cast(pl.Int64) - 1)
    names = rows.unique().sort("family")["name"].to_list()
    singles = max(sum(one not in SHARES for one in names), 1)
    weight = np.array([SHARES.get(one, (1 - sum(SHARES.values())) / singles) for one in names])
    family = rows["family"].to_numpy()
    p = judged["p_value"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = {}
    for column, dependent in (("q_value", False), ("q_value_by", True)):
        found[column] = pl.Series(selective(p, family, dependent, weight).round(6)).fill_nan(None)
    return judged.with_columns(**found)


def _as_list(rows: pl.DataFrame) -> pl.DataFrame:
    listed = rows.with_columns(
        observed_cost=pl.col("cost").cast(pl.Decimal(18, 2)),
        expected_cost=yuan(rows["expected"]),
    ).with_columns(amount=pl.col("observed_cost") - pl.col("expected_cost"))
    columns = [*(name for name in columns_of("score.deviation") if name != "period"), *BESIDE]
    order = ["level", "grp_type", "grp_ver", "grp_code", "fixmedins_code", "unit_code"]
    return listed.select(columns).sort(order, nulls_last=False)

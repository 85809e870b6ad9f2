"""Upcoding, all estimators: from finished cases to the rows of `upcoding_provider` and `upcoding_case`."""

import numpy as np
import polars as pl

from models.config import Config, Params
from models.engine.duck import Engine
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.coding.bunching import bunching
from models.scores.coding.cases import CLASS, tiered_cases
from models.scores.coding.change import change_over_time
from models.scores.coding.dip import dip_shift
from models.scores.coding.leads import listed
from models.scores.coding.ways import judged_ways, stronger
from models.scores.kept import remember
from models.scores.store import ScoreSummary, columns_of, empty, store, yuan
from models.scores.window import Window, quarter_window


def upcoding(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.upcoding_provider` and `score.upcoding_case` for the twelve months up to a quarter's end.

    Reads core.settlement, core.provider, core.stay, core.fee_line, core.diagnosis, core.operation, cur.mdtrt_d,
    cur.drg_std, cur.pay_par, cur.kp_cc, cur.kp_expect. Raises UsageError for no quarter.
    """
    window = quarter_window(period)
    with engine.all_or_nothing():
        providers, cases = upcoding_frames(engine, window, config)
        rows = {
            "score.upcoding_provider": store(engine, "score.upcoding_provider", window.period, providers),
            "score.upcoding_case": store(engine, "score.upcoding_case", window.period, cases),
        }
        remember(engine, "score.upcoding_provider", window, config)
    return ScoreSummary(window.period, rows)


def upcoding_frames(engine: Engine, window: Window, config: Config) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `upcoding_provider` and `upcoding_case` for any window."""
    prepare_peers(engine)
    prepare_cases(engine, window, config)
    cases = tiered_cases(engine)
    params = config.params
    nothing = empty("score.upcoding_provider"), empty("score.upcoding_case")
    if cases.is_empty():
        return nothing
    engine.replace("score.tier_rate", "scores/tier_rate")
    priced = engine.query("scores/tier_threshold")
    ways = judged_ways(engine, cases, priced, params)
    if not ways:
        return nothing
    judged = _with_support(engine, ways[0].cases, ways[0].strata, stronger(ways), priced, params)
    leads = [one.leads for one in ways if one.leads is not None]
    tiered = pl.concat([one.cases.filter(pl.col("levels") > 1)["setl_id"] for one in ways]).n_unique()
    share = int(np.ceil(params.upcoding_review_share * tiered))
    return _as_list(judged), listed(leads, params.upcoding_probability, share) if leads else nothing[1]


def _with_support(
    engine: Engine,
    cases: pl.DataFrame,
    strata: pl.DataFrame,
    judged: pl.DataFrame,
    priced: pl.DataFrame,
    params: Params,
) -> pl.DataFrame:
    """The estimators that stand beside the joint judgement; null where one has nothing to say."""
    key = [*CLASS, "fixmedins_code"]
    shift = dip_shift(cases, params.peer_min_providers, params.peer_min_cases)
    judged = judged.join(change_over_time(engine, cases, strata), on=key, how="left")
    judged = judged.join(bunching(cases, priced), on="fixmedins_code", how="left")
    if "dip_weight_shift" in shift.columns:
        # a provider paid in both ways is judged in its larger class; its DIP cases are shown all the same
        judged = judged.join(shift.drop(CLASS), on="fixmedins_code", how="left")
    return judged.sort("fixmedins_code")


def _as_list(judged: pl.DataFrame) -> pl.DataFrame:
    excess = pl.col("top_cases") - pl.col("expected_cases")
    # money is at stake only as far as the excess is unsupported: a hospital of severe cases has an excess and no stake
    supported = (pl.col("upcoded") * pl.col("top_cases") / excess).clip(0.0, 1.0)
    rows = judged.with_columns(
        at_stake=pl.col("at_stake") * pl.when(excess > 0).then(supported).otherwise(0.0),
        top_tier_share=(pl.col("top_cases") / pl.col("cases")).round(6),
        expected_share=(pl.col("expected_cases") / pl.col("cases")).round(6),
        excess_cases=(pl.col("top_cases") - pl.col("expected_cases")).round(2),
        excess_wt=pl.col("excess_wt").round(4),
        score=pl.col("score").round(4),
        paired_share_excess=((pl.col("top_cases") - pl.col("expected_cases")) / pl.col("cases")).round(6),
        # both are estimates of shares, which chance may carry beyond what a share can be
        resource_misfit=pl.col("misfit_value").clip(-1.0, 1.0).round(6),
        share_z=pl.col("share_z").round(4),
        misfit_z=pl.col("misfit_z").round(4),
        upcoded_share=pl.col("upcoded").clip(0.0, 1.0).round(4),
        severity_bound=pl.col("severity_bound").round(4),
    )
    rows = rows.with_columns(at_stake_amount=yuan(rows["at_stake"]))
    columns = [name for name in columns_of("score.upcoding_provider") if name != "period"]
    absent = [name for name in columns if name not in rows.columns]  # no DIP case anywhere
    rows = rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in absent)
    return rows.select(columns).sort("score", "fixmedins_code", descending=[True, False])

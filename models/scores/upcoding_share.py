"""Upcoding, plain version: share of the top tiers inside each family against peers with the same patients."""

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.peers import (
    PRIOR_MEMBERS,
    between_variance,
    blended_variance,
    false_discovery,
    shrink,
    two_sided_p,
    vote,
)
from models.scores.store import ScoreSummary, all_or_nothing, columns_of, empty, store, yuan
from models.scores.tier_cases import suspect_cases
from models.scores.tier_money import at_stake
from models.scores.tier_norms import expected_top, peer_uncertainty
from models.scores.window import Window, quarter_window

#: estimators of METHODS §2 that this version does not have; their columns are null
NOT_YET = ("resource_misfit", "fragile_upgrade", "bunching", "change_over_time", "dip_weight_shift")
NOTES = {
    "top_tier_share": "ADRG 内末位为 1、3 的病例占比 / share of the family's cases billed in tiers 1 and 3",
    "expected_share": "同类机构同年龄段、同性别的占比，不含本机构 / at peers, same age and sex, itself left out",
    "score": "收缩后的对数优势差；若同类皆高编则不显 / shrunk log odds; if all peers upcode alike, nothing shows",
    "known_false_alarms": "节约者显得高编，堆砌收费者显得有据 / thrift looks upcoded, padding looks supported",
    **dict.fromkeys(NOT_YET, "本版本尚未计算 / not computed in this version"),
}
#: variance between honest providers that is assumed at least when scores are shrunk, so that a calm area still ranks
LEAST_VARIANCE = 0.01


def upcoding(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.upcoding_provider` and `score.upcoding_case` for the twelve months up to a quarter's end.

    Reads core.settlement, core.provider, core.stay, core.fee_line, cur.mdtrt_d. Raises UsageError for no quarter.
    """
    window = quarter_window(period)
    with all_or_nothing(engine):
        providers, cases = upcoding_frames(engine, window, config)
        rows = {
            "score.upcoding_provider": store(engine, "score.upcoding_provider", window.period, providers),
            "score.upcoding_case": store(engine, "score.upcoding_case", window.period, cases),
        }
    return ScoreSummary(window.period, rows, NOTES)


def upcoding_frames(engine: Engine, window: Window, config: Config) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `upcoding_provider` and `upcoding_case` for any window."""
    prepare_peers(engine)
    prepare_cases(engine, window, config)
    strata = engine.query("scores/tier_stratum")
    if strata.is_empty():
        return empty("score.upcoding_provider"), empty("score.upcoding_case")
    strata = expected_top(strata, config.params.peer_min_providers, config.params.peer_min_cases)
    if strata.is_empty():
        return empty("score.upcoding_provider"), empty("score.upcoding_case")
    tiers = engine.query("scores/tier_sum")
    judged = _judge(_by_provider(strata), config.params.peer_min_cases)
    providers = _as_list(judged, at_stake(strata, tiers))
    flagged = judged.filter((pl.col("q_value") <= config.thresholds.q_value) & (pl.col("effect") > 0))
    wanted = flagged["fixmedins_code"].to_list()
    cases = engine.query("scores/tier_case").filter(pl.col("fixmedins_code").is_in(wanted))
    listed = suspect_cases(cases, tiers, strata) if cases.height else empty("score.upcoding_case")
    return providers, listed


def _by_provider(strata: pl.DataFrame) -> pl.DataFrame:
    """Cases, top cases, expected top cases and information of each provider."""
    chance = pl.col("expected") * (1 - pl.col("expected"))
    return (
        strata.group_by("peer_group", "fixmedins_code")
        .agg(
            pl.col("cases").sum(),
            pl.col("top_cases").sum(),
            (pl.col("expected") * pl.col("cases")).sum().alias("expected_cases"),
            (chance * pl.col("cases")).sum().alias("information"),
        )
        .sort("peer_group", "fixmedins_code")
    )


def _judge(rows: pl.DataFrame, least_cases: int) -> pl.DataFrame:
    """Add effect (log odds against expectation), its shrunk score and q_value (only from `least_cases` cases on)."""
    number = {c: rows[c].cast(pl.Float64).to_numpy() for c in ("cases", "top_cases", "expected_cases", "information")}
    information = np.maximum(number["information"], 1e-6)
    effect = (number["top_cases"] - number["expected_cases"]) / information
    usable = number["cases"] >= least_cases
    peer = rows["peer_group"].to_numpy()
    factor, noise, tau2, members = (np.zeros(len(effect)) for _ in range(4))
    for one in np.unique(peer):
        inside = np.flatnonzero(peer == one)
        factor[inside], noise[inside] = peer_uncertainty(vote(number["cases"][inside]), information[inside])
    error2 = 1 / information + noise
    wide = between_variance(effect[usable], error2[usable], factor[usable])
    for one in np.unique(peer):
        use = np.flatnonzero((peer == one) & usable)
        own = between_variance(effect[use], error2[use], factor[use])
        tau2[peer == one] = blended_variance(own, len(use), wide)
        members[peer == one] = len(use) + min(PRIOR_MEMBERS, int(usable.sum()) - len(use))
    spread = tau2 * (1 + factor)
    total = spread + error2
    freedom = total**2 / np.maximum(spread**2 / np.maximum(members - 1, 1), 1e-12)
    p = np.where(usable, two_sided_p(effect / np.sqrt(total), freedom), np.nan)
    family = np.zeros(len(p), dtype=np.int64)
    return rows.with_columns(
        effect=pl.Series(effect),
        score=pl.Series(shrink(effect, np.maximum(tau2, LEAST_VARIANCE), error2 + tau2 * factor).round(4)),
        z=pl.Series((effect / np.sqrt(total)).round(4)),
        q_value=pl.Series(false_discovery(p, family).round(6)).fill_nan(None),
    )


def _as_list(judged: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    rows = judged.join(money, on="fixmedins_code", how="left").with_columns(
        top_tier_share=(pl.col("top_cases") / pl.col("cases")).round(6),
        expected_share=(pl.col("expected_cases") / pl.col("cases")).round(6),
        excess_cases=(pl.col("top_cases") - pl.col("expected_cases")).round(2),
        excess_wt=pl.col("excess_wt").round(4),
        paired_share_excess=((pl.col("top_cases") - pl.col("expected_cases")) / pl.col("cases")).round(6),
        **{name: pl.lit(None, pl.Float64) for name in NOT_YET},
    )
    rows = rows.with_columns(at_stake_amount=yuan(rows["at_stake"]))
    columns = [name for name in columns_of("score.upcoding_provider") if name != "period"]
    return rows.select(columns).sort("score", "fixmedins_code", descending=[True, False])

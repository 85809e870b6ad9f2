"""One judgement a provider: dearer levels than expected, and nothing that carries them.

A hospital of severe cases has the first without the second, a thrifty one at most the second without the first. So the
joint test is an intersection–union test (Berger 1982): p is the larger of the two. The second leg has two ways to show:
resources that look like a cheaper level, or levels that hang on one diagnosis which nothing charged treats (who pads
the bill hides the first, seldom the second); its p is twice the smaller one (Bonferroni). The score ranks: half the
smaller of the two shrunk excesses, half their mean by reliability, in log odds per level.
"""

import numpy as np
import polars as pl
from scipy import stats

from models.scores.coding.against_peers import Standing, standing
from models.scores.coding.cases import CLASS, codes_of

#: variance between honest providers assumed at least when scores are shrunk, so that a calm area still ranks
LEAST_VARIANCE = 0.01
#: dear cases below which resources say nothing about a provider
LEAST_DEAR = 10
#: one-sided 95%
_SURE = 1.645
#: q is at least this many times the second leg's p: at q ≤ 0.05 that leg may not be likelier by chance than 1 in 100
ALONE = 5


def judge(
    share: pl.DataFrame, misfit: pl.DataFrame | None, fragile: pl.DataFrame, least_providers: int, least_cases: int
) -> pl.DataFrame:
    """One row a provider (its larger class): share and misfit with z, p, score, q_value, q_value_by, severity_bound.

    Inputs: `share_effect`, `misfit.providers`, `fragile.providers`. q_value (`filtered_discovery`) and q_value_by
    (Benjamini–Yekutieli) are null where a provider is not assessable.
    """
    rows = share.join(
        misfit.rename({"noise": "misfit_noise"}) if misfit is not None else _nothing(share),
        on=[*CLASS, "fixmedins_code"], how="left", maintain_order="left",
    ).join(fragile, on=[*CLASS, "fixmedins_code"], how="left", maintain_order="left")  # fmt: skip
    group = codes_of(rows, CLASS)
    column = {c: rows[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in rows.columns if c not in _TEXT}
    dear = np.nan_to_num(column["dear"])
    # who has too few cases for the share is tested by neither: both legs are drawn in all the way
    dear = np.where(column["cases"] >= least_cases, dear, np.minimum(dear, LEAST_DEAR - 1))
    high = standing(
        column["effect"], column["noise"], column["cases"], group, least_cases, least_providers, LEAST_VARIANCE
    )
    apart = standing(column["misfit"], column["misfit_noise"], dear, group, LEAST_DEAR, least_providers, LEAST_VARIANCE)
    expected = np.clip(column["expected_cases"] / column["cases"], 0.02, 0.9)
    scale = 1 / (1 - expected)  # a share of dear cases moved down, in log odds
    unsupported = np.fmax(np.nan_to_num(apart.shrunk), column["fragile_low"]) * scale
    second = np.where(np.isnan(high.p), np.nan, _either(apart.p, column["fragile_p"]))
    p = np.maximum(high.p, second)
    trust = _trust(high.total, apart.total * scale)
    score = _score(high, unsupported, trust, column)
    judged = rows.with_columns(
        share_value=_column(high.value), share_z=_column(high.z), misfit_value=_column(apart.value),
        misfit_z=_column(apart.z), share_shrunk=_column(high.shrunk), misfit_shrunk=_column(apart.shrunk),
        score=_column(score), upcoded=_column(np.maximum(score, 0) * (1 - expected)), p=_column(p),
        share_p=_column(high.p), unsupported_p=_column(second),
        severity_bound=_column(_severity(high)),
    )  # fmt: skip
    judged = judged.sort("cases", "peer_group", "grp_type", descending=[True, False, False]).unique(
        "fixmedins_code", keep="first", maintain_order=True
    )
    return corrected(judged.sort("fixmedins_code"))


_TEXT = ("peer_group", "grp_type", "fixmedins_code")


def _nothing(share: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit(None, pl.Float64)
    return share.select(*CLASS, "fixmedins_code", dear=none, misfit=none, misfit_noise=none)


def _column(values: np.ndarray) -> pl.Series:
    return pl.Series(np.asarray(values, dtype=float)).fill_nan(None)


def _either(resources: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """p of "one of the two": twice the smaller where both are there, 1 where neither is."""
    both = ~np.isnan(resources) & ~np.isnan(recorded)
    smaller = np.nan_to_num(np.fmin(resources, recorded), nan=1.0)
    return np.where(both, np.minimum(2 * smaller, 1.0), smaller)


def _trust(share_error: np.ndarray, second_error: np.ndarray) -> np.ndarray:
    """Weight of the share against the second leg: by how well each tells honest providers apart (inverse variances)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = second_error**2 / (share_error**2 + second_error**2)
    return np.nan_to_num(weight, nan=0.5)


def _score(high: Standing, unsupported: np.ndarray, trust: np.ndarray, column: dict[str, np.ndarray]) -> np.ndarray:
    """Half the smaller excess, half their mean by trust: agreement counts, yet one weak leg does not hide a strong one.

    Without peers to stand against, the plain excess shrunk hard, and never above zero.
    """
    alone = np.minimum(column["effect"] * LEAST_VARIANCE / (LEAST_VARIANCE + column["noise"]), 0.0)
    mean = trust * high.shrunk + (1 - trust) * unsupported
    both = 0.5 * np.minimum(high.shrunk, unsupported) + 0.5 * mean
    return np.where(np.isnan(high.shrunk), alone, both)


def _severity(high: Standing) -> np.ndarray:
    """Odds ratio of hidden severity that would bring the lower 95% limit of the excess to nothing (Rosenbaum's Γ)."""
    return np.exp(np.maximum(high.value - _SURE * high.error, 0.0))


def corrected(judged: pl.DataFrame) -> pl.DataFrame:
    """Add q_value (filtered false discovery rate of both tests) and q_value_by (of the larger p, under any
    dependence).

    Every area has hospitals whose cases are honestly severe. The second leg alone holds them, and a rate of false
    discoveries lets it slacken where many others are found; so q is at least ALONE times its p.
    """
    p, one, other = (judged[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in ("p", "share_p", "unsupported_p"))
    known = ~np.isnan(p)
    dependent = np.full(len(p), np.nan)
    if known.any():
        dependent[known] = stats.false_discovery_control(np.clip(p[known], 0, 1), method="by")
    held = np.maximum(filtered_discovery(one, other), np.minimum(ALONE * other, 1.0))
    return judged.with_columns(q_value=_column(held.round(6)), q_value_by=_column(dependent.round(6)))


def filtered_discovery(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Adjusted p-values for "both are above": AdaFilter-BH of Wang, Gui, Su, Sabatti and Owen (2022, Ann. Statist. 50).

    The larger p of a provider without either excess is far smaller than uniform, so plain Benjamini–Hochberg on it is
    needlessly blunt. Only providers whose *smaller* p passes the same limit can be false discoveries at that limit, and
    only they are counted: q(t) = t × number with smaller p ≤ t / number with larger p ≤ t. NaN stays NaN.
    """
    low, high = np.minimum(one, other), np.maximum(one, other)
    known = ~np.isnan(high)
    found = np.full(len(high), np.nan)
    if known.any():
        first, limit = np.sort(low[known]), np.sort(high[known])
        ratio = limit * np.searchsorted(first, limit, side="right") / np.searchsorted(limit, limit, side="right")
        held = np.minimum.accumulate(ratio[::-1])[::-1]
        found[known] = np.minimum(held[np.searchsorted(limit, high[known])], 1.0)
    return found

"""Paired-group share: how often a family's dearer levels are billed, against peers with the same patients.

Silverman and Skinner (2004) compare groups that differ by complications only. Expectation: the levels that peers bill
in the same family for patients of the same age, sex, admission way and transfer, the provider itself left out. Never
resource use.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.scores.coding.cases import CLASS, FAMILY, codes_of, sums
from models.scores.peers import vote

STRATUM = ["age_band", "gend", "way"]
LEVELS = 3
#: cases of the whole family that a stratum is worth before its own speak
PRIOR_CASES = 20.0
#: information that the common effect of a stratum needs to be believed by half
PRIOR_STRATUM = 10.0
FOLDS = 5


def expected_levels(cases: pl.DataFrame, least_providers: int, least_cases: int) -> pl.DataFrame:
    """Observed and expected cases by level: one row a provider, class, family and stratum (`n0`.., `e0`..).

    A family is kept for a provider only with `least_providers` peers, `least_cases` peer cases and more than one level
    billed by peers. Each provider's vote grows with its cases, but no giant sets the norm. Families of one `pool` (a
    column that not all cases have) count together for that, as long as somebody else has the family, and what is usual
    in a family is drawn to what is usual in its pool.
    """
    if "pool" not in cases.columns:
        cases = cases.with_columns(pool="family")
    key = [*CLASS, *FAMILY[1:], "pool", "fixmedins_code", *STRATUM]
    level = pl.col("level")
    rows = (
        cases.filter(pl.col("levels") > 1)
        .group_by(key)
        .agg((level == number).sum().cast(pl.Int64).alias(f"n{number}") for number in range(LEVELS))
        .sort(key)
    )
    if rows.is_empty():
        return rows.with_columns(**{f"e{number}": pl.lit(0.0) for number in range(LEVELS)})
    counts = rows.select(f"n{number}" for number in range(LEVELS)).to_numpy().astype(float)
    pool, family = (_peers_of(rows, counts, name) for name in ("pool", "family"))
    # votes are below one a case, so a prior is scaled by the typical vote of a case
    usual = family.votes + pool.typical[:, None] * PRIOR_CASES * pool.share
    usual /= np.maximum(usual.sum(1, keepdims=True), 1e-12)
    tilt = _stratum_effect(rows, counts, pool.place, pool.weight)
    prior = usual * np.exp(tilt[:, None] * np.arange(LEVELS))
    prior /= np.maximum(prior.sum(1, keepdims=True), 1e-12)
    stratum = codes_of(rows, [*CLASS, *FAMILY[1:], *STRATUM])
    voted = counts * family.weight[:, None]
    near = np.maximum(_sum_rows(voted, stratum)[stratum] - voted, 0)
    typical = family.typical * PRIOR_CASES
    expected = (near + typical[:, None] * prior) / (near.sum(1) + typical)[:, None]
    expected = expected * counts.sum(1, keepdims=True)
    kept = (pool.providers >= least_providers) & (pool.cases >= least_cases) & (pool.share.max(1) < 1 - 1e-9)
    return rows.with_columns(pl.Series(f"e{number}", expected[:, number]) for number in range(LEVELS)).filter(
        pl.Series(kept & (family.providers > 0))
    )


@dataclass(frozen=True)
class _Peers:
    """By row: its group's number, a case's vote, and of the group's other providers votes by level, shares of the
    levels, how many they are and how many cases they have; `typical` = mean vote of a case of the group.
    """

    place: np.ndarray
    weight: np.ndarray
    votes: np.ndarray
    share: np.ndarray
    providers: np.ndarray
    cases: np.ndarray
    typical: np.ndarray


def _peers_of(rows: pl.DataFrame, counts: np.ndarray, name: str) -> _Peers:
    """The other providers of each row's class in its family, or in its pool of families."""
    place = codes_of(rows, [*CLASS, "grp_ver", name])
    member = codes_of(rows, [*CLASS, "grp_ver", name, "fixmedins_code"])
    cases, groups = counts.sum(1), int(place.max()) + 1
    size = sums(member, cases, member.max() + 1)
    weight = (vote(size) / size)[member]
    votes = _left_out(counts * weight[:, None], place, member)
    total = sums(place, cases, groups)
    providers = np.bincount(place[np.unique(member, return_index=True)[1]], minlength=groups)
    return _Peers(
        place, weight, votes, votes / np.maximum(votes.sum(1, keepdims=True), 1e-12), providers[place] - 1,
        total[place] - size[member], (sums(place, weight * cases, groups) / total)[place],
    )  # fmt: skip


def _sum_rows(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    size = int(index.max()) + 1
    return np.stack([sums(index, values[:, column], size) for column in range(values.shape[1])], axis=1)


def _left_out(values: np.ndarray, family: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Sum of a family's rows without those of the row's own provider; never below zero."""
    return np.maximum(_sum_rows(values, family)[family] - _sum_rows(values, member)[member], 0)


def _stratum_effect(rows: pl.DataFrame, counts: np.ndarray, family: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Log odds per level that a stratum has in all families together, learned from other folds of providers."""
    stratum = codes_of(rows, ["grp_type", *STRATUM])
    fold = codes_of(rows, ["fixmedins_code"]) % FOLDS
    steps = np.arange(LEVELS)
    effect = np.zeros(len(counts))
    for one in range(FOLDS):
        away = fold != one
        if not away.any() or away.all():
            continue
        share = _sum_rows(counts * (weight * away)[:, None], family)
        share /= np.maximum(share.sum(1, keepdims=True), 1e-12)
        mean = (share * steps).sum(1)
        variance = (share * steps**2).sum(1) - mean**2
        here = counts[away]
        surplus = (here * steps).sum(1) - here.sum(1) * mean[family[away]]
        information = here.sum(1) * variance[family[away]]
        size = int(stratum.max()) + 1
        found = sums(stratum[away], surplus, size) / (sums(stratum[away], information, size) + PRIOR_STRATUM)
        effect[~away] = np.clip(found, -2, 2)[stratum[~away]]
    return effect


def share_effect(strata: pl.DataFrame) -> pl.DataFrame:
    """Per class and provider: cases, top and expected top cases, `effect` (log odds per level) and its information.

    The effect is one Newton step of a tilt of the expected levels: (observed − expected level) / variance of the level.
    """
    level = sum(pl.col(f"n{number}") * number for number in range(LEVELS))
    cases = sum(pl.col(f"n{number}") for number in range(LEVELS))
    mean = sum(pl.col(f"e{number}") * number for number in range(LEVELS))
    square = sum(pl.col(f"e{number}") * number**2 for number in range(LEVELS))
    rows = strata.select(
        *CLASS, "fixmedins_code", cases=cases, level=level, mean=mean, variance=square - mean**2 / cases,
        top_cases=pl.col("n1") + pl.col("n2"), expected_cases=pl.col("e1") + pl.col("e2"),
    )  # fmt: skip
    member = codes_of(rows, [*CLASS, "fixmedins_code"])
    head = rows.select(*CLASS, "fixmedins_code").unique(maintain_order=True).sort(*CLASS, "fixmedins_code")
    total = {
        name: sums(member, rows[name].cast(pl.Float64).to_numpy(), head.height)
        for name in ("cases", "level", "mean", "variance", "top_cases", "expected_cases")
    }
    information = np.maximum(total["variance"], 1e-6)
    return head.with_columns(
        cases=pl.Series(total["cases"].astype(np.int64)),
        top_cases=pl.Series(total["top_cases"].astype(np.int64)),
        expected_cases=pl.Series(total["expected_cases"]),
        effect=pl.Series((total["level"] - total["mean"]) / information),
        noise=pl.Series(1 / information),
    )

"""Paired-group share: how often a family's dearer levels are billed, against peers with the same patients.

Silverman and Skinner (2004) compare groups that differ by complications only. Expectation: the levels that peers bill
in the same family for patients of the same age, sex, admission way and transfer, the provider itself left out. Never
resource use.
"""

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
    billed by peers. Each provider's vote grows with its cases, but no giant sets the norm.
    """
    key = [*CLASS, *FAMILY[1:], "fixmedins_code", *STRATUM]
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
    family = codes_of(rows, [*CLASS, *FAMILY[1:]])
    member = codes_of(rows, [*CLASS, *FAMILY[1:], "fixmedins_code"])
    size = sums(member, counts.sum(1), member.max() + 1)
    weight = (vote(size) / size)[member]
    peers = _left_out(counts * weight[:, None], family, member)
    share = peers / np.maximum(peers.sum(1, keepdims=True), 1e-12)
    others = sums(family, counts.sum(1), family.max() + 1)[family] - size[member]
    providers = np.bincount(family[np.unique(member, return_index=True)[1]], minlength=family.max() + 1)[family]
    kept = (providers - 1 >= least_providers) & (others >= least_cases) & (share.max(1) < 1 - 1e-9)
    tilt = _stratum_effect(rows, counts, family, weight)
    prior = share * np.exp(tilt[:, None] * np.arange(LEVELS))
    prior /= np.maximum(prior.sum(1, keepdims=True), 1e-12)
    stratum = codes_of(rows, [*CLASS, *FAMILY[1:], *STRATUM])
    voted = counts * weight[:, None]
    near = np.maximum(_sum_rows(voted, stratum)[stratum] - voted, 0)
    # votes are below one a case, so the prior is scaled by the typical vote of a case in the family
    typical = (sums(family, vote(size)[member] * counts.sum(1) / size[member], family.max() + 1) / sums(
        family, counts.sum(1), family.max() + 1
    ))[family] * PRIOR_CASES  # fmt: skip
    expected = (near + typical[:, None] * prior) / (near.sum(1) + typical)[:, None]
    expected = expected * counts.sum(1, keepdims=True)
    return rows.with_columns(pl.Series(f"e{number}", expected[:, number]) for number in range(LEVELS)).filter(
        pl.Series(kept)
    )


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

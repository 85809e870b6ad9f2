"""Resource profiles of cases, freed from family, month and the provider's own cost level.

A provider's own level is learned from cases that cannot be upcoded: the cheapest level of a family and families of a
single group. So who is 30% cheaper on everything, or fond of drugs, looks like everybody else afterwards; only the
*difference* between dear and cheap levels is left to speak.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.scores.coding.cases import CHARGES, FAMILY, codes_of, sums

#: charges below this share of the family's typical case are as good as none (keeps logarithms of small sums calm)
FLOOR = 0.01
ROUNDS = 8
_LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class Profiles:
    """Standardised residuals (cases × features) and how uncertain the provider's own level is, by case (in
    features²).
    """

    values: np.ndarray
    names: tuple[str, ...]
    spread: np.ndarray  # standard deviation of each feature inside cells, before standardising
    base_cases: np.ndarray  # of each case's provider, plus what its prior is worth


def resource_profiles(cases: pl.DataFrame) -> Profiles:
    """Profiles of the rows of `tiered_cases`: total cost, days, operations and every class of charge, in logarithms."""
    family = codes_of(cases, FAMILY)
    provider = codes_of(cases, ["fixmedins_code"])
    month = codes_of(cases, ["month"])
    base = cases["level"].to_numpy() == 0
    total = cases["log_cost"].to_numpy()
    level = _Levels(family, provider, month, base)
    alpha, _, _, own, _ = level.fit(total)
    scale = np.exp(own[provider])
    floor = FLOOR * np.exp(alpha[family])
    features = {
        "total": total,
        "days": np.log(np.maximum(cases["days"].to_numpy(), 1.0)),
        "operations": np.log1p(cases["operations"].cast(pl.Float64).to_numpy()),
    }
    charged = cases["charged"].to_numpy()
    for name in CHARGES:
        amount = cases[name].to_numpy() / scale
        features[name] = np.where(charged, np.log(amount + floor), np.nan)
    return _standardised(features, level)


def _standardised(features: dict[str, np.ndarray], level: "_Levels") -> Profiles:
    values, names, spreads = [], [], []
    prior = 0.0
    for name, raw in features.items():
        known = ~np.isnan(raw)
        if known.mean() < _LEAST_SHARE or np.ptp(raw[known]) < 1e-9:
            continue
        alpha, _, gamma, _, lambda_ = level.fit(np.where(known, raw, 0.0), known)
        rest = (
            raw - alpha[level.family] - gamma[level.month] - level.own(np.where(known, raw, 0.0), known, alpha, gamma)
        )
        spread = float(np.sqrt(np.mean(np.square(rest[known & level.base])))) if (known & level.base).any() else 1.0
        prior = lambda_ if name == "total" else prior
        values.append(np.where(known, np.clip(rest / max(spread, 1e-3), -6, 6), 0.0))
        names.append(name)
        spreads.append(max(spread, 1e-3))
    count = sums(level.provider, level.base.astype(float), level.providers)
    return Profiles(np.stack(values, axis=1), tuple(names), np.array(spreads), (count + prior)[level.provider])


class _Levels:
    """Family, provider and month effects of one feature, fitted on the cases that cannot be upcoded."""

    def __init__(self, family: np.ndarray, provider: np.ndarray, month: np.ndarray, base: np.ndarray) -> None:
        self.family, self.provider, self.month, self.base = family, provider, month, base
        self.families, self.providers, self.months = (int(x.max()) + 1 for x in (family, provider, month))
        self.cell = family.astype(np.int64) * self.providers + provider
        self.cells, self.place = np.unique(self.cell, return_inverse=True)

    def fit(
        self, raw: np.ndarray, known: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
        """Effects of families, (unshrunk) providers, months, shrunk providers, and the prior's worth in cases."""
        use = self.base if known is None else self.base & known
        f, p, m, v = self.family[use], self.provider[use], self.month[use], raw[use]
        nf, np_, nm = sums(f, None, self.families), sums(p, None, self.providers), sums(m, None, self.months)
        of_family, of_provider, of_month = (np.zeros(len(v)) for _ in range(3))  # the effects of each case
        for _ in range(ROUNDS):
            alpha = sums(f, v - of_provider - of_month, self.families) / np.maximum(nf, 1)
            of_family = alpha[f]
            delta = sums(p, v - of_family - of_month, self.providers) / np.maximum(np_, 1)
            delta -= (delta * np_).sum() / max(np_.sum(), 1)
            of_provider = delta[p]
            gamma = sums(m, v - of_family - of_provider, self.months) / np.maximum(nm, 1)
            gamma -= (gamma * nm).sum() / max(nm.sum(), 1)
            of_month = gamma[m]
        # a family billed in dear levels only has no base of its own: what its cases cost stands in
        bare = nf == 0
        if bare.any():
            every = sums(self.family, raw - delta[self.provider] - gamma[self.month], self.families)
            alpha = np.where(bare, every / np.maximum(sums(self.family, None, self.families), 1), alpha)
        within = float(np.mean(np.square(v - of_family - of_provider - of_month))) if len(v) else 1.0
        lambda_ = _worth(delta, np_, within)
        return alpha, delta, gamma, delta * np_ / (np_ + lambda_), lambda_

    def own(self, raw: np.ndarray, known: np.ndarray, alpha: np.ndarray, gamma: np.ndarray) -> np.ndarray:
        """The provider's own level for each case: overall, and beyond that in the family, both shrunk."""
        use = self.base & known
        rest = (raw - alpha[self.family] - gamma[self.month])[use]
        p, c = self.provider[use], self.place[use]
        count = sums(p, None, self.providers)
        mean = sums(p, rest, self.providers) / np.maximum(count, 1)
        within = float(np.mean(np.square(rest - mean[p]))) if len(rest) else 1.0
        overall = mean * count / (count + _worth(mean, count, within))
        left = rest - overall[p]
        cells = sums(c, None, len(self.cells))
        cell_mean = sums(c, left, len(self.cells)) / np.maximum(cells, 1)
        inside = float(np.mean(np.square(left - cell_mean[c]))) if len(left) else 1.0
        special = cell_mean * cells / (cells + _worth(cell_mean, cells, inside))
        return overall[self.provider] + special[self.place]


def _worth(mean: np.ndarray, count: np.ndarray, within: float) -> float:
    """Cases that the prior of a group of means is worth: variance inside over variance between (moments)."""
    some = count > 0
    if some.sum() < 3:
        return 20.0
    total = count[some].sum()
    surplus = float((count[some] * np.square(mean[some])).sum() - some.sum() * within)
    between = max(surplus / max(total - float(np.square(count[some]).sum()) / total, 1.0), 1e-4 * within + 1e-9)
    return float(np.clip(within / between, 1.0, 1e4))

"""Statistics of peers: a norm without the provider itself, heterogeneity between units, and corrected significance."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]
V = TypeVar("V", float, Floats)
#: variance of the mean of the middle half against the plain mean, for normal values
MIDMEAN_VARIANCE = 1.2
#: cases at which a provider has half of the full weight in its peers' norm
HALF_WEIGHT_CASES = 10.0
#: weight, in members, of the variance over all classes when a class's own is estimated: from a dozen providers alone a
#: variance is known to within a factor of two, which costs more power than classes that honestly differ
PRIOR_MEMBERS = 16.0
_CLIP = 1.5
_CLIPPED_SQUARE = float(
    stats.norm.expect(lambda x: np.minimum(x * x, _CLIP * _CLIP))
)  # what a standard normal value leaves after clipping


def vote(cases: Floats) -> Floats:
    """Weight of a provider in its peers' norm: grows with its cases, but no giant outvotes the others."""
    return cases / (cases + HALF_WEIGHT_CASES)


@dataclass(frozen=True)
class Norm:
    """Centre of the peers of each member, the member left out, and what its uncertainty is made of."""

    centre: Floats
    spread_factor: Floats  # times the variance between providers
    noise: Floats  # sampling variance of the peers' own values, averaged with squared weights


def leave_one_out_midmean(
    values: Floats, weights: Floats, noise: Floats, cell: NDArray[np.int64] | None = None
) -> Norm:
    """Weighted mean of the middle half of the others' values, for every member of every peer cell at once.

    A median of peers, but steadier: METHODS of the field ask for the peers' median, and with five to ten peers the
    mean of the middle half varies a quarter less while up to a quarter of outliers on a side leave it unmoved.
    `noise` is the sampling variance of each value; `cell` numbers the peer cells (None: all are one). In a cell of one
    everything is NaN.
    Sums run inside a cell only, so that a cell's result never depends on what another holds.
    """
    cell = np.zeros(len(values), dtype=np.int64) if cell is None else cell
    order = np.lexsort((np.arange(len(values)), values, cell))
    v, w, e, c = values[order], weights[order], noise[order], cell[order]
    sums = pl.DataFrame({"c": c, "w": w, "wv": w * v, "w2": w * w, "w2e": w * w * e}).select(
        pl.exclude("c").cum_sum().over("c"),
        total=pl.col("w").cum_sum().last().over("c"),
        squares=pl.col("w2").cum_sum().last().over("c"),
        wobble=pl.col("w2e").cum_sum().last().over("c"),
        members=pl.len().over("c"),
    )
    edge, area, total = (sums[name].to_numpy() for name in ("w", "wv", "total"))
    members = sums["members"].to_numpy().astype(np.int64)
    start = np.flatnonzero(np.append(True, np.diff(c) > 0)[: len(c)])
    first = np.repeat(start, members[start])
    stair = _Stair(v, w, edge, area, total, first, first + members - 1)
    rest = total - w
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (stair.area_to(0.75) - stair.area_to(0.25)) / (0.5 * rest)
        factor = MIDMEAN_VARIANCE * (sums["squares"].to_numpy() - w * w) / (rest * rest)
        wobble = MIDMEAN_VARIANCE * (sums["wobble"].to_numpy() - w * w * e) / (rest * rest)
    alone = members < 2
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    found = [np.where(alone, np.nan, one)[back] for one in (centre, np.maximum(factor, 0), np.maximum(wobble, 0))]
    return Norm(*found)


@dataclass(frozen=True)
class _Stair:
    """Sorted values of all cells as step functions of cumulated weight; `edge`, `area` are sums inside the cell."""

    v: Floats
    w: Floats
    edge: Floats
    area: Floats
    total: Floats
    first: NDArray[np.int64]  # place of the cell's first row
    last: NDArray[np.int64]

    def area_to(self, share: float) -> Floats:
        """Integral of a cell's values up to `share` of the weight that is left when each member in turn is out."""
        at = share * (self.total - self.w)
        before = at <= self.edge - self.w
        found = self._integral(np.where(before, at, at + self.w))
        return np.asarray(found - np.where(before, 0.0, self.w * self.v))

    def _integral(self, upto: Floats) -> Floats:
        # the step is looked up on one line of all cells; at a border either neighbour gives the same integral
        line = np.cumsum(self.w)
        start = (line - self.w)[self.first]
        place = np.searchsorted(line, start + upto)
        place = np.clip(place, self.first, self.last)
        before = self.area[place] - self.w[place] * self.v[place]
        return np.asarray(before + (upto - (self.edge[place] - self.w[place])) * self.v[place])


def between_variance(values: Floats, noise: Floats, factor: Floats) -> float:
    """Variance between units that makes clipped standardised values as large as chance would (Paule–Mandel, clipped).

    Spiegelhalter's random effect against overdispersion; clipping keeps the outliers one looks for from hiding
    themselves. `factor` scales the part of the norm's uncertainty that grows with the variance itself.
    """
    if len(values) < 3:
        return 0.0

    def surplus(tau2: float) -> float:
        z2 = values * values / np.maximum(tau2 * (1 + factor) + noise, 1e-12)
        return float(np.minimum(z2, _CLIP * _CLIP).mean()) - _CLIPPED_SQUARE

    if surplus(0.0) <= 0:
        return 0.0
    top = float((values * values).max()) * 10 + 1e-9
    if surplus(top) > 0:
        return top
    return float(optimize.brentq(surplus, 0.0, top, xtol=1e-10))


def blended_variance(own: V, members: int, wide: V) -> V:
    """A class's variance between units, drawn to that of all classes when the class has few members."""
    return (members * own + PRIOR_MEMBERS * wide) / (members + PRIOR_MEMBERS)


def two_sided_p(z: Floats, freedom: Floats) -> Floats:
    """p of |z| by Student's t: the variance between few peers is itself an estimate."""
    return np.asarray(2 * stats.t.sf(np.abs(z), np.maximum(freedom, 2.0)), dtype=float)


def false_discovery(p: Floats, family: NDArray[np.int64]) -> Floats:
    """Benjamini–Hochberg q-values inside each family; NaN stays NaN and counts nowhere."""
    q = np.full(len(p), np.nan)
    for one in np.unique(family):
        inside = (family == one) & ~np.isnan(p)
        if inside.any():
            q[inside] = stats.false_discovery_control(np.clip(p[inside], 0, 1))
    return q


def shrink(value: Floats, tau2: Floats, noise: Floats) -> Floats:
    """Values drawn to the norm by their reliability, but never further than one standard error (Efron–Morris)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = value * np.where(tau2 + noise > 0, tau2 / (tau2 + noise), 1.0)
    error = np.sqrt(noise)
    return np.clip(drawn, value - error, value + error)

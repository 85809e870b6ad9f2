"""Statistics of peers: a norm without the provider itself, heterogeneity between units, and corrected significance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]
#: variance of the mean of the middle half against the plain mean, for normal values
MIDMEAN_VARIANCE = 1.2
#: cases at which a provider has half of the full weight in its peers' norm
HALF_WEIGHT_CASES = 10.0
#: weight, in members, of the variance over all classes when a class's own is estimated
PRIOR_MEMBERS = 8.0
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


def leave_one_out_midmean(values: Floats, weights: Floats, noise: Floats) -> Norm:
    """Weighted mean of the middle half of the others' values, for every member of one peer cell.

    A median of peers, but steadier: METHODS of the field ask for the peers' median, and with five to ten peers the
    mean of the middle half varies a quarter less while up to a quarter of outliers on a side leave it unmoved.
    `noise` is the sampling variance of each value. With a single member everything is NaN.
    """
    order = np.argsort(values, kind="stable")
    v, w, e = values[order], weights[order], noise[order]
    edge = np.concatenate([[0.0], np.cumsum(w)])
    area = np.concatenate([[0.0], np.cumsum(w * v)])
    total, squares = edge[-1], float((w * w).sum())
    rest = total - w
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (_area(0.75, v, w, edge, area) - _area(0.25, v, w, edge, area)) / (0.5 * rest)
        factor = MIDMEAN_VARIANCE * (squares - w * w) / (rest * rest)
        wobble = MIDMEAN_VARIANCE * (float((w * w * e).sum()) - w * w * e) / (rest * rest)
    if len(values) < 2:
        centre = np.full(len(values), np.nan)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return Norm(centre[back], np.maximum(factor, 0)[back], np.maximum(wobble, 0)[back])


def _area(share: float, v: Floats, w: Floats, edge: Floats, area: Floats) -> Floats:
    """Integral of the sorted values up to `share` of the weight that is left when each member in turn is taken out."""
    at = share * (edge[-1] - w)
    before = at <= edge[:-1]
    found = np.interp(np.where(before, at, at + w), edge, area)
    return found - np.where(before, 0.0, w * v)


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


def blended_variance(own: float, members: int, wide: float) -> float:
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

"""Honest differences between units, as the other providers show them: nobody widens the spread he is held against."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from models.scores.peers import Floats

#: a unit counts less the further out it stands, and not at all beyond so many standard deviations (biweight)
REACH = 3.5
#: a unit further out counts as standing here, in the first, coarser estimate
CLIP = 1.5
#: information about a variance that the biweight leaves (asymptotic variance of the plain estimate over that of the
#: weighted one, for normal values): with ψ(x) = W(x)(x² − κ) it is 2 · slope² / E ψ², the slope being −dEψ/dlog σ²
EFFICIENCY = 0.692
#: rows times providers up to which each provider is left out in turn; beyond, one provider moves the variance by little
LARGEST = 150_000
_STEPS = 45
#: the weighted estimate is looked for between these shares of the coarser one, which it never leaves
_LOW, _HIGH, _LADDER = 0.25, 1.5, 20


def _weight(square: Floats) -> Floats:
    return np.asarray(np.where(square < REACH * REACH, (1 - square / REACH**2) ** 2, 0.0))


_CLIPPED = float(stats.norm.expect(lambda x: np.minimum(x * x, CLIP * CLIP)))
_WEIGHTED = float(stats.norm.expect(lambda x: _weight(x * x) * x * x) / stats.norm.expect(lambda x: _weight(x * x)))


def spread_between(values: Floats, noise: Floats, factor: Floats) -> float:
    """Variance between all units together: `spread_of_others` with nobody left out."""
    return float(_solve(values, noise, factor, np.ones((1, len(values)), dtype=bool))[0]) if len(values) > 2 else 0.0


def spread_of_others(values: Floats, noise: Floats, factor: Floats, who: NDArray[np.int64]) -> Floats:
    """For each provider 0 … P−1 the variance between the units of the others, `who` being each unit's provider.

    The provider's own units are left out, like its costs in the norm: an externally studentised residual, which an
    outlier cannot shrink by widening the spread it is held against. The estimate is a redescending M-estimate of scale
    (Huber and Ronchetti 2009, ch. 5) inside Paule and Mandel's equation: the τ² at which the biweighted mean of
    z² = value² / (τ² (1 + factor) + noise) is that of normal values, started from the one with z² clipped. Who stands
    clearly out does not count, so that several outliers do not hide each other. Where there are too many units to leave
    each provider out in turn, all get the common estimate.
    """
    count = int(who.max()) + 1 if len(who) else 0
    if count * len(values) > LARGEST or count < 4:
        return np.full(count, spread_between(values, noise, factor))
    return _solve(values, noise, factor, who[None, :] != np.arange(count)[:, None])


def _solve(values: Floats, noise: Floats, factor: Floats, used: NDArray[np.bool_]) -> Floats:
    """τ² for each row of `used` (which values count)."""
    square = values * values
    number = np.maximum(used.sum(axis=1), 1)

    def squares(tau2: Floats) -> Floats:
        return np.asarray(square / np.maximum(tau2[:, None] * (1 + factor) + noise, 1e-12))

    def clipped(tau2: Floats) -> Floats:
        return np.asarray((np.minimum(squares(tau2), CLIP * CLIP) * used).sum(axis=1) / number - _CLIPPED)

    def weighted(tau2: Floats) -> Floats:
        z2 = squares(tau2)
        return np.asarray((_weight(z2) * (z2 - _WEIGHTED) * used).sum(axis=1))

    top = np.full(len(used), float(square.max()) * 10 + 1e-9)
    coarse = np.where(clipped(np.zeros(len(used))) <= 0, 0.0, _halve(clipped, np.zeros(len(used)), top))
    low, high, found = coarse * _LOW, coarse * _HIGH, np.zeros(len(used), dtype=bool)
    for share in np.linspace(_HIGH, _LOW, _LADDER)[1:]:  # the largest root: down until the units stand out too far
        step = coarse * share
        above = weighted(step) > 0
        low = np.where(above & ~found, step, low)
        high = np.where(found | above, high, step)
        found |= above
    return np.where(found, _halve(weighted, low, high), coarse)


def _halve(surplus: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Where a falling function of each row passes zero, between two bounds."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = surplus(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high

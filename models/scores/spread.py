"""Honest differences between units, as the other providers show them: nobody widens the spread he is held against."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from models.scores.peers import Floats, between_variance

CLIP = 1.5
_LEFT = float(stats.norm.expect(lambda x: np.minimum(x * x, CLIP * CLIP)))
#: information about a variance that clipping leaves (asymptotic variance of the plain estimate over that of the clipped
#: one, for normal values): Var(min(x², c²)) and the slope E[x²; |x| < c] give 2 · slope² / Var = 0.725 at c = 1.5
EFFICIENCY = 0.725
#: rows times providers up to which each provider is left out in turn; beyond, one provider moves the variance by little
LARGEST = 150_000
_STEPS = 45


def spread_of_others(values: Floats, noise: Floats, factor: Floats, who: NDArray[np.int64]) -> Floats:
    """For each provider 0 … P−1 the variance between the units of the others, `who` being each unit's provider.

    The estimate of `peers.between_variance` (Paule–Mandel with clipped squares) with the provider's own units left out,
    like its costs in the norm: an externally studentised residual, which an outlier cannot shrink by widening the
    spread it is held against. Where there are too many units to do so for each, all get the common estimate.
    """
    count = int(who.max()) + 1 if len(who) else 0
    if count * len(values) > LARGEST or count < 4:
        return np.full(count, between_variance(values, noise, factor))
    others = who[None, :] != np.arange(count)[:, None]
    left = np.maximum(others.sum(axis=1), 1)
    square = values * values

    def surplus(tau2: Floats) -> Floats:
        scale = np.maximum(tau2[:, None] * (1 + factor) + noise, 1e-12)
        return np.asarray((np.minimum(square / scale, CLIP * CLIP) * others).sum(axis=1) / left - _LEFT)

    low, high = np.zeros(count), np.full(count, float(square.max()) * 10 + 1e-9)
    nothing = surplus(low) <= 0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = surplus(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(nothing, 0.0, high)

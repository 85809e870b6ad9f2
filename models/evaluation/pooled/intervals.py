"""Intervals of pooled figures."""

import numpy as np
from scipy import stats

Interval = tuple[float, float]


def wilson(hits: float, of: float) -> Interval:
    """95% interval of a share of independent trials (Wilson 1927)."""
    if of <= 0:
        return (float("nan"), float("nan"))
    z2 = stats.norm.ppf(0.975) ** 2
    centre, half = hits / of + z2 / (2 * of), np.sqrt(z2 * (hits / of * (1 - hits / of) / of + z2 / (4 * of * of)))
    low, high = (centre - half) / (1 + z2 / of), (centre + half) / (1 + z2 / of)
    return float(max(low, 0.0)), float(min(high, 1.0))


def by_world(numerator: np.ndarray, denominator: np.ndarray) -> tuple[float, float, float]:
    """Standard error and 95% interval of a ratio of sums whose terms hang together inside a world.

    Linearised, Student's t over worlds; one world alone has none.
    """
    kept = denominator > 0
    a, b = numerator[kept], denominator[kept]
    if len(a) < 2:
        return (0.0, float("nan"), float("nan"))
    ratio = a.sum() / b.sum()
    error = np.sqrt(((a - ratio * b) ** 2).sum() / (len(a) - 1) * len(a)) / b.sum()
    reach = stats.t.ppf(0.975, len(a) - 1) * error
    return float(error), float(ratio - reach), float(ratio + reach)

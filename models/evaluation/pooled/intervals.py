"""Intervals of pooled figures."""

import numpy as np
from scipy import stats

from models.feedback import intervals

Interval = tuple[float, float]


def wilson(hits: float, of: float) -> Interval:
    """95% interval of a share of independent trials (Wilson 1927); not a number where there was none."""
    return intervals.wilson(hits / of, of) if of > 0 else (float("nan"), float("nan"))


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

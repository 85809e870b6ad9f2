"""Intervals of shares and of ratios of rates, for reports."""

from math import exp, log, sqrt

Z = 1.959963984540054  # 97.5% point of the normal distribution


def wilson(share: float, cases: float) -> tuple[float, float]:
    """95% interval of a share observed in so many cases (Wilson 1927); 0 to 1 where there is none.

    `cases` may be an effective number (Kish) where cases are weighted.
    """
    if cases <= 0:
        return 0.0, 1.0
    squared = Z * Z / cases
    centre = (share + squared / 2) / (1 + squared)
    half = Z / (1 + squared) * sqrt(max(share * (1 - share) / cases + squared / (4 * cases), 0.0))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def rate_ratio(now: int, size: int, before: int, size_before: int) -> tuple[float, float, float] | None:
    """Ratio of two rates of counted events with its 95% interval; None where a denominator is missing or nothing
    was counted at all.

    Half an event is added to both counts, so that a rule that found nothing before has a ratio too; the standard error
    is that of the log of a ratio of Poisson counts, 1/a + 1/b. Findings come in clusters, so it is the least width.
    """
    if size <= 0 or size_before <= 0 or now + before == 0:
        return None
    ratio = (now + 0.5) / size / ((before + 0.5) / size_before)
    half = Z * sqrt(1 / (now + 0.5) + 1 / (before + 0.5))
    return ratio, exp(log(ratio) - half), exp(log(ratio) + half)

"""Estimators of a total from a stratified simple random sample: expansion, ratio, cluster; variance, interval, limit.

Formulas: W. G. Cochran, Sampling Techniques, 3rd ed. (1977): expansion (5.1), (5.12); degrees of freedom (5.16);
separate and combined ratio (6.44) to (6.51). One-stage clusters, where a drawn case brings all of its elements, are
units of which y is the total and x the number of elements: S. L. Lohr, Sampling: Design and Analysis, section 5.2.

Sums are exact (whole fen), so nothing depends on the order of the rows; totals by expansion are exact as well, ratios
and variances are floats. The arithmetic works on numpy arrays too (models.sampling.coverage).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Literal

LEVEL = 0.90  # two-sided; the limit offered for recovery is the lower end of this interval
Degrees = Literal["satterthwaite", "strata"]
Exact = int | Fraction


@dataclass(frozen=True)
class Sums:
    """What the estimators need of one stratum: its size, and sums over the sample of y, the amount found, and of x.

    `total_x` is the known sum of x over the whole stratum (for ratios only).
    """

    population: int
    units: int
    y: Exact
    yy: Exact
    x: Exact = 0
    xx: Exact = 0
    xy: Exact = 0
    total_x: Exact = 0


@dataclass(frozen=True)
class Estimate:
    """A total (or ratio) with its variance and the degrees of freedom that its interval uses."""

    value: Exact | float
    variance: float
    degrees: float

    @property
    def standard_error(self) -> float:
        return math.sqrt(self.variance)

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The two-sided interval of this level, by Student's t."""
        half = t_quantile(0.5 + level / 2, self.degrees) * self.standard_error
        return float(self.value) - half, float(self.value) + half

    def lower_limit(self, level: float = LEVEL) -> float:
        """Lower end of the two-sided interval: a one-sided limit of confidence (1 + level) / 2."""
        return self.interval(level)[0]


def t_quantile(probability: float, degrees: float) -> float:
    """Quantile of Student's t."""
    from scipy.special import stdtrit  # takes a while to import, and a load needs none

    return float(stdtrit(degrees, probability))


def sums_of(population: int, y: Sequence[Exact], x: Sequence[Exact] = (), total_x: Exact = 0) -> Sums:
    """The sums of one stratum's sample: `y` the amounts found, `x` what they are held against."""
    held = x or [0] * len(y)
    pairs = list(zip(held, y, strict=True))
    return Sums(
        population,
        len(y),
        sum(y),
        sum(b * b for b in y),
        sum(held),
        sum(a * a for a in held),
        sum(a * b for a, b in pairs),
        total_x,
    )


def stratum_total(population: Any, units: Any, y: Any) -> Any:
    """N times the sample mean."""
    return population * y / units


def stratum_variance(population: Any, units: Any, y: Any, yy: Any) -> Any:
    """Estimated variance of N times the sample mean, without replacement: N (N - n) s² / n."""
    return population * (population - units) / units * (yy - y * y / units) / (units - 1)


def plain_ratio(strata: Sequence[Sums]) -> Fraction:
    """按抽查比例放大: what the sample holds over the sampling fraction, whatever the strata."""
    population, units = sum(one.population for one in strata), sum(one.units for one in strata)
    return Fraction(sum(one.y for one in strata)) * population / units


def expansion(strata: Sequence[Sums], degrees: Degrees = "satterthwaite") -> Estimate:
    """Stratified expansion: unbiased whatever the strata. Raises ValueError for a stratum with too few units."""
    value = sum(stratum_total(Fraction(one.population), one.units, one.y) for one in _counted(strata))
    return _estimate(value, strata, [_variance(one, 0) for one in strata], degrees)


def ratio(strata: Sequence[Sums], degrees: Degrees = "satterthwaite") -> Estimate:
    """The combined ratio of the totals of y and x, and its variance by linearisation."""
    slope, base = _slope(strata)
    return _estimate(slope, strata, [_variance(one, slope) / base**2 for one in strata], degrees)


def combined_ratio(strata: Sequence[Sums], degrees: Degrees = "satterthwaite", weighted: bool = False) -> Estimate:
    """Combined ratio estimate: one ratio over all strata, times the known total of x.

    `weighted` scales the variance by (X / estimated X)², as software for surveys does; textbooks leave it out.
    """
    slope, base = _slope(strata)
    known = float(sum(one.total_x for one in strata))
    scale = (known / base) ** 2 if weighted else 1.0
    return _estimate(slope * known, strata, [_variance(one, slope) * scale for one in strata], degrees)


def separate_ratio(strata: Sequence[Sums], degrees: Degrees = "satterthwaite", weighted: bool = False) -> Estimate:
    """Separate ratio estimate: a ratio in every stratum; for strata with many units, where ratios differ."""
    each = [combined_ratio([one], degrees, weighted) for one in strata]
    return _estimate(sum(one.value for one in each), strata, [one.variance for one in each], degrees)


def effective_degrees(variances: Sequence[float], units: Sequence[int]) -> float:
    """Satterthwaite's degrees of freedom of a sum of stratum variances (Cochran 5.16)."""
    parts = [(v, n) for v, n in zip(variances, units, strict=True) if v > 0]
    if not parts:
        return float(max(sum(n - 1 for n in units), 1))
    return sum(v for v, _ in parts) ** 2 / sum(v * v / (n - 1) for v, n in parts)


def yuan(fen: float | Exact) -> Decimal:
    """Estimated fen as yuan, rounded half up to the fen."""
    exact = Decimal(repr(fen)) if isinstance(fen, float) else Decimal(fen.numerator) / Decimal(fen.denominator)
    return (exact / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _counted(strata: Sequence[Sums]) -> Sequence[Sums]:
    wrong = [one for one in strata if one.units < min(2, one.population)]
    if wrong or not strata:
        raise ValueError(f"{len(wrong)} strata have too few units: an estimate needs two of each, or all of them")
    return strata


def _slope(strata: Sequence[Sums]) -> tuple[float, float]:
    base = float(sum(stratum_total(Fraction(one.population), one.units, one.x) for one in _counted(strata)))
    if base <= 0:
        raise ValueError("a ratio needs a positive total of x in the sample")
    return float(sum(stratum_total(Fraction(one.population), one.units, one.y) for one in strata)) / base, base


def _variance(one: Sums, slope: float) -> float:
    """Variance of the stratum's total of y - slope x."""
    if one.units == one.population:
        return 0.0
    rest = float(one.y) - slope * float(one.x)
    squares = float(one.yy) - 2 * slope * float(one.xy) + slope * slope * float(one.xx)
    return max(float(stratum_variance(one.population, one.units, rest, squares)), 0.0)


def _estimate(value: Exact | float, strata: Sequence[Sums], variances: Sequence[float], degrees: Degrees) -> Estimate:
    units = [one.units for one in strata]
    if degrees == "strata":
        return Estimate(value, sum(variances), float(max(sum(units) - len(units), 1)))
    return Estimate(value, sum(variances), effective_degrees(variances, units))

"""Hit rates of visits with intervals that hold for a handful of them, and their ratio to the population's.

Intervals of 95%: binomial by Clopper and Pearson (1934); of a simple random sample without replacement by the exact
hypergeometric tails (Cochran 1977, 3.6); of several strata by Clopper and Pearson at Kish's effective number of visits
(Korn and Graubard 1998, Survey Methodology 24), which is cautious where strata differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ALPHA = 0.05


@dataclass(frozen=True)
class Rate:
    """A share of visits that found something, its interval, and the (effective) number of visits behind it."""

    value: float
    low: float
    high: float
    visits: float


@dataclass(frozen=True)
class Drawn:
    """One stratum of a lot: providers, how many were drawn, how many of these have a result, how many a hit."""

    population: int
    drawn: int
    visited: int
    hits: int

    @property
    def missing(self) -> int:
        """Drawn ones nobody has a result of."""
        return self.drawn - self.visited


def of_visits(hits: float, visits: float) -> Rate | None:
    """Hit rate of visits that were chosen, not drawn: what the same choice would find again; None without visits."""
    from statsmodels.stats.proportion import proportion_confint  # takes seconds to import

    if visits <= 0:
        return None
    low, high = proportion_confint(hits, visits, ALPHA, method="beta")
    value = hits / visits
    # at nought and one an end is not defined
    return Rate(value, 0.0 if hits <= 0 else float(low), 1.0 if hits >= visits else float(high), visits)


def of_lot(strata: Sequence[Drawn]) -> Rate | None:
    """Unbiased hit rate of everybody in a lot's frame (Horvitz and Thompson: each drawn one counts N/n times).

    Drawn ones without a result make the interval wider by all that they could be; the value is then that of the visits
    made. None where a stratum with providers has no result at all.
    """
    strata = [one for one in strata if one.population]
    if not strata or any(not one.visited for one in strata):
        return None
    whole = sum(one.population for one in strata)
    value = sum(one.population * one.hits / one.visited for one in strata) / whole
    low = _limits([(one.population, one.drawn, one.hits) for one in strata])[0]
    high = _limits([(one.population, one.drawn, one.hits + one.missing) for one in strata])[1]
    return Rate(value, min(low, value), max(high, value), _effective(strata))


def lift(selected: Rate, everybody: Rate) -> tuple[float, float, float] | None:
    """How many times as often the selected visits find something, with its interval; None where nobody is hit.

    The interval is that of the logarithm of a ratio of two shares with half a visit added (Walter 1975).
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    if everybody.value <= 0:
        return None
    low, high = confint_proportions_2indep(
        selected.value * selected.visits, selected.visits, everybody.value * everybody.visits, everybody.visits,
        method="log-adjusted", compare="ratio", alpha=ALPHA,
    )  # fmt: skip
    value = selected.value / everybody.value
    return value, min(float(low), value), max(float(high), value)


def _effective(strata: Sequence[Drawn]) -> float:
    """Kish's effective number of visits: as many of a simple sample weigh as much as these, unequally drawn."""
    whole = sum(one.population for one in strata)
    return 1 / sum((one.population / whole) ** 2 / one.visited for one in strata)


def _limits(strata: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """Interval of the frame's rate from (population, drawn, hits) of each stratum, all drawn ones taken as told."""
    whole = sum(population for population, _, _ in strata)
    sure = sum(hits for population, drawn, hits in strata if drawn == population)
    rest = [one for one in strata if one[1] < one[0]]
    if not rest:
        return sure / whole, sure / whole
    size = sum(population for population, _, _ in rest)
    if len(rest) == 1:
        least, most = hypergeometric(*rest[0])
        return (sure + least) / whole, (sure + most) / whole
    share = sum(population * hits / drawn for population, drawn, hits in rest) / size
    visits = 1 / sum((population / size) ** 2 / drawn for population, drawn, _ in rest)
    found = of_visits(share * visits, visits)
    assert found is not None
    return (sure + found.low * size) / whole, (sure + found.high * size) / whole


def hypergeometric(population: int, drawn: int, hits: int) -> tuple[int, int]:
    """Least and most hits among the population that a draw without replacement does not speak against (2.5% a tail)."""
    from scipy.stats import hypergeom

    most = population - (drawn - hits)
    low = _first(hits, most, lambda total: bool(hypergeom.sf(hits - 1, population, total, drawn) > ALPHA / 2))
    high = _first(low, most + 1, lambda total: bool(hypergeom.cdf(hits, population, total, drawn) <= ALPHA / 2)) - 1
    return low, high


def _first(start: int, end: int, holds: Callable[[int], bool]) -> int:
    """The first number in [start, end] for which a monotone statement holds; `end` where it never does."""
    while start < end:
        middle = (start + end) // 2
        if holds(middle):
            end = middle
        else:
            start = middle + 1
    return start

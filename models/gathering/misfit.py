"""How little a regular cohort looks like a schedule of care: evidence in powers of ten, added up."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import binom, norm, poisson

from models.gathering.visits import Ints, Visits

#: a cohort with this share of chronic codes is a schedule of care, and a group or a member is explained by them
CHRONIC_SHARE = 0.8
#: people expected in a phase at the least: one half, where nobody keeps another phase
LEAST_EXPECTED = 0.5
#: evidence of one kind at most: a village that rides in on market day proves little, however large it is
MOST_ORIGIN = 6.0


@dataclass(frozen=True)
class Cohort:
    """Scheduled visits of one cohort at one unit: person, day and minute by row."""

    unit: int
    period: int
    phase: int
    person: Ints
    day: Ints
    minute: Ints


def misfit(without_chronic: float, evidence: float) -> float:
    """Evidence × how far the chronic codes stay below four fifths of the visits: nothing where they reach it."""
    return evidence * float(np.clip((without_chronic - (1 - CHRONIC_SHARE)) / CHRONIC_SHARE, 0, 1))


def phase_evidence(members: int, others: float) -> float:
    """−log10 of the Poisson tail of so many people in one phase where the other phases of the rhythm hold `others`."""
    return _poisson(members, max(others, LEAST_EXPECTED))


def dates_evidence(one: Cohort, volume: Ints) -> float:
    """Members skip the same occasions: dispersion of those present, as if each kept the rhythm by himself.

    `volume` = visits of the unit by day. Every occasion of the window counts, those of few other visits (holidays) in
    proportion. Σ (x − e)² / e(1 − e/m) ~ χ² with occasions − 1 degrees of freedom, its tail by Wilson and Hilferty.
    """
    occasion = (one.day.astype(np.int64) - one.phase + one.period // 2) // one.period
    last = (len(volume) - 1 - one.phase + one.period // 2) // one.period
    pairs = np.unique(np.stack([occasion, one.person]), axis=1)
    present = np.bincount(np.maximum(pairs[0], 0), minlength=last + 1).astype(np.float64)
    members = len(np.unique(one.person))
    if len(present) < 3:
        return 0.0
    day = np.clip(one.phase + np.arange(len(present)) * one.period, 0, len(volume) - 1)
    near = np.maximum.reduce([volume[np.clip(day + step, 0, len(volume) - 1)] for step in (-1, 0, 1)]) - present
    open_on = np.clip(near / max(float(np.median(near)), 1.0), 0.05, 1.0)
    expected = np.minimum(present.sum() * open_on / open_on.sum(), 0.98 * members)
    spread = ((present - expected) ** 2 / (expected * (1 - expected / members))).sum()
    wide = 2 / (9 * (len(present) - 1))
    return _tail(norm.logsf(((spread / (len(present) - 1)) ** (1 / 3) - 1 + wide) / wide**0.5))


def minute_evidence(one: Cohort, minutes: Ints) -> float:
    """−log10 of the Poisson tail of visits with another member's within a minute; `minutes` = all of the unit's, timed.

    Chance that two visits of the unit lie within a minute: from how its own are spread over the day.
    """
    timed = one.minute > 0
    if timed.sum() < 2 or len(minutes) < 2:
        return 0.0
    day, minute = one.day[timed].astype(np.int64), one.minute[timed].astype(np.int64)
    order = np.lexsort((minute, day))
    moment = day[order] * 10_000 + minute[order]
    close = np.diff(moment) <= 1
    met = np.append(close, False) | np.append(False, close)
    share = np.bincount(minutes, minlength=1442)[:1442] / len(minutes)
    within = float((share * (share + 2 * np.append(share[1:], 0))).sum())
    _, where, there = np.unique(day, return_inverse=True, return_counts=True)
    expected = (1 - (1 - within) ** (there[where] - 1)).sum()
    return _poisson(int(met.sum()), max(float(expected), 1e-3)) if met.any() else 0.0


def origin_evidence(counted: pl.DataFrame) -> pl.DataFrame:
    """By row (members, len = of one origin, values = origins seen, base = its share of the provider's regulars):
    −log10 of the binomial tail, corrected for the origins looked at, at most 6."""
    tail = binom.logsf(counted["len"].to_numpy() - 1, counted["members"].to_numpy(), counted["base"].to_numpy())
    found = -(tail + np.log(counted["values"].to_numpy())) / np.log(10)
    return counted.with_columns(evidence=pl.Series(np.clip(found, 0, MOST_ORIGIN)))


def by_day(visits: Visits, unit: int) -> tuple[Ints, Ints]:
    """Visits of a unit by day, and the minutes of those that have one."""
    rows = visits.span(unit)
    minute = visits.minute[rows]
    return np.bincount(visits.day[rows], minlength=visits.days), minute[minute > 0]


def _poisson(seen: int, expected: float) -> float:
    """−log10 of the tail; where it is too small for a float, by Chernoff's bound."""
    tail = float(poisson.logsf(seen - 1, expected))
    return _tail(tail if np.isfinite(tail) else seen - expected - seen * np.log(seen / expected))


def _tail(logarithm: float) -> float:
    return max(float(-logarithm / np.log(10)), 0.0)

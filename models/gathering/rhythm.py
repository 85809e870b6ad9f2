"""Scheduled visits: those a fixed rhythm of the person explains (METHODS: period of 2 to 35 days, Chernoff tail)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from models.gathering.grids import typical, volumes
from models.gathering.visits import Ints, Visits

SHORTEST, LONGEST = 2, 35
LEAST_VISITS = 6
LEVEL = 1e-3
WIDEST = 2  # days on either side of the phase
ROUNDS = 7  # rhythms of one person at one unit: the days of a week
#: share of a rhythm's occasions between its first and last that must be kept
KEPT = 0.5


@dataclass(frozen=True)
class Rhythm:
    """For every visit the rhythm that explains it: `period` (0 = none) in days, `phase` = day number modulo period."""

    period: Ints
    phase: Ints


@cache
def _kernel() -> tuple[Callable[..., Any], Callable[..., Any]]:  # noqa: C901  (compiled loops stay in one piece)
    """Compiled at first use; a nested function, so that importing costs nothing."""
    from numba import njit

    @njit(nogil=True)
    def best(days, n, by_phase, volume, tests):  # noqa: C901
        """Period, phase, width and −ln tail of the best rhythm among n sorted days."""
        found_q, found_f, found_w, found = 0, 0, 0, 0.0
        need = np.log(tests / LEVEL)
        count = np.zeros(LONGEST, dtype=np.int64)
        for q in range(SHORTEST, LONGEST + 1):
            if days[n - 1] - days[0] < 4 * q:
                break
            count[:q] = 0
            for i in range(n):
                count[days[i] % q] += 1
            for w in range(WIDEST + 1):
                if 4 * w + 2 > q:
                    break
                for f in range(q):
                    if count[f] == 0:
                        continue
                    m, p = 0, 0.0
                    for x in range(f - w, f + w + 1):
                        m += count[x % q]
                        p += by_phase[q, x % q]
                    p = max(p / volume, (2 * w + 1) / q)
                    if p >= 0.999 or m <= p * n or m < 5:
                        continue
                    r = m / n
                    strength = n * r * np.log(r / p)
                    if m < n:
                        strength += n * (1 - r) * np.log((1 - r) / (1 - p))
                    if strength > need and strength > found + 1e-9 and kept(days, n, q, f, w):
                        found_q, found_f, found_w, found = q, f, w, strength
        return found_q, found_f, found_w

    @njit(nogil=True)
    def kept(days, n, q, f, w):
        """Whether the rhythm holds at five occasions and at half of those between its first and its last."""
        first, last, before, hits = -1, -1, -1, 0
        for i in range(n):
            if (days[i] - f + w) % q <= 2 * w:
                turn = (days[i] - f + w + 35 * q) // q
                if turn != before:
                    hits += 1
                    before = turn
                if first < 0:
                    first = turn
                last = turn
        return hits >= 5 and hits >= KEPT * (last - first + 1)

    @njit(nogil=True)
    def explain(run, unit, day, first, last, span, usual, period, phase):  # noqa: C901
        """Fill period and phase of the visits of the runs first..last."""
        tests = 0.0
        for q in range(SHORTEST, LONGEST + 1):
            tests += q * (WIDEST + 1)
        by_phase = np.zeros((LONGEST + 1, LONGEST + 1))
        rest = np.zeros(span + 1, dtype=np.int64)
        at = -1
        volume = 0.0
        r = first
        while r < last:
            u = unit[run[r]]
            if u != at:
                at = u
                by_phase[:] = 0
                per_day = np.zeros(span + 1)
                e = r
                while e < last and unit[run[e]] == u:
                    for i in range(run[e], run[e + 1]):
                        per_day[day[i]] += 1
                    e += 1
                volume = 0.0
                for d in range(span + 1):  # else a crowd makes its own rhythm usual
                    per_day[d] = min(per_day[d], 2.0 * usual[u])
                    volume += per_day[d]
                for q in range(SHORTEST, LONGEST + 1):
                    for d in range(span + 1):
                        by_phase[q, d % q] += per_day[d]
            low, high = run[r], run[r + 1]
            for _ in range(ROUNDS):
                n = 0
                for i in range(low, high):
                    if period[i] == 0:
                        rest[n] = day[i]
                        n += 1
                if n < LEAST_VISITS:
                    break
                q, f, w = best(rest, n, by_phase, volume, tests)
                if q == 0:
                    break
                for i in range(low, high):
                    if period[i] == 0 and (day[i] - f + w) % q <= 2 * w:
                        period[i] = q
                        phase[i] = f
            r += 1

    return explain, best


def rhythm_of(days: Ints, volume: Ints) -> tuple[int, int, int] | None:
    """Period, phase and width of the rhythm that sorted days keep, by the volume of all days; None without one."""
    by_phase = np.zeros((LONGEST + 1, LONGEST + 1))
    for q in range(SHORTEST, LONGEST + 1):
        by_phase[q, :q] = np.bincount(np.arange(len(volume)) % q, weights=volume, minlength=q)
    tests = sum(q * (WIDEST + 1) for q in range(SHORTEST, LONGEST + 1))
    if len(days) < LEAST_VISITS:
        return None
    found = _kernel()[1](days.astype(np.int64), len(days), by_phase, float(volume.sum()), float(tests))
    return (int(found[0]), int(found[1]), int(found[2])) if found[0] else None


def find_rhythms(visits: Visits, parts: list[tuple[int, int]], run_all: Callable[..., Any]) -> Rhythm:
    """The rhythm behind every visit. `parts` = ranges of runs that keep units whole; `run_all` calls them in threads.

    The chance of a phase is its share of the unit's volume, a day counted as twice the median at most, and at least
    that of an even year: a clinic open on Tuesdays only makes nobody regular. −ln of the Chernoff bound of m of n
    visits on the phase is n·KL(m/n ‖ p), corrected for all periods, phases and widths.
    """
    period = np.zeros(len(visits), dtype=np.int8)
    phase = np.zeros(len(visits), dtype=np.int8)
    usual = np.concatenate(
        [typical(volume) for _, _, volume in volumes(visits.unit, visits.day, visits.units, visits.days + 1)]
    )
    explain = _kernel()[0]
    run_all(
        [
            (explain, (visits.run, visits.unit, visits.day, low, high, visits.days, usual, period, phase))
            for low, high in parts
        ]
    )
    return Rhythm(period, phase)


def cohorts(visits: Visits, rhythm: Rhythm) -> pl.DataFrame:
    """Scheduled visits by regular cohort: row, unit, person, day, minute, period, phase.

    Neighbouring phases of a period at one unit are one cohort, under the phase most of its people keep.
    """
    rows = np.flatnonzero(rhythm.period)
    frame = pl.DataFrame(
        {
            "row": rows, "unit": visits.unit[rows], "person": visits.person[rows], "day": visits.day[rows],
            "minute": visits.minute[rows], "period": rhythm.period[rows].astype(np.int16),
            "phase": rhythm.phase[rows].astype(np.int16),
        }
    )  # fmt: skip
    if frame.is_empty():
        return frame
    sizes = frame.group_by("unit", "period", "phase").agg(n=pl.col("person").n_unique())
    merged = _merge_phases(sizes.sort("unit", "period", "n", "phase", descending=[False, False, True, False]))
    return frame.join(merged, on=["unit", "period", "phase"]).with_columns(phase="kept").drop("kept").sort("row")


def _merge_phases(sizes: pl.DataFrame) -> pl.DataFrame:
    """Each phase's cohort: the largest phase takes its neighbours, then the largest of the rest."""
    kept: list[int] = []
    taken: dict[tuple[int, int, int], int] = {}
    for unit, period, phase, _ in sizes.iter_rows():
        near = [(unit, period, (phase + step) % period) for step in (-1, 1)] if period > 4 else []
        own = next((taken[key] for key in near if taken.get(key) == key[2]), phase)
        taken[unit, period, phase] = own
        kept.append(own)
    return sizes.select("unit", "period", "phase", pl.Series("kept", kept, dtype=pl.Int16))

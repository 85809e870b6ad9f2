"""Scheduled visits: those a fixed rhythm of the person explains (METHODS: period of 2 to 35 days, Chernoff tail)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from models.gathering.adopt import adopt
from models.gathering.grids import DAY, typical, volumes
from models.gathering.rhythm_limits import LEAST_VISITS, LONGEST, SHORTEST
from models.gathering.visits import Ints, Visits


@dataclass(frozen=True)
class Rhythm:
    """For every visit the rhythm that explains it: `period` (0 = none) in days, `phase` = the middle day of its window
    (of two, the earlier) modulo the period."""

    period: Ints
    phase: Ints


def rhythm_of(days: Ints, volume: Ints) -> tuple[int, int, int] | None:
    """Period, phase (middle day) and width in days of the rhythm of sorted days; None without one.

    `volume` = the unit's visits by day.
    """
    if len(days) < LEAST_VISITS:
        return None
    by_phase = np.zeros((LONGEST + 1, LONGEST + 1))
    for q in range(SHORTEST, LONGEST + 1):
        by_phase[q, :q] = np.bincount(np.arange(len(volume)) % q, weights=volume, minlength=q)
    from models.gathering.rhythm_kernel import best  # the compiler is loaded only where it is needed

    q, first, width = (int(x) for x in best(days.astype(np.int64), len(days), by_phase, float(volume.sum())))
    return (q, (first + (width - 1) // 2) % q, width) if q else None


def find_rhythms(visits: Visits, parts: list[tuple[int, int]], run_all: Callable[..., Any]) -> Rhythm:
    """The rhythm behind every visit. `parts` = ranges of runs that keep units whole; `run_all` calls them in threads.

    The chance of a window is its share of the unit's volume, a day counted as twice the median at most, and at least
    that of an even year: a clinic open on Tuesdays only makes nobody regular. −ln of the Chernoff bound of m of n
    visits in a window of 1 to 5 days is n·KL(m/n ‖ p), corrected for all periods, first days and widths.
    """
    period = np.zeros(len(visits), dtype=np.int8)
    phase = np.zeros(len(visits), dtype=np.int8)
    usual = np.concatenate([typical(volume) for _, _, volume in volumes(visits, DAY)])
    from models.gathering.rhythm_kernel import explain  # the compiler is loaded only where it is needed

    run_all(
        [
            (explain, (visits.run, visits.unit, visits.day, low, high, visits.days, usual, period, phase))
            for low, high in parts
        ]
    )
    adopt(visits, period, phase)
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

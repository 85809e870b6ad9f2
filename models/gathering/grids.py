"""When two visits count as together (the grid), how crowded a unit is, and how often two people may meet by chance."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import gammaincinv

from models.gathering.threads import whole_units
from models.gathering.visits import Ints, Visits

LEAST_WEEKS = 3
MOST_WEEKS = 54
#: a slot's volume counts as at most so many times the unit's median slot: one screening day makes no crowd of a year
CAP = 5


@dataclass(frozen=True)
class Grid:
    """`slot` of a visit = (day + shift) // days * parts + minute // (1440 // parts); its week is that of its days."""

    name: str
    days: int = 1
    shift: int = 0
    parts: int = 1

    def slots(self, visits: Visits) -> Ints:
        """The slot of every row."""
        by_day = (visits.day.astype(np.int32) + self.shift) // self.days
        if self.parts == 1:
            return by_day
        return by_day * self.parts + visits.minute // (1440 // self.parts)

    def count(self, days: int) -> int:
        """How many slots a window of so many days has."""
        return ((days + self.shift) // self.days + 1) * self.parts

    def first_day(self, slot: Ints) -> Ints:
        """First day of a slot."""
        return slot // self.parts * self.days - self.shift


DAY = Grid("day")
THREE_HOURS = Grid("three_hours", parts=8)
#: two days counted as one, in both ways of pairing them: who comes a day later still meets
TWO_DAYS = Grid("two_days", days=2)
TWO_DAYS_ODD = Grid("two_days_odd", days=2, shift=1)
GRIDS = (DAY, THREE_HOURS, TWO_DAYS, TWO_DAYS_ODD)


@dataclass(frozen=True)
class Limits:
    """By unit: `crowding` (chance that two visits share a slot), `regulars` (people who came in 3 weeks or more) and
    `most[unit, k]` = the largest product n_a·n_b·crowding at which k joint weeks are beyond chance."""

    crowding: np.ndarray
    regulars: Ints
    most: np.ndarray


@cache
def _kernel() -> Callable[..., Any]:
    from numba import njit

    @njit(nogil=True)
    def measure(run, unit, slot, slots, first_of, per_week, first, last, crowding, regulars):
        """Crowding and regulars of the units behind the runs first..last."""
        volume = np.zeros(slots, dtype=np.int64)
        r = first
        while r < last:
            u = unit[run[r]]
            volume[:] = 0
            regular = 0
            while r < last and unit[run[r]] == u:
                weeks, last_week, last_slot = 0, -1, -1
                for i in range(run[r], run[r + 1]):
                    if slot[i] != last_slot:
                        last_slot = slot[i]
                        volume[last_slot] += 1
                    week = first_of[last_slot] // per_week
                    if week != last_week:
                        weeks += 1
                        last_week = week
                if weeks >= LEAST_WEEKS:
                    regular += 1
                r += 1
            used = np.sort(volume[volume > 0])
            middle = used[len(used) // 2]
            total, square = 0.0, 0.0
            for s in range(slots):
                v = min(volume[s], CAP * middle)
                total += v
                square += v * (v - 1.0)
            crowding[u] = max(square / (total * (total - 1)), 1.0 / len(used) ** 2) if total > 1 else 1.0
            regulars[u] = regular

    return measure


def limits(visits: Visits, slot: Ints, grid: Grid, run_all: Callable[..., Any], pieces: int) -> Limits:
    """Crowding C = Σ v(v−1) / V(V−1) over a unit's slots, and the limits that allow one chance partner a person.

    Sum of the chance meetings of a and b ~ Poisson(n_a·n_b·C); k or more of them have probability at most
    α = min(0.05, 1 / regulars) while n_a·n_b·C ≤ gammaincinv(k, α).
    """
    count = grid.count(visits.days)
    first_of = np.maximum(grid.first_day(np.arange(count)), 0)
    crowding, regulars = np.ones(visits.units), np.zeros(visits.units, dtype=np.int64)
    unit_of_run = visits.unit[visits.run[:-1]]
    parts = whole_units(unit_of_run, np.diff(visits.run), pieces)
    measure = _kernel()
    run_all(
        [
            (measure, (visits.run, visits.unit, slot, count, first_of, 7, low, high, crowding, regulars))
            for low, high in parts
        ]
    )
    sizes, where = np.unique(regulars, return_inverse=True)
    alpha = np.minimum(0.05, 1 / np.maximum(sizes, 1))
    most = gammaincinv(np.maximum(np.arange(MOST_WEEKS), 1)[None, :], alpha[:, None])
    most[:, :LEAST_WEEKS] = -1
    return Limits(crowding, regulars, most[where])

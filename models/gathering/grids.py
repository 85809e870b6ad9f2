"""When two visits count as together (the grid), how crowded a unit is, and how often two people may meet by chance."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from models.gathering.visits import Ints, Visits

LEAST_WEEKS = 3
MOST_WEEKS = 54
#: a slot's volume counts as at most so many times the unit's median slot: one screening day makes no crowd of a year
CAP = 5
#: cells of a matrix of volumes made at a time, and visits counted for it
CELLS, ROWS = 1_000_000, 1_000_000


@dataclass(frozen=True)
class Grid:
    """`slot` of a visit = (day + shift) // days * parts + minute // (1440 // parts); its week is that of its days."""

    name: str
    days: int = 1
    shift: int = 0
    parts: int = 1

    def slots(self, visits: Visits, rows: Ints | slice = slice(None)) -> Ints:
        """The slot of every row, or of some (int16: 512 days of eight parts are below 2^15)."""
        by_day = (visits.day[rows] + self.shift) // self.days
        if self.parts == 1:
            return np.asarray(by_day)
        return np.asarray(by_day * self.parts + visits.minute[rows] // (1440 // self.parts))

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


def chances(visits: Visits, regular: Ints) -> tuple[Ints, np.ndarray]:
    """By unit, whatever the grid: regulars, and the largest mean at which k joint weeks are beyond chance.

    `regular` = `regular_runs` of the visits.
    k or more of a Poisson mean λ have probability at most α = min(0.05, 1 / regulars) while λ ≤ gammaincinv(k, α).
    """
    regulars = np.bincount(visits.unit[visits.run[:-1][regular]], minlength=visits.units)
    sizes, where = np.unique(regulars, return_inverse=True)
    alpha = np.minimum(0.05, 1 / np.maximum(sizes, 1))
    most = gammaincinv(np.maximum(np.arange(MOST_WEEKS), 1)[None, :], alpha[:, None])
    most[:, :LEAST_WEEKS] = -1
    return regulars, most[where]


def limits(visits: Visits, grid: Grid, chance: tuple[Ints, np.ndarray]) -> Limits:
    """Crowding C = Σ v(v−1) / V(V−1) over a unit's slots, and the limits that allow one chance partner a person.

    Sum of the chance meetings of a and b ~ Poisson(n_a·n_b·C); `chance` = `chances` of the same visits.
    """
    crowding = np.ones(visits.units)
    for low, high, volume in volumes(visits, grid):
        capped = np.minimum(volume, CAP * typical(volume)[:, None]).astype(np.float64)
        total, square = capped.sum(axis=1), (capped * (capped - 1)).sum(axis=1)
        least = 1.0 / np.maximum((volume > 0).sum(axis=1), 1) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.maximum(square / (total * (total - 1)), least)
        crowding[low:high] = np.where(total > 1, share, 1.0)
    return Limits(crowding, *chance)


def volumes(visits: Visits, grid: Grid) -> Iterator[tuple[int, int, Ints]]:
    """Distinct people by unit and slot, some units at a time: first unit, last (exclusive), units × slots."""
    slots, start = grid.count(visits.days), visits.starts()
    low = 0
    while low < visits.units:
        fitting = int(np.searchsorted(start, start[low] + ROWS, side="right")) - 1
        high = max(low + 1, min(low + max(1, CELLS // slots), fitting, visits.units))
        rows = slice(start[low], start[high])
        place = (visits.unit[rows] - low) * slots + grid.slots(visits, rows)
        person = visits.person[rows]
        fresh = np.ones(len(place), dtype=bool)
        fresh[1:] = (place[1:] != place[:-1]) | (person[1:] != person[:-1])
        counted = place if fresh.all() else place[fresh]
        yield low, high, np.bincount(counted, minlength=(high - low) * slots).reshape(high - low, slots)
        low = high


def typical(volume: Ints) -> Ints:
    """The (upper) median of each row's slots that are not empty; 0 where all are."""
    ordered = np.sort(volume, axis=1)
    used = (volume > 0).sum(axis=1)
    at = volume.shape[1] - used + used // 2
    return np.asarray(np.take_along_axis(ordered, np.minimum(at, volume.shape[1] - 1)[:, None], axis=1)[:, 0])


def regular_runs(visits: Visits) -> Ints:
    """Of every run whether its person came to the unit in 3 weeks or more: nobody else can be half of a pair."""
    week = visits.day // 7
    fresh = np.ones(len(week), dtype=np.int16)
    fresh[1:] = week[1:] != week[:-1]
    fresh[visits.run[:-1]] = 1
    weeks = np.add.reduceat(fresh, visits.run[:-1], dtype=np.int16) if len(week) else np.array([], dtype=np.int16)
    return np.asarray(weeks >= LEAST_WEEKS)

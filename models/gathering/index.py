"""Where and when the regulars of the units that matter came: one index of their visits that serves every grid."""

from dataclasses import dataclass

import numpy as np

from models.gathering.grids import THREE_HOURS, Grid, volumes
from models.gathering.visits import Ints, Visits

#: the finest grid; the slots of the others are made of whole slots of it
FINE = THREE_HOURS


@dataclass(frozen=True)
class Regulars:
    """Visits of regulars, found by person and by time; nothing of a visit is kept twice.

    `number` = place of a unit among the sorted `units` that matter, len(units) for all others. `by_person` and
    `by_time` hold rows: those of person p are by_person[person_start[p] : person_start[p + 1]], those of a slot of the
    finest grid by_time[time_start[t] : time_start[t + 1]], t = number * slots + slot.
    """

    visits: Visits
    units: Ints
    number: Ints
    by_person: Ints
    person_start: Ints
    by_time: Ints
    time_start: Ints


def regulars(visits: Visits, units: Ints) -> Regulars:
    """Index of the regulars' visits at the sorted `units`."""
    number = np.full(visits.units, len(units), dtype=np.int32)
    number[units] = np.arange(len(units))
    # half the memory: 2^18 units of at most 4,096 slots stay below 2^31
    time = number[visits.unit] * np.int32(FINE.count(visits.days)) + FINE.slots(visits)
    by_time, time_start = _sorted(time, len(units) * FINE.count(visits.days))
    by_person, person_start = _sorted(visits.person, visits.persons)
    return Regulars(visits, units, number, by_person, person_start, by_time, time_start)


def _sorted(key: Ints, keys: int) -> tuple[Ints, Ints]:
    """Rows sorted by a key, and where each of so many keys begins."""
    order = np.argsort(key, kind="stable").astype(np.int32)
    return order, np.searchsorted(key[order], np.arange(keys + 1, dtype=key.dtype)).astype(np.int32)


@dataclass(frozen=True)
class GridIndex:
    """The regulars' visits as a grid sees them: place = number * slots + slot; visits of one slot count once.

    `volume` = distinct people by place and `total` their sum by number, of all unscheduled visits.
    """

    grid: Grid
    slots: int
    people: Regulars
    volume: Ints
    total: Ints

    def places(self, rows: Ints) -> Ints:
        """Places of rows."""
        visits = self.people.visits
        return self.people.number[visits.unit[rows]] * np.int64(self.slots) + self.grid.slots(visits, rows)

    def rows_of(self, members: Ints) -> Ints:
        """Rows of the members at the units that matter."""
        people, start = self.people, self.people.person_start
        rows = _joined([people.by_person[start[p] : start[p + 1]] for p in members])
        return self._once(rows[people.number[people.visits.unit[rows]] < len(people.units)])

    def rows_at(self, places: Ints) -> Ints:
        """Rows of the regulars at the places."""
        number, slot = places // self.slots, places % self.slots
        parts, fine = FINE.parts // self.grid.parts, FINE.count(self.people.visits.days)
        low = self.grid.first_day(slot) * FINE.parts + slot % self.grid.parts * parts
        high = low + self.grid.days * parts
        order, start = self.people.by_time, self.people.time_start
        begin, end = start[number * fine + np.maximum(low, 0)], start[number * fine + np.minimum(high, fine)]
        return self._once(_joined([order[a:b] for a, b in zip(begin, end, strict=True)]))

    def own(self, rows: Ints) -> Ints:
        """Slots of each row's person at its unit."""
        run = self.people.visits.run
        at = np.searchsorted(run, rows, side="right") - 1
        begin, length = run[at], run[at + 1] - run[at]
        if self.grid.days == 1 or not len(rows):
            return np.asarray(length)
        first = np.cumsum(length) - length
        return np.add.reduceat(self._fresh(np.arange(length.sum()) + np.repeat(begin - first, length)), first)

    def _once(self, rows: Ints) -> Ints:
        return rows if self.grid.days == 1 else rows[self._fresh(rows) > 0]

    def _fresh(self, rows: Ints) -> Ints:
        """1 for rows that are their person's first in a slot of a unit, 0 for others."""
        visits, before = self.people.visits, np.maximum(rows - 1, 0)
        again = (visits.person[rows] == visits.person[before]) & (self.places(rows) == self.places(before))
        return (~again | (rows == 0)).astype(np.int64)


def index(people: Regulars, everyone: Visits, grid: Grid) -> GridIndex:
    """The regulars' visits in a grid, with the volumes of `everyone`."""
    slots = grid.count(everyone.days)
    made = [np.empty((0, slots), dtype=np.int32)]
    for low, high, volume in volumes(everyone, grid):
        made.append(volume[people.number[low:high] < len(people.units)].astype(np.int32))
    volume = np.concatenate(made)
    return GridIndex(grid, slots, people, volume.ravel(), volume.sum(axis=1))


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts or [np.array([], dtype=np.int32)])

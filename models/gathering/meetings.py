"""The dates on which a group meets: members present against what the unit's volume makes expected without them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln
from scipy.stats import poisson

from models.gathering.grids import Grid
from models.gathering.visits import Ints, Visits

LEVEL = 1e-3
LEAST_PRESENT = 3
REPORTED = 2.0


@dataclass(frozen=True)
class GridIndex:
    """Visits of regulars in one grid by place. Units that matter are renumbered: place = number * slots + slot.

    `visits`, `place`, `own` (slots of the row's person at its unit) by row; `order` sorts rows by place, those of a
    place are order[start[place] : start[place + 1]]; `volume` = distinct people by place and `total` their sum by
    number, of all unscheduled visits; `number` = of every row's unit, `units` = the units by number.
    """

    grid: Grid
    slots: int
    visits: Visits
    place: Ints
    order: Ints
    start: Ints
    volume: Ints
    total: Ints
    own: Ints
    units: Ints

    def rows_at(self, places: Ints) -> Ints:
        """Rows of the regulars at the places."""
        parts = [self.order[self.start[at] : self.start[at + 1]] for at in places]
        return np.concatenate(parts or [np.array([], dtype=np.int32)])


def index(near: Visits, everyone: Visits, units: Ints, grid: Grid) -> GridIndex:
    """Index of the visits `near`, with the volumes of `everyone`, both at the sorted `units` only.

    Two visits of a person in one slot count once.
    """
    slots = grid.count(near.days)
    full = len(units) * slots
    near, place = _placed(near, units, grid, slots)
    volume = np.bincount(_placed(everyone, units, grid, slots)[1], minlength=full).astype(np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=full))])
    length = np.diff(near.run).astype(np.int32)
    return GridIndex(
        grid, slots, near, place, np.argsort(place, kind="stable").astype(np.int32), start, volume,
        volume.reshape(len(units), slots).sum(axis=1), np.repeat(length, length), units,
    )  # fmt: skip


def _placed(visits: Visits, units: Ints, grid: Grid, slots: int) -> tuple[Visits, Ints]:
    # half the memory: 2^18 units of at most 2,944 slots stay below 2^31
    place = (np.searchsorted(units, visits.unit) * slots + grid.slots(visits)).astype(np.int32)
    fresh = np.ones(len(place), dtype=bool)
    fresh[1:] = (place[1:] != place[:-1]) | (visits.person[1:] != visits.person[:-1])
    return (visits, place) if fresh.all() else (visits.only(fresh), place[fresh])


@dataclass(frozen=True)
class Meetings:
    """A group in one grid: where it met, members present, what was expected, −log10 of the tail.

    `places` are numbers of the grid's index, `units` and `slots` what they stand for; `volume` = everybody there then;
    `rows` = rows of the members' visits there; `dates` = distinct dates at their units. `score` = Σ −log10 p − log10 of
    how many groups of that size the people of the units could form.
    """

    grid: int
    places: Ints
    units: Ints
    slots: Ints
    present: Ints
    volume: Ints
    expected: np.ndarray
    strength: np.ndarray
    rows: Ints
    dates: int
    score: float


def meetings(found: GridIndex, which: int, rows: Ints, members: int, pool: Ints) -> Meetings:
    """Meetings of a group whose visits are `rows` of the index; `pool` = people who could be in a group, by unit.

    Expected at a place = all visits of the members to the unit × the place's share of the unit's volume, both volumes
    without the group's own visits. Kept are places with 3 or more present and a Poisson tail below 1e-3. A stay has an
    admission and a discharge: the caller leaves one out.
    """
    place = found.place[rows]
    places, present = np.unique(place, return_counts=True)
    number = places // found.slots
    own = np.bincount(place // found.slots, minlength=len(found.units))
    others = np.maximum(found.total - own, 1)[number]
    expected = own[number] * (np.maximum(found.volume[places] - present, 0.5) / others)
    strength = -poisson.logsf(present - 1, expected) / np.log(10)
    keep = (present >= LEAST_PRESENT) & (strength > -np.log10(LEVEL))
    units = found.units[number[keep]]
    choices = _choices(int(pool[units].max()) if len(units) else members, members)
    dates = len(np.unique(number[keep] * found.slots + places[keep] % found.slots // found.grid.parts))
    score = float(strength[keep].sum() - choices)
    return Meetings(
        which, places[keep], units, places[keep] % found.slots, present[keep], found.volume[places[keep]],
        expected[keep], strength[keep], rows[np.isin(place, places[keep])], dates, score,
    )  # fmt: skip


def _choices(people: int, members: int) -> float:
    """log10 of the number of groups of so many members among so many people."""
    people = max(people, members)
    return float((gammaln(people + 1) - gammaln(members + 1) - gammaln(people - members + 1)) / np.log(10))

"""A group found in the graph made complete: its best grid, who else comes on its dates, who does not."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import pdtrc

from models.gathering.groups import LEAST_MEMBERS
from models.gathering.index import GridIndex
from models.gathering.meetings import Meetings, meetings
from models.gathering.visits import Ints

ROUNDS = 4
#: share of the group's dates a member comes to at least, and the chance that a stranger does so
ATTENDS, STAYS, LEVEL = 0.4, 0.3, 1e-2


@dataclass(frozen=True)
class Group:
    """Members (person numbers, sorted) and their meetings in the grid that shows them best.

    `pairings`: the meetings in every way of pairing the days of that grid (itself alone, where it is of one day).
    """

    members: Ints
    met: Meetings
    pairings: tuple[Meetings, ...] = ()


class Refiner:
    """Scores and completes groups over all grids."""

    def __init__(self, grids: list[GridIndex], pool: Ints, ways: np.ndarray) -> None:
        """`pool` = people who could be in a group, `ways` = way of coming together, both by unit."""
        self.grids = grids
        self.pool = pool
        self.ways = ways

    def best(self, members: Ints) -> Meetings:
        """Meetings in the grid in which the group scores highest."""
        return max((self._met(i, members) for i in range(len(self.grids))), key=_rank)

    def paired(self, group: Group) -> Group:
        """The group with its meetings in every way of pairing the days of its grid."""
        days = self.grids[group.met.grid].grid.days
        alike = [i for i, one in enumerate(self.grids) if one.grid.days == days > 1 or i == group.met.grid]
        return replace(group, pairings=tuple(self._met(i, group.members) for i in alike))

    def _met(self, i: int, members: Ints) -> Meetings:
        """Meetings in one grid; of a stay either the admission or the discharge counts."""
        one = self.grids[i]
        rows = one.rows_of(members)
        left_out = self.ways[one.people.visits.unit[rows]]
        kinds = [w for w in ("discharge", "admission") if (left_out == w).any()] or ["none"]
        return max((meetings(one, i, rows[left_out != kind], len(members), self.pool) for kind in kinds), key=_rank)

    def complete(self, members: Ints) -> Group | None:
        """Add who comes on the dates beyond chance, drop who does not, until it settles; None when nobody is left."""
        met = self.best(members)
        seen = {tuple(members)}
        for _ in range(ROUNDS):
            if len(met.places) < 3:
                return None
            now = self._attending(members, met)
            if len(now) < LEAST_MEMBERS - 1:
                return None
            then = self.best(now)
            if tuple(now) in seen:
                break
            seen.add(tuple(now))
            if then.score < met.score - 1e-9 and len(now) <= len(members):
                break
            members, met = now, then
        return Group(members, met)

    def _attending(self, members: Ints, met: Meetings) -> Ints:
        """People whose presence at the meetings is beyond what the volumes expect of them."""
        found = self.grids[met.grid]
        rows = found.rows_at(met.places)
        person, number = found.people.visits.person[rows], found.places(rows) // found.slots
        at = met.places // found.slots
        own = np.bincount(found.places(found.rows_of(members)) // found.slots, minlength=len(found.total))
        others = np.maximum(found.total - own, 1)[at]
        share = np.bincount(
            at, weights=np.maximum(found.volume[met.places] - met.present, 0.5) / others, minlength=len(found.total)
        )
        people, where = np.unique(person, return_inverse=True)
        present = _dates_by_person(found, rows, where, len(people))
        # visits of a person to the units of the meetings, times the meetings' share of the others' visits there
        pairs, first = np.unique(np.stack([where, number]), axis=1, return_index=True)
        expected = np.bincount(pairs[0], weights=found.own(rows[first]) * share[pairs[1]], minlength=len(people))
        tail = pdtrc(present - 1, expected)
        inside = np.isin(people, members)
        dates = met.dates
        strangers = int(self.pool[met.units].max())
        joins = (present >= max(3, ATTENDS * dates)) & (tail * strangers < LEVEL)
        stays = inside & (present >= max(2, STAYS * dates)) & (tail < LEVEL)
        return np.asarray(people[joins | stays])


def _rank(met: Meetings) -> tuple[float, int]:
    return round(met.score, 6), -met.grid


def _dates_by_person(found: GridIndex, rows: Ints, where: Ints, people: int) -> Ints:
    """Distinct dates (of two days in such a grid) of each person's rows: a date has several slots of three hours."""
    grid = found.grid
    place = found.places(rows)
    date = (place % found.slots) // grid.parts + (place // found.slots) * found.slots
    return np.bincount(np.unique(np.stack([where, date]), axis=1)[0], minlength=people)

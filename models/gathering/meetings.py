"""The dates on which a group meets: members present against what the unit's volume makes expected without them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, pdtrc

from models.gathering.index import GridIndex
from models.gathering.visits import Ints

LEVEL = 1e-3
LEAST_PRESENT = 3
REPORTED = 2.0


@dataclass(frozen=True)
class Meetings:
    """A group in one grid: where it met, members present, what was expected, −log10 of the tail.

    `places` are numbers of the grid's index, `units` and `slots` what they stand for; `volume` = everybody there then;
    `dates` = distinct dates at their units. `score` = Σ −log10 p − log10 of
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
    dates: int
    score: float


def meetings(found: GridIndex, which: int, rows: Ints, members: int, pool: Ints) -> Meetings:
    """Meetings of a group whose visits are `rows` of the index; `pool` = people who could be in a group, by unit.

    Expected at a place = all visits of the members to the unit × the place's share of the unit's volume, both volumes
    without the group's own visits. Kept are places with 3 or more present and a Poisson tail below 1e-3. A stay has an
    admission and a discharge: the caller leaves one out.
    """
    place = found.places(rows)
    places, present = np.unique(place, return_counts=True)
    number = places // found.slots
    own = np.bincount(place // found.slots, minlength=len(found.total))
    others = np.maximum(found.total - own, 1)[number]
    expected = own[number] * (np.maximum(found.volume[places] - present, 0.5) / others)
    with np.errstate(divide="ignore"):  # a tail too small for a float is infinite strength
        strength = -np.log(pdtrc(present - 1, expected)) / np.log(10)
    keep = (present >= LEAST_PRESENT) & (strength > -np.log10(LEVEL))
    units = found.people.units[number[keep]]
    choices = _choices(int(pool[units].max()) if len(units) else members, members)
    dates = len(np.unique(number[keep] * found.slots + places[keep] % found.slots // found.grid.parts))
    score = float(strength[keep].sum() - choices)
    return Meetings(
        which, places[keep], units, places[keep] % found.slots, present[keep], found.volume[places[keep]],
        expected[keep], strength[keep], dates, score,
    )  # fmt: skip


def _choices(people: int, members: int) -> float:
    """log10 of the number of groups of so many members among so many people."""
    people = max(people, members)
    return float((gammaln(people + 1) - gammaln(members + 1) - gammaln(people - members + 1)) / np.log(10))

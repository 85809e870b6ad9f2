"""The chain from visits to groups: schedules taken out, pairs beyond chance, groups, their meetings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from models.gathering.grids import GRIDS, Grid, Limits, chances, limits, regular_runs
from models.gathering.groups import find_groups
from models.gathering.index import index, regulars
from models.gathering.meetings import REPORTED
from models.gathering.pairs import kernel_edges
from models.gathering.refine import Group, Refiner
from models.gathering.rhythm import Rhythm, find_rhythms
from models.gathering.threads import runner, whole_units
from models.gathering.visits import Ints, Visits

PIECES = 32
#: two found groups are one when they share half of the members of either
SAME = 0.5
CROWDED = 400
Edges = Callable[[Visits, Ints, Grid, Limits], pl.DataFrame]


@dataclass(frozen=True)
class Found:
    """Groups with a score of 2 or more, best first; `unscheduled` = the visits they were found in."""

    groups: list[Group]
    rhythm: Rhythm
    unscheduled: Visits
    edges: int


def chain(visits: Visits, ways: np.ndarray, threads: int, edges: Edges | None = None) -> Found:
    """Groups in the visits of a window; `ways` = way of coming together by unit. `edges` replaces the pair kernel.

    The result depends on neither the order of the visits nor the number of threads.
    """
    run_all = runner(threads)
    parts = whole_units(visits.unit[visits.run[:-1]], np.diff(visits.run), PIECES)
    rhythm = find_rhythms(visits, parts, run_all)
    scheduled = rhythm.period > 0
    free = visits.only(~scheduled) if scheduled.any() else visits
    often = regular_runs(free)
    regular = free.only(np.repeat(often, np.diff(free.run)))
    linked, chance = [], chances(free, often)
    for grid in GRIDS:
        limit = limits(free, grid, chance)
        near = calm(regular, grid)
        slot = grid.slots(near)
        found = edges(near, slot, grid, limit) if edges else kernel_edges(near, slot, grid, limit, run_all, 2 * PIECES)
        linked.append(found)
    together = pl.concat(linked)
    groups = completed(find_groups(together), regular, free, chance[0], ways)
    return Found(groups, rhythm, free, together.height)


def calm(regular: Visits, grid: Grid) -> Visits:
    """Visits whose pairs are looked for in a grid: of two days only at units with no more than 400 regulars a slot.

    In greater crowds two days hide a gang, and the pairs grow with the square.
    """
    if grid.days == 1:
        return regular
    crowd = np.bincount(regular.unit, minlength=regular.units) / grid.count(regular.days)
    return regular if (crowd <= CROWDED).all() else regular.only(crowd[regular.unit] <= CROWDED)


def completed(found: list[Ints], regular: Visits, free: Visits, pool: Ints, ways: np.ndarray) -> list[Group]:
    """Groups completed and scored in every grid, those of 2 or more, each once, best first.

    `regular` = visits of people who could be members, `free` = all unscheduled visits.
    """
    if not found:
        return []
    people = regulars(regular, _meeting_units(found, regular))
    refiner = Refiner([index(people, free, grid) for grid in GRIDS], pool, ways)
    made = [group for group in (refiner.complete(members) for members in found) if group is not None]
    made = [group for group in made if group.met.score >= REPORTED]
    ranked = sorted(made, key=lambda group: (-round(group.met.score, 6), tuple(group.members)))
    return [refiner.paired(group) for group in _once(ranked)]


def _meeting_units(found: list[Ints], visits: Visits) -> Ints:
    """Units to which three or more of one group's members come regularly."""
    unit, person = visits.unit[visits.run[:-1]], visits.person[visits.run[:-1]]
    order = np.argsort(person, kind="stable")
    start = np.searchsorted(person[order], np.arange(visits.persons + 1, dtype=person.dtype))
    wanted = np.zeros(visits.units, dtype=bool)
    for members in found:
        seen = np.concatenate([unit[order[start[p] : start[p + 1]]] for p in members])
        names, people = np.unique(seen, return_counts=True)
        wanted[names[people >= 3]] = True
    return np.flatnonzero(wanted)


def _once(groups: list[Group]) -> list[Group]:
    kept: list[Group] = []
    by_person: dict[int, list[int]] = {}
    for group in groups:
        own = set(group.members.tolist())
        near = {k for person in own for k in by_person.get(person, ())}
        if any(_alike(own, set(kept[k].members.tolist())) for k in near):
            continue
        for person in own:
            by_person.setdefault(person, []).append(len(kept))
        kept.append(group)
    return kept


def _alike(one: set[int], other: set[int]) -> bool:
    shared = len(one & other)
    return shared >= SAME * min(len(one), len(other)) and shared * 4 >= max(len(one), len(other))

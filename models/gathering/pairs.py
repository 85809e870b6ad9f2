"""Pairs of people who meet beyond chance, by a compiled kernel that never writes down a pair it does not keep."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from models.gathering.grids import Grid, Limits
from models.gathering.threads import whole_units
from models.gathering.visits import Ints, Visits

EDGE = {"person_a": pl.Int32, "person_b": pl.Int32, "unit": pl.Int32, "weeks": pl.Int32}


def week_of_slot(grid: Grid, days: int) -> Ints:
    """Week (from the window's first day) of every slot of a grid."""
    return np.asarray(np.maximum(grid.first_day(np.arange(grid.count(days))), 0) // 7).astype(np.int32)


def kernel_edges(
    visits: Visits, slot: Ints, grid: Grid, limit: Limits, run_all: Callable[..., Any], pieces: int
) -> pl.DataFrame:
    """Pairs of a grid that meet in 3 weeks or more and beyond the unit's limit.

    Returns person_a < person_b, unit, weeks (distinct weeks with a joint slot), sorted. Time grows with the squares of
    the slots' candidates, memory with the people of the largest unit.
    """
    unit_of_run = visits.unit[visits.run[:-1]]
    size = np.bincount(unit_of_run, minlength=visits.units)[unit_of_run] if len(unit_of_run) else unit_of_run
    parts = whole_units(unit_of_run, size * limit.crowding[unit_of_run] + 1, pieces)
    weeks = week_of_slot(grid, visits.days)
    cost = np.append(0, np.cumsum(size * limit.crowding[unit_of_run] + 1))
    parts.sort(key=lambda part: (cost[part[0]] - cost[part[1]], part))  # the longest first
    from models.gathering.pairs_kernel import pairs  # the compiler is loaded only where it is needed

    found = run_all(
        [
            (pairs, (visits.run, visits.unit, visits.person, slot, weeks, low, high, limit.crowding, limit.most))
            for low, high in parts
        ]
    )
    edges = np.concatenate(found) if found else np.empty((0, 4), dtype=np.int32)
    return pl.DataFrame(edges, schema=EDGE, orient="row").sort(EDGE.keys())

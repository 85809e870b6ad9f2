"""Pairs of people who meet beyond chance, by a compiled kernel that never writes down a pair it does not keep."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from models.gathering.grids import LEAST_WEEKS, MOST_WEEKS, Grid, Limits
from models.gathering.threads import whole_units
from models.gathering.visits import Ints, Visits

EDGE = {"person_a": pl.Int32, "person_b": pl.Int32, "unit": pl.Int32, "weeks": pl.Int32}


@cache
def _kernel() -> Callable[..., Any]:  # noqa: C901  (compiled loops stay in one piece)
    from numba import njit

    @njit(nogil=True)
    def reaches(visits, weeks, crowding, most):
        """Whether any partner could take this person to the limit: the best one came exactly when they met."""
        for k in range(LEAST_WEEKS, weeks + 1):  # noqa: SIM110  (compiled)
            if visits * k * crowding <= most[k]:
                return True
        return False

    @njit(nogil=True)
    def candidates(run, slot, week_of, low, high, crowding, most, row_end, who, seen, rows):
        """Runs of one unit that could be half of a pair; writes their distinct slots to `rows`."""
        found, end = 0, 0
        for r in range(low, high):
            weeks, n, last_week, last_slot, start = 0, 0, -1, -1, end
            for i in range(run[r], run[r + 1]):
                if slot[i] != last_slot:
                    last_slot = slot[i]
                    rows[end] = last_slot
                    end += 1
                    n += 1
                    if week_of[last_slot] != last_week:
                        last_week = week_of[last_slot]
                        weeks += 1
            if weeks >= LEAST_WEEKS and reaches(n, weeks, crowding, most):
                who[found], seen[found], row_end[found] = r, n, end
                found += 1
            else:
                end = start
        return found, end

    @njit(nogil=True)
    def common_weeks(rows, i, i_end, j, j_end, week_of):
        """Distinct weeks of the slots that two sorted lists share."""
        weeks, last_week = 0, -1
        while i < i_end and j < j_end:
            if rows[i] < rows[j]:
                i += 1
            elif rows[i] > rows[j]:
                j += 1
            else:
                if week_of[rows[i]] != last_week:
                    last_week = week_of[rows[i]]
                    weeks += 1
                i += 1
                j += 1
        return weeks

    @njit(nogil=True)
    def pairs(run, unit, person, slot, week_of, first, last, crowding, most):  # noqa: C901
        """Edges of the units behind the runs first..last."""
        slots = len(week_of)
        size = 1024
        out = np.empty((size, 4), dtype=np.int32)
        edges = 0
        start = np.zeros(slots + 1, dtype=np.int64)
        passed = np.zeros(slots, dtype=np.int64)
        low = first
        while low < last:
            u = unit[run[low]]
            high = low
            while high < last and unit[run[high]] == u:
                high += 1
            people = high - low
            who = np.empty(people, dtype=np.int64)
            seen = np.empty(people, dtype=np.int32)
            row_end = np.empty(people, dtype=np.int64)
            rows = np.empty(run[high] - run[low], dtype=np.int32)
            limit = most[u]
            m, end = candidates(run, slot, week_of, low, high, crowding[u], limit, row_end, who, seen, rows)
            start[:] = 0
            for i in range(end):
                start[rows[i] + 1] += 1
            for s in range(slots):
                start[s + 1] += start[s]
                passed[s] = start[s]
            present = np.empty(end, dtype=np.int32)
            at = 0
            for a in range(m):
                while at < row_end[a]:
                    present[passed[rows[at]]] = a
                    passed[rows[at]] += 1
                    at += 1
            passed[:] = start[:slots]
            count = np.zeros(m, dtype=np.uint16)
            begin = 0
            for a in range(m):
                least = LEAST_WEEKS
                while least < MOST_WEEKS and seen[a] * least * crowding[u] > limit[least]:
                    least += 1
                for at in range(begin, row_end[a]):
                    s = rows[at]
                    passed[s] += 1
                    for j in range(passed[s], start[s + 1]):
                        count[present[j]] += 1
                chance = seen[a] * crowding[u]
                for at in range(begin, row_end[a]):
                    s = rows[at]
                    for j in range(passed[s], start[s + 1]):
                        b = present[j]
                        met = count[b]
                        if met == 0:
                            continue
                        count[b] = 0
                        if met < least or chance * seen[b] > limit[min(met, MOST_WEEKS - 1)]:
                            continue
                        weeks = common_weeks(rows, begin, row_end[a], row_end[b - 1], row_end[b], week_of)
                        if weeks >= LEAST_WEEKS and chance * seen[b] <= limit[weeks]:
                            if edges == size:
                                grown = np.empty((2 * size, 4), dtype=np.int32)
                                grown[:size] = out
                                out = grown
                                size *= 2
                            out[edges, 0] = person[run[who[a]]]
                            out[edges, 1] = person[run[who[b]]]
                            out[edges, 2] = u
                            out[edges, 3] = weeks
                            edges += 1
                begin = row_end[a]
            low = high
        return out[:edges].copy()

    return pairs


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
    pairs = _kernel()
    found = run_all(
        [
            (pairs, (visits.run, visits.unit, visits.person, slot, weeks, low, high, limit.crowding, limit.most))
            for low, high in parts
        ]
    )
    edges = np.concatenate(found) if found else np.empty((0, 4), dtype=np.int32)
    return pl.DataFrame(edges, schema=EDGE, orient="row").sort(EDGE.keys())

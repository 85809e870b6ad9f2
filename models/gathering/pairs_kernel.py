"""Compiled loops that count how often people of one unit meet, without ever writing down a pair that is not kept."""

from typing import Any

import numpy as np

from models.gathering.compiled import compiled
from models.gathering.grids import LEAST_WEEKS, MOST_WEEKS


@compiled
def reaches(visits: Any, weeks: Any, crowding: Any, most: Any) -> Any:
    """Whether any partner could take this person to the limit: the best one came exactly when they met."""
    for k in range(LEAST_WEEKS, weeks + 1):  # noqa: SIM110  (compiled)
        if visits * k * crowding <= most[k]:
            return True
    return False


@compiled
def candidates(
    run: Any,
    slot: Any,
    week_of: Any,
    low: Any,
    high: Any,
    crowding: Any,
    most: Any,
    row_end: Any,
    who: Any,
    seen: Any,
    rows: Any,
) -> Any:
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


@compiled
def common_weeks(rows: Any, i: Any, i_end: Any, j: Any, j_end: Any, week_of: Any) -> Any:
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


@compiled
def pairs(
    run: Any, unit: Any, person: Any, slot: Any, week_of: Any, first: Any, last: Any, crowding: Any, most: Any
) -> Any:
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

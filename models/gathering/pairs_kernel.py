"""Compiled loops that count how often people of one unit meet, without ever writing down a pair that is not kept."""

from typing import Any

import numpy as np

from models.gathering.compiled import compiled
from models.gathering.grids import LEAST_WEEKS, MOST_WEEKS

#: bytes cleared in a row in the time of one cleared by itself
SPARSE = 16


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
def by_visits(seen: Any, m: Any, who: Any, row_end: Any, rows: Any, end: Any) -> Any:
    """Candidates in the order of their slots' number: runs, numbers, ends of their slots, slots."""
    order = np.argsort(seen[:m], kind="mergesort")
    sorted_rows = np.empty(end, dtype=np.int32)
    sorted_end = np.empty(m, dtype=np.int64)
    at = 0
    for i in range(m):
        a = order[i]
        for r in range(row_end[a] - seen[a], row_end[a]):
            sorted_rows[at] = rows[r]
            at += 1
        sorted_end[i] = at
    return who[order], seen[order], sorted_end, sorted_rows


@compiled
def partners(seen: Any, a: Any, chance: Any, limit: Any) -> Any:
    """First candidate after `a` who came too often to be its partner: the limit is passed even if they met always."""
    most = limit[min(seen[a], MOST_WEEKS - 1)]
    low, high = a + 1, len(seen)
    while low < high:
        middle = (low + high) // 2
        if chance * seen[middle] <= most:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def before(present: Any, low: Any, high: Any, last: Any) -> Any:
    """First place of present[low:high], which ascends, that holds `last` or more."""
    while low < high:
        middle = (low + high) // 2
        if present[middle] < last:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def meet(
    rows: Any,
    begin: Any,
    end: Any,
    start: Any,
    passed: Any,
    present: Any,
    count: Any,
    a: Any,
    last: Any,
    least: Any,
    near: Any,
) -> Any:
    """Write to `near` those after `a` and before `last` who share `least` slots or more with it; returns how many.

    A byte a person counts up to 127 slots and stays there; `count` is left zero.
    """
    met, found = 0, 0
    for at in range(begin, end):
        s = rows[at]
        high = start[s + 1] if last == len(count) else before(present, passed[s], start[s + 1], last)
        met += high - passed[s]
        for j in range(passed[s], high):
            b = present[j]
            c = count[b]
            count[b] = c + np.uint8(c < 127)
            if c == least - 1:
                near[found] = b
                found += 1
    if met * SPARSE >= last - a:
        count[a + 1 : last] = 0
        return found
    for at in range(begin, end):
        s = rows[at]
        for j in range(passed[s], start[s + 1]):
            if present[j] >= last:
                break
            count[present[j]] = 0
    return found


@compiled
def pairs(
    run: Any, unit: Any, person: Any, slot: Any, week_of: Any, first: Any, last: Any, crowding: Any, most: Any
) -> Any:
    """Edges of the units behind the runs first..last.

    Candidates are taken in the order of their visits, so that the partners of those who came seldom, and of whom few
    can reach the limit, are the next ones.
    """
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
        who, seen, row_end, rows = by_visits(seen, m, who, row_end, rows, end)
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
        count = np.zeros(m, dtype=np.uint8)
        near = np.empty(m, dtype=np.int32)
        begin = 0
        for a in range(m):
            for at in range(begin, row_end[a]):
                passed[rows[at]] += 1
            chance = seen[a] * crowding[u]
            least = LEAST_WEEKS  # of partners who came as often or more
            while least < MOST_WEEKS and chance * seen[a] > limit[least]:
                least += 1
            until = partners(seen, a, chance, limit) if least <= seen[a] else a + 1
            found = 0
            if until > a + 1:
                found = meet(rows, begin, row_end[a], start, passed, present, count, a, until, least, near)
            for t in range(found):
                b = near[t]
                weeks = common_weeks(rows, begin, row_end[a], row_end[b - 1], row_end[b], week_of)
                if weeks >= LEAST_WEEKS and chance * seen[b] <= limit[weeks]:
                    if edges == size:
                        grown = np.empty((2 * size, 4), dtype=np.int32)
                        grown[:size] = out
                        out = grown
                        size *= 2
                    one, other = person[run[who[a]]], person[run[who[b]]]
                    out[edges, 0] = min(one, other)
                    out[edges, 1] = max(one, other)
                    out[edges, 2] = u
                    out[edges, 3] = weeks
                    edges += 1
            begin = row_end[a]
        low = high
    return out[:edges].copy()

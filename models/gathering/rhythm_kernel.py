"""Compiled search for the best rhythm of sorted days."""

from typing import Any

import numpy as np

from models.gathering.compiled import compiled
from models.gathering.rhythm_limits import (
    KEPT,
    LEAST_HITS,
    LEAST_VISITS,
    LEVEL,
    LONGEST,
    ROUNDS,
    SHORTEST,
    TESTS,
    WIDEST,
)


@compiled
def best(days: Any, n: Any, by_phase: Any, volume: Any) -> Any:
    """Period, first day modulo it and width in days of the best rhythm among n sorted days; zeros without one."""
    found_q, found_f, found_d, found = 0, 0, 0, 0.0
    need = np.log(TESTS / LEVEL)
    count = np.zeros(LONGEST, dtype=np.int64)
    for q in range(SHORTEST, LONGEST + 1):
        if days[n - 1] - days[0] < 4 * q:
            break
        if n * np.log(q) < need:  # not even with every visit on one day of the period
            continue
        count[:q] = 0
        for i in range(n):
            count[days[i] % q] += 1
        widest = min(WIDEST, q // 2)
        for f in range(q):
            if count[f] == 0:
                continue
            m, held = 0, 0.0
            for d in range(1, widest + 1):
                x = (f + d - 1) % q
                m += count[x]
                held += by_phase[q, x]
                p = max(held / volume, d / q)
                if p >= 0.999 or m < LEAST_HITS or m <= p * n:
                    continue
                r = m / n
                strength = m * np.log(r / p)
                if strength <= need or strength <= found:  # what follows only lowers it
                    continue
                if m < n:
                    strength += (n - m) * np.log((1 - r) / (1 - p))
                if strength > need and strength > found + 1e-9 and kept(days, n, q, f, d):
                    found_q, found_f, found_d, found = q, f, d, strength
    return found_q, found_f, found_d


@compiled
def kept(days: Any, n: Any, q: Any, f: Any, d: Any) -> Any:
    """Whether the rhythm holds at five occasions and at half of those between its first and its last."""
    first, last, before, hits = -1, -1, -1, 0
    for i in range(n):
        if (days[i] - f) % q < d:
            turn = (days[i] - f + q) // q
            if turn != before:
                hits += 1
                before = turn
            if first < 0:
                first = turn
            last = turn
    return hits >= LEAST_HITS and hits >= KEPT * (last - first + 1)


@compiled
def weekdays(days: Any, n: Any, by_phase: Any, volume: Any) -> Any:
    """The two or three days of the week (bits, by day modulo 7) that n sorted days keep best; 0 without such.

    A treatment on Mondays, Wednesdays and Fridays fills no window of a week, and two thirds of it are nothing unusual
    where Mondays are busy.
    """
    need = np.log(TESTS / LEVEL)
    count = np.zeros(7, dtype=np.int64)
    for i in range(n):
        count[days[i] % 7] += 1
    kept_bits, found = 0, 0.0
    for bits in range(1, 128):
        size, m, held = 0, 0, 0.0
        for x in range(7):
            if (bits >> x) & 1:
                size += 1
                m += count[x]
                held += by_phase[7, x]
        p = max(held / volume, size / 7)
        if size < 2 or size > 3 or p >= 0.999 or m < LEAST_HITS or m <= p * n:
            continue
        r = m / n
        strength = m * np.log(r / p)
        if m < n:
            strength += (n - m) * np.log((1 - r) / (1 - p))
        if strength > need and strength > found + 1e-9 and weekly(days, n, bits, size):
            kept_bits, found = bits, strength
    return kept_bits


@compiled
def weekly(days: Any, n: Any, bits: Any, size: Any) -> Any:
    """Whether the days of the week are kept in five weeks, and half of them from the first week to the last."""
    first, before, weeks, hits = -1, -1, 0, 0
    for i in range(n):
        if (bits >> (days[i] % 7)) & 1:
            hits += 1
            week = days[i] // 7
            if week != before:
                weeks += 1
                before = week
            if first < 0:
                first = week
    return weeks >= LEAST_HITS and hits >= KEPT * size * (before - first + 1)


@compiled
def explain(
    run: Any, unit: Any, day: Any, first: Any, last: Any, span: Any, usual: Any, period: Any, phase: Any
) -> Any:
    """Fill period and phase of the visits of the runs first..last."""
    by_phase = np.zeros((LONGEST + 1, LONGEST + 1))
    rest = np.zeros(span + 1, dtype=np.int64)
    at = -1
    volume = 0.0
    r = first
    while r < last:
        u = unit[run[r]]
        if u != at:
            at = u
            by_phase[:] = 0
            per_day = np.zeros(span + 1)
            e = r
            while e < last and unit[run[e]] == u:
                for i in range(run[e], run[e + 1]):
                    per_day[day[i]] += 1
                e += 1
            volume = 0.0
            for d in range(span + 1):  # else a crowd makes its own rhythm usual
                per_day[d] = min(per_day[d], 2.0 * usual[u])
                volume += per_day[d]
            for q in range(SHORTEST, LONGEST + 1):
                for d in range(span + 1):
                    by_phase[q, d % q] += per_day[d]
        low, high = run[r], run[r + 1]
        for _ in range(ROUNDS):
            n = 0
            for i in range(low, high):
                if period[i] == 0:
                    rest[n] = day[i]
                    n += 1
            if n < LEAST_VISITS:
                break
            q, f, d = best(rest, n, by_phase, volume)
            if q == 0:
                bits = weekdays(rest, n, by_phase, volume)
                if bits == 0:
                    break
                for i in range(low, high):
                    if period[i] == 0 and (bits >> (day[i] % 7)) & 1:
                        period[i] = 7
                        phase[i] = day[i] % 7
                continue
            for i in range(low, high):
                if period[i] == 0 and (day[i] - f) % q < d:
                    period[i] = q
                    phase[i] = (f + (d - 1) // 2) % q
        r += 1

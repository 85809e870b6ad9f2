"""Runs compiled work on several threads; what each does depends on the data alone, never on the number of threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from models.gathering.visits import Ints


def runner(threads: int) -> Callable[[Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]], list[Any]]:
    """A function that calls (function, arguments) pairs on so many threads and returns the results in order."""

    def run_all(work: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
        if threads <= 1 or len(work) <= 1:
            return [call(*given) for call, given in work]
        # compiles once, before the threads ask for it; callers with pieces of unlike size put the smallest last
        last = work[-1][0](*work[-1][1])
        with ThreadPoolExecutor(threads) as pool:
            return [*pool.map(lambda one: one[0](*one[1]), work[:-1]), last]

    return run_all


def whole_units(unit_of_run: Ints, weight: Ints, pieces: int) -> list[tuple[int, int]]:
    """Ranges of runs of about equal weight that never part a unit; none is empty."""
    if not len(unit_of_run):
        return []
    ends = np.flatnonzero(np.diff(unit_of_run)) + 1
    ends = np.append(ends, len(unit_of_run))
    done = np.cumsum(weight, dtype=np.float64)[ends - 1]
    wanted = np.searchsorted(done, done[-1] * np.arange(1, pieces + 1) / pieces - 1e-9)
    cuts = np.unique(ends[np.minimum(wanted, len(ends) - 1)])
    lows = np.concatenate([[0], cuts[:-1]])
    return [(int(low), int(high)) for low, high in zip(lows, cuts, strict=True) if high > low]

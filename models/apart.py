"""A process of its own for work that holds the interpreter: another core does it beside the queries.

Great Expectations takes seconds to import, workbooks and forests seconds to make. Only what such work needs is handed
over (shares of violations, rows of lists), nothing of it is kept there, and the process ends with the one that began
it, however that ends.
"""

import atexit
import gc
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Generic, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")

_pool: list[ProcessPoolExecutor] = []
#: new objects after which the interpreter looks for cycles: after the usual 700 a run spends a twentieth of its time
#: looking through imports and rows of lists, which live on
COLLECT_AFTER = 20_000


def collect_seldom() -> None:
    """From now on this process looks for cycles of objects less often."""
    gc.set_threshold(COLLECT_AFTER, 20, 20)


def begin() -> None:
    """Begin the process, unless it runs; it serves until `end`, or until this one ends."""
    if not begun():
        take(pool("spawn"))


def begun() -> bool:
    """Whether the process runs."""
    return bool(_pool)


def pool(kind: str) -> ProcessPoolExecutor:
    """A process that multiprocessing begins by this method, for `take`; forked only by a process of one thread."""
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context(kind), initializer=_settle)


def take(made: ProcessPoolExecutor) -> None:
    """Let a process serve from now on."""
    _pool.append(made)
    atexit.register(end)


def end() -> None:
    """End the process, if it runs; what it has not begun is left."""
    while _pool:
        _pool.pop().shutdown(wait=True, cancel_futures=True)


def submit(work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Future[Made]:
    """Hand over work where the process was begun, else do it at once; both ways the future tells what came of it.

    What is handed over is taken as it stands now: the pool packs it in a thread of its own, while the caller goes on
    and may change it.
    """
    if _pool:
        return _pool[0].submit(_unpacked, pickle.dumps((work, args, kwargs), pickle.HIGHEST_PROTOCOL))
    return _done(partial(work, *args, **kwargs))


@dataclass(frozen=True)
class Handed(Generic[Made]):
    """Work that was handed over, and what tells its result; what it works on must stay as it is."""

    work: Callable[[], Made]
    told: Future[Made]


def hand_over(work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Handed[Made]:
    """Hand over work as `submit` does, so that `collect` may take it back."""
    return Handed(partial(work, *args, **kwargs), submit(work, *args, **kwargs))


def collect(works: Sequence[Handed[Made]]) -> list[Made]:
    """The results of works, in their order; what the process has not begun is done here, from the last one on.

    Whatever happens, nobody works on any of them any more. Raises what the first of them raised.
    """
    at_home: dict[int, Future[Made]] = {}
    try:
        for place in reversed(range(len(works))):
            if works[place].told.cancel():
                at_home[place] = _done(works[place].work)
    except BaseException:  # an interrupt
        abandon(works)
        raise
    told = [at_home.get(place, one.told) for place, one in enumerate(works)]
    wait_for(told)
    return [one.result() for one in told]


def abandon(works: Sequence[Handed[Made]]) -> None:
    """Leave what has not begun, and wait for the rest: nobody works on any of them any more."""
    for one in works:
        one.told.cancel()
    wait_for([one.told for one in works])


def _done(work: Callable[[], Made]) -> Future[Made]:
    """What comes of work that is done here and now."""
    done: Future[Made] = Future()
    try:
        done.set_result(work())
    except Exception as fault:  # told to the one that asks for the result
        done.set_exception(fault)
    return done


def _unpacked(packed: bytes) -> Any:
    """Do work as it was handed over."""
    work, args, kwargs = pickle.loads(packed)
    return work(*args, **kwargs)


def _settle() -> None:
    """An interrupt is for the process that began this one to handle, and its end is the end of this one."""
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)

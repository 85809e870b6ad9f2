"""A few steps ahead: the next chunks are parsed while the database works on this one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")
WORKERS = 2
DEPTH = 4  # results in memory; the database takes long over the chunk that fills a row group


def ahead(function: Callable[[S], T], items: Iterable[S], workers: int = WORKERS, depth: int = DEPTH) -> Iterator[T]:
    """`map` in order, computed ahead in threads; an error arrives where the result would."""
    with ThreadPoolExecutor(workers) as pool:
        coming: deque[Future[T]] = deque()
        for item in items:
            coming.append(pool.submit(function, item))
            if len(coming) >= depth:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()

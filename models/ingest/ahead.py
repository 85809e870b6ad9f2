"""A few steps ahead: the next chunks are parsed while the database works on this one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")
WORKERS = 2
ROOM = 48 << 20  # bytes handed over and not yet taken; the database takes long over the chunk that fills a row group
MOST = 32  # of any size: a delivery has many small files, and one large one keeps the reader waiting


def ahead(
    function: Callable[[S], T], items: Iterable[S], size: Callable[[S], int], room: int = ROOM, most: int = MOST
) -> Iterator[T]:
    """`map` in order, computed ahead in threads; an error arrives where the result would.

    Handed over are at most `most` items, and no more once they have `room` bytes together, but one more than there are
    threads in any case.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        coming: deque[tuple[Future[T], int]] = deque()
        held = 0
        for item in items:
            coming.append((pool.submit(function, item), size(item)))
            held += coming[-1][1]
            while len(coming) >= most or (held >= room and len(coming) > WORKERS):
                result, freed = coming.popleft()
                held -= freed
                yield result.result()
        while coming:
            yield coming.popleft()[0].result()

"""A few steps ahead: the next chunks are read and parsed while the database works on this one."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
DEPTH = 3  # chunks in memory; the database takes long over the chunk that fills a row group
_END = object()


def ahead(items: Iterator[T], depth: int = DEPTH) -> Iterator[T]:
    """The same items in the same order, computed ahead in one thread; errors arrive where the item would."""
    with ThreadPoolExecutor(1) as pool:
        coming = deque(pool.submit(next, items, _END) for _ in range(depth))
        while (item := coming.popleft().result()) is not _END:
            coming.append(pool.submit(next, items, _END))
            yield item  # type: ignore[misc]

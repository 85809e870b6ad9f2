"""A file's SHA-256, computed in a thread beside its reading."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType


class Hasher:
    """Feed blocks in order; at most one is waiting, so memory stays bounded."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> "Hasher":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()

    def update(self, block: bytes) -> None:
        """Take the next block."""
        if self._last is not None:
            self._last.result()
        self._last = self._pool.submit(self._digest.update, block)

    def hexdigest(self) -> str:
        """The hash of all blocks taken so far."""
        if self._last is not None:
            self._last.result()
        return self._digest.hexdigest()

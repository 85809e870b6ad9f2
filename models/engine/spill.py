"""What the engine writes to disk where its memory limit is too small for a stage: slower, so people are told."""

from pathlib import Path
from threading import Event, Lock, Thread

EVERY = 0.2  # seconds between two looks; a query that spills takes longer
FILES = "duckdb_temp_*"


class SpillWatch:
    """Looks at the folder of spill files, in a thread of its own; `take` tells the most bytes since the last `take`.

    Ends with `close`. What is written and deleted between two looks is not seen.
    """

    def __init__(self, folder: Path, every: float = EVERY) -> None:
        self._folder, self._every = folder, every
        self._most, self._lock, self._over = 0, Lock(), Event()
        self._thread = Thread(target=self._look, name="spill", daemon=True)
        self._thread.start()

    def take(self) -> int:
        """Most bytes in spill files at once since the last call, now included."""
        self._note()
        with self._lock:
            most, self._most = self._most, 0
        return most

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self._every):
            self._note()

    def _note(self) -> None:
        size = spilled(self._folder)
        with self._lock:
            self._most = max(self._most, size)


def spilled(folder: Path) -> int:
    """Bytes of spill files in a folder now."""
    size = 0
    for path in folder.glob(FILES):
        try:
            size += path.stat().st_size
        except FileNotFoundError:  # its query has ended since
            continue
    return size


def told(stage: str, most: int, limit: str) -> str:
    """One line for people: stage, bytes at most, the memory limit that was too small."""
    return (
        f"{stage}：内存上限 {limit} 不够，最多有 {most / 1e9:.2f} GB 写到磁盘，较慢 / "
        f"went to disk beyond engine.memory_limit {limit}, {most / 1e9:.2f} GB at most: slower, nothing is lost; "
        "raise the limit where the machine has more."
    )

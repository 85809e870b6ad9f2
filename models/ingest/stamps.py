"""Has a file changed? Size, times and inode tell cheaply; only where they differ are its bytes hashed."""

import time
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputRefused
from models.ingest.discover import Delivery

_SETTLED_NS = 2_000_000_000  # a change within so long before a look may not show in the times


@dataclass(frozen=True)
class Stamp:
    """What the file system says about a file, and when it was asked."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    scanned_ns: int

    def same_file(self, other: "Stamp") -> bool:
        """Surely unchanged since `other`: equal, and quiet long enough before `other` was taken."""
        quiet = max(other.mtime_ns, other.ctime_ns) < other.scanned_ns - _SETTLED_NS
        return self._facts() == other._facts() and quiet

    def still(self, delivery: Delivery) -> None:
        """Raises InputRefused when the file changed while it was being read."""
        if take(delivery.source.path)._facts() != self._facts():
            raise InputRefused(
                f"{delivery.file}: 读取过程中文件发生变化 / changed while it was being read. "
                "Wait until the delivery is complete and run again."
            )

    def _facts(self) -> tuple[int, int, int, int]:
        return self.size, self.mtime_ns, self.ctime_ns, self.inode


def take(path: Path) -> Stamp:
    """Look at a file now; raises InputRefused when it has gone."""
    try:
        found = path.stat()
    except OSError as fault:
        raise InputRefused(f"{path.name}: 无法读取 / cannot be read ({fault.strerror})") from None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, time.time_ns())

"""What a machine ran out of, disk or memory, told in one message instead of as a fault of jicha."""

import errno
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

_DISK = ("no space left on device", "disk is full", "disk quota exceeded", "max_temp_directory_size")
_MEMORY = ("outofmemory", "out of memory", "memoryerror", "cannot allocate memory")
_ENDED = ("brokenprocesspool", "terminated abruptly")

_FREE_DISK = (
    "请清出空间，或把工作目录移到更大的磁盘后重跑 / Free space, or move the home to a larger disk, and run again: "
    "what had been finished stays."
)
_RAISE_LIMIT = (
    "机器内存有余时调大 config.yaml 的 engine.memory_limit，否则停止其他程序或减少 engine.threads，然后重跑 / "
    "Raise engine.memory_limit in config.yaml where the machine has more, else end other programs or set fewer "
    "engine.threads, and run again: what had been finished stays."
)
_LOWER_LIMIT = (
    "请停止其他程序或调小 config.yaml 的 engine.memory_limit 后重跑 / End other programs or lower engine.memory_limit "
    "in config.yaml, and run again: what had been finished stays."
)


def chain_of(fault: BaseException) -> Iterator[str]:
    """Kind and text of a fault and of those it came from."""
    next_one: BaseException | None = fault
    while next_one is not None:
        number = getattr(next_one, "errno", None)
        yield "no space left on device" if number in (errno.ENOSPC, errno.EDQUOT) else ""
        yield f"{type(next_one).__name__}: {next_one}"
        next_one = next_one.__cause__ or next_one.__context__


def exhausted(texts: Iterable[str], home: Path | None = None) -> str | None:
    """One message where the texts of a fault say that disk or memory ran out, else None; quotes nothing of them.

    `texts` are kinds and messages of the fault and its causes; `home` tells which disk.
    """
    told = " ".join(texts).lower()
    if any(sign in told for sign in _DISK):
        return f"磁盘空间不足 / the disk is full{_left(home)}. {_FREE_DISK}"
    if any(sign in told for sign in _MEMORY):
        return f"内存不足 / out of memory. {_RAISE_LIMIT}"
    if any(sign in told for sign in _ENDED):
        return f"一个进程被系统终止，多因内存不足 / a process was ended, mostly for want of memory. {_LOWER_LIMIT}"
    return None


def _left(home: Path | None) -> str:
    if home is None or not home.exists():
        return ""
    return f": {home} 所在磁盘余 / has {shutil.disk_usage(home).free / 1e9:.1f} GB"

"""Replacing a folder of lists whole: readers see the old one or the new one, whenever the process is killed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TMP, OLD = ".tmp-", ".old-"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def tidy(parent: Path) -> list[str]:
    """Finish or undo what a killed process left in the lists folder; returns the names of folders put back.

    Only the holder of the home's writer lock may call it. A folder moved aside whose replacement never arrived is put
    back.
    """
    restored = []
    for aside in sorted(parent.glob(f"{OLD}*")):
        target = parent / aside.name.removeprefix(OLD)
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(target)
            restored.append(target.name)
    for half in sorted(parent.glob(f"{TMP}*")):
        shutil.rmtree(half)
    return restored


@contextmanager
def replaced_folder(target: Path, durable: bool = True) -> Iterator[Path]:
    """Yield an empty folder to write into; when the block ends without error it takes the place of `target`.

    An error leaves `target` as it was. The caller holds the home's writer lock. `durable=False` does not wait for the
    disk: for what can be made again, and whose maker notices what a power cut took.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    tidy(target.parent)
    fresh = target.parent / f"{TMP}{target.name}"
    fresh.mkdir()
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if durable:
        for path in sorted(fresh.rglob("*")):
            if path.is_file():
                _sync(path)
        _sync(fresh)
    _swap(fresh, target)


def _swap(fresh: Path, target: Path) -> None:
    aside = target.parent / f"{OLD}{target.name}"
    if target.exists():
        target.rename(aside)
    fresh.rename(target)
    _sync(target.parent)
    if aside.exists():
        shutil.rmtree(aside)

"""Where a bureau's state lives, and the lock that keeps writers one at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.errors import UsageError

WAREHOUSE = "warehouse.duckdb"


@dataclass(frozen=True)
class Home:
    """The folders of one home; making the object creates nothing, `prepare()` does."""

    root: Path

    @property
    def warehouse(self) -> Path:
        return self.root / WAREHOUSE

    @property
    def key_file(self) -> Path:
        return self.root / "keys" / "pseudonym.key"

    @property
    def lists(self) -> Path:
        return self.root / "lists"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def register(self) -> Path:
        return self.root / "register"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    @property
    def rules(self) -> Path:
        """The bureau's own rules: L….yaml, their templates and cases."""
        return self.root / "rules"

    @property
    def config_file(self) -> Path:
        return self.root / "config.yaml"

    def prepare(self) -> None:
        """Create the folders that every stage expects."""
        for folder in (self.root, self.lists, self.published, self.quarantine, self.reports, self.register, self.tmp):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def writer_lock(self) -> Iterator[None]:
        """Hold the home for writing; the kernel frees it when the process ends, however it ends.

        Raises UsageError when another process writes to this home.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"另一个 jicha 进程正在写入 {self.root} / another jicha process is writing to this home. "
                    "Wait until it has ended, or look at its run in the Dagster UI."
                ) from None
            os.set_inheritable(handle.fileno(), False)
            yield

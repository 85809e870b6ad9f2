"""The run history of a home, made cheap: Dagster opens a database of its own a run and writes to it event by event.

Dagster makes a new SQLAlchemy engine for every connection, so that every statement is compiled anew: a tenth of a small
county's run. Here an engine is made once a database, and compiled statements are shared between them.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from sqlalchemy.engine import Engine

SHARDS = 32  # databases whose engine is kept: a run each, and the index
_compiled: dict[Any, Any] = {}


class _Kept(sqlalchemy.pool.QueuePool):
    """Connections stay open although Dagster disposes of the engine after each."""

    def dispose(self) -> None:
        pass

    def recreate(self) -> "_Kept":
        return self


@lru_cache(maxsize=SHARDS)
def _engine(url: str, timeout: float) -> Engine:
    # a run's own database is closed after every event, which writes it into the file that the UI watches
    shared = url.endswith(("/index.db", "/runs.db"))
    return sqlalchemy.create_engine(
        url,
        poolclass=_Kept if shared else sqlalchemy.pool.NullPool,
        connect_args={"timeout": timeout, "check_same_thread": False},
        execution_options={"compiled_cache": _compiled},
    )


def _create_engine(url: str, connect_args: dict[str, Any] | None = None, **_: object) -> Engine:
    return _engine(url, float((connect_args or {}).get("timeout", 5.0)))


@sqlalchemy.event.listens_for(Engine, "connect")
def _spare_the_disk(connection: Any, _: object) -> None:
    """The history is no state of the lists: in WAL mode it survives a killed process without a sync an event."""
    if type(connection).__module__ == "sqlite3":
        connection.execute("pragma synchronous = off")


def keep_engines() -> None:
    """Let Dagster's SQLite storages of this process reuse their engines."""
    for module in (sqlite_event_log, sqlite_run_storage):
        setattr(module, "create_engine", _create_engine)  # noqa: B010  (a function in place of an overloaded one)

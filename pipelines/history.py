"""The run history of a home, made cheap: Dagster opens a database of its own a run and writes to it event by event.

Dagster makes a new SQLAlchemy engine for every connection, so that every statement is compiled anew: a tenth of a small
county's run. Here an engine is made once a database, compiled statements are shared, and the layout is looked up once.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
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


def _asked_once(method: Callable[..., bool], named: int) -> Callable[..., bool]:
    """What is once there (a column, a table, an index of the history) stays there: a yes is not asked for again.

    `named` is the place of its name among the arguments.
    """

    @wraps(method)
    def asked(storage: object, *args: Any) -> bool:
        there: set[tuple[str, object]] = vars(storage).setdefault("_known_layout", set())
        key = (method.__name__, args[named])
        if key not in there and method(storage, *args):
            there.add(key)
        return key in there

    return asked


def keep_history_cheap() -> None:
    """Let Dagster's SQLite storages of this process reuse their engines and remember their own layout."""
    storage = sqlite_event_log.SqliteEventLogStorage
    for name, named in (("_has_asset_key_col_on_connection", 1), ("has_table", 0), ("has_secondary_index", 0)):
        if not hasattr(getattr(storage, name), "__wrapped__"):
            setattr(storage, name, _asked_once(getattr(storage, name), named))
    for module in (sqlite_event_log, sqlite_run_storage):
        setattr(module, "create_engine", _create_engine)  # noqa: B010  (a function in place of an overloaded one)

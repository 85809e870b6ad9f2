"""The run history of a home, made cheap: Dagster opens a database of its own a run and writes to it event by event.

Dagster makes a new SQLAlchemy engine for every connection, so that every statement is compiled anew: a tenth of a small
county's run. Here an engine is made once a database, compiled statements are shared, and the layout is looked up once.
What one output depends on is asked for together, and when a partition begins is computed once. Events are written
together (pipelines/history_batch.py).
"""

from collections.abc import Callable
from functools import cache, lru_cache, partial, wraps
from hashlib import sha256
from typing import Any
from weakref import WeakSet

import sqlalchemy
from alembic.script import ScriptDirectory
from dagster import AssetCheckResult, DataVersion, TimeWindowPartitionsDefinition
from dagster._core.execution.context.data_version_cache import DataVersionCache
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from sqlalchemy.engine import Engine

from pipelines.history_batch import store_together, written_first

SHARDS = 32  # databases whose engine is kept: a run each, and the index
PARTITIONS = 4096  # beginnings of partitions that are remembered
_MARK = "kept_cheap"
_compiled: dict[Any, Any] = {}
_open: WeakSet[Engine] = WeakSet()


class _Kept(sqlalchemy.pool.QueuePool):
    """Connections stay open although Dagster disposes of the engine after each."""

    def dispose(self) -> None:
        pass

    def recreate(self) -> "_Kept":
        return self


@lru_cache(maxsize=SHARDS)
def _engine(url: str, timeout: float) -> Engine:
    # a run's own database is closed once a second, which writes it into the file that the UI watches
    shared = url.endswith(("/index.db", "/runs.db"))
    engine = sqlalchemy.create_engine(
        url,
        poolclass=_Kept,
        pool_recycle=-1 if shared else 1,
        connect_args={"timeout": timeout, "check_same_thread": False},
        execution_options={"compiled_cache": _compiled},
    )
    _open.add(engine)
    return engine


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


def _asked_together(method: Callable[..., Any]) -> Callable[..., Any]:
    """The records of all that one output depends on come with the first of them: one query instead of one a rule."""

    @wraps(method)
    def asked(versions: Any, key: Any) -> Any:
        known = versions.input_asset_version_info
        if key not in known:
            graph = versions._context.job_def.asset_layer
            outputs = versions._context.get_output_asset_keys()
            beside = {
                parent for child in graph.get(key).child_keys & outputs for parent in graph.get(child).parent_keys
            }
            versions._fetch_input_asset_version_info([key, *sorted(beside - known.keys() - {key})])
        return method(versions, key)

    return asked


def _known_here(method: Callable[..., DataVersion]) -> Callable[..., DataVersion]:
    """The version of a partition that this very step made is at hand: the history need not be asked for it."""

    @wraps(method)
    def from_keys(versions: Any, key: Any, partition_keys: list[str]) -> DataVersion:
        step = versions._context
        if versions.has_data_version(key) and step.has_partition_key and list(partition_keys) == [step.partition_key]:
            return DataVersion(sha256(versions.get_data_version(key).value.encode()).hexdigest())
        return method(versions, key, partition_keys)

    return from_keys


def _asked_once_a_step(method: Callable[..., Any]) -> Callable[..., Any]:
    """All checks of a step look at the same materialization of their asset: that of the step, told before them."""

    @wraps(method)
    def asked(result: object, step: Any, asset_key: object, partition_key: str) -> Any:
        known: dict[object, Any] = vars(step).setdefault("_known_targets", {})
        key = (asset_key, partition_key)
        if key not in known:
            known[key] = method(result, step, asset_key, partition_key)
        return known[key]

    return asked


def _once(owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replace a function of a class or module by its wrapped self, unless that is done."""
    method = getattr(owner, name)
    if not hasattr(method, _MARK):  # Dagster's own decorators leave `__wrapped__` as well
        wrapped = wrap(method)
        setattr(wrapped, _MARK, True)
        setattr(owner, name, wrapped)


def close_history() -> None:
    """Close every database, so that all that was recorded stands in the files."""
    for engine in _open:
        sqlalchemy.pool.QueuePool.dispose(engine.pool)  # type: ignore[arg-type]
    _open.clear()
    _engine.cache_clear()


def keep_history_cheap() -> None:
    """Let Dagster's SQLite storages of this process reuse their engines and remember their own layout."""
    storage = sqlite_event_log.SqliteEventLogStorage
    for name, named in (("_has_asset_key_col_on_connection", 1), ("has_table", 0), ("has_secondary_index", 0)):
        _once(storage, name, partial(_asked_once, named=named))
    _once(storage, "store_event", store_together)
    for name in ("_connect", "dispose"):
        _once(storage, name, written_first)
    _once(DataVersionCache, "maybe_fetch_and_get_input_asset_version_info", _asked_together)
    _once(DataVersionCache, "_get_partitions_data_version_from_keys", _known_here)
    _once(AssetCheckResult, "_get_partitioned_target_materialization_data", _asked_once_a_step)
    _once(TimeWindowPartitionsDefinition, "start_time_for_partition_key", lru_cache(maxsize=PARTITIONS))
    _once(sqlite_event_log, "get_alembic_config", cache)
    _once(ScriptDirectory, "from_config", cache)  # the revisions of the layout, read once instead of once a run
    for module in (sqlite_event_log, sqlite_run_storage):
        setattr(module, "create_engine", _create_engine)  # noqa: B010  (a function in place of an overloaded one)

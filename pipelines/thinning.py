"""The run history kept small: every run stays in the list of runs, its events only while they are the newest.

A month delivered again makes up to five quarters and a plan again, some ten megabytes of events each time, and Dagster
deletes none. So of each job and partition the newest run that succeeded keeps all its events, the one before what it
made and checked, and older ones are left as a line in the list of runs. `THINNED` tells what is left.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

ALL, MADE = 1, 2  # newest successes that keep all events, and what they made and checked
THINNED = "jicha/events"
_OF = (PARTITION_NAME_TAG, ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG)
_ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]


def thin(instance: DagsterInstance) -> list[str]:
    """Take away events of ended runs that newer ones have replaced; other storages than a home's own are left alone.

    Returns what people should know. Where the history cannot be written (the UI does so for too long), it is left for
    the next time and said: the lists stand, and no run may fail by it.
    """
    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        try:
            _thin(instance, storage)
        except OperationalError as fault:
            return [f"旧的运行日志未能清理，下次再试 / logs of old runs stay until the next run: {fault.orig}"]
    return []


def _thin(instance: DagsterInstance, storage: SqliteEventLogStorage) -> None:
    with_events = _logged(storage) | _indexed(storage)
    if not with_events:  # a home in which nothing ran yet
        return
    ended = RunsFilter(run_ids=sorted(with_events), statuses=_ENDED)
    for run, newer in _replaced(instance.get_runs(filters=ended)):
        if newer >= ALL:
            for suffix in ("", "-wal", "-shm"):
                Path(storage.path_for_shard(run.run_id) + suffix).unlink(missing_ok=True)
        if newer >= MADE:
            _forget(storage, run.run_id)
        if run.tags.get(THINNED) != (mark := "none" if newer >= MADE else "made and checked"):
            instance.add_run_tags(run.run_id, {THINNED: mark})


def _logged(storage: SqliteEventLogStorage) -> set[str]:
    """Runs with a database of their own."""
    return {path.stem for path in Path(storage.path_for_shard("x")).parent.glob("*.db")} - {"index"}


def _indexed(storage: SqliteEventLogStorage) -> set[str]:
    """Runs with events in the index over all runs."""
    with storage.index_connection() as con:
        return {run_id for (run_id,) in con.execute(select(SqlEventLogStorageTable.c.run_id).distinct())}


def _replaced(runs: Any) -> Iterator[tuple[DagsterRun, int]]:
    """Runs (newest first) that newer ones replace, with how many of the same job and partition have succeeded since."""
    since: Counter[tuple[Any, ...]] = Counter()
    for run in runs:
        what = (run.job_name, *(run.tags.get(tag) for tag in _OF), frozenset(run.asset_selection or ()))
        if since[what]:
            yield run, since[what]
        since[what] += run.status == DagsterRunStatus.SUCCESS


def _forget(storage: SqliteEventLogStorage, run_id: str) -> None:
    """Delete from the index what a run made and checked."""
    with storage.index_transaction() as con:
        storage.delete_events_for_run(con, run_id)
        con.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id == run_id))

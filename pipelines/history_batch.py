"""Events of a run written together: a quarter makes five hundred, each cheaper than its own insert and commit.

Outputs, materializations, checks and what is planned wait until a step or the run begins or ends, or until one reads;
then they are stored in one transaction a database, in the order they came. A killed process loses at most what its last
step told. The tables and their rows are those that Dagster's own `store_event` writes.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import groupby
from typing import Any

from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType,
)
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import AssetKeyTable, SqlEventLogStorageTable
from sqlalchemy.dialects.sqlite import insert

WAITING = {
    DagsterEventType.STEP_OUTPUT,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
}
AT_MOST = 500  # events that wait
_INDEXED = {*ASSET_EVENTS, *ASSET_CHECK_EVENTS, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS}


def _waiting(storage: Any) -> list[EventLogEntry]:
    found: list[EventLogEntry] = vars(storage).setdefault("_waiting_events", [])
    return found


def store_together(method: Callable[..., None]) -> Callable[..., None]:
    """In place of `SqliteEventLogStorage.store_event`: what may wait is kept for the next that may not."""

    @wraps(method)
    def store(storage: Any, event: EventLogEntry) -> None:
        waiting = _waiting(storage)
        waiting.append(event)
        if event.dagster_event_type not in WAITING or len(waiting) >= AT_MOST:
            write_waiting(storage)

    return store


def written_first(method: Callable[..., Any]) -> Callable[..., Any]:
    """In place of a method that opens a database or ends the storage: all that waits is written before."""

    @wraps(method)
    def called(storage: Any, *args: Any) -> Any:
        write_waiting(storage)
        return method(storage, *args)

    return called


def write_waiting(storage: Any) -> None:
    """Write what waits: first into the databases of the runs, then into the index over all runs."""
    waiting = _waiting(storage)
    events = list(waiting)
    waiting.clear()  # before a connection is asked for, which would write them again
    rows = [storage._event_to_row(event) for event in events]
    by_run: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_run[row["run_id"]].append(row)
    for run_id, of_run in by_run.items():
        with storage.run_connection(run_id) as con:
            con.execute(SqlEventLogStorageTable.insert(), of_run)
    mirrored = [(event, row) for event, row in zip(events, rows, strict=True) if event.dagster_event_type in _INDEXED]
    if mirrored:
        _write_index(storage, [event for event, _ in mirrored], [row for _, row in mirrored])


def _write_index(storage: Any, events: Sequence[EventLogEntry], rows: list[dict[str, Any]]) -> None:
    table = SqlEventLogStorageTable
    with storage.index_transaction() as con:
        made = con.execute(table.insert().returning(table.c.id, sort_by_parameter_order=True), rows)
        ids = [int(row[0]) for row in made]
        numbered = list(zip(events, ids, strict=True))
        of_assets = [(event, number) for event, number in numbered if event.dagster_event_type in ASSET_EVENTS]
        storage._store_asset_event_tags(con, [event for event, _ in of_assets], [number for _, number in of_assets])
        _write_assets(storage, con, of_assets)
    for event, number in numbered:
        if event.dagster_event_type in ASSET_CHECK_EVENTS:
            storage.store_asset_check_event(event, number)


def _write_assets(storage: Any, con: Any, numbered: Sequence[tuple[EventLogEntry, int]]) -> None:
    """What is known of each asset, in the order of the events; events that set the same columns go together."""
    index_columns = storage._has_asset_key_index_cols_on_connection(con)
    values = []
    for event, number in numbered:
        found = storage._get_asset_entry_values(event, number, index_columns)
        if found and event.dagster_event and event.dagster_event.asset_key:
            values.append({"asset_key": event.dagster_event.asset_key.to_string(), **found})
    for columns, rows in groupby(values, key=tuple):
        entry = insert(AssetKeyTable)
        later = {name: entry.excluded[name] for name in columns if name != "asset_key"}
        con.execute(entry.on_conflict_do_update(index_elements=["asset_key"], set_=later), list(rows))

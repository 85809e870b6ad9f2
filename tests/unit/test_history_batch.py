"""Events written together leave the rows that Dagster leaves when it writes them one by one."""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.history import close_history, keep_history_cheap
from pipelines.history_batch import write_waiting

MONTHS = dg.StaticPartitionsDefinition(["2025-01", "2025-02"])
TABLES = {
    "event_logs": "run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition",
    "asset_keys": "asset_key, last_materialization, last_run_id, asset_details, last_materialization_timestamp",
    "asset_event_tags": "event_id, asset_key, key, value, event_timestamp",
    "asset_check_executions": "asset_key, check_name, partition, run_id, execution_status, "
    "evaluation_event_storage_id, materialization_event_storage_id",
}


@dg.asset(partitions_def=MONTHS)
def first() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"dagster/row_count": 3})


@dg.multi_asset(
    specs=[dg.AssetSpec(name, deps=["first"], skippable=True) for name in ("second", "third")],
    partitions_def=MONTHS,
    check_specs=[dg.AssetCheckSpec("sane", asset="second"), dg.AssetCheckSpec("odd", asset="third")],
)
def others() -> Iterator[dg.MaterializeResult]:
    yield dg.MaterializeResult(
        "second", check_results=[dg.AssetCheckResult(asset_key="second", check_name="sane", passed=True)]
    )
    yield dg.MaterializeResult(
        "third", check_results=[dg.AssetCheckResult(asset_key="third", check_name="odd", passed=False)]
    )


@dg.multi_asset(
    specs=[
        dg.AssetSpec("third_again", deps=["first"], skippable=True),
        dg.AssetSpec("fourth", deps=["third_again"], skippable=True),
    ],
    partitions_def=MONTHS,
    can_subset=True,
)
def both() -> Iterator[dg.MaterializeResult]:
    yield dg.MaterializeResult("third_again")
    yield dg.MaterializeResult("fourth")


@pytest.fixture(autouse=True)
def history() -> Iterator[None]:
    keep_history_cheap()
    yield
    close_history()


def _events() -> list[Any]:
    """All events of two runs, as they were told."""
    events: list[Any] = []
    with dg.instance_for_test() as instance:
        defs = dg.Definitions(assets=[first, others], executor=dg.in_process_executor)
        job = defs.resolve_implicit_global_asset_job_def()
        for month in ("2025-01", "2025-02"):
            run = job.execute_in_process(instance=instance, partition_key=month)
            events += instance.all_logs(run.run_id)
    return events


def _tables(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    close_history()
    found = {}
    for path in sorted(folder.glob("*.db")):
        con = sqlite3.connect(path)
        there = {row[0] for row in con.execute("select name from sqlite_master where type = 'table'")}
        for table in sorted(TABLES.keys() & there):
            found[f"{path.name} {table}"] = con.execute(f"select {TABLES[table]} from {table} order by id").fetchall()
        con.close()
    return found


def _stored(folder: Path, events: list[Any], store: Any) -> dict[str, list[tuple[Any, ...]]]:
    storage = SqliteEventLogStorage(str(folder))
    for event in events:
        store(storage, event)
    storage.dispose()
    return _tables(folder)


def test_rows_are_those_that_dagster_writes(tmp_path: Path) -> None:
    events = _events()
    one_by_one = SqliteEventLogStorage.store_event.__wrapped__  # type: ignore[attr-defined]
    expected = _stored(tmp_path / "one", events, one_by_one)
    found = _stored(tmp_path / "together", events, SqliteEventLogStorage.store_event)
    assert found == expected
    assert len(expected["index.db asset_keys"]) == 3
    assert len(expected["index.db asset_check_executions"]) == 4


def test_who_reads_finds_what_waits(tmp_path: Path) -> None:
    materialized = [
        event for event in _events() if event.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
    ]
    storage = SqliteEventLogStorage(str(tmp_path))
    storage.store_event(materialized[0])
    assert not list(tmp_path.glob(f"{materialized[0].run_id}.db"))
    assert len(storage.get_logs_for_run(materialized[0].run_id)) == 1
    write_waiting(storage)
    assert len(storage.get_logs_for_run(materialized[0].run_id)) == 1
    storage.dispose()


def test_what_a_run_remembers_is_what_the_history_says() -> None:
    """Versions of partitions made in the same step, and what its checks looked at, are those on record."""
    with dg.instance_for_test() as instance:
        job = dg.Definitions(assets=[first, others, both], executor=dg.in_process_executor)
        for month in ("2025-01", "2025-02"):
            run = job.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance, partition_key=month)
            events = [event for event in run.all_events if event.is_step_materialization]
            tags = {event.asset_key.to_user_string(): event.materialization.tags or {} for event in events}
            told = tags["fourth"]["dagster/input_data_version/third_again"]
            assert told == sha256(tags["third_again"]["dagster/data_version"].encode()).hexdigest()
            records = instance.fetch_materializations(dg.AssetRecordsFilter(dg.AssetKey("second"), [month]), limit=1)
            (checked,) = [one for one in run.get_asset_check_evaluations() if one.check_name == "sane"]
            assert checked.target_materialization_data is not None
            assert checked.target_materialization_data.storage_id == records.records[0].storage_id

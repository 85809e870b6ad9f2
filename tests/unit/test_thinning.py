"""Every run stays in the list of runs; events of runs that newer ones have replaced go."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterInstance
from sqlalchemy.exc import OperationalError

from models.home import Home
from pipelines.history import close_history
from pipelines.instance import open_instance, quiet
from pipelines.thinning import THINNED, thin

QUARTERS = dg.StaticPartitionsDefinition(["Q1", "Q2"])
FAILS: list[bool] = []


@dg.asset(partitions_def=QUARTERS, check_specs=[dg.AssetCheckSpec("sane", asset="listed")])
def listed() -> dg.MaterializeResult:
    if FAILS:
        raise RuntimeError
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="sane", passed=True)])


JOB = dg.Definitions(assets=[listed], executor=dg.in_process_executor).resolve_implicit_global_asset_job_def()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[DagsterInstance]:
    home = Home(tmp_path / "home")
    home.prepare()
    opened = open_instance(home)
    yield opened
    opened.dispose()
    close_history()


def _run(instance: DagsterInstance, quarter: str, fails: bool = False) -> str:
    FAILS[:] = [True] if fails else []
    done = JOB.execute_in_process(instance=instance, partition_key=quarter, raise_on_error=False, run_config=quiet())
    return done.run_id


def _logs(instance: DagsterInstance, run_id: str) -> bool:
    storage = instance.event_log_storage
    return Path(storage.path_for_shard(run_id)).exists()  # type: ignore[attr-defined]


def _made(instance: DagsterInstance) -> dict[str, list[str]]:
    """Runs whose materialization is known, by quarter, oldest first."""
    rows = instance.fetch_materializations(dg.AssetKey("listed"), limit=100, ascending=True).records
    return {
        quarter: [row.run_id for row in rows if row.partition_key == quarter]
        for quarter in QUARTERS.get_partition_keys()
    }


def test_a_home_in_which_nothing_ran_is_left_alone(instance: DagsterInstance) -> None:
    assert thin(instance) == []


def test_what_was_made_again_keeps_its_newest_events(instance: DagsterInstance, tmp_path: Path) -> None:
    other = _run(instance, "Q2")
    first, second, third, fourth = (_run(instance, "Q1") for _ in range(4))
    for _ in range(2):  # a second time changes nothing
        thin(instance)
        assert [_logs(instance, run) for run in (first, second, third, fourth, other)] == [False] * 3 + [True] * 2
        assert _made(instance) == {"Q1": [third, fourth], "Q2": [other]}
        tags = [run.tags.get(THINNED) for run in instance.get_runs()]
        assert tags == [None, "made and checked", "none", "none", None], "newest first, all are listed"
    status = instance.get_status_by_partition(dg.AssetKey("listed"), ["Q1", "Q2"], QUARTERS)
    assert status and all(one is not None for one in status.values()), "both quarters count as made"
    close_history()  # as in another process
    with open_instance(Home(tmp_path / "home")) as later:
        assert later.all_logs(fourth) and later.all_logs(first) == [], "an old run can still be opened"


def test_a_run_that_failed_is_kept_until_one_succeeds(instance: DagsterInstance) -> None:
    good = _run(instance, "Q1")
    bad = [_run(instance, "Q1", fails=True) for _ in range(3)]
    thin(instance)
    assert all(_logs(instance, run) for run in (good, *bad))
    _run(instance, "Q1")
    thin(instance)
    assert not any(_logs(instance, run) for run in (good, *bad))
    assert _made(instance)["Q1"][0] == good


def test_a_history_that_is_being_written_is_left_for_the_next_time(
    instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [_run(instance, "Q1") for _ in range(3)]
    with monkeypatch.context() as busy:
        busy.setattr("pipelines.thinning._forget", _locked)
        (told,) = thin(instance)
        assert "database is locked" in told and _made(instance)["Q1"] == runs, "it is said, and nothing fails"
    assert thin(instance) == []
    assert _made(instance)["Q1"] == runs[1:]


def _locked(*_: object) -> None:
    raise OperationalError("delete", None, Exception("database is locked"))

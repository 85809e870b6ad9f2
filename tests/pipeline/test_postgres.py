"""Dagster deployed bigger, as docs/scale.md tells: history in PostgreSQL, homes served to a daemon elsewhere."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets.common import POOL
from models.sample import write_world
from pipelines.instance import SETTINGS
from tests.pipeline.postgres import EXAMPLES, dagster_home, needs_postgres
from tests.ports import free_port, listens

PATIENCE = 240  # seconds: several programs start, perhaps on a busy machine


def test_the_example_keeps_the_settings_of_a_home() -> None:
    settings = yaml.safe_load((EXAMPLES / "dagster-postgres.yaml").read_text(encoding="utf-8"))
    assert settings.pop("storage").keys() == {"postgres"}
    assert settings == SETTINGS


@dg.asset(pool=POOL)
def written() -> int:
    """Something a run makes."""
    return 1


@needs_postgres
@pytest.mark.slow
def test_history_in_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    with dagster_home(monkeypatch) as home:
        for turn in (1, 2):  # another process would find what the first one left
            with dg.DagsterInstance.from_config(str(home)) as instance:
                assert dg.materialize([written], instance=instance).success
                assert len(instance.get_runs()) == turn
                assert instance.get_latest_materialization_event(dg.AssetKey("written")) is not None
        assert not list(home.rglob("*.db")), "nothing is kept in files"


@needs_postgres
@pytest.mark.slow
def test_a_daemon_elsewhere_has_a_home_loaded_where_its_disk_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_world(tmp_path / "landing", 60, months=1, seed=3, providers=8)
    home = tmp_path / "home"
    with dagster_home(monkeypatch) as dagster, ExitStack() as programs:
        port = str(free_port())
        for name, value in {
            "DAGSTER_HOME": str(dagster),
            "JICHA_CODE_HOST": "127.0.0.1",
            "JICHA_CODE_PORT": port,
        }.items():
            monkeypatch.setenv(name, value)
        workspace = ["--workspace", str(EXAMPLES / "workspace-remote.yaml")]
        served = {"JICHA_HOME": str(home), "JICHA_LANDING": str(tmp_path / "landing")}
        code = ["dagster", "code-server", "start", "--module-name", "pipelines.definitions", "--host", "127.0.0.1"]
        programs.enter_context(_program([*code, "--port", port], tmp_path / "code.log", served))
        _until(lambda: listens(int(port)), tmp_path / "code.log")
        launch = ["dagster", "job", "launch", *workspace, "--location", "jicha", "--job", "load_reference"]
        subprocess.run([sys.executable, "-m", *launch], check=True)
        # only the daemon takes what waits, and only the code server knows home and landing
        programs.enter_context(_program(["dagster._daemon", "run", *workspace], tmp_path / "daemon.log", {}))
        with dg.DagsterInstance.from_config(str(dagster)) as instance:
            _until(lambda: all(run.is_finished for run in instance.get_runs()), tmp_path / "daemon.log")
            (run,) = instance.get_runs()
            assert run.status == dg.DagsterRunStatus.SUCCESS
            assert instance.get_latest_materialization_event(dg.AssetKey("raw_reference")) is not None
    assert (home / "warehouse.duckdb").exists()


@contextmanager
def _program(words: list[str], log: Path, more: dict[str, str]) -> Iterator[None]:
    """A Python module run as a program until the end of the block."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], env={**os.environ, **more}, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def _until(true: Callable[[], bool], log: Path) -> None:
    """Wait; shows what was said where it takes too long."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, log.read_text(encoding="utf-8", errors="replace")[-3000:]
        time.sleep(0.5)

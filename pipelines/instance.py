"""The Dagster instance of a home: run history, pool of one writer, and clearing up after a killed process."""

import os
from pathlib import Path
from typing import Any

import yaml
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from models.home import Home
from pipelines.history import keep_history_cheap

SETTINGS = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {"pools": {"default_limit": 1, "granularity": "op"}, "runs": {"max_concurrent_runs": 1}},
    "run_monitoring": {"enabled": True, "free_slots_after_run_end_seconds": 30},
    "python_logs": {"python_log_level": "WARNING"},
}
PROCESS_TAG = "jicha/process"
_UNFINISHED = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]


def write_settings(folder: Path) -> None:
    """Write dagster.yaml of the home, if it is not what it should be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(SETTINGS, sort_keys=True)
    target = folder / "dagster.yaml"
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        partial = folder / "dagster.yaml.new"
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)


def open_instance(home: Home) -> DagsterInstance:
    """The instance whose storage lies in the home."""
    write_settings(home.dagster)
    keep_history_cheap()
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return DagsterInstance.from_config(str(home.dagster))


def process_tag() -> str:
    """Names this process so that a later one can tell whether it still lives: pid and, where known, its start."""
    return f"{os.getpid()}@{_started(os.getpid())}"


def _started(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return ""
    return fields[19]


def _alive(tag: str) -> bool:
    pid, _, started = tag.partition("@")
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _started(int(pid)) == started


def clear_dead_runs(instance: DagsterInstance) -> list[str]:
    """Mark runs of the command line whose process is gone as failed, and free pool slots of all ended runs."""
    cleared: list[str] = []
    for run in instance.get_runs(filters=RunsFilter(statuses=_UNFINISHED)):
        tag = run.tags.get(PROCESS_TAG)
        if tag and not _alive(tag):
            instance.report_run_failed(run, message="进程已中断 / the process ended before its run did")
            cleared.append(run.run_id)
    storage = instance.event_log_storage
    for key in storage.get_concurrency_keys():
        # a step killed between being given the slot (assigned) and taking it (active) holds it as well
        info = storage.get_concurrency_info(key)
        for run_id in info.active_run_ids | info.assigned_run_ids | info.pending_run_ids:
            holder = instance.get_run_by_id(run_id)
            if holder is None or holder.is_finished:
                storage.free_concurrency_slots_for_run(run_id)
    return cleared


def quiet() -> dict[str, Any]:
    """Run configuration that keeps Dagster's console still; the history keeps everything."""
    return {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

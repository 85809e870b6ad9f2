"""The landing sensor: loads a delivered month once it is complete."""

import hashlib
import json
import time
from pathlib import Path

import dagster as dg

from models import ingest
from models.session import Options
from pipelines.jobs import LOAD, LOAD_REFERENCE
from pipelines.partitions import month_key
from pipelines.resources import options_from_environment

QUIET_SECONDS = 600


def signature(folder: Path) -> str:
    """What lies in a folder: names, sizes, times of change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return json.dumps([[str(p.relative_to(folder)), p.stat().st_size, p.stat().st_mtime_ns] for p in files])


def complete(folder: Path, now: float) -> bool:
    """A delivery is complete with `_SUCCESS`, or when nothing in it changed for a while."""
    if (folder / "_SUCCESS").exists():
        return True
    newest = max((path.stat().st_mtime for path in folder.rglob("*") if path.is_file()), default=now)
    return now - newest >= QUIET_SECONDS


def requests(landing: Path, seen: dict[str, str], now: float) -> tuple[list[dg.RunRequest], dict[str, str]]:
    """Run requests for complete folders that changed since `seen`, and the new state."""
    found: list[dg.RunRequest] = []
    state = dict(seen)
    for name in ingest.folders(landing):
        folder = landing / name
        if not folder.is_dir() or not complete(folder, now):
            continue
        mark = signature(folder)
        if seen.get(name) == mark:
            continue
        state[name] = mark
        run_key = f"{name}:{_hash_of(mark)}"
        if ingest.is_month(name):
            found.append(dg.RunRequest(run_key=run_key, job_name=LOAD.name, partition_key=month_key(name)))
        else:
            found.append(dg.RunRequest(run_key=run_key, job_name=LOAD_REFERENCE.name))
    return found, state


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def landing_sensor(options: Options | None) -> dg.SensorDefinition:
    """A sensor on the landing folder of these options, or of the environment."""

    @dg.sensor(
        name="landing",
        jobs=[LOAD, LOAD_REFERENCE],
        minimum_interval_seconds=60,
        description="数据到齐（有 _SUCCESS，或十分钟没有变动）即入库 / loads a delivery once it is complete",
    )
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        folder = (options or options_from_environment()).landing
        if folder is None or not folder.is_dir():
            return dg.SkipReason("没有数据目录 / no landing folder: set JICHA_LANDING")
        found, state = requests(folder, json.loads(context.cursor or "{}"), time.time())
        return dg.SensorResult(run_requests=found, cursor=json.dumps(state, sort_keys=True))

    return landing

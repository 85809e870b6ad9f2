"""Killed at random moments and run again: the same bytes, no stuck pool slot."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from models.home import Home
from models.sample import write_world
from pipelines.instance import open_instance
from tests.pipeline.support import list_bytes, run

KILLS = 10


def _kill_after(landing: Path, home: Path, key_file: Path, seconds: float) -> bool:
    words = ["run", "--landing", str(landing), "--home", str(home), "--key-file", str(key_file)]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli.main", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return True


def test_ten_kills_then_the_same_bytes(key_file: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    write_world(landing, people=300, months=3, seed=11, providers=14)
    started = time.monotonic()
    run(landing, tmp_path / "calm", "--key-file", key_file)
    whole = time.monotonic() - started
    chance = random.Random(2024)
    killed, longest = 0, whole
    for _ in range(3 * KILLS):
        if killed == KILLS:
            break
        if _kill_after(landing, tmp_path / "killed", key_file, 0.8 + chance.random() * (longest - 0.8)):
            killed += 1
        else:  # what earlier runs had finished makes later ones short
            longest = max(2.0, 0.6 * longest)
    run(landing, tmp_path / "killed", "--key-file", key_file)
    assert killed == KILLS, f"only {killed} runs were still alive when killed"
    assert list_bytes(tmp_path / "killed") == list_bytes(tmp_path / "calm")
    instance = open_instance(Home(tmp_path / "killed"))
    storage = instance.event_log_storage
    claimed = [storage.get_concurrency_info(key).active_run_ids for key in storage.get_concurrency_keys()]
    instance.dispose()
    assert not any(claimed)

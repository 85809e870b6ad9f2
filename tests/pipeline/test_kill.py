"""Killed at random moments and run again: the same bytes, no stuck pool slot."""

import os
import random
import signal
from pathlib import Path

import pytest

from models.home import Home
from pipelines.instance import open_instance
from tests.pipeline.forked import begin
from tests.pipeline.support import PERIODS, list_bytes, run

KILLS = 10


def _kill_after(landing: Path, home: Path, key_file: Path, seconds: float) -> bool:
    told = home.parent / "told"
    told.mkdir(exist_ok=True)
    process = begin(["run", "--landing", landing, "--home", home, "--key-file", key_file, *PERIODS], told)
    process.join(seconds)
    if process.exitcode is not None:
        return False
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return True


@pytest.mark.slow
@pytest.mark.timeout(1800)  # moments stretch with a machine that has other work
def test_ten_kills_then_the_same_bytes(
    quarter_landing: Path, quarter_home: Path, key_file: Path, tmp_path: Path
) -> None:
    whole = float((quarter_home.parent / "seconds").read_text(encoding="ascii"))
    chance = random.Random(2024)
    killed, longest = 0, whole
    for _ in range(3 * KILLS):
        if killed == KILLS:
            break
        if _kill_after(quarter_landing, tmp_path / "killed", key_file, chance.uniform(0.1, longest)):
            killed += 1
        else:  # what earlier runs had finished makes later ones short
            longest = max(2.0, 0.6 * longest)
    run(quarter_landing, tmp_path / "killed", "--key-file", key_file, *PERIODS)
    assert killed == KILLS, f"only {killed} runs were still alive when killed"
    assert list_bytes(tmp_path / "killed") == list_bytes(quarter_home)
    instance = open_instance(Home(tmp_path / "killed"))
    storage = instance.event_log_storage
    pools = [storage.get_concurrency_info(key) for key in storage.get_concurrency_keys()]
    claimed = [info.active_run_ids | info.assigned_run_ids for info in pools]
    instance.dispose()
    assert not any(claimed)

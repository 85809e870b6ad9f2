"""`jicha ui` takes what it started with it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from models.site.serve import serving

WAITS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('up'); time.sleep(60)"
STAYS = "import os, sys; from pipelines.cli.ui import _stay; sys.exit(_stay(sys.argv[1:], dict(os.environ)))"


def test_whoever_stops_the_ui_stops_dagster_too(tmp_path: Path) -> None:
    up = tmp_path / "up"
    started = [sys.executable, "-c", STAYS, sys.executable, "-c", WAITS, str(up)]
    with subprocess.Popen(started, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as process:
        for _ in range(600):
            if up.exists():
                break
            time.sleep(0.05)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) != 0
    assert children
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_home_without_a_site_says_what_makes_one(tmp_path: Path) -> None:
    with serving(tmp_path, 0) as address, pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(address)
    assert told.value.code == 404
    assert "run jicha run first" in told.value.read().decode("utf-8")

"""Work in a process of its own: same results and faults as at home, and it ends with the one that began it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import apart

BEGIN = """
import os, pathlib, time
from models import apart

if __name__ == "__main__":
    apart.begin()
    pathlib.Path({told!r}).write_text(str(apart.submit(os.getpid).result()))
    time.sleep(60)
"""


@pytest.fixture
def begun() -> Iterator[None]:
    apart.begin()
    yield
    apart.end()


def test_without_a_process_work_is_done_at_once() -> None:
    assert apart.submit(os.getpid).result() == os.getpid()
    with pytest.raises(ZeroDivisionError):
        apart.submit(divmod, 1, 0).result()


def test_a_process_gives_the_same_results_and_faults(begun: None) -> None:
    assert apart.submit(divmod, 7, 3).result() == (2, 1)
    assert apart.submit(os.getpid).result() != os.getpid()
    with pytest.raises(ZeroDivisionError):
        apart.submit(divmod, 1, 0).result()


def test_work_is_handed_over_as_it_stands(begun: None) -> None:
    rows = dict.fromkeys(range(300_000), "row")
    told = apart.submit(len, rows)
    rows.clear()
    assert told.result() == 300_000


def test_what_the_process_has_not_begun_is_done_here(begun: None) -> None:
    apart.submit(time.sleep, 1.0)
    works = [apart.hand_over(_pid_and, place) for place in range(8)]
    done = apart.collect(works)
    assert [place for _, place in done] == list(range(8))
    pids = [pid for pid, _ in done]
    assert set(pids[pids.index(os.getpid()) :]) == {os.getpid()}  # the first may be on their way already


@pytest.mark.parametrize("apart_too", [False, True])
def test_the_first_fault_is_raised_when_all_is_done(apart_too: bool, tmp_path: Path) -> None:
    if apart_too:
        apart.begin()
    try:
        works = [apart.hand_over(divmod, 1, 0), *(apart.hand_over(_write, tmp_path / str(n)) for n in range(6))]
        with pytest.raises(ZeroDivisionError):
            apart.collect(works)
        assert len(list(tmp_path.iterdir())) == 6
    finally:
        apart.end()


def test_abandoned_work_is_not_begun_any_more(begun: None, tmp_path: Path) -> None:
    apart.submit(time.sleep, 0.5)
    works = [apart.hand_over(_write, tmp_path / str(n)) for n in range(8)]
    apart.abandon(works)
    written = len(list(tmp_path.iterdir()))
    assert written < 8
    apart.submit(os.getpid).result()
    assert len(list(tmp_path.iterdir())) == written


def _pid_and(place: int) -> tuple[int, int]:
    return os.getpid(), place


def _write(path: Path) -> None:
    path.write_text("there")


def test_the_process_ends_with_the_one_that_began_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = BEGIN.format(told=str(told))
    (tmp_path / "begin.py").write_text(script)
    process = subprocess.Popen([sys.executable, str(tmp_path / "begin.py")])
    assert _within(30, lambda: told.exists() and told.read_text() != "")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert _within(30, lambda: not _lives(int(told.read_text())))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _within(seconds: float, holds: object) -> bool:
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if holds():
            return True
        time.sleep(0.1)
    return False

"""A run that was stopped, a place without rights, a full disk are told as what they are, not as a fault of jicha."""

import errno
import sqlite3
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError

from pipelines.cli import main
from pipelines.run import _doing, _first_failure

BETWEEN = DagsterExecutionInterruptedError()
IN_A_QUERY = RuntimeError("Query interrupted")  # as the database answers Ctrl-C
FULL = "磁盘空间不足 / the disk is full"
FULL_DISKS = (
    OSError(errno.ENOSPC, "No space left on device", "clawback.csv"),
    sqlite3.OperationalError("database or disk is full"),
    duckdb.IOException('IO Error: Could not write file "warehouse.duckdb": No space left on device'),
    duckdb.OutOfMemoryException("Out of Memory Error: failed to offload data, see max_temp_directory_size"),
)
NO_MEMORY = "内存不足 / out of memory"


@pytest.mark.parametrize(
    ("raised", "says", "not_said"),
    [
        (BETWEEN, "已中止 / stopped", "a fault of jicha"),
        (IN_A_QUERY, "已中止 / stopped", "a fault of jicha"),
        (RuntimeError("another"), "a fault of jicha: RuntimeError", "stopped"),
        *((fault, FULL, "a fault of jicha") for fault in FULL_DISKS),
        (duckdb.OutOfMemoryException("could not allocate block"), NO_MEMORY, "a fault of jicha"),
        (
            BrokenProcessPool("a process was terminated abruptly"),
            "want of memory",
            "a fault of jicha",
        ),
    ],
)
def test_a_stopped_run_or_a_full_machine_is_no_fault(raised: BaseException, says: str, not_said: str) -> None:
    @dg.op
    def step() -> None:
        raise raised

    @dg.job
    def whole() -> None:
        step()

    told = str(_first_failure(whole.execute_in_process(raise_on_error=False)))
    assert says in told
    assert not_said not in told


@pytest.mark.parametrize("fault", FULL_DISKS)
def test_a_full_disk_is_told_by_every_command(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def behind(**_: object) -> None:
        raise RuntimeError("the library's own") from fault

    monkeypatch.setattr(main.cli, "main", behind)
    assert main._code() == 1
    told = capsys.readouterr().err
    assert FULL in told
    assert "a fault of jicha" not in told


@pytest.mark.parametrize(
    "words", [["sample", "{file}/county", "--people", "100", "--months", "1"], ["rules", "--home", "{home}"]]
)
def test_a_place_that_cannot_be_used_is_told(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("no folder", encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "warehouse.duckdb").touch()

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(home / "lock"))

    monkeypatch.setattr("fcntl.flock", refused)  # the test's user may write everywhere
    monkeypatch.setattr("sys.argv", ["jicha", *[word.format(file=file, home=home) for word in words]])
    assert main._code() == 2
    told = capsys.readouterr().err
    assert "无法读写 / cannot be read or written" in told
    assert "rights of this user" in told


@pytest.mark.parametrize(
    ("job", "partition", "says"),
    [
        ("load", None, "入库 / loading"),
        ("quarter", "2025-01-01", "季度清单 / lists of 2025Q1"),
        ("plan", "2026", "年度计划 / plan of 2026"),
    ],
)
def test_who_waits_is_told_what_is_under_way(job: str, partition: str | None, says: str) -> None:
    assert _doing(job, partition) == says

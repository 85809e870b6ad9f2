"""A run that was stopped and a place without rights are told as what they are, not as a fault of jicha."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError

from pipelines.cli import main
from pipelines.run import _first_failure

BETWEEN = DagsterExecutionInterruptedError()
IN_A_QUERY = RuntimeError("Query interrupted")  # as the database answers Ctrl-C


@pytest.mark.parametrize(
    ("raised", "says", "not_said"),
    [
        (BETWEEN, "已中止 / stopped", "a fault of jicha"),
        (IN_A_QUERY, "已中止 / stopped", "a fault of jicha"),
        (RuntimeError("another"), "a fault of jicha: RuntimeError", "stopped"),
    ],
    ids=["between", "query", "fault"],
)
def test_a_stopped_run_is_no_fault(raised: BaseException, says: str, not_said: str) -> None:
    @dg.op
    def step() -> None:
        raise raised

    @dg.job
    def whole() -> None:
        step()

    told = str(_first_failure(whole.execute_in_process(raise_on_error=False)))
    assert says in told
    assert not_said not in told


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

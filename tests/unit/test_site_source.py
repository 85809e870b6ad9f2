"""The snapshot is asked within the limits that the home's configuration sets."""

from pathlib import Path

import duckdb
import pytest

from models.config import Config
from models.engine import duck
from models.site.source import Snapshot


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ({"memory_limit": "500MiB", "threads": 1}, ("500.0 MiB", "1")),
        ({"memory_limit": "2GiB", "threads": 3}, ("2.0 GiB", "3")),
    ],
)
def test_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: dict[str, object], expected: tuple[str, str]
) -> None:
    duckdb.connect(str(tmp_path / "snapshot.duckdb")).close()
    limits = "select current_setting('memory_limit') as memory, current_setting('threads')::varchar as threads"
    monkeypatch.setattr(duck, "sql_text", lambda name: limits)
    monkeypatch.setattr(duck, "sql_values", lambda name, params: {})
    found = Snapshot(tmp_path / "snapshot.duckdb", Config.model_validate({"engine": engine}))("any")
    assert found.row(0) == expected

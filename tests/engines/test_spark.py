"""Core by Spark Connect and by the embedded engine: the same rows. Whole runs are in test_spark_runs.py.

Skips without pyspark or Java.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from models import core
from models.config import load_config
from models.engine import open_engine
from models.engine.cluster import stop_sessions
from models.engine.preflight import check_engine
from models.errors import UsageError
from models.home import Home
from models.settings_engine import EngineSettings
from tests.engines.clusters import SMALL, configure, connect, needs_spark
from tests.engines.same_rows import CORE, assert_same


@needs_spark
@pytest.mark.slow
def test_core_is_the_same_by_spark_connect(quarter_home: Path, tmp_path: Path) -> None:
    there = tmp_path / "home"
    with (
        connect(tmp_path / "unused") as address,
        duckdb.connect(quarter_home / "warehouse.duckdb", read_only=True) as one,
    ):
        configure(there, address, tmp_path / "shared", SMALL)
        shutil.copy(quarter_home / "warehouse.duckdb", there)
        config = load_config(there / "config.yaml")
        engine = open_engine(Home(there), config)
        try:
            assert len(check_engine(config.engine)) == 2
            core.build(engine, config)
            for name in CORE:
                assert_same(one, engine.con, f"core.{name}")
        finally:
            engine.close()
            stop_sessions()


@needs_spark
def test_without_java_a_cluster_is_refused_readably(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Java 17"):
        check_engine(EngineSettings(kind="spark", address="local[1]", warehouse=tmp_path))

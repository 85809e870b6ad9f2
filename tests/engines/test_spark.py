"""A whole run on a real standalone cluster, core by Spark Connect, and the embedded engine's: the same rows and lists.

Skips without pyspark or Java.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from models import core
from models.config import load_config
from models.engine import open_engine
from models.engine.away import NOTED
from models.engine.cluster import stop_sessions
from models.engine.preflight import check_engine
from models.errors import UsageError
from models.home import Home
from models.settings_engine import EngineSettings
from tests.engines.clusters import CLUSTER, SMALL, configure, connect, needs_spark, standalone
from tests.pipeline.support import PERIODS, jicha, list_bytes

PATIENT = 1800  # seconds: six programs of Java beside each other on a machine that may have other work
CORE = ("settlement", "stay", "fee_line", "diagnosis", "operation", "provider", "unmatched_refund")
TABLES = (*(f"core.{name}" for name in CORE), "finding.finding", "finding.stay_case", "finding.peer")


def _assert_same(one: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection, table: str) -> None:
    """The same columns, types and rows, whatever their order."""
    kinds = [con.execute(f"describe {table}").fetchall() for con in (one, other)]
    assert kinds[0] == kinds[1], table
    rows = [sorted(map(repr, con.execute(f"select * from {table}").fetchall())) for con in (one, other)]
    assert rows[0] or table == "core.unmatched_refund"
    assert rows[0] == rows[1], table


@needs_spark
@pytest.mark.slow
@pytest.mark.timeout(PATIENT)
def test_a_run_on_a_cluster_makes_the_same_tables_and_lists(
    quarter_landing: Path, quarter_home: Path, key_file: Path, tmp_path: Path
) -> None:
    there = tmp_path / "home"
    with standalone() as address:
        configure(there, address, tmp_path / "shared", CLUSTER)
        words = ("run", "--landing", quarter_landing, "--home", there, "--key-file", key_file, *PERIODS)
        done = jicha(*words, timeout=PATIENT)
    told = done.stderr
    assert done.returncode == 0, told
    assert all(part in told for part in (address, "on the cluster", "core tables, rules")), told
    assert list_bytes(there) == list_bytes(quarter_home)
    databases = [folder / "warehouse.duckdb" for folder in (quarter_home, there)]
    with duckdb.connect(databases[0], read_only=True) as one, duckdb.connect(databases[1], read_only=True) as other:
        made = {name for (name,) in other.execute(f"select name from {NOTED} where made").fetchall()}
        assert made >= {*(f"core.{name}" for name in CORE), "finding.stay_case"}, "the cluster made them"
        for table in TABLES:
            _assert_same(one, other, table)


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
                _assert_same(one, engine.con, f"core.{name}")
        finally:
            engine.close()
            stop_sessions()


@needs_spark
def test_without_java_a_cluster_is_refused_readably(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Java 17"):
        check_engine(EngineSettings(kind="spark", address="local[1]", warehouse=tmp_path))

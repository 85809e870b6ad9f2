"""Whole runs on a real standalone cluster and on Spark Connect: the lists and tables of the embedded engine.

Minutes of every core, so `make test-cluster` runs them, not `make test`. They skip without pyspark or Java.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pytest

from models.engine.away import NOTED
from tests.engines.clusters import CLUSTER, SMALL, configure, connect, needs_spark, standalone
from tests.engines.same_rows import CORE, assert_same
from tests.pipeline.support import PERIODS, jicha, list_bytes

PATIENT = 1800  # seconds: six programs of Java beside each other on a machine that may have other work
TABLES = (*(f"core.{name}" for name in CORE), "finding.finding", "finding.stay_case", "finding.peer")
ENGINES = [(lambda _: standalone(), CLUSTER), (connect, SMALL)]


@needs_spark
@pytest.mark.slow
@pytest.mark.cluster
@pytest.mark.timeout(PATIENT)
@pytest.mark.parametrize(("begun", "settings"), ENGINES, ids=["standalone", "connect"])
def test_a_run_there_makes_the_same_tables_and_lists(
    begun: Callable[[Path], AbstractContextManager[str]],
    settings: dict[str, str],
    quarter_landing: Path,
    quarter_home: Path,
    key_file: Path,
    tmp_path: Path,
) -> None:
    there = tmp_path / "home"
    with begun(tmp_path / "unused") as address:
        configure(there, address, tmp_path / "shared", settings)
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
            assert_same(one, other, table)

"""Tables that lie in a cluster's warehouse: notes, views and folders change together; and what says so before a run."""

from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from threading import Event
from threading import enumerate as threads
from typing import Any
from unittest.mock import MagicMock

import pyarrow as pa
import pytest

from models.config import Config, load_config
from models.engine import Engine, open_engine
from models.engine.preflight import check_engine
from models.engine.spark import SparkEngine
from models.engine.steps import steps_of
from models.errors import UsageError
from models.home import Home
from models.settings_engine import EngineSettings


def _config(folder: Path, **more: Any) -> Config:
    engine = {"kind": "spark", "address": "spark://127.0.0.1:1", "warehouse": str(folder / "shared"), **more}
    return Config.model_validate({"engine": engine})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SparkEngine]:
    opened = open_engine(Home(tmp_path / "home"), _config(tmp_path))
    assert isinstance(opened, SparkEngine)
    yield opened
    opened.close()


def _made(engine: SparkEngine, table: str, *values: int) -> Path:
    """As if the cluster had made a table of one column n."""
    folder = Path(engine._away.new_folder(table))
    folder.mkdir(parents=True)
    rows = ", ".join(f"({n}, {place})" for place, n in enumerate(values))
    engine.con.execute(f"copy (select * from (values {rows}) as t(n, rowid)) to '{folder}/part.parquet'")
    with engine._noted():
        engine._stands(table, str(folder))
    return folder


def _rows(engine: Engine, table: str) -> list[tuple[Any, ...]]:
    return engine.con.execute(f"select * from {table} order by 1").fetchall()


def test_a_table_of_the_warehouse_reads_like_any_other(engine: SparkEngine) -> None:
    engine.con.execute("create table core.fee_line as select 7 as n")  # of the embedded engine, before
    old, new = _made(engine, "core.fee_line", 1), _made(engine, "core.fee_line", 2, 3)
    engine.mark("core.fee_line", "abc")
    assert _rows(engine, "core.fee_line") == [(2,), (3,)], "without the numbers of the rows"
    assert engine.count("core.fee_line") == 2
    assert engine.exists("core.fee_line") and engine.remark("core.fee_line") == "abc"
    assert new.exists() and not old.exists(), "versions that nobody names are gone"
    engine.drop("core.fee_line")
    assert not engine.exists("core.fee_line") and not new.exists()


def test_a_rename_moves_no_data(engine: SparkEngine) -> None:
    _made(engine, "core.link", 1)
    folder = _made(engine, "core.link_next", 2)
    engine.rename("core.link_next", "link")
    assert list(engine._away.folders) == ["core.link"] and folder.exists()
    assert _rows(engine, "core.link") == [(2, 0)]


def test_the_columns_of_what_the_cluster_made_are_known_and_read_from_no_file(
    engine: SparkEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the cluster would run a job to find them, for every version of a table."""
    made, copied = _made(engine, "core.link_next", 1), _made(engine, "core.stay", 2)
    engine._schemas[str(made)] = "n integer"
    engine.rename("core.link_next", "link")
    session = MagicMock()
    monkeypatch.setattr(engine, "_session", lambda: session)
    monkeypatch.setattr("models.engine.spark.views_of", lambda _: {})
    engine._ready(frozenset({"core.link", "core.stay"}))
    session.read.schema.assert_called_once_with("n integer")
    session.read.schema().parquet.assert_called_once_with(str(made))
    session.read.parquet.assert_called_once_with(str(copied))


def test_a_transaction_that_fails_leaves_the_version_before(engine: SparkEngine) -> None:
    before = _made(engine, "core.stay", 1)
    with pytest.raises(RuntimeError), engine.transaction():
        after = _made(engine, "core.stay", 2)
        engine.view("finding.occurrence", "findings/occurrence")
        raise RuntimeError
    assert _rows(engine, "core.stay") == [(1, 0)]
    assert before.exists() and not after.exists() and not engine._away.views


def test_a_copy_goes_when_its_table_has_changed(engine: SparkEngine) -> None:
    engine.con.execute("create table cur.setl_d as select 1 as n; create table finding.rule as select 2 as n")
    _made(engine, "finding.peer", 3)
    for table in ("cur.setl_d", "finding.rule"):
        engine._copy(table)
    engine.changed("cur")
    assert set(engine._away.folders) == {"finding.rule", "finding.peer"}
    engine.changed("finding.rule", "finding.peer")
    assert set(engine._away.folders) == {"finding.peer"}, "what the cluster made is no copy"


def test_what_reads_lines_runs_there_and_comes_home_typed(engine: SparkEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.con.execute("create table score.review_placed (setl_id varchar)")
    engine.con.execute("create table core.fee_line (setl_id varchar, state varchar, refunded boolean)")
    engine._copy("score.review_placed")
    found = pa.table({"setl_id": ["S2", "S1"], "lines": pa.array([Decimal(2), Decimal(1)], pa.decimal128(38, 0))})
    asked: list[str] = []

    def rows(name: str, _: dict[str, Any]) -> Any:
        asked.append(name)
        assert not engine._away.folders, "tables of the home are copied anew"
        return MagicMock(toArrow=lambda: found)

    monkeypatch.setattr(engine, "_rows", rows)
    monkeypatch.setattr("models.engine.spark.readable", lambda _: nullcontext())  # it knows Spark's faults by pyspark
    assert engine.query("sampling/line_count").rows() == [("S2", 2), ("S1", 1)], "in their order"
    engine.temporary("counted", "sampling/line_count")
    assert engine.replace("score.review_line", "sampling/line_count") == 2
    for table in ("counted", "score.review_line"):
        kinds = {column: kind for column, kind, *_ in engine.con.execute(f"describe {table}").fetchall()}
        assert kinds == {"setl_id": "VARCHAR", "lines": "BIGINT"}, table
        assert _rows(engine, table) == [("S1", 1), ("S2", 2)]
    assert asked == ["sampling/line_count"] * 3


def test_wide_integers_are_copied_whole(engine: SparkEngine) -> None:
    engine.con.execute("create table money.paid as select 'S1' as setl_id, (10::hugeint ** 17)::hugeint + 1 as fen")
    engine._copy("money.paid")
    (folder,) = engine._away.folders.values()
    assert engine.con.execute(f"select fen from '{folder}/part.parquet'").fetchall() == [(Decimal(10**17 + 1),)]


def test_another_engine_takes_core_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    engine = open_engine(home, _config(tmp_path))
    assert isinstance(engine, SparkEngine)
    folders = [_made(engine, "core.settlement", 1, 2), _made(engine, "finding.peer", 3)]
    engine.mark("core.settlement", "abc")
    engine.close()
    for _ in range(2):
        embedded = open_engine(home, Config())
        assert embedded.remark("core.settlement") == "abc"
        assert embedded.count("core.settlement") == 2 and not embedded.exists("finding.peer")
        embedded.close()
    assert not any(folder.exists() for folder in folders)


def test_a_warehouse_out_of_reach_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    engine = open_engine(home, _config(tmp_path))
    assert isinstance(engine, SparkEngine)
    folder = _made(engine, "core.settlement", 1)
    engine.close()
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot be read"):
        open_engine(home, Config())
    folder.parent.mkdir(exist_ok=True)
    (tmp_path / "elsewhere").rename(folder)
    open_engine(home, Config()).close()


@pytest.mark.parametrize(
    ("text", "written", "named"),
    [
        ("select a.n from core.stay as a", "SELECT a.n FROM core__stay AS a", {"core.stay"}),
        ("select stay.n from core.stay", "SELECT stay.n FROM core__stay AS stay", {"core.stay"}),
        ("with t as (select 1 as n) select n from t", "WITH t AS (SELECT 1 AS n) SELECT n FROM t", set()),
    ],
)
def test_tables_bear_names_of_the_session(text: str, written: str, named: set[str]) -> None:
    steps = steps_of(text)
    assert (steps.before, steps.last, steps.tables) == ((), written, frozenset(named))


def test_what_spark_would_compute_often_is_a_step() -> None:
    doubled = [
        "a as (select n from core.stay)",
        *(f"{b} as (select * from {a} union select * from {a})" for a, b in ("ab", "bc", "cd")),
    ]
    steps = steps_of(f"with {', '.join(doubled)} select n from d")
    assert steps.before == (
        ("step__b", "WITH a AS (SELECT n FROM core__stay AS stay) SELECT * FROM a UNION SELECT * FROM a"),
    )
    assert steps.last == (
        "WITH c AS (SELECT * FROM step__b AS b UNION SELECT * FROM step__b AS b), "
        "d AS (SELECT * FROM c UNION SELECT * FROM c) SELECT n FROM d"
    )


@pytest.mark.parametrize(
    ("engine", "fault"),
    [
        ("spark", "give the settings"),
        ("{kind: spark}", "lacks address, warehouse"),
        ("{kind: spark, address: yarn, warehouse: /w}", "must be spark:"),
        ("{kind: spark, address: 'local[2]', warehouse: w}", "absolute path"),
        ("{address: 'local[2]'}", "belongs to kind: spark alone"),
        ("{kind: flink}", "duckdb"),
    ],
)
def test_wrong_settings_are_told(engine: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"engine: {engine}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=fault):
        load_config(path)


@pytest.mark.parametrize("address", ["spark://a:7077", "spark://a:1,b:2", "sc://a.b:15002", "sc://a", "local[2]"])
def test_addresses_that_are_allowed(address: str, tmp_path: Path) -> None:
    assert EngineSettings(kind="spark", address=address, warehouse=tmp_path).address == address


def test_lists_do_not_depend_on_the_engine(tmp_path: Path) -> None:
    assert _config(tmp_path).sha256() == Config().sha256()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if pyspark and Java were there."""
    monkeypatch.setattr("models.engine.preflight.check_installed", lambda settings: None)


@pytest.mark.usefixtures("installed")
def test_an_address_nobody_listens_at_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be reached: 127\.0\.0\.1:1 "):
        check_engine(_config(tmp_path).engine)


@pytest.mark.usefixtures("installed")
def test_a_warehouse_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "shared").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        check_engine(_config(tmp_path, address="local[1]").engine)


class _Silent:
    """A cluster whose workers write nowhere, or never answer."""

    def __init__(self, answers: bool) -> None:
        self.end = Event()
        if answers:
            self.end.set()

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_: object) -> Any:
        self.end.wait()
        return self


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("answers", "fault"), [(True, "do not see the same"), (False, "did not answer within 1 s")])
def test_workers_elsewhere_or_absent_are_told(
    answers: bool, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = _Silent(answers)
    monkeypatch.setattr("models.engine.preflight.session_of", lambda settings: cluster)
    with pytest.raises(UsageError, match=fault):
        check_engine(_config(tmp_path, address="local[1]", patience=1).engine)
    cluster.end.set()
    for thread in [one for one in threads() if one.name == "preflight"]:
        thread.join()


def test_without_pyspark_a_cluster_is_refused_readably(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("models.engine.cluster.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pyspark is not installed"):
        check_engine(_config(tmp_path, address="local[1]").engine)


def test_the_embedded_engine_is_not_asked() -> None:
    assert check_engine(EngineSettings()) == []

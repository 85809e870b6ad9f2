"""Published snapshots: what is in them, who can open them when, which are kept."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from models.config import Config
from models.engine import Engine, open_engine
from models.errors import JichaError
from models.home import Home
from models.publish import latest, pin, publish, snapshots

READER = """
import duckdb, sys
con = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.readline()
print(con.execute("select count(*) from core.settlement").fetchone()[0], flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "it's home")


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    engine = open_engine(home, Config())
    engine.con.execute(
        "create table core.settlement as select 'S1' as setl_id, '2025Q1' as quarter, 1.50::decimal(16,2) as paid"
    )
    engine.con.execute("create table raw.setl_d as select 'S1' as setl_id")
    engine.con.execute("create view cur.setl_d as from raw.setl_d")
    engine.con.execute("create view score.from_raw as select setl_id from raw.setl_d")
    engine.con.execute(
        "create view finding.occurrence as select setl_id from core.settlement"
    )  # of the rules' runs alone
    yield engine
    engine.close()


def tables(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        found = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    return {row[0] for row in found}


def test_a_snapshot_holds_the_readable_tables_and_nothing_raw(engine: Engine, home: Home) -> None:
    path = publish(engine, home)
    assert path.name == "2025Q1-000001.duckdb"
    assert latest(home) == path.resolve()
    assert tables(path) == {"core.settlement", "score.from_raw"}
    assert sorted(entry.name for entry in home.published.iterdir()) == [path.name, "latest"]
    assert not path.stat().st_mode & 0o222


def test_a_snapshot_keeps_types_and_has_the_older_storage_version(engine: Engine, home: Home) -> None:
    path = publish(engine, home)
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("select typeof(paid), paid::varchar from core.settlement").fetchall() == [
            ("DECIMAL(16,2)", "1.50")
        ]
        tags = con.execute("select tags from duckdb_databases() where not internal").fetchone()
    assert tags is not None
    assert "v1.5" in tags[0]["storage_version"]


def test_another_process_reads_while_the_warehouse_is_written(engine: Engine, home: Home) -> None:
    publish(engine, home)
    engine.con.execute("begin")
    engine.con.execute("insert into core.settlement values ('S2', '2025Q1', 2)")
    reader = [sys.executable, "-c", READER, str(home.published / "latest")]
    read = subprocess.run(reader, input="go\n", capture_output=True, text=True, check=True)
    engine.con.execute("commit")
    assert read.stdout == "open\n1\n"


def test_whoever_holds_an_old_snapshot_open_keeps_it_and_stops_nobody(engine: Engine, home: Home) -> None:
    old = publish(engine, home)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(old)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "open\n"
    engine.con.execute("insert into core.settlement values ('S2', '2025Q1', 2)")
    for _ in range(4):
        newest = publish(engine, home)
    assert not old.exists()
    said, _ = reader.communicate("go\n", timeout=60)
    assert (said, reader.returncode) == ("1\n", 0)
    with duckdb.connect(str(newest), read_only=True) as con:
        assert con.execute("select count(*) from core.settlement").fetchone() == (2,)


def test_three_are_kept_and_names_never_come_again(engine: Engine, home: Home) -> None:
    names = [publish(engine, home, name).name for name in ("2025Q1", "2025Q1", "2026", "2025Q2", "2025Q2-s01")]
    assert names[-1] == "2025Q2-s01-000005.duckdb"
    assert [path.name for path in snapshots(home)] == names[-3:]
    assert latest(home).name == names[-1]


def test_the_snapshot_of_an_issued_list_stays(engine: Engine, home: Home) -> None:
    first = publish(engine, home)
    pinned = pin(home, "2025Q1")
    assert pinned.samefile(first)
    engine.con.execute("insert into core.settlement values ('S2', '2025Q2', 2)")
    for _ in range(4):
        publish(engine, home)
    assert pin(home, "2025Q1") == pinned
    with duckdb.connect(str(pinned), read_only=True) as con:
        assert con.execute("select count(*) from core.settlement").fetchone() == (1,)
    assert len(snapshots(home)) == 3


def test_what_a_killed_publication_left_is_cleared(engine: Engine, home: Home) -> None:
    home.published.mkdir(parents=True, exist_ok=True)
    (home.published / ".tmp-snapshot.duckdb").write_bytes(b"half")
    (home.published / ".tmp-snapshot.duckdb.wal").write_bytes(b"half")
    (home.published / ".tmp-latest").symlink_to("nowhere")
    path = publish(engine, home)
    assert sorted(entry.name for entry in home.published.iterdir()) == [path.name, "latest"]


def test_a_view_that_cannot_be_read_leaves_the_last_snapshot_in_place(engine: Engine, home: Home) -> None:
    first = publish(engine, home)
    engine.con.execute("drop table raw.setl_d")
    with pytest.raises(duckdb.Error):
        publish(engine, home)
    assert latest(home) == first.resolve()
    engine.con.execute("drop view score.from_raw")
    assert publish(engine, home).name == "2025Q1-000002.duckdb"


def test_names_that_are_no_file_names_are_refused(engine: Engine, home: Home) -> None:
    with pytest.raises(JichaError, match="not a snapshot name"):
        publish(engine, home, "../x")


def test_before_the_first_run_there_is_nothing_to_read(home: Home) -> None:
    with pytest.raises(JichaError, match="no snapshot yet"):
        latest(home)

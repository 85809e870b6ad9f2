"""What goes to disk for want of memory is seen, and said in the step's log and to who waits."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.common import stage
from models.beside import Beside
from models.config import Config
from models.engine.duck import Engine, apply_settings
from models.engine.spill import SpillWatch
from models.home import Home
from models.session import Options, Session


def test_the_most_at_once_is_told_and_then_forgotten(tmp_path: Path) -> None:
    watch = SpillWatch(tmp_path, every=60)
    first, second = tmp_path / "duckdb_temp_storage-0.tmp", tmp_path / "duckdb_temp_block-7.block"
    steps = [
        (lambda: None, 0),
        (lambda: first.write_bytes(b"x" * 100), 100),
        (lambda: second.write_bytes(b"x" * 50), 150),
        (lambda: first.unlink(), 50),
        (lambda: (tmp_path / "other.parquet").write_bytes(b"x" * 900), 50),  # not the engine's
        (lambda: second.unlink(), 0),
    ]
    for number, (change, expected) in enumerate(steps):
        change()
        assert watch.take() == expected, number
    watch.close()


def _session(tmp_path: Path, memory: str, said: list[str]) -> Session:
    home = Home(tmp_path)
    home.prepare()
    config = Config.model_validate({"engine": {"memory_limit": memory, "threads": 2}})
    con = duckdb.connect(str(tmp_path / "w.duckdb"))
    apply_settings(con, home, config)
    options = Options(None, tmp_path, remark=said.append)
    return Session(options, home, config, Engine(con), b"", Beside(), SpillWatch(home.tmp, every=0.02))


@pytest.mark.parametrize(("rows", "spills"), [(1_000, False), (800_000, True)])
def test_a_step_says_that_it_went_to_disk(tmp_path: Path, rows: int, spills: bool) -> None:
    said: list[str] = []
    session = _session(tmp_path, "70MB", said)

    @dg.asset
    def sorted_rows() -> None:
        with stage(session):
            session.engine.con.execute(
                "create table t as select sha256(cast(i as varchar)) as k from range($n) as r(i) order by k",
                {"n": rows},
            )

    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize([sorted_rows], instance=instance)
        logs = [one.user_message for one in instance.all_logs(run.run_id)]
    assert session.engine.count("t") == rows  # nothing is lost
    session.spill.close()
    assert bool(said) is spills
    assert [line for line in logs if "memory_limit" in line] == said
    if spills:
        assert said[0].startswith("sorted_rows：内存上限 70MB 不够")

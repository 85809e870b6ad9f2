"""A connection keeps its limits: what does not fit in memory is written to the home's own folder, encrypted."""

import os
import signal
from multiprocessing import get_context
from pathlib import Path

from models.config import Config, EngineSettings
from models.engine import open_engine
from models.home import Home


def test_what_exceeds_the_memory_limit_is_spilled(tmp_path: Path) -> None:
    config = Config(engine=EngineSettings(memory_limit="40MB", threads=2))
    engine = open_engine(Home(tmp_path / "home"), config)
    try:
        found = engine.con.execute(
            "select count(*), max(place) from (select row_number() over (order by md5(i::varchar)) as place "
            "from range(500000) t(i))"
        ).fetchall()
        spilled = engine.con.execute("select current_setting('temp_directory')").fetchall()[0][0]
    finally:
        engine.close()
    assert found == [(500_000, 500_000)]
    assert Path(spilled).is_relative_to(tmp_path)


def _spill_and_be_killed(home: Path) -> None:
    engine = open_engine(Home(home), Config(engine=EngineSettings(memory_limit="40MB", threads=2)))
    engine.con.execute("create temp table t as select md5(range::varchar) as a from range(2000000)")
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_program_spilled_is_cleared_and_stops_nobody(tmp_path: Path) -> None:
    killed = get_context("spawn").Process(target=_spill_and_be_killed, args=(tmp_path,))
    killed.start()
    killed.join()
    tmp = Home(tmp_path).tmp
    left = {path.name for path in tmp.iterdir() if path.stat().st_size}
    assert killed.exitcode == -signal.SIGKILL and left, "it did not come so far"
    open_engine(Home(tmp_path), Config()).close()
    assert not left & {path.name for path in tmp.iterdir()}


def test_released_memory_is_that_of_pages_and_no_row_is_lost(tmp_path: Path) -> None:
    config = Config(engine=EngineSettings(memory_limit="400MB", threads=2))
    engine = open_engine(Home(tmp_path), config)
    engine.con.execute("create temp table t as select range as a, md5(range::varchar) as b from range(2000000)")
    used = "select coalesce(sum(memory_usage_bytes), 0) from duckdb_memory()"
    before = engine.con.execute(used).fetchall()[0][0]
    engine.release()
    after = engine.con.execute(used).fetchall()[0][0]
    limit = engine.con.execute("select current_setting('memory_limit')").fetchall()[0][0]
    assert after < 40_000_000 < before
    assert limit.startswith("381")
    assert engine.con.execute("select count(distinct b) from t").fetchall() == [(2_000_000,)]
    engine.close()

"""Core tables are made anew where rows, parameters or code changed, and only there."""

from pathlib import Path

import duckdb
import pytest

from models.config import Config, Params
from models.core import build, refresh
from models.engine import Engine
from models.engine.duck import SCHEMAS, memory_engine
from models.ingest import store
from tests.given import given, rows_of


def loaded() -> Engine:
    engine = given(memory_engine(), setl_d=[{"setl_id": "S1"}])
    store.prepare(engine)
    return engine


def test_made_once_for_the_same_rows_and_parameters() -> None:
    engine = loaded()
    assert refresh(engine, Config())
    mark = engine.remark("core.settlement")
    assert not refresh(engine, Config())
    assert engine.remark("core.settlement") == mark
    assert refresh(engine, Config(params=Params(refund_match_days=30)))
    assert engine.remark("core.settlement") != mark


def test_made_anew_after_rows_changed_another_build_or_an_interruption() -> None:
    engine = loaded()
    refresh(engine, Config())
    store.touch(engine)
    assert refresh(engine, Config())
    build(engine, Config())
    assert refresh(engine, Config())
    store.set_info(engine, "core", "")
    assert refresh(engine, Config())
    engine.drop("core.settlement")
    assert refresh(engine, Config())


def test_the_new_tables_take_the_room_of_the_old(tmp_path: Path) -> None:
    def blocks() -> int:
        found = engine.con.execute("select total_blocks from pragma_database_size() where database_name = 'home'")
        return int(found.fetchall()[0][0])

    engine = Engine(duckdb.connect(str(tmp_path / "home.duckdb")))
    for schema in SCHEMAS:
        engine.con.execute(f"create schema if not exists {schema}")
    given(engine, setl_d=[{"setl_id": f"S{turn}"} for turn in range(20)])
    many = "select x.* replace (x.setl_id || r as setl_id) from cur.setl_d as x, range(6000) as t(r)"
    engine.con.execute(f"create table cur.many as {many}")
    engine.con.execute("create or replace table cur.setl_d as from cur.many")
    engine.drop("cur.many")
    store.prepare(engine)
    refresh(engine, Config())
    before = blocks()
    for days in (30, 31):
        refresh(engine, Config(params=Params(refund_match_days=days)))
    assert blocks() <= 1.1 * before


def test_joins_are_left_to_the_engine_again_whatever_happens() -> None:
    engine = memory_engine()
    setting = "select current_setting('disabled_optimizers')"
    for before, inside in (("", "build_side_probe_side"), ("common_subplan", "build_side_probe_side,common_subplan")):
        engine.con.execute(f"set disabled_optimizers = '{before}'")
        with pytest.raises(ValueError, match="stop"), engine.joins_as_written():
            assert rows_of(engine, setting) == [(inside,)]
            raise ValueError("stop")
        assert rows_of(engine, setting) == [(before,)]

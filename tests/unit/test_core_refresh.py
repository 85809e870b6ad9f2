"""Core tables are made anew where rows, parameters or code changed, and only there."""

from models.config import Config, Params
from models.core import build, refresh
from models.engine import Engine
from models.engine.duck import memory_engine
from models.ingest import store
from tests.given import given


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

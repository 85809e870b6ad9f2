"""What scores keep of core: made once, and anew as soon as anything it was made of has changed."""

from datetime import date

from models.config import Config, Params
from models.engine.duck import Engine, memory_engine
from models.scores.kept import keep, remember, same_months
from models.scores.window import Window

YEAR = Window("2026", date(2024, 4, 1), date(2025, 4, 1))
QUARTER = Window("2025Q1", YEAR.start, YEAR.until)
EARLIER = Window("2024Q4", date(2024, 1, 1), date(2025, 1, 1))


def core_with(mark: str | None) -> Engine:
    engine = memory_engine()
    engine.con.execute("create table core.settlement (setl_id varchar)")
    engine.con.execute(
        "create table core.provider as select 'H1' as fixmedins_code, 'a' as fixmedins_name, '06' as hosp_lv, "
        "'1' as fixmedins_type, 'general' as spec_type"
    )
    if mark:
        _build_again(engine, mark)
    return engine


def _build_again(engine: Engine, mark: str) -> None:
    engine.con.execute(f"comment on table core.settlement is '{mark}'")


def _peers_after_another_provider(engine: Engine) -> int:
    engine.con.execute("insert into core.provider select 'H2', * exclude (fixmedins_code) from core.provider")
    keep(engine, "score.peer", "scores/peer", {})
    return engine.count("score.peer")


def test_a_table_is_kept_until_core_is_built_anew() -> None:
    engine = core_with("first")
    keep(engine, "score.peer", "scores/peer", {})
    assert _peers_after_another_provider(engine) == 1  # the mark says that core is still the same
    _build_again(engine, "second")
    keep(engine, "score.peer", "scores/peer", {})
    assert engine.count("score.peer") == 2


def test_a_core_without_a_mark_is_never_trusted() -> None:
    engine = core_with(None)
    keep(engine, "score.peer", "scores/peer", {})
    assert _peers_after_another_provider(engine) == 2
    remember(engine, "score.deviation", QUARTER, Config())
    assert same_months(engine, "score.deviation", YEAR, Config()) is None


def test_a_year_takes_the_scores_of_the_quarter_with_its_months_only() -> None:
    engine = core_with("first")
    remember(engine, "score.deviation", EARLIER, Config())
    assert same_months(engine, "score.deviation", YEAR, Config()) is None
    remember(engine, "score.deviation", QUARTER, Config())
    assert same_months(engine, "score.deviation", YEAR, Config()) == "2025Q1"
    assert same_months(engine, "score.outlier", YEAR, Config()) is None
    assert same_months(engine, "score.deviation", YEAR, Config(params=Params(peer_min_cases=31))) is None
    _build_again(engine, "second")
    assert same_months(engine, "score.deviation", YEAR, Config()) is None

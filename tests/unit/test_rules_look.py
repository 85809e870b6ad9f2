"""Looking with rules: kept by quarter, the same alone and together, anew after core."""

import polars as pl

from models import core
from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.rules.look import look
from tests.given import given

QUARTERS = {"2024Q3": "2024-08-05", "2024Q4": "2024-11-05", "2025Q1": "2025-02-05", "2025Q2": "2025-05-05"}


def _engine() -> Engine:
    engine = memory_engine()
    given(
        engine,
        psn_info_b=[{"psn_id": "P1", "death_date": "2024-07-01"}],
        setl_d=[
            {"setl_id": f"S{quarter}", "psn_id": "P1", "med_type": "11", "begndate": day, "enddate": day,
             "setl_time": f"{day} 09:00:00"}
            for quarter, day in QUARTERS.items()
        ],
    )  # fmt: skip
    core.build(engine, Config())
    return engine


def _found(engine: Engine, first: str, last: str) -> pl.DataFrame:
    return look(engine, ["S13", "R50"], Config(), first, last)


def test_quarters_alone_equal_quarters_together() -> None:
    together = _found(_engine(), "2024Q3", "2025Q2")
    assert together["period"].to_list() == list(QUARTERS)
    engine = _engine()
    engine.con.execute("comment on table core.settlement is null")  # nothing is kept: each quarter by itself
    assert pl.concat([_found(engine, quarter, quarter) for quarter in QUARTERS]).equals(together)


def test_a_quarter_is_looked_at_once_until_core_is_made_anew() -> None:
    engine = _engine()
    assert _found(engine, "2024Q4", "2024Q4").height == 1
    engine.con.execute("update finding.looked set reason = 'kept'")
    # those after it were looked at as well, those before it were not
    again = _found(engine, "2024Q3", "2025Q2")
    assert [reason == "kept" for reason in again["reason"]] == [False, True, True, True]
    assert engine.count("finding.looked") == 4
    core.build(engine, Config())
    assert "kept" not in _found(engine, "2024Q3", "2025Q2")["reason"].to_list()


def test_other_values_are_looked_at_anew() -> None:
    engine = _engine()
    _found(engine, "2024Q3", "2025Q2")
    late = Config(rule_params={"S13": {"first_year": 2030}})
    assert look(engine, ["S13", "R50"], late, "2024Q3", "2025Q2").is_empty()

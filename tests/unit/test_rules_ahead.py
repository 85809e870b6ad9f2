"""Quarters found ahead: taken when their turn comes, anew after a change, never where a pass failed."""

import json

import pytest

from models import core
from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.rules import ahead, passes, registry, run, run_rules
from models.rules.passes import AHEAD
from tests.given import given

QUARTERS = {"2024Q3": "2024-08-05", "2024Q4": "2024-11-05", "2025Q1": "2025-02-05"}
RULES = ("S13", "R50", "R25", "R42", "R09")  # enough to stand for all
OTHERS = {
    "all quarters": (None, None),
    "one rule": (["2024Q3"], ["S13"]),
}


@pytest.fixture(autouse=True)
def few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [rule for rule in registry() if rule.rule_id in RULES]
    for module in (run, passes):
        monkeypatch.setattr(module, "registry", lambda: few)


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
        fee_list_d=[
            {"bkkp_sn": f"L{quarter}", "setl_id": f"S{quarter}", "fee_ocur_time": f"{day} 09:00:00"}
            for quarter, day in QUARTERS.items()
        ],
    )  # fmt: skip
    core.build(engine, Config())
    return engine


def _findings(engine: Engine, quarter: str) -> list[tuple[object, ...]]:
    found = engine.con.execute("select * from finding.finding where period = $q order by all", {"q": quarter})
    return found.fetchall()


def test_quarters_found_ahead_equal_quarters_alone() -> None:
    together, alone = _engine(), _engine()
    alone.con.execute("comment on table core.settlement is null")  # nothing is kept: each quarter by itself
    for quarter in QUARTERS:
        told = run_rules(together, None, Config(), [quarter])
        assert told == run_rules(alone, None, Config(), [quarter])
        assert told["S13"].rows == 1
        assert _findings(together, quarter) == _findings(alone, quarter)


def test_only_the_quarter_asked_for_stands_among_the_findings() -> None:
    engine = _engine()
    run_rules(engine, None, Config(), ["2024Q3"])
    assert not _findings(engine, "2024Q4")
    engine.con.execute(f"update {AHEAD} set reason = 'kept'")
    run_rules(engine, None, Config(), ["2024Q4"])
    assert {row[-2] for row in _findings(engine, "2024Q4")} == {"kept"}


@pytest.mark.parametrize("change", ["core", "parameter"])
def test_a_change_finds_anew(change: str) -> None:
    engine = _engine()
    run_rules(engine, None, Config(), ["2024Q3"])
    engine.con.execute(f"update {AHEAD} set reason = 'kept'")
    config = Config(rule_params={"S13": {"first_year": 1990}}) if change == "parameter" else Config()
    if change == "core":
        core.build(engine, config)
    run_rules(engine, None, config, ["2024Q4"])
    assert "kept" not in {row[-2] for row in _findings(engine, "2024Q4")}


def test_no_more_quarters_than_their_lines_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _engine()
    monkeypatch.setattr(ahead, "LINES_AT_ONCE", 1)
    run_rules(engine, None, Config(), ["2024Q3"])
    assert json.loads(engine.remark(AHEAD) or "")[1] == ["2024Q3"]


@pytest.mark.parametrize("asked", OTHERS)
def test_what_lies_ahead_is_left_alone_by(asked: str) -> None:
    engine = _engine()
    run_rules(engine, None, Config(), ["2024Q3"])
    remark = engine.remark(AHEAD)
    periods, rule_ids = OTHERS[asked]
    run_rules(engine, rule_ids, Config(), periods)
    assert engine.remark(AHEAD) == remark


def test_a_failure_is_told_by_every_quarter_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = run.fresh

    def failing(engine: Engine, rule: object, values: dict[str, object]) -> list[str]:
        if getattr(rule, "rule_id", "") == "S13" and values["period_to"] != "2024Q3":
            raise ValueError("out of reach")
        return inner(engine, rule, values)

    monkeypatch.setattr(run, "fresh", failing)
    engine = _engine()
    first = run_rules(engine, None, Config(), ["2024Q3"])
    assert first["S13"].error is None and first["S13"].rows == 1
    assert engine.remark(AHEAD) is None
    later = run_rules(engine, None, Config(), ["2024Q4"])
    assert later["S13"].error == "ValueError: out of reach"
    assert sum(result.error is not None for result in later.values()) == 1
    assert sorted(later) == sorted(RULES)


def test_of_two_templates_a_line_has_one_finding_whatever_quarters_are_asked_for() -> None:
    engine = given(
        memory_engine(),
        setl_d=[
            {"setl_id": "S1", "psn_id": "P1", "med_type": "11", "setl_time": "2025-01-05 09:00:00"},
            {"setl_id": "S2", "psn_id": "P1", "med_type": "11", "setl_time": "2024-12-10 09:00:00"},
        ],
        fee_list_d=[  # too many packs only with the line that is settled in the next quarter; too many days by itself
            {"bkkp_sn": "B1", "setl_id": "S1", "fee_ocur_time": "2024-12-01 09:00:00", "pric": 10},
            {"bkkp_sn": "B2", "setl_id": "S2", "fee_ocur_time": "2024-12-10 09:00:00", "pric": 10, "prd_days": 60},
        ],
        kp_frequency=[{"rule_id": "R09", "subject_code": "ITEM1", "max_cnt": 1, "per": "month"}],
        kp_supply=[{"rule_id": "R09", "subject_code": "ITEM1", "max_days": 30, "per": "day"}],
    )
    core.build(engine, Config())
    run_rules(engine, ["R09"], Config())
    together = _findings(engine, "2025Q1")
    assert len(together) == 1 and not _findings(engine, "2024Q4")
    for quarter in ("2024Q4", "2025Q1"):
        run_rules(engine, ["R09"], Config(), [quarter])
    assert not _findings(engine, "2024Q4")
    assert _findings(engine, "2025Q1") == together

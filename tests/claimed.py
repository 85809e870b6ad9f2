"""Findings of one settlement, claimed: what tests of money begin with."""

from pathlib import Path
from typing import Any

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.home import Home
from models.money import claims
from models.money.register import Register
from tests.core_once import build
from tests.findings import find, rules
from tests.given import given, rows_of

CASE = {"setl_id": "S1", "hifp_pay": 100}
LINES = [{"bkkp_sn": "A", "pric": 60}, {"bkkp_sn": "B", "pric": 40}]
RULES = [("R01", "clear", "0.9"), ("R02", "clear", "0.8"), ("R03", "suspect", "0.99"), ("R04", "suspect", "0.5")]
Q = "2025Q1"


def claimed(
    tmp_path: Path,
    findings: list[dict[str, Any]],
    *,
    setl_d: Any = (CASE,),
    fee_list_d: Any = LINES,
    config: Config | None = None,
    **more: Any,
) -> Engine:
    engine = given(memory_engine(), setl_d=list(setl_d), fee_list_d=list(fee_list_d), **more)
    build(engine, config or Config())
    rules(engine, RULES)
    find(engine, findings)
    claims(engine, Q, config or Config(), Register(Home(tmp_path)))
    return engine


def amounts(engine: Engine) -> list[tuple[str, str | None, str]]:
    found = rows_of(
        engine, "select rule_id, bkkp_sn, fund_amount::varchar from money.claim order by rule_id, bkkp_sn nulls last"
    )
    return [(rule, line, amount) for rule, line, amount in found]

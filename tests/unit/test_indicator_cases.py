"""Every indicator rule against its own small tables: tests/cases/<rule>/*.yaml, given -> expected."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import core, rules, scores
from models.config import Config
from models.engine import Engine
from models.engine.duck import memory_engine
from tests.given import given

CASES = Path(__file__).resolve().parents[1] / "cases"
INDICATORS = [rule for rule in rules.registry() if rule.indicator]


def _cases() -> list[Any]:
    found = []
    for rule in INDICATORS:
        for path in sorted((CASES / rule.rule_id).glob("*.yaml")):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += [pytest.param(rule, case, id=f"{rule.rule_id}-{case['name']}") for case in document["cases"]]
    return found


@pytest.fixture(scope="module")
def engine() -> Engine:
    return memory_engine()


@pytest.mark.parametrize(("rule", "case"), _cases())
def test_case(engine: Engine, rule: rules.Rule, case: dict[str, Any]) -> None:
    settlements = [{"hifp_pay": 5, **row} for row in case["given"].get("setl_d", [{}])]
    given(engine, **{**case["given"], "setl_d": settlements})
    core.build(engine, Config())
    scores.indicator(engine, case.get("period", "2025Q1"), Config())
    found = engine.frame(
        "select * from score.indicator where rule_id = $r and indicator = $i order by fixmedins_code, quarter",
        {"r": rule.rule_id, "i": case.get("indicator", rule.indicator)},
    ).to_dicts()
    assert len(found) == len(case["expected"])
    for got, want in zip(found, case["expected"], strict=True):
        for column, value in want.items():
            exact = Decimal(str(value)) if isinstance(got[column], Decimal) else value
            assert got[column] == (pytest.approx(exact, abs=1e-6) if isinstance(exact, float) else exact), column


@pytest.mark.parametrize("rule", INDICATORS, ids=lambda rule: rule.rule_id)
def test_rule_has_cases(rule: rules.Rule) -> None:
    files = sorted((CASES / rule.rule_id).glob("*.yaml"))
    assert files, (
        f"rule {rule.rule_id} has no case: add tests/cases/{rule.rule_id}/cases.yaml (see docs/adding-a-rule.md)"
    )


def test_rules_show_as_implemented() -> None:
    shown = {row.rule_id: row for row in rules.coverage(None)}
    assert {rule.rule_id for rule in INDICATORS} == {f"R{n}" for n in range(56, 64)}
    assert all(shown[rule.rule_id].implemented and "indicator" in shown[rule.rule_id].note for rule in INDICATORS)

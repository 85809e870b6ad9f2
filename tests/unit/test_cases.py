"""Every rule against its own small tables: tests/cases/<rule>/*.yaml, given -> expected, through the true chain."""

import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import core, rules
from models.config import Config
from models.contracts import tables
from models.engine import Engine
from models.engine.duck import memory_engine
from models.home import Home
from models.rules.registry import use_local_rules
from tests.given import given

CASES = [Path(__file__).resolve().parents[1] / "cases"]
if "JICHA_HOME" in os.environ:  # a bureau's own rules, with their cases
    use_local_rules(Home(Path(os.environ["JICHA_HOME"]).resolve()).rules)
    CASES.append(Path(os.environ["JICHA_HOME"]).resolve() / "rules" / "cases")
IMPLEMENTED = [rule for rule in rules.registry() if rule.implemented]


def _files(rule_id: str) -> list[Path]:
    return [path for folder in CASES for path in sorted((folder / rule_id).glob("*.yaml"))]


def _cases() -> list[Any]:
    found = []
    for rule in IMPLEMENTED:
        for path in _files(rule.rule_id):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += [
                pytest.param(rule.rule_id, document.get("defaults", {}), case, id=f"{rule.rule_id}-{case['name']}")
                for case in document["cases"]
            ]
    return found


def _times(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A row with `times: k` stands for k rows: {n} in its texts counts from `first` (1) on, {five} goes round 1…5."""
    many, first = row.pop("times", None), row.pop("first", 1)
    if many is None:
        return [row]
    return [
        {name: v.format(n=n, five=(n - 1) % 5 + 1) if isinstance(v, str) else v for name, v in row.items()}
        for n in range(first, first + many)
    ]


def _rows(rule_id: str, defaults: dict[str, Any], case: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A table named in the defaults has one plain row unless the case gives its own; defaults fill every row."""
    own = {"setl_d": [{}], **{table: [{}] for table in defaults}, **case.get("given", {})}
    filled = {
        table: [{**defaults.get(table, {}), **row} for given_row in rows for row in _times(dict(given_row))]
        for table, rows in own.items()
    }
    for table, rows in filled.items():
        if tables()[table].kind == "kp":
            filled[table] = [{"rule_id": rule_id, "valid_from": "2020-01-01", **row} for row in rows]
    return filled


KNOWLEDGE = {name for name, table in tables().items() if table.kind == "kp"}
BY_ID = {rule.rule_id: rule for rule in IMPLEMENTED}


class World:
    """One engine that every case fills anew: only tables that hold, or held, anything, and the rule's knowledge."""

    def __init__(self) -> None:
        self.engine = given(memory_engine())
        self.engine.con.execute("set threads = 1")  # of a few rows each
        self.filled: set[str] = set()

    def give(self, rule_id: str, rows: dict[str, list[dict[str, Any]]]) -> Engine:
        knowledge = KNOWLEDGE & {*rows, *BY_ID[rule_id].knowledge_tables}
        for name in KNOWLEDGE - knowledge:
            self.engine.drop(f"cur.{name}")
            self.engine.drop(f"finding.{name}")
        given(self.engine, only={*rows, *self.filled, *knowledge} - (KNOWLEDGE - knowledge), **rows)
        self.filled = set(rows)
        return self.engine


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def _value(column: str, value: Any) -> Any:
    if column == "part":
        above, below = value.split("/")
        return Fraction(above) / Fraction(below)
    return Decimal(str(value)) if isinstance(value, int | float) else value


def _found(engine: Engine, rule_id: str) -> list[dict[str, Any]]:
    order = "setl_id nulls first, bkkp_sn nulls first, item_code, period"
    frame = engine.frame(f"select * from finding.finding where rule_id = $r order by {order}", {"r": rule_id})
    rows = []
    for row in frame.iter_rows(named=True):
        part = Fraction(row.pop("part_num")) / Fraction(row.pop("part_den"))
        assert 0 < part <= 1
        evidence = json.loads(row["evidence"])
        assert list(evidence) == sorted(evidence)
        assert row["reason"] and "欺诈" not in row["reason"]
        rows.append({**row, "part": part, "evidence": evidence})
    return rows


@pytest.mark.parametrize(("rule_id", "defaults", "case"), _cases())
def test_case(world: World, rule_id: str, defaults: dict[str, Any], case: dict[str, Any]) -> None:
    engine = world.give(rule_id, _rows(rule_id, defaults, case))
    core.build(engine, Config())
    result = rules.run_rules(engine, [rule_id], Config())[rule_id]
    assert result.error is None
    found = _found(engine, rule_id)
    assert result.rows == len(found)
    assert result.gross == sum((row["gross_amount"] for row in found), Decimal(0))
    wanted = sorted(case["expected"], key=lambda row: (row["setl_id"] or "", row["bkkp_sn"] or ""))
    assert [(row["setl_id"], row["bkkp_sn"]) for row in found] == [(row["setl_id"], row["bkkp_sn"]) for row in wanted]
    for got, want in zip(found, wanted, strict=True):
        for column, value in want.items():
            if column == "evidence":
                assert got["evidence"] == {**got["evidence"], **value}
            else:
                assert got[column] == _value(column, value), column
    assert len(rules.check_knowledge(engine)) == case.get("warnings", 0)


@pytest.mark.parametrize("rule", IMPLEMENTED, ids=lambda rule: rule.rule_id)
def test_rule_has_cases(rule: rules.Rule) -> None:
    files = _files(rule.rule_id)
    assert files, (
        f"rule {rule.rule_id} has no case: add tests/cases/{rule.rule_id}/cases.yaml (see docs/adding-a-rule.md)"
    )
    cases = [case for path in files for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]]
    assert any(case["expected"] for case in cases), (
        f"{rule.rule_id}: add a case that finds something to {files[0].name}"
    )
    assert any(not case["expected"] for case in cases), (
        f"{rule.rule_id}: add a case that finds nothing to {files[0].name}"
    )

"""Every rule against its own small tables: tests/cases/<rule>/*.yaml, given -> expected, through the true chain."""

import json
import os
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import rules
from models.home import Home
from models.rules.registry import use_local_rules
from tests.case_worlds import Case, World, worlds_of

CASES = [Path(__file__).resolve().parents[1] / "cases"]
if "JICHA_HOME" in os.environ:  # a bureau's own rules, with their cases
    use_local_rules(Home(Path(os.environ["JICHA_HOME"]).resolve()).rules)
    CASES.append(Path(os.environ["JICHA_HOME"]).resolve() / "rules" / "cases")
IMPLEMENTED = [rule for rule in rules.registry() if rule.implemented]


def _files(rule_id: str) -> list[Path]:
    return [path for folder in CASES for path in sorted((folder / rule_id).glob("*.yaml"))]


@cache
def _document(path: Path) -> dict[str, Any]:
    # the parser in C, where there is one, takes a tenth of the time; what is read is the same
    return dict(yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _cases() -> list[Any]:
    found = []
    for rule in IMPLEMENTED:
        for path in _files(rule.rule_id):
            document = _document(path)
            for case in document["cases"]:
                rows = _rows(document.get("defaults", {}), case.get("given", {}))
                warnings = case.get("warnings", 0)
                alone = document.get("alone", False) or warnings > 0
                made = Case(rule.rule_id, rows, case["expected"], warnings, alone)
                found.append(pytest.param(made, id=f"{rule.rule_id}-{case['name']}"))
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


def _rows(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A table named in the defaults has one plain row unless the case gives its own; defaults fill every row."""
    own = {"setl_d": [{}], **{table: [{}] for table in defaults}, **given}
    return {
        table: [{**defaults.get(table, {}), **row} for given_row in rows for row in _times(dict(given_row))]
        for table, rows in own.items()
    }


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest) -> dict[Case, World]:
    """The world of each case that was chosen."""
    items = [one for one in request.session.items if isinstance(one, pytest.Function) and one.path == request.path]
    chosen: Any = (one.callspec.params["case"] for one in items if one.originalname == "test_case")
    return worlds_of(chosen)


def _value(column: str, value: Any) -> Any:
    if column == "part":
        above, below = value.split("/")
        return Fraction(above) / Fraction(below)
    return Decimal(str(value)) if isinstance(value, int | float) else value


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A finding with its part as a fraction and its evidence read; both, and the reason, as they must be."""
    part = Fraction(row["part_num"]) / Fraction(row["part_den"])
    assert 0 < part <= 1
    evidence = json.loads(row["evidence"])
    assert list(evidence) == sorted(evidence)
    assert row["reason"] and "欺诈" not in row["reason"]
    return {**row, "part": part, "evidence": evidence}


@pytest.mark.parametrize("case", _cases())
def test_case(worlds: dict[Case, World], case: Case) -> None:
    world = worlds[case]
    result = world.answer.results[case.rule_id]
    assert result.error is None
    # of all cases of the rule in this world
    assert (result.rows, result.gross) == world.answer.totals[case.rule_id]
    found = [_told(row) for row in world.found(case)]
    wanted = sorted(case.expected, key=lambda row: (row["setl_id"] or "", row["bkkp_sn"] or ""))
    assert [(row["setl_id"], row["bkkp_sn"]) for row in found] == [(row["setl_id"], row["bkkp_sn"]) for row in wanted]
    for got, want in zip(found, wanted, strict=True):
        for column, value in want.items():
            if column == "evidence":
                assert got["evidence"] == {**got["evidence"], **value}
            else:
                assert got[column] == _value(column, value), column
    assert len(world.answer.warnings) == case.warnings


@pytest.mark.parametrize("rule", IMPLEMENTED, ids=lambda rule: rule.rule_id)
def test_rule_has_cases(rule: rules.Rule) -> None:
    files = _files(rule.rule_id)
    assert files, (
        f"rule {rule.rule_id} has no case: add tests/cases/{rule.rule_id}/cases.yaml (see docs/adding-a-rule.md)"
    )
    cases = [case for path in files for case in _document(path)["cases"]]
    assert any(case["expected"] for case in cases), (
        f"{rule.rule_id}: add a case that finds something to {files[0].name}"
    )
    assert any(not case["expected"] for case in cases), (
        f"{rule.rule_id}: add a case that finds nothing to {files[0].name}"
    )

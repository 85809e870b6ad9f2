"""A rule is three files: in a copy of the project a new one runs, and one without a case says which file to add."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULE = """id: {id}
name: 夜间治疗限医院
name_en: "Night treatment at hospitals only"
class: 政策类
subclass: 医疗服务项目政策限定类
code_1_0: null
track: suspect
template: night_line
subject: item
params: {{hour: {hour}}}
basis: 本地规定
why: 夜间计费需要核实
checked_on: 2026-11-20
known_false_alarms: [补记账 / late posting]
confidence: 0.5
version: 1
"""
SQL = """-- Lines charged before an hour of the day.
-- grain: one rule and fee line
-- inputs: finding.occurrence, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $hour
-- known limits: none
select
    r.rule_id, o.quarter as period, o.fixmedins_code, o.setl_id, o.bkkp_sn, o.code as item_code,
    o.name as item_name, o.cnt, o.pric,
    cast(null as decimal(18, 4)) as allowed, cast(null as decimal(18, 4)) as excess, o.amount as gross_amount,
    cast(1 as decimal(20, 4)) as part_num, cast(1 as decimal(20, 4)) as part_den, o.claim_kind,
    to_json({'at': cast(o.fee_ocur_time as varchar)}) as evidence,
    concat('夜间计费，与“', r.rule_name, '”的情形相符') as reason,
    cast(null as varchar) as basis_id
from finding.occurrence as o
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and o.kind = 'item' and o.quarter between $period_from and $period_to
    and hour(o.fee_ocur_time) < $hour
"""
CASES = """defaults: {fee_list_d: {pric: 5}}
cases:
  - name: at three in the night
    given: {fee_list_d: [{fee_ocur_time: "2025-02-10 03:00:00"}]}
    expected: [{setl_id: S1, bkkp_sn: B1, gross_amount: 5}]
  - name: at nine
    expected: []
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("models", "sql", "tests/unit"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("tests/__init__.py", "tests/given.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "tests/cases").mkdir()
    return tmp_path


def cases_of(folder: Path, rule_id: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_cases.py", "-k", rule_id],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_three_files_make_a_rule(copy: Path) -> None:
    for rule_id, hour in (("L01", 6), ("L02", 4)):
        (copy / f"models/rules/{rule_id}.yaml").write_text(RULE.format(id=rule_id, hour=hour), encoding="utf-8")
    (copy / "sql/findings/night_line.sql").write_text(SQL, encoding="utf-8")
    (copy / "tests/cases/L01").mkdir()
    (copy / "tests/cases/L01/cases.yaml").write_text(CASES, encoding="utf-8")
    added = cases_of(copy, "L01")
    assert added.returncode == 0, added.stdout
    assert "3 passed" in added.stdout
    forgotten = cases_of(copy, "L02")
    assert forgotten.returncode == 1
    assert "add tests/cases/L02/cases.yaml" in forgotten.stdout

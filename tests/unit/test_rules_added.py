"""A rule is three files, in a copy of the project or in a bureau's home; one without a case says which file to add."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from models.errors import UsageError
from models.home import Home
from models.rules.registry import local_digest, registry, use_local_rules
from tests.given import given

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
    for folder in ("models", "sql", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "cases"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests/cases").mkdir()
    return tmp_path


def cases_of(folder: Path, rule_id: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_cases.py", "-k", rule_id],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **environment},
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


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A home with a rules folder; the registry is its own again afterwards."""
    folder = Home(tmp_path).rules
    folder.mkdir()
    yield folder
    use_local_rules(None)


def test_a_bureau_adds_a_rule_in_its_home(own: Path) -> None:
    (own / "L01.yaml").write_text(RULE.format(id="L01", hour=6), encoding="utf-8")
    (own / "night_line.sql").write_text(SQL, encoding="utf-8")
    assert local_digest() is None
    use_local_rules(own)
    first = local_digest()
    assert [rule.rule_id for rule in registry() if rule.rule_id.startswith("L")] == ["L01"]
    engine = given(memory_engine(), setl_d=[{}], fee_list_d=[{"fee_ocur_time": "2025-02-10 03:00:00", "pric": 5}])
    core.build(engine, Config())
    assert rules.run_rules(engine, ["L01"], Config())["L01"].rows == 1
    assert rules.run_rules(engine, ["L01"], Config(rule_params={"L01": {"hour": 2}}))["L01"].rows == 0
    assert "L01" in {row.rule_id for row in rules.coverage(engine)}
    # a changed rule makes lists stale
    (own / "L01.yaml").write_text(RULE.format(id="L01", hour=7), encoding="utf-8")
    assert local_digest() != first


def test_of_two_templates_one_tells_the_part_and_the_other_means_the_whole(own: Path) -> None:
    text = (
        RULE.format(id="L01", hour=6)
        .replace("night_line", "kp_frequency")
        .replace("subject:", "also: [kp_sex]\nsubject:")
    )
    (own / "L01.yaml").write_text(text, encoding="utf-8")
    use_local_rules(own)
    point = {"rule_id": "L01", "subject_code": "ITEM1"}
    engine = given(
        memory_engine(), setl_d=[{}, {"setl_id": "S2", "gend": "2", "psn_no": "P2"}],
        fee_list_d=[{"bkkp_sn": "A", "pric": 5}, {"bkkp_sn": "B", "setl_id": "S2", "cnt": 4, "pric": 5}],
        kp_frequency=[{**point, "max_cnt": 1, "per": "day"}], kp_sex=[{**point, "gend": "2"}],
    )  # fmt: skip
    core.build(engine, Config())
    rules.raise_failures(rules.run_rules(engine, ["L01"], Config()))
    told = engine.con.execute("select bkkp_sn, part_num, part_den from finding.finding order by bkkp_sn").fetchall()
    assert told == [("A", 1, 1), ("B", 3, 4)]


def test_its_cases_are_checked_with_the_others(own: Path) -> None:
    (own / "L01.yaml").write_text(RULE.format(id="L01", hour=6), encoding="utf-8")
    (own / "night_line.sql").write_text(SQL, encoding="utf-8")
    (own / "cases/L01").mkdir(parents=True)
    (own / "cases/L01/cases.yaml").write_text(CASES, encoding="utf-8")
    done = cases_of(ROOT, "L01", JICHA_HOME=str(own.parent))
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_what_does_not_belong_into_the_folder_is_told_at_once(own: Path) -> None:
    (own / "R67.yaml").write_text(RULE.format(id="R67", hour=6), encoding="utf-8")
    (own / "L02.yaml").write_text(RULE.format(id="L02", hour=6).replace("night_line", "no_such"), encoding="utf-8")
    (own / "kp_sex.sql").write_text(SQL, encoding="utf-8")
    use_local_rules(own)
    with pytest.raises(UsageError, match=r"R67.yaml[\s\S]*kp_sex.sql[\s\S]*no_such"):
        registry()

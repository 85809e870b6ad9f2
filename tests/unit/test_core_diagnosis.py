"""Diagnoses: which codes may be read as ICD, and that Chinese medicine's count nowhere as one."""

from pathlib import Path

import pytest

from models.engine.sql import sql_code
from tests.given import rows_of
from tests.unit.core_support import built, original

SQL = Path(__file__).parents[2] / "sql"
# by the type of diagnosis (rules R35 and R37), or shown as they came
OTHERWISE = {"findings/diagnosis_record", "findings/list_record", "site/case_diagnosis"}


@pytest.mark.parametrize(
    ("code", "kind", "is_icd"),
    [
        ("I63.900", "1", True),
        ("I63.300x004", "01", True),
        ("YBA08.000", None, True),
        ("4019", "1", True),  # another edition
        ("A08.01.01", "2", False),
        ("B02.03.01.02", "03", False),
        ("BNG010", "2", False),
        ("A08.01", "3", False),
        ("A08.01.01", "1", False),  # however it was typed
        ("YBa08.01.01", None, False),
    ],
)
def test_what_is_read_as_icd(code: str, kind: str | None, is_icd: bool) -> None:
    engine = built(setl_d=[original()], setl_list_diag_d=[{"diag_code": code, "diag_type": kind}])
    assert rows_of(engine, "select is_icd from core.diagnosis") == [(is_icd,)]


def test_every_query_that_compares_diagnoses_tells_icd_apart() -> None:
    readers = {
        name
        for path in SQL.rglob("*.sql")
        if "from core.diagnosis" in (text := sql_code(name := str(path.relative_to(SQL).with_suffix(""))))
        or "join core.diagnosis" in text
    }
    assert readers > OTHERWISE
    assert {name for name in readers if "is_icd" not in sql_code(name)} == OTHERWISE


def test_a_secondary_diagnosis_of_chinese_medicine_makes_no_case_dearer() -> None:
    engine = built(
        setl_d=[original()],
        setl_list_diag_d=[
            {"diag_code": "J18.900"},
            {"diag_code": "A41.900", "maindiag_flag": "0"},
            {"diag_code": "A41.01.01", "diag_type": "2", "maindiag_flag": "0"},
        ],
        kp_cc=[{"rule_id": "S21", "subject_code": "A41*", "level": "MCC", "valid_from": "2020-01-01"}],
    )
    engine.con.execute("create schema if not exists score")
    engine.con.execute(
        "create table score.tier_case as select 'S1' as setl_id, date '2025-02-10' as setl_date, '1' as digit"
    )
    found = engine.query("scores/tier_code").rows()
    assert found == [("S1", "A41.900", "MCC")]

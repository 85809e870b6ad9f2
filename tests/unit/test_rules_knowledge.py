"""Knowledge points that cannot be used: all named at once, none of them applied."""

import pytest

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from models.rules.knowledge import prepare
from tests.given import given

VALID = {"valid_from": "2024-01-01"}
FROM = {"valid_from": "2024-01-01", "subject_code": "X1"}
BROKEN: list[tuple[str, dict[str, object], str]] = [
    ("kp_sex", {"rule_id": "R99", "gend": "1"}, "unknown rule_id"),
    ("kp_sex", {"rule_id": "R07", "gend": "1"}, "does not work from kp_sex"),
    ("kp_sex", {"rule_id": "R67", "gend": "0"}, "gend"),
    ("kp_sex", {"rule_id": "R67", "gend": "1", "subject_code": "*"}, "blank"),
    ("kp_sex", {"rule_id": "R67", "gend": "1", "subject_code": "A*B"}, "elsewhere"),
    ("kp_sex", {"rule_id": "R67", "gend": "1", "valid_to": "2023-12-31"}, "before valid_from"),
    ("kp_age", {"rule_id": "R07", "age_min": 10, "age_max": 9}, "above age_max"),
    ("kp_age", {"rule_id": "R07", "age_max": 1400}, "outside"),
    ("kp_age", {"rule_id": "R07"}, "no age limit"),
    ("kp_level", {"rule_id": "R12", "hosp_lv_max": "三级"}, "hosp_lv_max"),
    ("kp_price", {"rule_id": "R14", "pric_uplmt_amt": -1}, "pric_uplmt_amt"),
    ("kp_price", {"rule_id": "R14", "pric_uplmt_amt": 1, "hosp_lv": "44"}, "hosp_lv"),
    ("kp_frequency", {"rule_id": "R27", "max_cnt": -1, "per": "day"}, "max_cnt"),
    ("kp_frequency", {"rule_id": "R27", "max_cnt": 1, "per": "hour"}, "per"),
    ("kp_exclusive", {"rule_id": "R25", "other_code": "*", "scope": "day"}, "other_code"),
    ("kp_exclusive", {"rule_id": "R25", "other_code": "Y", "scope": "week"}, "scope"),
    ("kp_diagnosis", {"rule_id": "R08", "diag_codes": "A00", "mode": "likes"}, "mode"),
    ("kp_diagnosis", {"rule_id": "R08", "diag_codes": "A00|*", "mode": "needs"}, "diag_codes"),
    ("kp_diagnosis", {"rule_id": "R08", "diag_codes": " | ", "mode": "needs"}, "diag_codes"),
    ("kp_diagnosis", {"rule_id": "R08", "diag_codes": "A00.000、B00.000", "mode": "needs"}, "separated by |"),
    ("kp_companion", {"rule_id": "R64", "other_codes": "A*B", "scope": "day"}, "other_codes"),
    ("kp_companion", {"rule_id": "R64", "other_codes": "AB;CD", "scope": "day"}, "separated by |"),
    ("kp_visit", {"rule_id": "R13", "insutypes": "310 390"}, "separated by |"),
    ("kp_visit", {"rule_id": "R13", "med_types": "|"}, "neither med_types"),
    ("kp_discount", {"rule_id": "R15", "ratio": "1.2"}, "ratio"),
    ("kp_interaction", {"rule_id": "R74", "other_code": "A", "days": -1}, "days"),
    ("kp_amount", {"rule_id": "R28", "max_amount": 1, "per": "stay"}, "per"),
]


@pytest.mark.parametrize(("table", "point", "said"), BROKEN)
def test_broken_point(table: str, point: dict[str, object], said: str) -> None:
    engine = given(memory_engine(), **{table: [{**FROM, **point}]})
    warnings = rules.check_knowledge(engine)
    assert len(warnings) == 1
    assert said in warnings[0]
    assert table in warnings[0]
    prepare(engine)
    assert engine.count(f"finding.{table}") == 0


@pytest.mark.parametrize("rule_id", ["S20", "S01", "R99", "L001"])
def test_points_of_upcoding_count_under_any_rule(rule_id: str) -> None:
    """Upcoding reads kp_cc and kp_expect whole: nothing of them is left out, and nobody is told so."""
    point = {**FROM, "rule_id": rule_id}
    engine = given(memory_engine(), kp_cc=[{**point, "level": "CC"}], kp_expect=[{**point, "item_codes": "A1"}])
    assert rules.check_knowledge(engine) == []


def test_all_at_once() -> None:
    tables: dict[str, list[dict[str, object]]] = {}
    for number, (table, point, _) in enumerate(BROKEN):
        tables.setdefault(table, []).append({**FROM, "subject_code": f"X{number}", **point})
    assert len(rules.check_knowledge(given(memory_engine(), **tables))) == len(BROKEN)


OVERLAPS = [
    # (second point beside an open one from 2024-01-01, points left)
    ({"age_max": 14, "valid_from": "2024-06-01"}, 2),  # the same limit twice harms nobody
    ({"age_max": 12, "valid_from": "2024-06-01"}, 0),
    ({"age_max": 12, "valid_from": "2023-01-01", "valid_to": "2023-12-31"}, 2),
    ({"age_max": 12, "valid_from": "2023-01-01", "valid_to": "2024-01-01"}, 0),
    ({"age_max": None, "age_min": 1, "valid_from": "2025-01-01"}, 0),
    ({"age_max": 12, "valid_from": "2024-06-01", "rule_id": "R65"}, 2),
]


@pytest.mark.parametrize(("second", "left"), OVERLAPS)
def test_overlapping_validity(second: dict[str, object], left: int) -> None:
    first = {**FROM, "rule_id": "R07", "age_max": 14}
    engine = given(memory_engine(), kp_age=[first, {**first, **second}])
    assert len(rules.check_knowledge(engine)) == 2 - left
    prepare(engine)
    assert engine.count("finding.kp_age") == left


def test_levels_and_periods_are_series_of_their_own() -> None:
    price = {**FROM, "rule_id": "R14"}
    often = {**FROM, "rule_id": "R27"}
    engine = given(
        memory_engine(),
        kp_price=[{**price, "pric_uplmt_amt": 1}, {**price, "pric_uplmt_amt": 2, "hosp_lv": "02"}],
        kp_frequency=[{**often, "max_cnt": 1, "per": "day"}, {**often, "max_cnt": 9, "per": "month"}],
    )
    assert rules.check_knowledge(engine) == []


def test_many_of_one_kind_are_counted_not_listed() -> None:
    points = [{**FROM, "rule_id": "R67", "gend": "3", "subject_code": f"X{n}"} for n in range(50)]
    warnings = rules.check_knowledge(given(memory_engine(), kp_sex=points))
    assert len(warnings) == 21
    assert "30" in warnings[-1]


def test_lists_are_tidied_and_their_codes_matched_like_subjects() -> None:
    point = {**FROM, "rule_id": "R08", "mode": "needs", "diag_codes": " J18* || E11.900|J18*"}
    engine = given(memory_engine(), kp_diagnosis=[point])
    prepare(engine)
    assert engine.con.execute("select list, code from finding.code_list order by code").fetchall() == [
        ("E11.900|J18*", "E11.900"),
        ("E11.900|J18*", "J18*"),
    ]
    subjects = engine.con.execute("select subject_code from finding.subject order by 1").fetchall()
    assert [code for (code,) in subjects] == ["E11.900", "E11.900*", "J18*", "X1"]


def test_codes_never_used_and_unknown_bases_are_told_and_kept() -> None:
    sex, limit = {"rule_id": "R67", "gend": "2", **VALID}, {"rule_id": "S16", "max_amount": 1, "per": "year", **VALID}
    points = (("X1", "Y1"), ("X9", "Y1"), ("Z*", "Y8"), ("X*", None))
    engine = given(
        memory_engine(),
        setl_d=[{}, {"setl_id": "S2", "med_type": "14", "dise_codg": "M01600"}],
        fee_list_d=[{"med_list_codg": "X1", "pric": 1}],
        kp_sex=[{**sex, "subject_code": code, "basis_id": basis} for code, basis in points],
        kp_amount=[{**limit, "subject_code": code} for code in ("M01*", "M02")],
        basis_b=[{"basis_id": "Y1"}],
    )
    assert not [line for line in rules.knowledge_remarks(engine) if "no settlement" in line]
    core.build(engine, Config())
    rules.run_rules(engine, ["R67"], Config())
    told = sorted(rules.knowledge_remarks(engine))
    assert ["2 个知识点中 1 个" in told[0], told[0].endswith("S16 M02")] == [True, True]
    assert ["4 个知识点中 1 个的 basis_id" in told[1], told[1].endswith("R67 Z*")] == [True, True]
    assert ["4 个知识点中 2 个的编码" in told[2], told[2].endswith("R67 X9、R67 Z*")] == [True, True]
    assert len(told) == 3
    assert engine.count("finding.kp_sex") == 4
    assert rules.check_knowledge(engine) == []

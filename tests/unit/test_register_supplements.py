"""Issued lists are frozen; a supplement lists what is new, changed or withdrawn, and nothing else."""

import json

from models.money.register import Register
from tests.bureau import HALF_A, LINES, Q1, A, B, Bureau
from tests.findings import rules
from tests.given import rows_of


def test_a_rerun_after_an_issue_lists_nothing_new(bureau: Bureau) -> None:
    assert bureau.run([A, B]).issue() == Q1
    assert bureau.run([A, B]).rows() == [("R01", "A", 60, "issued"), ("R01", "B", 40, "issued")]
    assert bureau.listed() == []
    assert Register(bureau.home).pending(Q1) is None


def test_a_supplement_lists_new_changed_and_withdrawn_and_nothing_else(bureau: Bureau) -> None:
    lines = [*LINES, {"bkkp_sn": "C", "pric": 100}]
    bureau.run([A, B, {"bkkp_sn": "C", "rule_id": "R02"}], fee_list_d=lines).issue()
    now = [HALF_A, {"bkkp_sn": "B", "rule_id": "R03"}, {"bkkp_sn": "C", "rule_id": "R02"}]
    bureau.run(now, fee_list_d=lines)
    assert bureau.listed() == [
        ("R01", "A", 15, "changed"),
        ("R01", "B", 0, "withdrawn"),
        ("R03", "B", 20, "new"),
    ]
    evidence = rows_of(bureau.engine, "select evidence from money.claim where bkkp_sn = 'A'")[0][0]
    assert json.loads(evidence)["changed"] == {"fund_amount": {"new": "15.00", "old": "30.00"}}
    withdrawn = rows_of(bureau.engine, "select evidence, reason from money.claim where status = 'withdrawn'")[0]
    assert json.loads(withdrawn[0])["withdrawn"]["fund_amount"] == {"new": "0.00", "old": "20.00"}
    assert withdrawn[1].startswith("已撤回")


def test_a_second_supplement_works_on_top_of_the_first(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    assert bureau.run([A, B]).issue() == "2025Q1-s01"
    assert bureau.run([A, B]).listed() == []
    bureau.run([B])
    assert bureau.listed() == [("R01", "A", 0, "withdrawn")]
    assert bureau.issue() == "2025Q1-s02"
    assert bureau.run([B]).listed() == []
    # found again: it keeps its id and comes back as changed
    assert bureau.run([A, B]).listed() == [("R01", "A", 60, "changed")]
    assert [issue.name for issue in Register(bureau.home).issued(Q1)] == ["2025Q1", "2025Q1-s01", "2025Q1-s02"]


def test_a_reason_of_other_facts_is_a_change(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    bureau.run([{**A, "reason": "本次就诊有诊断B。", "evidence": '{"held_code": "B"}'}])
    assert bureau.listed() == [("R01", "A", 60, "changed")]
    assert set(bureau.facts("R01")["changed"]) == {"fund_amount", "reason"}
    assert bureau.issue() == "2025Q1-s01"
    bureau.run([{**A, "reason": "本次就诊另有诊断B。", "evidence": '{"held_code":"B"}'}])  # told as changed before
    assert bureau.listed() == []


def test_a_reason_worded_otherwise_is_no_change(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    bureau.run([{**A, "reason": "另有说法。"}])
    assert bureau.listed() == []
    assert rows_of(bureau.engine, "select reason, status from money.claim") == [("另有说法。", "issued")]


def test_issued_candidates_keep_precedence(bureau: Bureau) -> None:
    bureau.run([{**A, "rule_id": "R03"}]).issue()
    bureau.run([{**A, "rule_id": "R03"}, A])  # R01 is clear and surer, but came later
    assert bureau.rows() == [("R03", "A", 60, "issued")]
    assert rows_of(bureau.engine, "select also_found_by from money.claim") == [('["R01"]',)]


def test_an_issued_case_comes_before_a_new_line(bureau: Bureau) -> None:
    bureau.run([{"rule_id": "R03"}]).issue()
    assert bureau.run([{"rule_id": "R03"}, A]).rows() == [("R03", None, 100, "issued")]


def test_issued_candidates_are_served_in_the_order_of_their_issues(bureau: Bureau) -> None:
    bureau.run([{"rule_id": "R03", "part_num": 3, "part_den": 4}]).issue()
    now = [{"rule_id": "R03", "part_num": 3, "part_den": 4}, A]
    assert bureau.run(now).rows() == [("R01", "A", 25, "new"), ("R03", None, 75, "issued")]
    bureau.issue()
    assert bureau.run(now).rows() == [("R01", "A", 25, "issued"), ("R03", None, 75, "issued")]


def test_a_withdrawn_candidate_frees_its_hold(bureau: Bureau) -> None:
    bureau.run([{**A, "rule_id": "R03"}]).issue()
    assert bureau.run([A]).rows() == [("R01", "A", 60, "new"), ("R03", "A", 0, "withdrawn")]


def test_candidates_of_one_issue_stay_in_their_order_when_rules_are_trusted_otherwise(bureau: Bureau) -> None:
    found = [{**A, "rule_id": "R01", "part_num": 2, "part_den": 3}, {**A, "rule_id": "R02"}]
    bureau.run(found).issue()
    rules(bureau.engine, [("R01", "clear", "0.5"), ("R02", "clear", "0.8")])
    assert bureau.run(found).rows() == [("R01", "A", 40, "issued"), ("R02", "A", 20, "issued")]
    assert bureau.listed() == []

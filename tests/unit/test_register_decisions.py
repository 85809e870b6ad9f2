"""Issued candidates follow their decisions, replies and recoveries; each change is listed once."""

from datetime import date
from typing import Any

import pytest

from models.money.register import Register
from tests.bureau import HALF_A, LINES, Q1, A, B, Bureau
from tests.given import rows_of
from tests.served import serve


def test_an_overturned_candidate_frees_its_hold_and_is_listed_once(bureau: Bureau) -> None:
    bureau.run([{**A, "rule_id": "R03"}]).issue()
    decided = [
        {"candidate_id": bureau.candidate("R03"), "stage": "初审", "decided_on": "2025-05-01", "outcome": "upheld"},
        {
            "candidate_id": bureau.candidate("R03"),
            "stage": "申诉",
            "decided_on": "2025-05-02",
            "outcome": "overturned",
        },
    ]
    bureau.run([{**A, "rule_id": "R03"}, A], decision_d=decided)
    assert bureau.rows() == [("R01", "A", 60, "new"), ("R03", "A", 0, "overturned")]
    assert bureau.listed() == [("R01", "A", 60, "new"), ("R03", "A", 0, "overturned")]
    bureau.issue()
    assert bureau.run([{**A, "rule_id": "R03"}, A], decision_d=decided).listed() == []


@pytest.mark.parametrize(
    ("outcome", "position", "status"),
    [
        ("upheld", None, "upheld"),
        ("partial", "appeal", "partial"),
        (None, "accept", "accepted"),
        (None, "appeal", "appealed"),
    ],
)
def test_status_follows_decisions_and_replies(bureau: Bureau, outcome: Any, position: Any, status: str) -> None:
    bureau.run([A]).issue()
    who = bureau.candidate("R01")
    decided = (
        [{"candidate_id": who, "stage": "复核", "decided_on": "2025-05-01", "outcome": outcome}] if outcome else []
    )
    replied = [{"candidate_id": who, "submitted_on": "2025-05-01", "position": position}] if position else []
    bureau.run([A], decision_d=decided, reply_d=replied)
    assert bureau.rows() == [("R01", "A", 60, status)]
    # a decision makes a supplement, once; a reply alone does not
    assert bureau.listed() == ([("R01", "A", 60, status)] if outcome else [])
    if outcome:
        assert bureau.facts("R01")["changed"]["status"] == {"old": "new", "new": status}
        bureau.issue()
        assert bureau.run([A], decision_d=decided, reply_d=replied).listed() == []
        assert bureau.rows() == [("R01", "A", 60, status)]


def test_a_decision_taken_back_is_listed_once(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    decided = [
        {"candidate_id": bureau.candidate("R01"), "stage": "复核", "decided_on": "2025-05-01", "outcome": "upheld"}
    ]
    bureau.run([A], decision_d=decided).issue()
    assert bureau.run([A]).listed() == [("R01", "A", 60, "issued")]
    bureau.issue()
    assert bureau.run([A]).listed() == []


def test_a_decided_candidate_that_changes_is_changed_and_keeps_its_decision(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    decided = [
        {"candidate_id": bureau.candidate("R01"), "stage": "复核", "decided_on": "2025-05-01", "outcome": "upheld"}
    ]
    bureau.run([A], decision_d=decided).issue()
    assert bureau.run([HALF_A], decision_d=decided).listed() == [("R01", "A", 30, "changed")]
    bureau.issue()
    assert bureau.run([HALF_A], decision_d=decided).listed() == []
    assert bureau.rows() == [("R01", "A", 30, "upheld")]


def test_what_came_back_whole_is_recovered_and_listed_once(bureau: Bureau) -> None:
    bureau.run([A, B]).issue()
    back = [{"recovery_id": "V1", "setl_id": "S1", "bkkp_sn": "A", "fund_amount": 60, "decided_on": "2025-06-01"}]
    bureau.run([A, B], recovered_d=back)
    assert bureau.rows() == [("R01", "A", 0, "recovered"), ("R01", "B", 40, "issued")]
    assert bureau.listed() == [("R01", "A", 0, "recovered")]
    bureau.issue()
    assert bureau.run([A, B], recovered_d=back).listed() == []


def test_a_candidate_of_insured_treated_elsewhere_is_referred_once_issued(bureau: Bureau) -> None:
    world: dict[str, Any] = {"setl_d": [], "outmed_setl_d": [{"setl_id": "S1", "hifp_pay": 100}]}
    bureau.run([A], **world).issue()
    assert bureau.run([A], **world).rows() == [("R01", "A", 60, "referred")]
    assert bureau.listed() == []


def test_rows_carry_the_notice_they_stand_in(bureau: Bureau) -> None:
    def notices() -> list[tuple[Any, ...]]:
        return rows_of(
            bureau.engine,
            "select bkkp_sn, notice_no, notified_on::varchar, reply_due_on::varchar from money.claim order by bkkp_sn",
        )

    assert bureau.run([A]) and notices() == [("A", "2025Q1-H1", None, None)]
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 4, 10), reply_due_on=date(2025, 5, 6))
    bureau.run([A, B])
    told = ("A", "2025Q1-H1", "2025-04-10", "2025-05-06")
    assert notices() == [told, ("B", "2025Q1-s01-H1", None, None)]
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 6, 3), reply_due_on=date(2025, 6, 24))
    bureau.run([A, B])
    assert notices() == [told, ("B", "2025Q1-s01-H1", "2025-06-03", "2025-06-24")]


def test_what_a_decision_cuts_goes_to_no_other_candidate(bureau: Bureau) -> None:
    most = {"setl_id": "S1", "rule_id": "R01", "part_num": 4, "part_den": 5}
    found = [most, {"setl_id": "S1", "rule_id": "R02"}]
    bureau.run(found).issue()
    assert bureau.run(found).rows() == [("R01", None, 80, "issued"), ("R02", None, 20, "issued")]
    decided = [
        {
            "candidate_id": bureau.candidate("R01"),
            "stage": "处理",
            "decided_on": "2025-05-02",
            "outcome": "partial",
            "fund_amount": "40.00",
        }
    ]
    for _ in range(3):
        bureau.run(found, decision_d=decided)
        assert [row[2] for row in bureau.rows()] == [40, 20]
        if bureau.listed():
            bureau.issue()
    assert bureau.run(found, decision_d=decided).listed() == []


def test_what_came_back_is_taken_off_once_whatever_is_issued_since(bureau: Bureau) -> None:
    # the item's claim is issued between, and its line holds money that the case claims
    cases = [{"setl_id": "S1", "hifp_pay": 100}, {"setl_id": "S2", "hifp_pay": 50, "psn_no": "P2"}]
    lines = [{**LINES[0], "med_list_codg": "I1"}, LINES[1]]
    lines.append({"bkkp_sn": "C", "setl_id": "S2", "pric": 50, "med_list_codg": "I1"})
    back = {"recovery_id": "V1", "setl_id": "S1", "fund_amount": "10.00", "decided_on": "2025-05-02"}
    world = {"setl_d": cases, "fee_list_d": lines}
    bureau.run([{"rule_id": "R02", "part_num": 3, "part_den": 10}], **world).issue()
    item = {"setl_id": None, "rule_id": "R03", "item_code": "I1", "claim_kind": "item", "period": Q1}
    found = [{"rule_id": "R02"}, item]
    bureau.run(found, **world, recovered_d=[back])
    assert bureau.rows() == [("R02", None, 90, "changed"), ("R03", None, 50, "new")]
    bureau.issue()
    bureau.run(found, **world, recovered_d=[back])
    assert bureau.rows() == [("R02", None, 90, "issued"), ("R03", None, 50, "issued")]
    assert bureau.listed() == []

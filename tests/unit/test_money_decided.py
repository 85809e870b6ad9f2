"""Claims after people decided and money came back: nothing is asked for twice."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.bureau import Q1, A, B, Bureau
from tests.findings import rules
from tests.given import rows_of
from tests.served import serve

THIRD_A = {"bkkp_sn": "A", "part_num": 1, "part_den": 3}
HALF_CASE = {"part_num": 1, "part_den": 2}
Row = dict[str, Any]


def back(amount: float, line: str | None = None, day: str = "2025-06-01") -> Row:
    return {
        "recovery_id": f"V{amount}{line}",
        "setl_id": "S1",
        "bkkp_sn": line,
        "fund_amount": amount,
        "decided_on": day,
    }


@pytest.mark.parametrize(
    ("findings", "recovered", "now"),
    [
        # a third of a line, and just that third came back for the line
        ([THIRD_A], [back(20, "A")], [("R01", "A", 0, "recovered")]),
        ([THIRD_A], [back(5, "A")], [("R01", "A", 15, "changed")]),
        # half a case, paid back by settlement after the list was issued: it pays off what was issued
        ([HALF_CASE], [back(50)], [("R01", None, 0, "recovered")]),
        ([HALF_CASE], [back(30)], [("R01", None, 20, "changed")]),
        # what had come back before the list spoke was known to it
        ([HALF_CASE], [back(30, day="2025-03-01")], [("R01", None, 50, "issued")]),
        # lines and settlement together
        ([A, B], [back(60, "A"), back(40)], [("R01", "A", 0, "recovered"), ("R01", "B", 0, "recovered")]),
        ([A, B], [back(50)], [("R01", "A", 10, "changed"), ("R01", "B", 40, "issued")]),
    ],
)
def test_money_that_came_back_pays_off_what_was_issued(
    bureau: Bureau,
    findings: list[Row],
    recovered: list[Row],
    now: Any,
) -> None:
    bureau.run(findings).issue()
    assert bureau.run(findings, recovered_d=recovered).rows() == now
    if any(status != "issued" for *_, status in now):
        bureau.issue()
    assert bureau.run(findings, recovered_d=recovered).listed() == []


def test_a_new_finding_finds_only_what_is_left(bureau: Bureau) -> None:
    bureau.run([HALF_CASE]).issue()
    bureau.run([HALF_CASE, {**A, "rule_id": "R02"}], recovered_d=[back(50)])
    assert bureau.rows() == [("R01", None, 0, "recovered"), ("R02", "A", 50, "new")]


@pytest.mark.parametrize(("amount", "kept"), [("25.00", 25), ("0.00", 0), ("90.00", 60), (None, 60)])
def test_a_partial_decision_keeps_what_it_names(bureau: Bureau, amount: str | None, kept: int) -> None:
    bureau.run([A]).issue()
    decided = [
        {
            "candidate_id": bureau.candidate("R01"), "stage": "复审", "decided_on": "2025-05-01", "outcome": "partial",
            "fund_amount": amount,
        }
    ]  # fmt: skip
    found = [A, {**A, "rule_id": "R02"}]
    listed = bureau.run(found, decision_d=decided).listed()
    if kept:
        assert listed == [("R01", "A", kept, "partial")]
    bureau.issue()
    assert bureau.run(found, decision_d=decided).listed() == []


def test_partial_of_nothing_frees_the_money_at_once(bureau: Bureau) -> None:
    later = {**A, "rule_id": "R03"}
    bureau.run([later]).issue()
    decided = {
        "candidate_id": bureau.candidate("R03"),
        "stage": "处理",
        "decided_on": "2025-05-01",
        "outcome": "partial",
    }
    decisions = [{**decided, "fund_amount": "0.00"}]
    assert bureau.run([later, A], decision_d=decisions).listed() == [
        ("R01", "A", 60, "new"),
        ("R03", "A", 0, "overturned"),
    ]
    bureau.issue()
    assert bureau.run([later, A], decision_d=decisions).listed() == []


def test_confidence_comes_from_the_final_decisions_on_issued_candidates(tmp_path: Path) -> None:
    made = Bureau(tmp_path)
    rules(made.engine, [("R01", "clear", "0.9"), ("R02", "clear", "0.8")])
    world: dict[str, Any] = {
        "setl_d": [{"setl_id": f"S{n}", "hifp_pay": 100} for n in range(4)],
        "fee_list_d": [{"bkkp_sn": f"L{n}", "setl_id": f"S{n}", "pric": 100} for n in range(4)],
    }
    found = [{"setl_id": f"S{n}", "bkkp_sn": f"L{n}"} for n in range(4)]
    made.run(found, **world)
    serve(made.engine, made.home, Q1)
    made.issue()
    ids = [row[0] for row in rows_of(made.engine, "select candidate_id from money.claim order by setl_id")]
    decided = [
        {"candidate_id": who, "stage": "处理", "decided_on": date(2025, 6, 1), "outcome": outcome}
        for who, outcome in zip(ids, ("upheld", "overturned", "overturned", "upheld"), strict=True)
    ]
    made.run(found, **world, decision_d=[*decided, {**decided[0], "candidate_id": "unknown"}])
    # (20 x 0.9 + 2) / 24
    assert rows_of(
        made.engine, "select distinct confidence::varchar, confidence_basis from money.claim where fund_amount > 0"
    ) == [("0.8333", "4")]

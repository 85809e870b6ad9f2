"""Several periods: what one has issued no other claims."""

import pytest

from models.money.register import Register
from tests.bureau import HALF_A, Q1, Q2, A, Bureau
from tests.given import rows_of
from tests.served import serve


def test_what_was_refunded_after_the_issue_is_withdrawn(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    back = {"setl_id": "R", "hifp_pay": -100, "refd_setl_flag": "1", "init_setl_id": "S1"}
    bureau.run([A], setl_d=[{"setl_id": "S1", "hifp_pay": 100}, back])
    assert bureau.listed() == [("R01", "A", 0, "withdrawn")]
    assert "无可追回金额" in bureau.facts("R01")["withdrawn"]["why"]


def test_another_period_cannot_claim_what_is_issued(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    later = {**A, "rule_id": "R02", "period": Q2}
    bureau.run([HALF_A, later], Q2)
    assert bureau.rows(Q2) == [("R02", "A", 30, "new")]
    bureau.issue(Q2)
    # and the first period, made again, leaves the second's money alone
    assert bureau.run([A, later], Q1).rows(Q1) == [("R01", "A", 30, "issued")]


def test_what_a_changed_candidate_adds_comes_before_a_later_period(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    found = [A, {**A, "rule_id": "R02", "period": Q2}]
    assert bureau.run(found, Q2).rows(Q2) == []
    assert bureau.run(found, Q1).rows(Q1) == [("R01", "A", 60, "changed")]


def test_two_issued_periods_do_not_take_from_each_other(bureau: Bureau) -> None:
    second = {**A, "rule_id": "R02", "period": Q2}
    bureau.run([HALF_A]).issue()
    bureau.run([HALF_A, second], Q2).issue(Q2)
    for _ in range(2):
        assert bureau.run([A, second], Q1).rows(Q1) == [("R01", "A", 30, "issued")]
        assert bureau.run([A, second], Q2).rows(Q2) == [("R02", "A", 30, "issued")]


def test_a_candidate_found_in_both_periods_stays_in_the_first(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    assert bureau.run([HALF_A, {**HALF_A, "period": Q2}], Q2).rows(Q2) == []


def test_a_candidate_that_moves_to_a_later_period_is_changed_there_and_withdrawn_here(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    moved = {**HALF_A, "period": Q2}
    assert bureau.run([moved], Q2).rows(Q2) == [("R01", "A", 30, "changed")]
    assert rows_of(bureau.engine, f"select first_seen_period from money.claim where period = '{Q2}'") == [(Q1,)]
    assert bureau.run([moved], Q1).rows(Q1) == [("R01", "A", 0, "withdrawn")]
    bureau.issue(Q2)
    assert bureau.run([moved], Q2).listed(Q2) == []
    assert bureau.run([moved], Q1).listed(Q1) == []


def test_what_issued_candidates_of_two_periods_add_is_claimed_once(bureau: Bureau) -> None:
    found = [A, {**A, "bkkp_sn": None, "rule_id": "R02", "period": Q2}]
    for period in (Q1, Q2):
        bureau.run(found, period).issue(period)
    grown = [{"setl_id": "S1", "hifp_pay": 160}]
    for period, row in ((Q1, ("R01", "A", 96, "changed")), (Q2, ("R02", None, 64, "changed"))):
        assert bureau.run(found, period, setl_d=grown).rows(period) == [row]


def test_a_later_period_issued_first_leaves_what_it_adds_to_the_earlier_one(bureau: Bureau) -> None:
    later = {**A, "bkkp_sn": None, "rule_id": "R02", "period": Q2}
    bureau.run([later], Q2).issue(Q2)
    grown = [{"setl_id": "S1", "hifp_pay": 160}]
    for period, row in ((Q1, ("R01", "A", 60, "new")), (Q2, ("R02", None, 100, "issued"))):
        assert bureau.run([A, later], period, setl_d=grown).rows(period) == [row]


def test_a_part_of_a_line_stays_issued_when_a_later_period_claims_the_rest(bureau: Bureau) -> None:
    found = [HALF_A, {**A, "rule_id": "R02", "period": Q2}]
    for period in (Q1, Q2):
        bureau.run(found, period).issue(period)
    assert bureau.run(found, Q1).rows(Q1) == [("R01", "A", 30, "issued")]
    assert bureau.run(found, Q2).rows(Q2) == [("R02", "A", 30, "issued")]


def test_what_two_periods_add_on_one_line_is_claimed_once(bureau: Bureau) -> None:
    later = {**A, "rule_id": "R02", "period": Q2}
    for period in (Q1, Q2):
        bureau.run([HALF_A, later], period).issue(period)
    grown = [{"setl_id": "S1", "hifp_pay": 200}]
    # the line's share is 120 now, of which 30 are held for either
    for period, row in ((Q1, ("R01", "A", 90, "changed")), (Q2, ("R02", "A", 30, "issued"))):
        assert bureau.run([A, later], period, setl_d=grown).rows(period) == [row]


@pytest.mark.parametrize("moved_from", [Q1, Q2])
@pytest.mark.parametrize("order", [(Q1, Q2), (Q2, Q1)])
def test_both_periods_of_a_moved_candidate_may_be_issued_after_one_run(
    bureau: Bureau, moved_from: str, order: tuple[str, str]
) -> None:
    bureau.run([{**HALF_A, "period": moved_from}], moved_from).issue(moved_from)
    moved = {**HALF_A, "period": Q2 if moved_from == Q1 else Q1}
    for period in (Q1, Q2):
        serve(bureau.run([moved], period).engine, bureau.home, period)
    for period in order:
        Register(bureau.home).issue(period)
    for period in (Q1, Q2):
        assert bureau.run([moved], period).listed(period) == []
    assert bureau.rows(moved["period"]) == [("R01", "A", 30, "issued")]
    bureau.run([], moved["period"]).issue(moved["period"])
    assert bureau.run([], moved["period"]).listed(moved["period"]) == []


def test_a_quarter_issued_before_the_earlier_one_of_the_same_run_brings_no_supplement(bureau: Bureau) -> None:
    third, whole = {**A, "part_num": 1, "part_den": 3}, {**A, "rule_id": "R02", "period": Q2}
    for period in (Q1, Q2):
        bureau.run([third, whole], period)
    for period in (Q2, Q1):
        bureau.issue(period)
    for period, expected in ((Q1, ("R01", "A", 20, "issued")), (Q2, ("R02", "A", 40, "issued"))):
        assert bureau.run([third, whole], period).rows(period) == [expected]
        assert bureau.listed(period) == []


def test_what_came_back_is_taken_off_once_though_an_earlier_quarter_asks_for_more(bureau: Bureau) -> None:
    late = {"rule_id": "R02", "period": Q2}
    bureau.run([late], Q2).issue(Q2)
    back = {"recovery_id": "V1", "setl_id": "S1", "fund_amount": "20.00", "decided_on": "2025-05-02"}
    both = [late, {"rule_id": "R01", "part_num": 1, "part_den": 2}]
    for status in ("changed", "issued", "issued"):
        assert bureau.run(both, Q1, recovered_d=[back]).rows(Q1) == []
        assert bureau.run(both, Q2, recovered_d=[back]).rows(Q2) == [("R02", None, 80, status)]
        if bureau.listed(Q2):
            bureau.issue(Q2)

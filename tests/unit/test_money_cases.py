"""Upcoding cases, joint visits and second-review results become claims by a final decision, and by nothing else."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from models.config import Config
from models.contracts.cases import CASES, GATHERING, SECOND_REVIEW, UPCODING, case_ids
from models.errors import InputRefused
from models.money.decided import LISTED, listed
from models.money.register import Register
from models.review import attention, review_cases
from models.rules import registry
from tests.bureau import HALF_A, Q1, Q2, A, Bureau
from tests.given import rows_of
from tests.served import serve

Row = dict[str, Any]
BUNDLED = [{"setl_id": "S1", "hifp_pay": 100, "hi_paymtd": "3"}]
TWO_PAYERS = [{"setl_id": "S1", "hifp_pay": 67, "hifmi_pay": 33, "acct_pay": 50}]


def said(
    rule_id: str, outcome: str = "upheld", amount: Any = None, stage: str = "处理", day: str = "2025-06-01"
) -> Row:
    [candidate] = case_ids(rule_id, pl.Series(["S1"]))
    row = {"candidate_id": candidate, "stage": stage, "decided_on": day, "outcome": outcome}
    return row if amount is None else {**row, "fund_amount": amount}


def listing(*cases: tuple[str, str, Any]) -> pl.DataFrame:
    """Lists of upcoding cases: (quarter, supported group, difference) of S1."""
    rows = [(period, "S1", group, f"{amount:.2f}") for period, group, amount in cases]
    frame = pl.DataFrame(rows, schema=list(LISTED), orient="row")
    return frame.with_columns(pl.col("payment_difference").cast(pl.Decimal(16, 2)))


def name_cases(bureau: Bureau, *cases: tuple[str, str, Any]) -> None:
    """Make score.upcoding_case: as the model lists S1 now."""
    rows = listing(*cases)
    bureau.engine.con.register("now_listed", rows)
    bureau.engine.con.execute("create or replace table score.upcoding_case as select * from now_listed")
    bureau.engine.con.unregister("now_listed")


def money(bureau: Bureau, period: str = Q1) -> list[tuple[Any, ...]]:
    statement = "select rule_id, fund_amount::varchar, status from money.claim where period = $1 order by rule_id"
    return [tuple(row) for row in bureau.engine.con.execute(statement, [period]).fetchall()]


def test_the_codes_are_no_rules() -> None:
    assert not CASES.keys() & {rule.rule_id for rule in registry()}


@pytest.mark.parametrize(
    ("decisions", "claimed"),
    [
        # nothing before a decision, nor before a final one
        ([], []),
        ([said(UPCODING, stage="初审")], []),
        ([said(UPCODING, stage="复核", amount=50)], []),
        # the difference of the list, or what the decision says
        ([said(UPCODING)], [("S91", "80.00")]),
        ([said(UPCODING, stage="反馈")], [("S91", "80.00")]),
        ([said(UPCODING, amount=30)], [("S91", "30.00")]),
        ([said(UPCODING, "partial", amount="12.34")], [("S91", "12.34")]),
        # never more than paid
        ([said(UPCODING, amount=5000)], [("S91", "100.00")]),
        # how much was upheld in part is not known
        ([said(UPCODING, "partial")], []),
        ([said(UPCODING, "partial", amount=0)], []),
        # the furthest stage speaks
        ([said(UPCODING, stage="反馈"), said(UPCODING, "overturned")], []),
        ([said(UPCODING, "overturned", stage="反馈"), said(UPCODING)], [("S91", "80.00")]),
        # a joint visit: what the funds paid, or what the decision says
        ([said(GATHERING)], [("S92", "100.00")]),
        ([said(GATHERING, "partial", amount=40)], [("S92", "40.00")]),
        # second review: only what was found
        ([said(SECOND_REVIEW)], []),
        ([said(SECOND_REVIEW, amount=25)], [("S90", "25.00")]),
        ([said(SECOND_REVIEW, "partial", amount=25)], [("S90", "25.00")]),
        ([said(SECOND_REVIEW, "overturned", amount=0)], []),
        # several decisions on one settlement nest: nobody pays the same yuan for two reasons
        ([said(SECOND_REVIEW, amount=25), said(UPCODING)], [("S90", "25.00"), ("S91", "55.00")]),
        ([said(GATHERING), said(UPCODING)], [("S91", "80.00"), ("S92", "20.00")]),
    ],
)
def test_what_a_decision_claims(bureau: Bureau, decisions: list[Row], claimed: list[tuple[str, str]]) -> None:
    name_cases(bureau, (Q1, "A5", 80))
    bureau.run([], decision_d=decisions)
    assert money(bureau) == [(*row, "new") for row in claimed]


@pytest.mark.parametrize(
    ("findings", "claimed"),
    [
        # min(difference, what lines leave of the payment)
        ([A], [("R01", "60.00"), ("S91", "40.00")]),
        ([HALF_A], [("R01", "30.00"), ("S91", "70.00")]),
        ([{**HALF_A, "part_den": 4}], [("R01", "15.00"), ("S91", "80.00")]),
        ([A, {"bkkp_sn": "B"}], [("R01", "40.00"), ("R01", "60.00")]),
        # a finding without a claim holds nothing
        ([{"claim_kind": "none"}], [("R01", "0.00"), ("S91", "80.00")]),
    ],
)
def test_lines_are_claimed_first(bureau: Bureau, findings: list[Row], claimed: list[tuple[str, str]]) -> None:
    name_cases(bureau, (Q1, "A5", 80))
    bureau.run(findings, decision_d=[said(UPCODING)])
    assert sorted(row[:2] for row in money(bureau)) == claimed
    if claimed[-1][0] == "R01":
        assert rows_of(bureau.engine, "select distinct also_found_by from money.claim") == [('["S91"]',)]


def test_payers_stay_apart_to_the_fen_and_accounts_pay_nothing(bureau: Bureau) -> None:
    bureau.run([], setl_d=TWO_PAYERS, decision_d=[said(GATHERING, amount="50.01")])
    columns = "fund_amount::varchar, acct_amount::varchar, fund_split->>'hifp', fund_split->>'hifmi'"
    assert rows_of(bureau.engine, f"select {columns} from money.claim") == [("50.01", "0.00", "33.50", "16.51")]


def test_a_row_says_what_was_decided_and_accuses_nobody(bureau: Bureau) -> None:
    name_cases(bureau, (Q1, "A5", 80))
    bureau.run([], setl_d=BUNDLED, decision_d=[said(UPCODING)])
    columns = (
        "rule_name, track, bundled, amount_status, gross_amount::varchar, confidence::varchar, confidence_basis, reason"
    )
    assert rows_of(bureau.engine, f"select {columns} from money.claim") == [
        ("高编高套", "suspect", 1, "provisional", "80.00", "1.0000", "1",
         "经认定，该结算与高编高套情形相符，涉及基金 80.00 元。")
    ]  # fmt: skip
    assert bureau.facts("S91") == {
        "decided_on": "2025-06-01", "outcome": "upheld", "stage": "处理", "supported_grp_code": "A5",
        "upheld_amount": "80.00",
    }  # fmt: skip


def test_it_is_told_once_and_the_decision_that_made_it_is_no_news(bureau: Bureau) -> None:
    decided = [said(GATHERING, amount=40, stage="反馈", day="2025-05-20")]
    bureau.run([A], decision_d=[])
    bureau.issue()
    assert bureau.run([A], decision_d=decided).listed() == [("S92", None, 40, "new")]
    assert rows_of(bureau.engine, "select notice_no from money.claim where rule_id = 'S92'") == [("2025Q1-s01-H1",)]
    bureau.issue()
    assert bureau.run([A], decision_d=decided).listed() == []
    assert money(bureau) == [("R01", "60.00", "issued"), ("S92", "40.00", "upheld")]
    # the same word of a further stage changes nothing, another amount does, and that is told
    later = said(GATHERING, amount=40)
    assert bureau.run([A], decision_d=[*decided, later]).listed() == []
    assert bureau.run([A], decision_d=[*decided, {**later, "fund_amount": 30}]).listed() == [
        ("S92", None, 30, "changed")
    ]
    # a reply shows until somebody decides otherwise
    replied = [{"candidate_id": later["candidate_id"], "submitted_on": "2025-07-01", "position": "appeal"}]
    bureau.run([A], decision_d=decided, reply_d=replied)
    assert money(bureau)[1] == ("S92", "40.00", "appealed") and bureau.listed() == []


@pytest.mark.parametrize(
    ("after", "status", "why"),
    [([said(UPCODING, "overturned")], "overturned", None), ([], "withdrawn", "已无支持该项的认定")],
)
def test_a_decision_that_no_longer_stands_takes_it_back_by_supplement(
    bureau: Bureau, after: list[Row], status: str, why: str | None
) -> None:
    name_cases(bureau, (Q1, "A5", 80))
    bureau.run([], decision_d=[said(UPCODING, stage="反馈")]).issue()
    bureau.run([A], decision_d=after)
    assert bureau.listed() == [("R01", "A", 60, "new"), ("S91", None, 0, status)]  # its money is free again
    assert why is None or bureau.facts("S91")["withdrawn"]["why"].startswith(why)
    bureau.issue()
    assert bureau.run([A], decision_d=after).listed() == []


def test_an_issued_line_keeps_precedence_and_money_that_came_back_is_not_asked_for_again(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    decided = [said(GATHERING)]
    assert bureau.run([A], decision_d=decided).listed() == [("S92", None, 40, "new")]
    bureau.issue()
    back = [{"recovery_id": "V1", "setl_id": "S1", "fund_amount": 100, "decided_on": "2025-07-01"}]
    bureau.run([A], decision_d=decided, recovered_d=back)
    assert money(bureau) == [("R01", "0.00", "recovered"), ("S92", "0.00", "recovered")]


def test_refunded_visits_are_not_claimed(bureau: Bureau) -> None:
    undone = {"setl_id": "R", "hifp_pay": -100, "refd_setl_flag": "1", "init_setl_id": "S1"}
    bureau.run([], setl_d=[{"setl_id": "S1", "hifp_pay": 100}, undone], decision_d=[said(GATHERING, amount=40)])
    assert money(bureau) == []


def test_extrapolated_money_nets_a_result_of_the_sample_whenever_it_was_decided(bureau: Bureau) -> None:
    decided = [said(SECOND_REVIEW, amount=25)]
    bureau.run([], decision_d=decided).issue()  # decided before the quarter's first list was issued
    back = {"recovery_id": "V", "fixmedins_code": "H1", "period": Q1, "fund_amount": 300, "source": "extrapolated"}
    bureau.run([], decision_d=decided, recovered_d=[{**back, "decided_on": "2025-08-01"}])
    assert money(bureau) == [("S90", "0.00", "withdrawn")]


def test_the_claim_belongs_to_the_quarter_of_the_settlement_whenever_it_is_decided(bureau: Bureau) -> None:
    decided = [said(GATHERING, day="2026-03-01")]
    later = [{"rule_id": "R02", "period": Q2}]  # another quarter's finding about the same settlement
    bureau.run(later, Q2, decision_d=decided)
    assert money(bureau, Q2) == []
    assert bureau.run(later, Q1, decision_d=decided).rows(Q1) == [("S92", None, 100, "new")]


def test_a_case_without_an_amount_belongs_to_the_first_list_that_names_it(bureau: Bureau) -> None:
    name_cases(bureau, (Q2, "A5", 80), ("2025Q3", "A5", 70))
    bureau.run([], Q1, decision_d=[said(UPCODING)])
    bureau.run([], Q2, decision_d=[said(UPCODING)])
    bureau.run([], "2025Q3", decision_d=[said(UPCODING)])
    assert [money(bureau, period) for period in (Q1, Q2, "2025Q3")] == [[], [("S91", "80.00", "new")], []]
    bureau.run([], Q1, decision_d=[said(UPCODING, amount=30)])  # with one, to the settlement's own
    bureau.run([], Q2, decision_d=[said(UPCODING, amount=30)])
    assert [money(bureau, period) for period in (Q1, Q2)] == [[("S91", "30.00", "new")], []]


def test_a_case_of_an_issued_list_stays_decidable_whatever_the_model_says_later(bureau: Bureau) -> None:
    def issue_with_cases() -> None:
        folder = serve(bureau.engine, bureau.home, Q1)
        assert folder is not None
        bureau.engine.frame("select * from score.upcoding_case").write_parquet(folder / "upcoding_case.parquet")
        Register(bureau.home).issue(Q1)

    name_cases(bureau, (Q1, "A5", 80))
    bureau.run([A])
    issue_with_cases()
    for now, claimed in (
        ([], 40), ([(Q1, "A3", 10)], 40), ([(Q1, "A5", 25)], 25),  # same supported group: today's price
    ):  # fmt: skip
        name_cases(bureau, *now)
        assert bureau.run([A], decision_d=[said(UPCODING)]).listed() == [("S91", None, claimed, "new")]
    (bureau.home.register / Q1 / "upcoding_case.parquet").write_bytes(b"")
    with pytest.raises(InputRefused, match="upcoding_case"):
        bureau.run([A])


def test_the_reply_to_a_decided_case_is_awaited_and_an_appeal_waits_for_a_decision(bureau: Bureau) -> None:
    def follow(as_of: date, *replies: Row, more: Sequence[Row] = ()) -> tuple[Any, ...]:
        bureau.run([], decision_d=[*decided, *more], reply_d=list(replies))
        [row] = review_cases(bureau.engine, Config(), Register(bureau.home), as_of).rows(named=True)
        return row["next_stage"], row["due_on"], row["late_stages"], row["remark"]

    decided = [said(GATHERING, stage="反馈", day="2025-03-01")]
    bureau.run([], decision_d=decided)
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 4, 10), reply_due_on=date(2025, 5, 1))
    reply = {"candidate_id": decided[0]["candidate_id"], "submitted_on": "2025-04-20"}
    appeal, accept = {**reply, "position": "appeal"}, {**reply, "position": "accept"}
    nothing = (None, None, None, None)
    assert follow(date(2025, 4, 20)) == ("答复", date(2025, 5, 1), None, None)
    assert follow(date(2025, 6, 1)) == follow(date(2025, 4, 21), accept) == nothing
    assert follow(date(2025, 4, 21), appeal) == ("处理", date(2025, 5, 30), None, None)
    assert follow(date(2025, 6, 10), appeal, more=[said(GATHERING, day="2025-05-30")]) == nothing


def test_decided_cases_are_not_stray_and_missing_amounts_are_asked_for(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    for decided, asked in (
        ([said(GATHERING)], []),
        ([said(UPCODING)], ["1"]),  # no list names it
        ([said(UPCODING, amount=20), said(GATHERING, "partial"), said(SECOND_REVIEW)], ["2"]),
        ([said(SECOND_REVIEW, stage="初审"), said(GATHERING, "overturned")], []),
    ):
        bureau.run([A], decision_d=decided)
        cases = review_cases(bureau.engine, Config(), Register(bureau.home), date(2025, 4, 1))
        assert [line.split(" ")[3] for line in attention(cases, bureau.engine, Config())] == asked


def test_the_first_issue_that_names_a_case_counts() -> None:
    told = pl.concat([listing((Q1, "A5", 80)), listing((Q1, "A3", 60))])
    assert listed(listing((Q1, "A3", 61)), told).rows() == listing((Q1, "A5", 80)).rows()
    assert listed(listing((Q2, "A3", 61)), told.clear()).rows() == listing((Q2, "A3", 61)).rows()

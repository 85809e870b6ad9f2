"""Claims as small tables: every yuan once, payers apart."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.config import Config, Params
from models.home import Home
from models.money import claims
from models.money.register import Register
from tests.claimed import CASE, LINES, Q, amounts, claimed
from tests.given import rows_of


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        # a line's share, whole and in part
        ([{"bkkp_sn": "A"}], [("R01", "A", "60.00")]),
        ([{"bkkp_sn": "A", "part_num": 1, "part_den": 4}], [("R01", "A", "15.00")]),
        # the same line found twice: the second gets what it adds, or nothing
        (
            [{"bkkp_sn": "A", "part_num": 1, "part_den": 4}, {"bkkp_sn": "A", "rule_id": "R02"}],
            [("R01", "A", "15.00"), ("R02", "A", "45.00")],
        ),
        ([{"bkkp_sn": "A"}, {"bkkp_sn": "A", "rule_id": "R02"}], [("R01", "A", "60.00")]),
        # clear before suspect, whatever the confidence; then confidence; then rule_id
        ([{"bkkp_sn": "A", "rule_id": "R03"}, {"bkkp_sn": "A", "rule_id": "R02"}], [("R02", "A", "60.00")]),
        ([{"bkkp_sn": "A", "rule_id": "R04"}, {"bkkp_sn": "A", "rule_id": "R03"}], [("R03", "A", "60.00")]),
        # case level: the difference, within what lines left
        ([{"part_num": 1, "part_den": 2}], [("R01", None, "50.00")]),
        (
            [{"part_num": 1, "part_den": 2}, {"bkkp_sn": "A", "rule_id": "R02"}],
            [("R01", None, "40.00"), ("R02", "A", "60.00")],
        ),
        (
            [{"rule_id": "R01"}, {"bkkp_sn": "A", "rule_id": "R04"}, {"bkkp_sn": "B", "rule_id": "R04"}],
            [("R04", "A", "60.00"), ("R04", "B", "40.00")],
        ),
        # a finding without money keeps its row
        ([{"bkkp_sn": "A", "claim_kind": "none"}], [("R01", "A", "0.00")]),
        # a finding about a provider needs an item
        ([{"setl_id": None}], []),
        # findings on lines that are not there, or of another settlement
        ([{"bkkp_sn": "Z"}], []),
        # one rule, one line, found twice
        (
            [{"bkkp_sn": "A", "part_num": 1, "part_den": 2}, {"bkkp_sn": "A", "gross_amount": 9}],
            [("R01", "A", "60.00")],
        ),
    ],
)  # fmt: skip
def test_what_is_claimed(tmp_path: Path, findings: Any, expected: Any) -> None:
    assert amounts(claimed(tmp_path, findings)) == expected


def test_left_with_nothing_is_named_beside(tmp_path: Path) -> None:
    engine = claimed(
        tmp_path,
        [{"bkkp_sn": "A"}, {"bkkp_sn": "A", "rule_id": "R04"}, {"bkkp_sn": "A", "rule_id": "R02"}, {"bkkp_sn": "B"}],
    )
    found = rows_of(engine, "select bkkp_sn, also_found_by from money.claim order by bkkp_sn")
    assert [(line, json.loads(also)) for line, also in found] == [("A", ["R02", "R04"]), ("B", [])]


def test_a_line_left_empty_by_the_case_is_named_on_the_case(tmp_path: Path) -> None:
    engine = claimed(
        tmp_path, [{"rule_id": "R01"}, {"bkkp_sn": "A"}, {"bkkp_sn": "B"}], recovered_d=[_back("S1", 100, None)]
    )
    assert amounts(engine) == []
    engine = claimed(tmp_path, [{"rule_id": "R02"}, {"bkkp_sn": "A"}, {"bkkp_sn": "B"}])
    assert rows_of(engine, "select distinct also_found_by from money.claim") == [('["R02"]',)]


def test_payers_stay_apart_and_accounts_stand_beside(tmp_path: Path) -> None:
    case = {**CASE, "hifmi_pay": 50, "acct_pay": 20, "acct_mulaid_pay": 10}
    engine = claimed(tmp_path, [{"bkkp_sn": "A", "part_num": 1, "part_den": 2}], setl_d=[case])
    fund, acct, split = rows_of(
        engine, "select fund_amount::varchar, acct_amount::varchar, fund_split from money.claim"
    )[0]
    assert (fund, acct) == ("45.00", "9.00")
    assert {payer: amount for payer, amount in json.loads(split).items() if amount != "0.00"} == {
        "acct": "6.00", "acct_mulaid": "3.00", "hifmi": "15.00", "hifp": "30.00",
    }  # fmt: skip
    assert list(json.loads(split)) == sorted(json.loads(split))


def _back(setl_id: str | None, amount: Any, line: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "recovery_id": f"{setl_id}{line}{amount}",
        "setl_id": setl_id,
        "bkkp_sn": line,
        "fund_amount": amount,
        **more,
    }


@pytest.mark.parametrize(
    ("recovered", "expected"),
    [
        ([_back("S1", 60, "A")], [("R01", "B", "40.00")]),
        ([_back(None, 60, "A")], [("R01", "B", "40.00")]),
        ([_back("S1", 20, "A")], [("R01", "A", "40.00"), ("R01", "B", "40.00")]),
        ([_back("S1", 70, "A")], [("R01", "B", "30.00")]),  # more than the line's share counts for the settlement
        ([_back("S1", 30)], [("R01", "A", "60.00"), ("R01", "B", "10.00")]),
        ([_back("S1", 100)], []),
        ([_back("S1", 200)], []),
        ([_back(None, 100, None, fixmedins_code="H1", period=Q)], [("R01", "A", "60.00"), ("R01", "B", "40.00")]),
    ],
)
def test_what_came_back_is_not_claimed(tmp_path: Path, recovered: Any, expected: Any) -> None:
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}, {"bkkp_sn": "B"}], recovered_d=recovered)
    assert amounts(engine) == expected


EXTRAPOLATED = {"fixmedins_code": "H1", "period": Q, "source": "extrapolated"}


@pytest.mark.parametrize(
    ("recovered", "expected"),
    [
        ([_back(None, 30, None, **EXTRAPOLATED)], [("R01", "A", "30.00"), ("R01", "B", "40.00")]),
        ([_back(None, 75, None, **EXTRAPOLATED)], [("R01", "B", "25.00")]),
        ([_back(None, 500, None, **EXTRAPOLATED)], []),
        ([_back(None, 20, None, **EXTRAPOLATED), _back("S1", 30, "A")], [("R01", "A", "10.00"), ("R01", "B", "40.00")]),
        (
            [_back(None, 30, None, **{**EXTRAPOLATED, "fixmedins_code": "H2"})],
            [("R01", "A", "60.00"), ("R01", "B", "40.00")],
        ),
        (
            [_back(None, 30, None, **{**EXTRAPOLATED, "period": "2024Q4"})],
            [("R01", "A", "60.00"), ("R01", "B", "40.00")],
        ),
    ],
)
def test_extrapolated_money_that_came_back_nets_findings_in_its_frame(
    tmp_path: Path, recovered: Any, expected: Any
) -> None:
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}, {"bkkp_sn": "B"}], recovered_d=recovered)
    assert amounts(engine) == expected


def test_recoveries_are_spread_over_payers_in_proportion(tmp_path: Path) -> None:
    case = {**CASE, "hifp_pay": 75, "hifmi_pay": 25}
    engine = claimed(tmp_path, [{}], setl_d=[case], recovered_d=[_back("S1", 40)])
    split = json.loads(rows_of(engine, "select fund_split from money.claim")[0][0])
    assert (split["hifp"], split["hifmi"]) == ("45.00", "15.00")


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ([{"setl_id": "R", "hifp_pay": -100, "refd_setl_flag": "1", "init_setl_id": "S1"}], LINES),
        ([{"setl_id": "R", "hifp_pay": 100, "refd_setl_flag": "1", "setl_time": "2025-06-01 08:00:00"}], LINES[:1]),
        ([], [{"bkkp_sn": "A", "pric": 60, "setl_id": None}]),
        ([], [{"bkkp_sn": "A", "pric": 60, "setl_id": "gone"}]),
        ([], [*LINES, {"bkkp_sn": "C", "pric": 60, "cnt": -1, "init_feedetl_sn": "A"}]),
    ],
)
def test_refunded_and_unsettled_is_never_claimed(tmp_path: Path, more: Any, lines: Any) -> None:
    refunds = [{"begndate": "2025-02-10", "enddate": "2025-02-10", **row} for row in more]
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}], setl_d=[CASE, *refunds], fee_list_d=lines)
    assert amounts(engine) == []


def test_after_a_part_refund_without_lines_the_net_is_spread(tmp_path: Path) -> None:
    back = {"setl_id": "R", "hifp_pay": -50, "refd_setl_flag": "1", "init_setl_id": "S1"}
    assert amounts(claimed(tmp_path, [{"bkkp_sn": "A"}], setl_d=[CASE, back])) == [("R01", "A", "30.00")]


def test_settlements_that_no_fund_paid_make_no_claim(tmp_path: Path) -> None:
    case = {"setl_id": "S1", "hifp_pay": 0, "acct_pay": 100}
    assert amounts(claimed(tmp_path, [{"bkkp_sn": "A"}, {}], setl_d=[case])) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # three equal lines of 100.00: the odd fen goes to the smallest bkkp_sn
        ([("A", 1, 1), ("B", 1, 1), ("C", 1, 1)], {"A": "33.34", "B": "33.33", "C": "33.33"}),
        # out of scope gets nothing
        ([("A", 10, 0), ("B", 1, 1)], {"A": "0", "B": "100.00"}),
        # nothing in scope: by the fee
        ([("A", 30, 0), ("B", 10, None)], {"A": "75.00", "B": "25.00"}),
    ],
)
def test_shares_of_lines(tmp_path: Path, lines: Any, expected: dict[str, str]) -> None:
    rows = [{"bkkp_sn": name, "pric": fee, "inscp_scp_amt": scope} for name, fee, scope in lines]
    engine = claimed(tmp_path, [{"bkkp_sn": name} for name in expected], fee_list_d=rows)
    assert {line: amount for _, line, amount in amounts(engine)} == {k: v for k, v in expected.items() if v != "0"}


def test_without_lines_only_the_case_can_be_claimed(tmp_path: Path) -> None:
    assert amounts(claimed(tmp_path, [{}, {"bkkp_sn": "A"}], fee_list_d=[])) == [("R01", None, "100.00")]


@pytest.mark.parametrize(
    ("den", "expected"), [(3, "20.00"), (7, "8.57"), (8, "7.50"), (1600, "0.04"), (4800, "0.01"), (12001, None)]
)
def test_parts_are_rounded_half_up(tmp_path: Path, den: int, expected: str | None) -> None:
    engine = claimed(tmp_path, [{"bkkp_sn": "A", "part_num": 1, "part_den": den}])
    assert amounts(engine) == ([("R01", "A", expected)] if expected else [])


GROUP = {"setl_id": "S1", "grp_type": "DRG", "grp_ver": "1", "grp_code": "AA11", "pay_std": 80}
FINAL = {"insutype": "*", "hosp_lv": None, "valid_from": "2025-01-01", "valid_to": "2025-12-31", "rate": 1}


def test_bundled_cases_are_capped_at_what_was_paid_and_marked(tmp_path: Path) -> None:
    case = {**CASE, "hi_paymtd": "4"}
    columns = "fund_amount::varchar, bundled, amount_status, amount_method"
    for final, expected in (("0", "provisional"), ("1", "final")):
        par = [{**FINAL, "final": final}]
        engine = claimed(tmp_path, [{"bkkp_sn": "A"}], setl_d=[case], drg_grp_d=[GROUP], pay_par=par)
        assert rows_of(engine, f"select {columns} from money.claim") == [("48.00", 1, expected, "average_share")]
    off = Config(params=Params(bundled_line_policy="none"))
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}], setl_d=[case], drg_grp_d=[GROUP], config=off)
    assert rows_of(engine, f"select {columns} from money.claim") == [("0.00", 1, "provisional", "average_share")]


@pytest.mark.parametrize(
    ("confirmed", "valid_from", "basis"),
    [("甲", "2020-01-01", "某办法 第三条"), (None, "2020-01-01", "依据待确认"), ("甲", "2025-03-01", "依据待确认")],
)
def test_basis_by_the_day_of_service(tmp_path: Path, confirmed: Any, valid_from: str, basis: str) -> None:
    row = {
        "basis_id": "Y1",
        "document": "某办法",
        "article": "第三条",
        "valid_from": valid_from,
        "confirmed_by": confirmed,
    }
    engine = claimed(tmp_path, [{"bkkp_sn": "A", "basis_id": "Y1"}], basis_b=[row])
    assert rows_of(engine, "select basis from money.claim") == [(basis,)]


def test_a_row_carries_what_people_need(tmp_path: Path) -> None:
    lines = [{"bkkp_sn": "A", "pric": 60, "bilg_dept_codg": "D1", "bilg_dr_codg": "DR1"}]
    engine = claimed(
        tmp_path, [{"bkkp_sn": "A"}], fee_list_d=lines, mdtrt_d=[{"mdtrt_id": "M-S1", "ipt_otp_no": "住院8"}]
    )
    columns = "period, ipt_otp_no, mdtrt_id, dept_code, dr_code, status, first_seen_period, confidence_basis, notice_no"
    assert rows_of(engine, f"select {columns} from money.claim") == [
        (Q, "住院8", "M-S1", "D1", "DR1", "new", Q, "prior", "2025Q1-H1")
    ]
    assert rows_of(engine, "select candidate_id = sha256('R01|S1|A'), confidence from money.claim") == [
        (True, Decimal("0.9000"))
    ]


def test_an_earlier_quarter_is_served_first(tmp_path: Path) -> None:
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}, {"bkkp_sn": "A", "rule_id": "R04", "period": "2024Q4"}])
    assert amounts(engine) == []


def test_claims_of_an_earlier_version_take_the_columns_that_the_list_has_since(tmp_path: Path) -> None:
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}])
    engine.con.execute("alter table money.claim drop column reason")
    engine.con.execute("update money.claim set period = '2024Q4'")
    claims(engine, Q, Config(), Register(Home(tmp_path)))
    assert rows_of(engine, "select period, reason is null from money.claim order by period") == [
        ("2024Q4", True), (Q, False),
    ]  # fmt: skip

"""Claims about a provider's item: served after lines and cases, never twice."""

from pathlib import Path
from typing import Any

import pytest

from models.config import Config
from models.home import Home
from models.money import claims
from models.money.register import Register
from tests.bureau import HALF_A, Q1, Q2, Bureau
from tests.claimed import Q, amounts, claimed
from tests.findings import find
from tests.given import rows_of
from tests.served import serve

# the item I1 at H1: 60 of S1, 30 of S2; other items beside it
ITEM = {"setl_id": None, "rule_id": "R04", "item_code": "I1", "item_name": "药片", "claim_kind": "item", "period": Q}
ITEM_CASES = [{"setl_id": "S1", "hifp_pay": 80, "acct_pay": 20}, {"setl_id": "S2", "hifp_pay": 50, "psn_no": "P2"}]
ITEM_LINES = [
    {"bkkp_sn": "A", "setl_id": "S1", "pric": 60, "med_list_codg": "I1"},
    {"bkkp_sn": "B", "setl_id": "S1", "pric": 40, "med_list_codg": "I2"},
    {"bkkp_sn": "C", "setl_id": "S2", "pric": 30, "med_list_codg": "I1"},
    {"bkkp_sn": "D", "setl_id": "S2", "pric": 20, "med_list_codg": "I2"},
]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        # a third of what the fund paid for the item: (48 + 30) / 3
        ([{**ITEM, "part_num": 1, "part_den": 3}], [("R04", None, "26.00")]),
        ([ITEM], [("R04", None, "78.00")]),
        # lines come first, and what they claim is not claimed again; the other line's third stays
        (
            [{**ITEM, "part_num": 1, "part_den": 3}, {"bkkp_sn": "A", "rule_id": "R03"}],
            [("R03", "A", "48.00"), ("R04", None, "10.00")],
        ),
        # so do cases
        ([ITEM, {"setl_id": "S1", "rule_id": "R03"}], [("R03", None, "80.00"), ("R04", None, "30.00")]),
        # nothing is left of the item
        (
            [ITEM, {"bkkp_sn": "A", "rule_id": "R03"}, {"setl_id": "S2", "bkkp_sn": "C", "rule_id": "R03"}],
            [("R03", "A", "48.00"), ("R03", "C", "30.00")],
        ),
        # another provider, another quarter
        ([{**ITEM, "fixmedins_code": "H2"}], []),
        # without money it is shown all the same
        ([{**ITEM, "claim_kind": "none"}], [("R04", None, "0.00")]),
    ],
)
def test_an_item_of_a_provider(tmp_path: Path, findings: Any, expected: Any) -> None:
    engine = claimed(tmp_path, findings, setl_d=ITEM_CASES, fee_list_d=ITEM_LINES)
    assert amounts(engine) == expected


def test_a_row_about_an_item_names_no_settlement(tmp_path: Path) -> None:
    providers = [{"fixmedins_code": "H1", "fixmedins_name": "某药店"}]
    found = [{**ITEM, "part_num": 1, "part_den": 3}, {"bkkp_sn": "A", "rule_id": "R03"}]
    found += [{"setl_id": "S2", "bkkp_sn": "C", "rule_id": "R03", "part_num": 1, "part_den": 2}]
    engine = claimed(tmp_path, found, setl_d=ITEM_CASES, fee_list_d=ITEM_LINES, medins_info_b=providers)
    assert rows_of(engine, "select rule_id, also_found_by from money.claim order by bkkp_sn") == [
        ("R03", '["R04"]'),
        ("R03", '["R04"]'),
    ]
    engine = claimed(tmp_path, found[:2], setl_d=ITEM_CASES, fee_list_d=ITEM_LINES, medins_info_b=providers)
    columns = "fixmedins_code, fixmedins_name, psn_id, setl_time, item_code, item_name, acct_amount::varchar"
    assert rows_of(
        engine, f"select {columns}, bundled, liable, recovery_route from money.claim where setl_id is null"
    ) == [("H1", "某药店", None, None, "I1", "药片", "0.00", 0, "provider", "local")]
    digest = f"select candidate_id = sha256('R04|H1|I1|{Q}') from money.claim where setl_id is null"
    assert rows_of(engine, digest) == [(True,)]


def test_issued_items_hold_the_money_of_their_lines(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    engine = claimed(tmp_path, [ITEM], setl_d=ITEM_CASES, fee_list_d=ITEM_LINES)
    serve(engine, home, Q)
    Register(home).issue(Q)
    later = {"bkkp_sn": "A", "rule_id": "R01", "period": "2025Q2"}
    find(engine, [ITEM, later, {**later, "bkkp_sn": "B"}])
    for period in ("2025Q2", Q):
        claims(engine, period, Config(), Register(home))
    assert amounts(engine) == [("R01", "B", "32.00"), ("R04", None, "78.00")]
    # withdrawn, it frees what it held
    find(engine, [later])
    claims(engine, Q, Config(), Register(home))
    serve(engine, home, Q)
    Register(home).issue(Q)
    claims(engine, "2025Q2", Config(), Register(home))
    assert amounts(engine) == [("R01", "A", "48.00"), ("R04", None, "0.00")]


def test_what_an_issued_item_adds_comes_after_earlier_periods(bureau: Bureau) -> None:
    # a case of the first quarter whose settlement is of the second now
    item = {**ITEM, "rule_id": "R03", "period": Q2}
    paid = {"setl_id": "S1", "hifp_pay": 100, "enddate": "2025-05-10"}
    lines = [{"bkkp_sn": "A", "pric": 60, "med_list_codg": "I1"}, {"bkkp_sn": "B", "pric": 40}]
    half = {"rule_id": "R02", "period": Q1, "part_num": 1, "part_den": 2}
    for period in (Q1, Q2):
        bureau.run([half, item], period, setl_d=[paid], fee_list_d=lines).issue(period)
    assert bureau.rows(Q2) == [("R03", None, 50, "new")]
    for period, row in ((Q1, ("R02", None, 150, "changed")), (Q2, ("R03", None, 50, "issued"))):
        grown = bureau.run(
            [{**half, "part_den": 1}, item], period, setl_d=[{**paid, "hifp_pay": 200}], fee_list_d=lines
        )
        assert grown.rows(period) == [row]


def test_an_item_stays_issued_when_a_later_period_claims_the_rest_of_its_lines(bureau: Bureau) -> None:
    paid = [{"setl_id": "S1", "hifp_pay": 60}, {"setl_id": "S2", "hifp_pay": 60, "psn_no": "P2"}]
    lines = [
        {"bkkp_sn": name, "setl_id": setl, "pric": 60, "med_list_codg": "I1"}
        for name, setl in (("A", "S1"), ("C", "S2"))
    ]
    later = {"setl_id": "S2", "bkkp_sn": "C", "rule_id": "R02", "period": Q2}
    found = [HALF_A, {**ITEM, "rule_id": "R03", "part_num": 1, "part_den": 2, "period": Q1}, later]
    for period in (Q1, Q2):
        bureau.run(found, period, setl_d=paid, fee_list_d=lines).issue(period)
    for _ in range(2):
        first = bureau.run(found, Q1, setl_d=paid, fee_list_d=lines).rows(Q1)
        assert first == [("R01", "A", 30, "issued"), ("R03", None, 30, "issued")]
        second = bureau.run(found, Q2, setl_d=paid, fee_list_d=lines).rows(Q2)
        assert second == [("R02", "C", 30, "issued")]


def test_an_issued_item_holds_nothing_of_lines_that_cannot_be_claimed(bureau: Bureau) -> None:
    # of S1, a DRG case, the person's share is more than its standard: the fund paid nothing, the account did
    paid = [
        {"setl_id": "S1", "hi_paymtd": "4", "hifp_pay": 50, "acct_pay": 100, "psn_part_amt": "150.00"},
        {"setl_id": "S2", "hifp_pay": 60, "acct_pay": 40, "psn_no": "P2"},
    ]
    groups = [{"setl_id": "S1", "grp_type": "DRG", "grp_ver": "1", "grp_code": "A", "pay_std": "80.00"}]
    lines = [
        {"bkkp_sn": name, "setl_id": setl, "pric": 100, "med_list_codg": "I1"}
        for name, setl in (("A", "S1"), ("C", "S2"))
    ]
    item = {**ITEM, "rule_id": "R03", "part_num": 1, "part_den": 2, "period": Q1}
    found = [item, {"setl_id": "S2", "bkkp_sn": "C", "rule_id": "R02", "period": Q2}]
    for period in (Q1, Q2):
        bureau.run(found, period, setl_d=paid, fee_list_d=lines, drg_grp_d=groups).issue(period)
    accounts = "select rule_id, acct_amount::varchar, status from money.claim where period = $p"
    for period, row in ((Q1, ("R03", "20.00", "issued")), (Q2, ("R02", "20.00", "issued"))):
        again = bureau.run(found, period, setl_d=paid, fee_list_d=lines, drg_grp_d=groups)
        assert again.engine.con.execute(accounts, {"p": period}).fetchall() == [row]

"""Every check with a small world that violates it and one that does not: (rows, violations)."""

from datetime import datetime
from typing import Any

import pytest

from models.quality.catalogue import catalogue
from models.quality.titles import table_title
from tests.unit.quality_support import found, world

World = dict[str, Any]
PAID = {"hifp_pay": 80, "psn_part_amt": 20}


def setl(*rows: dict[str, Any], **more: Any) -> World:
    return {"setl_d": list(rows), **more}


def lines(*rows: dict[str, Any], **header: Any) -> World:
    settlement = {"psn_no": "P1", "begndate": "2025-02-08", "enddate": "2025-02-10", "medfee_sumamt": 10, **header}
    return {"setl_d": [settlement], "fee_list_d": [{"det_item_fee_sumamt": 10, **row} for row in rows]}


def coded(name: str, value: str) -> World:
    dictionary = [{"dic_type_code": name.upper(), "nat_dic_val_code": "01"}]
    if name in ("med_chrgitm_type", "chrgitm_lv", "list_type"):
        return lines({name: value}, {name: "01"}) | {"nat_data_dic_a": dictionary}
    return setl({name: value}, {name: "01"}, nat_data_dic_a=dictionary)


def delivered(table: str, superseded: int, quarantined: int) -> World:
    return {"files": [(1, "202501", table, 20, superseded, quarantined), (2, "202404", table, 50, 9, 9)]}


MONTHS = [{"setl_time": f"2025-{month:02d}-10 12:00:00"} for month in (1, 2, 3)]
USUAL = [
    {"setl_time": f"{month}-10 12:00:00"} for month in ("2024-10", "2024-11", "2024-12", "2025-01") for _ in range(3)
]
SALE = {"fixmedins_code": "H1", "ocur_time": "2025-02-10 10:00:00", "setl_id": "S1"}
GROUP = {"setl_id": "S1", "grp_type": "DRG", "grp_ver": "1", "grp_code": "A", "wt": 1, "pay_std": 5}
STANDARD = {"grp_type": "DRG", "grp_ver": "1", "grp_code": "A", "wt": 1}
DIAGNOSIS = {"diag_code": "I10.x00"}
STAY = {"begndate": "2025-02-08", "enddate": "2025-02-10"}
OPERATION = {"setl_id": "S1", "oprn_oprt_code": "47.0100", "oprn_oprt_date": "2025-02-09", "main_oprn_flag": "1"}

# check, world that violates it, world that keeps it; each with rows and violations
CASES: list[tuple[str, World, tuple[int, int], World, tuple[int, int]]] = [
    ("setl_rows", setl({"setl_time": "2024-02-10 12:00:00"}), (1, 1), setl({}), (1, 0)),
    ("setl_key_unique", setl({}, {"setl_id": "S1"}), (2, 2), setl({}, {}), (2, 0)),
    (
        "setl_provider_known",
        setl({}, medins_info_b=[{"fixmedins_code": "H2"}], outmed_setl_d=[{"setl_id": "O1"}]), (1, 1),
        setl({}, medins_info_b=[{}]), (1, 0),
    ),
    ("setl_fund_sum", setl({**PAID, "maf_pay": 0, "fund_pay_sumamt": "80.02"}), (1, 1),
     setl({**PAID, "maf_pay": 0, "fund_pay_sumamt": "80.01"}), (1, 0)),
    ("setl_bearer_sum", setl({**PAID, "medfee_sumamt": 101}), (1, 1), setl({**PAID, "hosp_part_amt": 3}), (1, 0)),
    ("setl_scope_sum", setl({**PAID, "fulamt_ownpay_amt": 5, "preselfpay_amt": 5}), (1, 1),
     setl({**PAID, "fulamt_ownpay_amt": 5, "preselfpay_amt": 5, "inscp_scp_amt": 90}), (1, 0)),
    ("setl_own_sum", setl({**PAID, "acct_pay": 5, "psn_cash_pay": 16}), (1, 1),
     setl({**PAID, "acct_pay": 5, "acct_mulaid_pay": 1, "psn_cash_pay": 14},
          {**PAID, "acct_pay": 5, "acct_mulaid_pay": 1, "psn_cash_pay": 15}), (2, 0)),
    ("setl_lines_fee", lines({"det_item_fee_sumamt": 9}), (1, 1), lines({}), (1, 0)),
    ("setl_lines_scope", lines({"inscp_scp_amt": 9}, inscp_scp_amt=10), (1, 1), lines({}), (1, 0)),
    ("setl_has_lines", {"setl_d": [{}, {}, {"refd_setl_flag": "1"}], "fee_list_d": [{}]}, (2, 1), lines({}), (1, 0)),
    ("setl_fund_within_cost", setl({"fund_pay_sumamt": 9, "medfee_sumamt": 8}), (1, 1),
     setl({"refd_setl_flag": "1", "fund_pay_sumamt": -8, "medfee_sumamt": -9}), (1, 0)),
    ("setl_sign", setl({"medfee_sumamt": -1}), (1, 1), setl({}, {"medfee_sumamt": -1, "refd_setl_flag": "1"}), (1, 0)),
    ("refund_unmatched_rare", setl({}, {"setl_id": "R"}, unmatched=["R"]), (2, 1), setl({}), (1, 0)),
    ("refund_matched", setl({}, {"setl_id": "R", "refd_setl_flag": "1"}, unmatched=["R"]), (1, 1),
     setl({}, {"setl_id": "R", "refd_setl_flag": "1"}), (1, 0)),
    ("setl_dates_order", setl({"begndate": "2025-02-11", "enddate": "2025-02-10"}), (1, 1), setl(STAY), (1, 0)),
    ("setl_after_end", setl({"enddate": "2025-02-11", "setl_time": "2025-02-10 12:00:00"}), (1, 1), setl(STAY), (1, 0)),
    ("setl_not_future", setl({"setl_time": "2025-02-10 12:00:00"}, files=[(1, "202501", "setl_d", 1, 0, 0)]), (1, 1),
     setl({"setl_time": "2025-02-10 12:00:00"}, files=[(1, "202502", "setl_d", 1, 0, 0)]), (1, 0)),
    ("setl_age_range", setl({"age": 850}, {"age": -1}), (2, 2), setl({"age": "0.5"}, {"age": None}), (1, 0)),
    ("setl_age_birth", setl({"age": 42, "brdy": "1984-02-11"}, {"age": 0, "brdy": "2025-02-11"}), (2, 2),
     setl({"age": 40, "brdy": "1984-02-11"}, {"age": 41, "brdy": "1984-02-10"}), (2, 0)),
    ("setl_sex_person", setl({"psn_no": "P1"}, psn_info_b=[{"psn_no": "P1", "gend": "2"}]), (1, 1),
     setl({"psn_no": "P1"}, {"gend": "9"}, psn_info_b=[{"psn_no": "P1", "gend": "1"}]), (1, 0)),
    ("setl_birth_person", setl({"brdy": "1984-02-11"}, psn_info_b=[{"brdy": "1984-02-12"}]), (1, 1),
     setl({"brdy": "1984-02-11"}, psn_info_b=[{"brdy": "1984-02-11"}]), (1, 0)),
    ("setl_person_known", setl({"psn_no": "P2"}, {"psn_no": "P3", "pay_loc": "4"}, psn_info_b=[{"psn_no": "P1"}]),
     (1, 1),
     setl({"psn_no": "P1"}, psn_info_b=[{"psn_no": "P1"}]), (1, 0)),
    ("setl_level_filled", setl({"hosp_lv": "03"}, {}), (2, 1), setl({}, medins_info_b=[{"hosp_lv": "03"}]), (1, 0)),
    ("month_settlements", setl({}), (3, 2), setl(*MONTHS), (3, 0)),
    ("month_volume", setl(*USUAL, {"setl_time": "2025-02-10 12:00:00"}), (2, 1), setl(*USUAL), (1, 0)),
    ("line_key_unique", lines({"bkkp_sn": "B"}, {"bkkp_sn": "B"}, {"bkkp_sn": "C"}), (3, 1), lines({}, {}), (2, 0)),
    ("line_settlement_known", lines({}, {"setl_id": "S9"}, {"setl_id": None}), (2, 1), lines({}), (1, 0)),
    ("line_settled", lines({}, {"setl_id": None}), (2, 1), lines({}, {"setl_id": "S9"}), (2, 0)),
    ("line_same_person", lines({"psn_no": "P2"}, {}), (2, 1), lines({}), (1, 0)),
    ("line_price_count", lines({"cnt": 3, "pric": "3.34"}), (1, 1), lines({"cnt": 3, "pric": "3.333333"}), (1, 0)),
    ("line_scope_sum", lines({"fulamt_ownpay_amt": 1, "preselfpay_amt": 1, "inscp_scp_amt": 9}), (1, 1),
     lines({"fulamt_ownpay_amt": 1, "preselfpay_amt": 1, "inscp_scp_amt": 8}), (1, 0)),
    ("line_within_stay", lines({"fee_ocur_time": "2025-02-07 23:59:59"}), (1, 1), lines({}), (1, 0)),
    ("line_before_settlement", lines({"fee_ocur_time": "2025-02-11 00:00:00"}), (1, 1), lines({}), (1, 0)),
    ("line_refund_linked", lines({"cnt": -1, "det_item_fee_sumamt": -10}, {"cnt": -1, "init_feedetl_sn": "B0"}), (1, 1),
     lines({"cnt": -1, "det_item_fee_sumamt": -10, "init_feedetl_sn": "B0"}), (1, 0)),
    ("line_doctor_filled", lines({"bilg_dr_codg": "D"}, {}), (2, 1), lines({"bilg_dr_codg": "D"}), (1, 0)),
    ("line_dept_filled", lines({"bilg_dept_codg": "D"}, {}), (2, 1), lines({"bilg_dept_codg": "D"}), (1, 0)),
    ("month_lines", lines({}), (3, 2),
     lines(*({"fee_ocur_time": f"2025-{month:02d}-01 09:00:00"} for month in (1, 2, 3))), (3, 0)),
    ("diag_settlement_known", setl({}, setl_list_diag_d=[{**DIAGNOSIS, "setl_id": "S9"}]), (1, 1),
     setl({}, setl_list_diag_d=[DIAGNOSIS]), (1, 0)),
    ("diag_key_unique", setl({}, setl_list_diag_d=[DIAGNOSIS, DIAGNOSIS]), (1, 1),
     setl({}, setl_list_diag_d=[DIAGNOSIS, {**DIAGNOSIS, "diag_type": "2"}]), (2, 0)),
    ("diag_code_pattern", setl({}, setl_list_diag_d=[{"diag_code": code}
     for code in ("I10", "a00.000", "YBI10.x00", "A17.000†")]),
     (4, 4), setl({}, setl_list_diag_d=[
         *({"diag_code": code} for code in ("A00.000", "A00.000x001", "I10.x00x002", "A17.000+G01*")),
         {"diag_code": "BNG010", "diag_type": "2"}]), (4, 0)),
    ("list_main_diagnosis", setl({}, {}, setl_list_diag_d=[DIAGNOSIS]), (2, 1),
     setl({}, {"mid_setl_flag": "1"}, {"med_type": "11"}, setl_list_diag_d=[DIAGNOSIS]), (1, 0)),
    ("list_one_main_diagnosis", setl({}, setl_list_diag_d=[DIAGNOSIS, {"diag_code": "A00.000"}]), (1, 1),
     setl({}, setl_list_diag_d=[DIAGNOSIS, {"diag_code": "BNG010", "diag_type": "2"}]), (1, 0)),
    ("list_way_filled", setl({"dscg_way": "1"}, {}), (2, 1), setl({"dscg_way": "1"}), (1, 0)),
    ("list_doctor_filled", setl({"chfpdr_code": "D"}, {}), (2, 1), setl({"chfpdr_code": "D"}), (1, 0)),
    ("oprn_settlement_known", setl({}, setl_list_oprn_d=[{**OPERATION, "setl_id": "S9"}]), (1, 1),
     setl({}, setl_list_oprn_d=[OPERATION]), (1, 0)),
    ("oprn_code_pattern", setl({}, setl_list_oprn_d=[{**OPERATION, "oprn_oprt_code": code}
     for code in ("47.01", "4701")]), (2, 2),
     setl({}, setl_list_oprn_d=[{**OPERATION, "oprn_oprt_code": code}
     for code in ("47.0100", "45.1300x001", "17.91100")]), (3, 0)),
    ("oprn_within_stay", setl(STAY, setl_list_oprn_d=[{**OPERATION, "oprn_oprt_date": "2025-02-11"}]), (1, 1),
     setl(STAY, setl_list_oprn_d=[OPERATION]), (1, 0)),
    ("list_one_main_operation", setl({}, setl_list_oprn_d=[{**OPERATION, "main_oprn_flag": "0"}]), (1, 1),
     setl({}, setl_list_oprn_d=[OPERATION, {**OPERATION, "oprn_oprt_code": "54.2100", "main_oprn_flag": "0"}]), (1, 0)),
    ("group_settlement_known", setl({}, drg_grp_d=[{**GROUP, "setl_id": "S9"}]), (1, 1),
     setl({}, drg_grp_d=[GROUP]), (1, 0)),
    ("list_grouped", setl({"hi_paymtd": "4"}, {"hi_paymtd": "4"}, {}, drg_grp_d=[GROUP]), (2, 1),
     setl({"hi_paymtd": "3"}, {}, drg_grp_d=[GROUP]), (1, 0)),
    ("group_known", setl({}, drg_grp_d=[GROUP], drg_std=[{**STANDARD, "grp_ver": "2"}]), (1, 1),
     setl({}, drg_grp_d=[GROUP], drg_std=[STANDARD]), (1, 0)),
    ("group_weight_same", setl({}, drg_grp_d=[{**GROUP, "wt": 2}], drg_std=[STANDARD]), (1, 1),
     setl({}, drg_grp_d=[GROUP], drg_std=[STANDARD]), (1, 0)),
    ("group_standard_filled", setl({}, drg_grp_d=[{**GROUP, "pay_std": None}]), (1, 1),
     setl({}, drg_grp_d=[GROUP]), (1, 0)),
    ("provider_level_filled", setl({}, {"fixmedins_code": "H2"},
     medins_info_b=[{"hosp_lv": "03"}, {"fixmedins_code": "H2"}]),
     (2, 1), setl({}, medins_info_b=[{"hosp_lv": "03"}, {"fixmedins_code": "H3"}]), (1, 0)),
    ("provider_type_filled", setl({}, {"fixmedins_code": "H2"},
     medins_info_b=[{"fixmedins_type": "1"}, {"fixmedins_code": "H2"}]),
     (2, 1), setl({}, medins_info_b=[{"fixmedins_type": "2"}]), (1, 0)),
    ("provider_specialty_filled", setl({}, {"fixmedins_code": "H2"},
     medins_info_b=[{"spec_type": "eye"}, {"fixmedins_code": "H2"}]),
     (2, 1), setl({}, medins_info_b=[{"spec_type": "eye"}, {"fixmedins_code": "H2", "fixmedins_type": "2"}]), (1, 0)),
    ("inventory_provider_known", {"purc_d": [{**SALE, "fixmedins_code": "H9"}], "medins_info_b": [{}]}, (1, 1),
     {"inv_chg_d": [SALE], "inv_count_d": [SALE], "medins_info_b": [{}]}, (2, 0)),
    ("sale_settlement_known", setl({}, sel_d=[{**SALE, "setl_id": "S9"}, {**SALE, "setl_id": None}]), (1, 1),
     setl({}, sel_d=[SALE]), (1, 0)),
    ("sale_same_provider", setl({}, sel_d=[{**SALE, "fixmedins_code": "H9"}]), (1, 1), setl({}, sel_d=[SALE]), (1, 0)),
    *((f"code_{name}", coded(name, "99"), (2, 1), coded(name, "01"), (2, 0))
      for name in ("med_type", "insutype", "gend", "hosp_lv", "psn_type", "setl_type", "pay_loc", "hi_paymtd",
     "dscg_way",
                   "med_chrgitm_type", "chrgitm_lv", "list_type")),
    *((f"{kind}_{part}", delivered(table, 3 * (kind == "duplicate"), 3 * (kind == "quarantine")), (20, 3),
       delivered(table, 0, 0), (20, 0))
      for kind, part, table in (
          *((kind, table, table) for kind in ("quarantine", "duplicate") for table in (
              "setl_d", "outmed_setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "drg_grp_d")),
          ("quarantine", "inventory", "sel_d"), ("quarantine", "visit", "mdtrt_d"))),
    ("quarantine_reference", {"files": [(1, "reference", "psn_info_b", 20, 0, 3)]}, (20, 3),
     {"files": [(1, "reference", "kp_sex", 20, 0, 0)]}, (20, 0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check_id", "bad", "expected", "clean", "expected_clean"), CASES, ids=[case[0] for case in CASES]
)
def test_check(
    check_id: str, bad: World, expected: tuple[int, int], clean: World, expected_clean: tuple[int, int]
) -> None:
    assert found(world(**bad), only=check_id).get(check_id) == expected
    assert found(world(**clean), only=check_id).get(check_id) == expected_clean


def test_every_check_has_a_case() -> None:
    assert {case[0] for case in CASES} == {check.check_id for check in catalogue()}


def test_settlements_after_the_as_of_are_future() -> None:
    engine = world(**setl({"setl_time": "2025-02-10 12:00:00"}, {"setl_time": "2025-02-09 12:00:00"}))
    assert found(engine, datetime(2025, 2, 10))["setl_not_future"] == (2, 1)
    assert "setl_not_future" not in found(engine)


def test_what_was_not_delivered_is_not_applicable() -> None:
    """A foreign extract: one payer, no in-scope amounts, no lines, no dictionary, no reference tables."""
    names = found(world(setl_d=[{"hifp_pay": 80, "medfee_sumamt": 80, "inscp_scp_amt": None}]))
    expected = {
        "setl_rows", "setl_key_unique", "setl_fund_within_cost", "setl_sign", "setl_dates_order", "setl_after_end",
        "setl_age_range", "month_settlements", "refund_unmatched_rare",
    }  # fmt: skip
    assert names.keys() == expected


def test_an_orphan_belongs_to_the_month_of_its_delivery() -> None:
    orphan = {"setl_d": [{}], "setl_list_diag_d": [{**DIAGNOSIS, "setl_id": "S9"}]}
    assert (
        found(world(files=[(1, "202504", "setl_list_diag_d", 1, 0, 0)], **orphan)).get("diag_settlement_known") is None
    )
    assert found(world(files=[(1, "202503", "setl_list_diag_d", 1, 0, 0)], **orphan))["diag_settlement_known"] == (1, 1)


def test_what_checks_ask_of_has_a_chinese_title() -> None:
    assert [one.table for one in catalogue() if table_title(one.table, "zh").isascii()] == []

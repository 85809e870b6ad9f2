"""Persons: the recorded case of hoarding and its innocent relatives, schedules, many providers."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import core
from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.persons import persons
from tests.given import given

DRUG = "XL01EXA001A001010100001"
HILIST = [{"hilist_code": DRUG, "hilist_name": "靶向药", "days_per_pack": 10, "valid_from": "2020-01-01"}]
START = date(2024, 10, 8)


def purchase(place: int, day: date, packs: int, fee: str, fund: str, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """A settlement at a pharmacy with one line of the drug; `more` goes to the line, a `fixmedins_code` to both."""
    code = more.pop("fixmedins_code", f"Y{place % 9}")
    psn = more.pop("psn_no", "P1")
    own = Decimal(fee) - Decimal(fund)
    return {
        "setl_d": [{
            "setl_id": f"{psn}-{place}", "psn_no": psn, "med_type": "41", "setl_time": f"{day} 10:00:00",
            "fixmedins_code": code, "hifp_pay": fund, "psn_part_amt": own, "psn_cash_pay": own,
        }],
        "fee_list_d": [{
            "bkkp_sn": f"B{psn}-{place}", "setl_id": f"{psn}-{place}", "psn_no": psn, "med_list_codg": DRUG,
            "hilist_code": DRUG, "hilist_name": "靶向药", "med_chrgitm_type": "09", "cnt": packs,
            "det_item_fee_sumamt": fee, "fee_ocur_time": f"{day} 09:50:00", **more,
        }],
    }  # fmt: skip


def world(parts: list[dict[str, list[dict[str, Any]]]], **more: Any) -> Engine:
    """An engine with these settlements and lines behind it, core tables built."""
    rows: dict[str, list[dict[str, Any]]] = {"setl_d": [], "fee_list_d": [], "hilist_b": HILIST}
    for part in parts:
        for table, some in part.items():
            rows[table] = [*rows[table], *some]
    engine = given(memory_engine(), **{**rows, **more})
    core.build(engine, Config())
    return engine


def listed(engine: Engine, period: str = "2025Q1") -> dict[str, dict[str, Any]]:
    """Rows of the person list by pattern (one person)."""
    persons(engine, period, Config())
    frame = engine.frame("select * from score.person where period = $p", {"p": period})
    return {row["pattern"]: row for row in frame.iter_rows(named=True)}


def recorded() -> list[dict[str, list[dict[str, Any]]]]:
    """47 packs in four months: 20,000 yuan, 14,000 of them from the fund."""
    parts = [purchase(n, START + timedelta(days=5 * n), 2 if n < 23 else 1, "851.06", "595.74") for n in range(23)]
    parts.append(purchase(23, START + timedelta(days=115), 1, "425.62", "297.98"))
    return parts


def test_the_recorded_case_is_found_with_its_money() -> None:
    row = listed(world(recorded()))["hoarding"]
    assert row["fund_amount"] == Decimal("14000.00")
    assert row["observed"] == 470 - 115
    assert row["limit"] == 120
    assert "购47盒" in json.loads(row["reasons"])[0]


def test_only_the_share_of_the_drug_is_counted() -> None:
    parts = recorded()
    parts[0]["fee_list_d"].append(
        {**parts[0]["fee_list_d"][0], "bkkp_sn": "other", "med_list_codg": "S1", "hilist_code": "S1",
         "med_chrgitm_type": "05"}
    )  # fmt: skip
    engine = world(parts)  # half of the first settlement is for something else
    assert listed(engine)["hoarding"]["fund_amount"] == Decimal("14000.00") - Decimal("297.87")


def monthly(packs: int, every: int, months: int = 10, **more: Any) -> list[dict[str, list[dict[str, Any]]]]:
    return [
        purchase(n, date(2024, 5, 6) + timedelta(days=every * n), packs, "100", "70", fixmedins_code="Y1", **more)
        for n in range(months * 30 // every)
    ]


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        (monthly(3, 30), "three ten-day packs a month"),
        (monthly(6, 30), "a doubled dose"),
        (monthly(8, 84), "long prescriptions of twelve weeks"),
        (monthly(9, 80), "long prescriptions fetched early"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_patients_who_need_the_drug_are_not_listed(parts: list[dict[str, list[dict[str, Any]]]], what: str) -> None:
    assert not listed(world(parts)), what


@pytest.mark.parametrize(("doses", "found"), [((2, 2, 3, 5, 6), False), ((3, 3, 3, 3, 4), True)])
def test_a_dose_is_held_against_how_far_the_drugs_users_differ(doses: tuple[int, ...], found: bool) -> None:
    """Packs a month of 40 lasting users; nine packs are three times the usual dose, as of insulin some need."""
    users = [part for n in range(40) for part in monthly(doses[n % 5], 30, psn_no=f"U{n}")]
    parts = [*users, *monthly(9, 30)]
    engine = world(parts)
    persons(engine, "2025Q1", Config())
    rows = engine.frame("select psn_id from score.person where pattern = 'hoarding'")["psn_id"].to_list()
    assert rows == (["P1"] if found else [])


def test_a_rise_after_months_of_usual_use_is_found() -> None:
    usual = [purchase(100 + n, date(2024, 4, 3) + timedelta(days=27 * n), 3, "100", "70") for n in range(7)]
    assert listed(world([*usual, *recorded()]))["hoarding"]["observed"] > 300
    doubled = [purchase(200 + n, date(2024, 10, 3) + timedelta(days=29 * n), 6, "100", "70") for n in range(6)]
    assert "hoarding" not in listed(world([*usual, *doubled]))


def test_supply_by_the_prescription_where_the_catalogue_says_nothing() -> None:
    parts = [purchase(n, START + timedelta(days=5 * n), 1, "100", "70", prd_days=20) for n in range(24)]
    assert listed(world(parts, hilist_b=[]))["hoarding"]["observed"] == 24 * 20 - 115
    wrong = [purchase(n, START + timedelta(days=5 * n), 1, "100", "70", prd_days=999) for n in range(24)]
    assert "hoarding" not in listed(world(wrong, hilist_b=[]))


def test_a_prescription_of_many_packs_may_last_longer_than_half_a_year() -> None:
    boxes = [12, 12, 12, 11]  # the recorded case in four purchases, days by the prescription alone
    parts = [
        purchase(n, START + timedelta(days=30 * n), packs, "5000", "3500", prd_days=10 * packs * 3)
        for n, packs in enumerate(boxes)
    ]
    assert listed(world(parts, hilist_b=[]))["hoarding"]["observed"] == 47 * 30 - 90


def test_packs_brought_back_are_no_stock_either() -> None:
    """Three of four packs came back each time: what is left is the usual use."""
    bought = [purchase(n, START + timedelta(days=30 * n), 4, "400", "280", prd_days=120) for n in range(5)]
    back = [
        {
            "setl_d": [{**part["setl_d"][0], "setl_id": f"R{n}", "refd_setl_flag": "1", "hifp_pay": "-210",
                        "init_setl_id": part["setl_d"][0]["setl_id"], "psn_part_amt": "-90", "psn_cash_pay": "-90"}],
            "fee_list_d": [{**part["fee_list_d"][0], "bkkp_sn": f"R{n}", "setl_id": f"R{n}", "cnt": -3,
                            "prd_days": None, "det_item_fee_sumamt": "-300",
                            "init_feedetl_sn": part["fee_list_d"][0]["bkkp_sn"]}],
        }
        for n, part in enumerate(bought)
    ]  # fmt: skip
    assert "hoarding" in listed(world(bought, hilist_b=[]))
    assert "hoarding" not in listed(world([*bought, *back], hilist_b=[]))


def test_local_sub_codes_of_a_charge_class_are_that_class() -> None:
    parts = recorded()
    for part in parts:
        part["fee_list_d"][0] |= {"med_chrgitm_type": "0901"}
    assert listed(world(parts))["hoarding"]["fund_amount"] == Decimal("14000.00")


def test_drugs_of_a_stay_and_refunded_ones_are_no_stock() -> None:
    parts = recorded()
    for part in parts:
        part["setl_d"][0] |= {"med_type": "21"}
    assert "hoarding" not in listed(world(parts))
    parts = recorded()
    back = [
        {**part["setl_d"][0], "setl_id": f"R{n}", "refd_setl_flag": "1", "init_setl_id": part["setl_d"][0]["setl_id"],
         "hifp_pay": -Decimal(part["setl_d"][0]["hifp_pay"]), "psn_part_amt": -part["setl_d"][0]["psn_part_amt"],
         "psn_cash_pay": -part["setl_d"][0]["psn_part_amt"]}
        for n, part in enumerate(parts)
    ]  # fmt: skip
    assert not listed(world([*parts, {"setl_d": back}]))


def test_many_providers_for_one_class() -> None:
    days = [date(2025, 2, 1) + timedelta(days=3 * n) for n in range(6)]
    parts = [
        purchase(n, day, 1, "100", "70", fixmedins_code=f"Y{n}", med_list_codg=f"XN02AAA00{n}A001010100001")
        for n, day in enumerate(days)
    ]
    row = listed(world(parts))["many_providers"]
    assert (row["observed"], row["limit"], row["fund_amount"]) == (6, 5, Decimal("420.00"))
    assert "many_providers" not in listed(world(parts[:4]))
    local = [{**p, "fee_list_d": [{**p["fee_list_d"][0], "med_list_codg": f"L{n}"}]} for n, p in enumerate(parts)]
    assert "many_providers" not in listed(world(local)), "local codes have no class"


def visits(days: list[date], **more: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        "setl_d": [
            {"setl_id": f"V{n}", "psn_no": "P1", "med_type": "11", "setl_time": f"{day} 08:00:00", "hifp_pay": 200,
             **more}
            for n, day in enumerate(days)
        ]
    }  # fmt: skip


def test_a_fixed_schedule_without_any_code_is_no_frequent_visit() -> None:
    year = [date(2024, 4, 1) + timedelta(days=n) for n in range(360)]
    assert not listed(world([visits([day for day in year if day.weekday() in (0, 2, 4)])]))
    row = listed(world([visits([day for day in year if day.toordinal() % 3 == 0])]))["frequent_outpatient"]
    assert (row["observed"], row["limit"]) == (120, 100)
    assert row["fund_amount"] == 120 * 200


def test_money_of_overlapping_windows_counts_once() -> None:
    month = [date(2025, 2, 1) + timedelta(days=n) for n in range(22)]
    row = listed(world([visits([*month, *[date(2025, 2, 9)] * 4])]))["frequent_outpatient"]
    assert row["fund_amount"] == 26 * 200
    assert len(json.loads(row["reasons"])) == 3


def test_a_visit_before_the_window_leads_to_its_provider_too() -> None:
    """The stay that it lies in was settled inside the twelve months."""
    parts = [visits([date(2024, 3, 28)], fixmedins_code="H2")]
    stay = {"setl_id": "STAY", "psn_no": "P1", "begndate": "2024-03-26", "enddate": "2024-04-04", "hifp_pay": 900}
    engine = world([*parts, {"setl_d": [stay]}])
    assert listed(engine)["outpatient_in_stay"]["fund_amount"] == Decimal("200.00")
    links = engine.frame("select pattern, fixmedins_code, fund_amount from score.person_link")
    assert links.rows() == [("outpatient_in_stay", "H2", Decimal("200.00"))]


def test_rules_and_the_list_speak_of_the_same_people() -> None:
    parts = [visits([date(2025, 2, 3)])]
    parts[0]["setl_d"].append(
        {"setl_id": "STAY", "psn_no": "P1", "med_type": "21", "begndate": "2025-02-01", "enddate": "2025-02-09",
         "hifp_pay": 900}
    )  # fmt: skip
    rows = listed(world(parts, psn_info_b=[{"psn_no": "P1", "death_date": "2024-12-31"}]))
    assert {name: row["fund_amount"] for name, row in rows.items()} == {
        "outpatient_in_stay": Decimal("200.00"), "after_death": Decimal("1100.00"),
    }  # fmt: skip

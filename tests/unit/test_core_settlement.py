"""Settlements: who owes, what was paid of a case, persons, stays and providers behind them."""

from decimal import Decimal
from typing import Any

import pytest

from models.config import Config, Params
from tests.given import rows_of
from tests.unit.core_support import T2, T3, T4, built, original, refund


def test_settlements_in_both_tables_count_once_from_setl_d() -> None:
    engine = built(setl_d=[original()], outmed_setl_d=[original(amount=70), original("S2", 50)])
    assert rows_of(engine, "select setl_id, source, net_hifp_pay, recovery_route from core.settlement order by 1") == [
        ("S1", "setl_d", Decimal(100), "local"),
        ("S2", "outmed_setl_d", Decimal(50), "referral"),
    ]


@pytest.mark.parametrize(
    ("row", "liable", "route"),
    [
        ({}, "provider", "local"),
        ({"pay_loc": None}, "provider", "local"),
        ({"pay_loc": "1"}, "person", "local"),
        ({"ttp_pay_flag": "1"}, "third_party", "local"),
        ({"pay_loc": "1", "ttp_pay_flag": "1"}, "third_party", "local"),
        ({"pay_loc": "3"}, "provider", "cross_region"),
        ({"insu_admdvs": "430102"}, "provider", "local"),
        ({"insu_admdvs": "440100"}, "provider", "cross_region"),
    ],
)
def test_who_owes_and_by_which_route(row: dict[str, Any], liable: str, route: str) -> None:
    engine = built(Config(params=Params(area_admdvs=["4301"])), setl_d=[original(**row)])
    assert rows_of(engine, "select liable, recovery_route from core.settlement") == [(liable, route)]


@pytest.mark.parametrize(
    ("providers", "own", "outside"),
    [
        ([], ["440100", None], []),  # nothing says where the area is
        (["430102"], ["430102", "430102001", "430100", "430000", None], ["430103", "440102"]),  # a county
        (["430102", "430121"], ["430102", "430103", "430100"], ["430201", "440100", "500000"]),  # a city
        (["500101", "500229"], ["500110", "500000"], ["510101"]),  # a municipality: two cities of one province
        (["430100", "县"], ["430102", "430100"], ["430201"]),  # the code of the whole city
        (["430000"], ["430102"], ["440100"]),
    ],
)
def test_without_codes_the_area_is_where_its_providers_are(
    providers: list[str], own: list[str | None], outside: list[str]
) -> None:
    cases = [original(f"S{place}", insu_admdvs=code) for place, code in enumerate([*own, *outside])]
    places = [{"fixmedins_code": f"H{place}", "admdvs": code} for place, code in enumerate(providers)]
    engine = built(setl_d=cases, medins_info_b=places)
    found = rows_of(engine, "select insu_admdvs from core.settlement where recovery_route = 'cross_region' order by 1")
    assert [row[0] for row in found] == sorted(outside)


@pytest.mark.parametrize(
    ("row", "standard", "paid", "split"),
    [
        ({"hi_paymtd": "1"}, 90, 100, (80, 20)),  # not paid by group: the standard means nothing
        ({"hi_paymtd": "3"}, None, 100, (80, 20)),  # no standard: what the fund settled
        ({"hi_paymtd": "3"}, 200, 100, (80, 20)),  # never more than the net
        ({"hi_paymtd": "4"}, 90, 60, (48, 12)),  # the standard less the person's share of 30
        ({"hi_paymtd": "4"}, 20, 0, (0, 0)),
    ],
)
def test_what_was_paid_of_a_bundled_case(row: dict[str, Any], standard: Any, paid: int, split: tuple[int, int]) -> None:
    case = original(amount=80, hifmi_pay=20, psn_part_amt=30, **row)
    group = {"setl_id": "S1", "grp_type": "DRG", "grp_ver": "1", "grp_code": "AA11", "pay_std": standard}
    engine = built(setl_d=[case], drg_grp_d=[group])
    assert rows_of(engine, "select paid, paid_hifp_pay, paid_hifmi_pay from core.settlement") == [
        (Decimal(paid), Decimal(split[0]), Decimal(split[1]))
    ]


@pytest.mark.parametrize(
    ("delivered", "ver", "expected"),
    [("1.25", "1", "1.25"), (None, "1", "0.9"), (None, "2", None)],
    ids=["as delivered", "the standard of the day", "another version's standard is none"],
)
def test_a_weight_not_delivered_is_that_of_the_standard(delivered: Any, ver: str, expected: Any) -> None:
    std = {"grp_type": "DRG", "grp_ver": "1", "grp_code": "AA11"}
    stds = [
        {**std, "wt": "0.8", "valid_from": "2024-01-01"},
        {**std, "wt": "0.9", "valid_from": "2025-01-01"},
        {**std, "wt": "9", "valid_from": "2025-03-01"},
        {**std, "wt": "7", "valid_from": "2025-02-01", "valid_to": "2025-02-08"},
    ]
    group = {"setl_id": "S1", "grp_type": "DRG", "grp_ver": ver, "grp_code": "AA11", "wt": delivered}
    engine = built(setl_d=[original()], drg_grp_d=[group], drg_std=stds)
    assert rows_of(engine, "select wt from core.settlement") == [(None if expected is None else Decimal(expected),)]


def test_scaling_a_bundled_case_loses_no_fen() -> None:
    case = original(amount=10, hifmi_pay=10, maf_pay=10, hi_paymtd="3")
    group = {"setl_id": "S1", "grp_type": "DIP", "grp_ver": "1", "grp_code": "A", "pay_std": "10.00"}
    engine = built(setl_d=[case], drg_grp_d=[group])
    columns = "paid, paid_hifp_pay, paid_hifmi_pay, paid_maf_pay"
    assert [str(value) for value in rows_of(engine, f"select {columns} from core.settlement")[0]] == [
        "10.00", "3.34", "3.33", "3.33",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "person", "expected"),
    [
        ({"gend": "1", "brdy": "1980-02-11"}, {"gend": "1", "brdy": "1980-02-11"}, ("1", "1980-02-11", 44)),
        ({"gend": "1", "brdy": "1980-02-08"}, {"gend": "2", "brdy": "1990-01-01"}, (None, None, None)),
        ({"gend": None, "brdy": None}, {"gend": "2", "brdy": "2000-02-08"}, ("2", "2000-02-08", 25)),
        ({"gend": "9", "brdy": None, "age": 850}, {}, (None, None, None)),
    ],
)
def test_contradictory_sex_and_birth_date_are_unknown(row: Any, person: Any, expected: Any) -> None:
    engine = built(setl_d=[original(**row)], psn_info_b=[{"psn_no": "P1", **person}])
    assert rows_of(engine, "select gend, brdy::varchar, age::integer from core.settlement") == [expected]


def test_interim_and_supplementary_settlements_are_one_stay() -> None:
    engine = built(
        setl_d=[
            original("A", mdtrt_id="M", begndate="2025-01-01", enddate="2025-01-31", mid_setl_flag="1"),
            original("B", mdtrt_id="M", begndate="2025-02-01", enddate="2025-02-09", setl_time=T3),
            original("C", mdtrt_id="M", begndate="2025-02-01", enddate="2025-02-09", setl_time=T4, setl_type="3"),
            original("D", mdtrt_id="N", amount=50, setl_time=T2, begndate="2025-02-01"),
            refund("R", -50, init_setl_id="D"),
            original("E", mdtrt_id="O", med_type="11"),
        ]
    )
    columns = "mdtrt_id, begndate::varchar, enddate::varchar, settlements, first_setl_id, last_setl_id, interim"
    assert rows_of(engine, f"select {columns} from core.stay") == [("M", "2025-01-01", "2025-02-09", 3, "A", "C", True)]


@pytest.mark.parametrize(
    ("med_type", "inpatient"),
    [("21", True), ("2101", True), ("210104", True), ("5302", True), ("5301", False), ("11", False), ("140104", False)],
)
def test_a_local_sub_code_is_of_its_kind_of_care(med_type: str, inpatient: bool) -> None:
    engine = built(setl_d=[original(med_type=med_type)])
    assert rows_of(engine, "select is_inpatient from core.settlement") == [(inpatient,)]


def test_providers_of_the_register_and_of_the_settlements() -> None:
    engine = built(
        setl_d=[original(), original("S2", fixmedins_code="H2", fixmedins_name="乙院", hosp_lv="05")],
        outmed_setl_d=[original("S3", fixmedins_code="H9", setl_time=T4)],
        medins_info_b=[{"fixmedins_code": "H1", "fixmedins_name": "甲院", "hosp_lv": "02"}, {"fixmedins_code": "H0"}],
    )
    columns = "fixmedins_code, fixmedins_name, hosp_lv, active_from is null, outside"
    assert rows_of(engine, f"select {columns} from core.provider order by 1") == [
        ("H0", "机构H0", None, True, False),
        ("H1", "甲院", "02", False, False),
        ("H2", "乙院", "05", False, False),
        ("H9", None, None, False, True),
    ]
    assert rows_of(engine, "select fixmedins_name, hosp_lv from core.settlement where setl_id = 'S1'") == [
        ("甲院", "02")
    ]

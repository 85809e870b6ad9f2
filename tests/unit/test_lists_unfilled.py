"""What columns that nobody fills switch off is told."""

from typing import Any

import pytest

from models.engine.duck import memory_engine
from models.lists.unfilled import unfilled
from tests.given import given

PERSON = {"psn_no": "P1", "gend": "1", "brdy": "1970-01-01", "household_no": "F1", "death_date": "2025-01-01"}
ITEM = {"hilist_code": "X1", "valid_from": "2020-01-01"}


@pytest.mark.parametrize(
    ("person", "settlement", "item", "told"),
    [
        (PERSON, {"dise_codg": "M03900"}, {"days_per_pack": 7}, []),
        ({**PERSON, "household_no": None, "death_date": None}, {"dise_codg": "M03900"}, {"days_per_pack": 7}, [
            "psn_info_b.household_no", "psn_info_b.death_date",
        ]),
        ({**PERSON, "brdy": None}, {}, {"days_per_pack": 7}, ["setl_list_diag_d.diag_code、setl_d.dise_codg"]),
        ({**PERSON, "brdy": None}, {"age": None, "dise_codg": "M03900"}, {"days_per_pack": 7}, [
            "setl_d.brdy、setl_d.age、psn_info_b.brdy",
        ]),
        (PERSON, {"dise_codg": "M03900", "hi_paymtd": None}, {}, [
            "hilist_b.days_per_pack、fee_list_d.prd_days", "setl_d.hi_paymtd",
        ]),
        (None, {"dise_codg": "M03900"}, {"days_per_pack": 7}, []),  # of the whole table others tell
    ],
)  # fmt: skip
def test_what_nobody_fills_is_told(
    person: dict[str, Any] | None, settlement: dict[str, Any], item: dict[str, Any], told: list[str]
) -> None:
    engine = memory_engine()
    tables = {
        "setl_d": [{"psn_no": "P1", "chfpdr_code": "D1", "hosp_lv": "05", **settlement}],
        "fee_list_d": [{"pric": 5}],
        "hilist_b": [{**ITEM, **item}],
        **({"psn_info_b": [person]} if person else {}),
    }
    given(engine, **tables)
    engine.con.execute("create schema if not exists meta")
    engine.con.execute("create or replace table meta.file as select unnest($names) as table_name", {"names": [*tables]})
    assert [line.split(": ")[0] for line in unfilled(engine)] == told

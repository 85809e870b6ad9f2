"""The list `fund_watch`: budgets, season, growth, books and forecast of small worlds."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from models.config import Config, FundWatch
from models.contracts import lists
from models.core import build
from models.engine.duck import Engine, memory_engine
from models.fund import fund_watch
from models.lists.canonical import canonical
from models.periods import month_start
from tests.given import given

CONFIG = Config(fund=FundWatch(structural_providers=0))


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = memory_engine()
    yield made
    made.close()


def months(first: date, amounts: list[int], **more: Any) -> list[dict[str, Any]]:
    """A settlement a month."""
    rows = []
    for at, amount in enumerate(amounts):
        month = month_start(first, at)
        row = {"setl_time": f"{month:%Y-%m}-10 12:00:00", "hifp_pay": amount, "clr_ym": f"{month:%Y%m}", **more}
        rows.append({"setl_id": f"{more.get('insutype', '310')}{more.get('fixmedins_code', '')}{month:%Y%m}", **row})
    return rows


def watched(engine: Engine, period: str, config: Config = CONFIG, **tables: Any) -> list[dict[str, Any]]:
    given(engine, **tables)
    build(engine, Config())
    frame = fund_watch(engine, period, config)
    return canonical(lists()["fund_watch"], frame).to_dicts()


def one(rows: list[dict[str, Any]], scope: str, month: str, key: str | None = None) -> dict[str, Any]:
    found = [
        row
        for row in rows
        if row["scope"] == scope
        and f"{row['month']:%Y-%m}" == month
        and key in (None, row["insutype"], row["fixmedins_code"])
    ]
    assert len(found) == 1
    return found[0]


def codes(row: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in json.loads(row["warnings"])}


BUDGETS = [
    {"fixmedins_code": None, "insutype": "310", "year": 2025, "amount": 1200},
    {"fixmedins_code": None, "insutype": "390", "year": 2025, "amount": 2000},
    {"fixmedins_code": "H1", "insutype": None, "year": 2025, "amount": 900},
    {"fixmedins_code": None, "insutype": "310", "year": 2024, "amount": 1},
]


def test_budget_and_season(engine: Engine) -> None:
    """The season of the one earlier year says that a tenth goes in the first quarter; three tenths went."""
    earlier = months(date(2024, 1, 1), [40, 40, 40] + [120] * 9)
    rows = watched(
        engine,
        "2025Q1",
        setl_d=[
            *earlier,
            *months(date(2025, 1, 1), [120, 120, 120]),
            *months(date(2025, 1, 1), [100] * 3, insutype="390"),
        ],
        fund_budget_d=BUDGETS,
    )
    fund = one(rows, "insurance", "2025-03", "310")
    assert (fund["accumulated_amount"], fund["used_share"], fund["elapsed_share"]) == (Decimal(360), 0.3, 0.1)
    assert fund["season_years"] == 1
    assert (fund["base_amount"], fund["growth"], fund["growth_years"]) == (Decimal(120), 2.0, 1)
    assert {"budget_ahead", "growth_high"} <= codes(fund)
    assert fund["warning_level"] in ("watch", "alert")
    other = one(rows, "insurance", "2025-03", "390")
    assert (other["elapsed_share"], other["season_years"], other["growth_years"]) == (0.25, 0, 0)
    assert (other["warning"], other["forecast_method"]) == (None, "none")
    whole = one(rows, "area", "2025-03")
    assert (whole["budget_amount"], whole["accumulated_amount"]) == (Decimal(3200), Decimal(660))
    provider = one(rows, "provider", "2025-03", "H1")
    assert (provider["budget_amount"], provider["accumulated_amount"]) == (Decimal(900), Decimal(660))


def test_overspent_and_forecast(engine: Engine) -> None:
    world = months(date(2024, 1, 1), [100, 101, 99, 100, 102, 98, 100, 101, 99, 100, 100, 100] + [200] * 6)
    rows = watched(
        engine,
        "2025Q2",
        setl_d=world,
        fund_budget_d=[{"insutype": "310", "fixmedins_code": None, "year": 2025, "amount": 2300}],
    )
    fund = one(rows, "insurance", "2025-06")
    assert fund["forecast_method"] == "last_year"
    assert fund["year_end_low"] <= fund["year_end_amount"] <= fund["year_end_high"]
    assert fund["year_end_low"] > 2300 and "forecast_over" in codes(fund)
    later = [row for row in rows if row["scope"] == "insurance" and row["state"] == "forecast"]
    assert [row["month"].month for row in later] == list(range(7, 13))
    assert all(row["spend_amount"] is None and row["warning_level"] is None for row in later)
    rows = watched(
        engine,
        "2025Q2",
        setl_d=world,
        fund_budget_d=[{"insutype": "310", "fixmedins_code": None, "year": 2025, "amount": 1000}],
    )
    assert codes(one(rows, "insurance", "2025-06")) >= {"budget_exceeded"}
    assert one(rows, "insurance", "2025-05")["warning"] is None


def test_the_books_are_checked(engine: Engine) -> None:
    first = {"setl_id": "A", "setl_time": "2025-01-10 12:00:00", "hifp_pay": 60, "cvlserv_pay": 30}
    rows = watched(
        engine,
        "2025Q2",
        config=Config(fund=FundWatch(clearing_months=2)),
        setl_d=[
            {**first, "fund_pay_sumamt": 100, "medfee_sumamt": 100, "clr_ym": "202412"},
            {"setl_id": "B", "setl_time": "2025-01-11 12:00:00", "hifp_pay": 50, "clr_ym": None},
            {"setl_id": "C", "setl_time": "2025-04-11 12:00:00", "hifp_pay": 70, "clr_ym": "202406"},
            {"setl_id": "D", "setl_time": "2025-06-11 12:00:00", "hifp_pay": -5, "fund_pay_sumamt": -5,
             "clr_ym": "202507"},
            {"setl_id": "E", "setl_time": "2025-06-12 12:00:00", "hifp_pay": 900, "insu_admdvs": "440000",
             "pay_loc": "3"},
        ],
    )  # fmt: skip
    january, june = one(rows, "area", "2025-01"), one(rows, "area", "2025-06")
    assert (january["unbalanced_rows"], january["unbalanced_amount"], january["early_rows"]) == (1, Decimal(10), 1)
    assert (january["uncleared_amount"], january["booked_amount"]) == (Decimal(50), Decimal(150))
    assert codes(january) == {"payers_unbalanced", "cleared_early", "uncleared"}
    assert "5 个月后" in january["warning"]
    assert (june["negative_rows"], june["negative_amount"]) == (1, Decimal(-5))
    assert june["booked_amount"] == Decimal(-5), "settlements of outside insured are other areas' money"
    assert june["open_amount"] == Decimal(45)
    assert june["accumulated_amount"] is None or june["accumulated_amount"] >= 0


def test_a_missing_month_leaves_the_year_unknown(engine: Engine) -> None:
    rows = watched(engine, "2025Q1", setl_d=months(date(2025, 2, 1), [10, 10]), fund_budget_d=BUDGETS)
    fund = one(rows, "insurance", "2025-03", "310")
    assert (fund["accumulated_amount"], fund["used_share"], fund["forecast_method"]) == (None, None, "none")
    assert fund["spend_amount"] == Decimal(10)


def test_a_whole_year_needs_no_forecast(engine: Engine) -> None:
    rows = watched(engine, "2025Q4", setl_d=months(date(2025, 1, 1), [10] * 12), fund_budget_d=BUDGETS)
    fund = one(rows, "insurance", "2025-12", "310")
    assert (fund["year_end_amount"], fund["year_end_low"], fund["forecast_method"]) == (
        Decimal(120),
        Decimal(120),
        "full",
    )
    assert not [row for row in rows if row["state"] == "forecast"]


def test_sums_do_not_depend_on_units(engine: Engine) -> None:
    """The insurances add up to the whole fund, month by month."""
    world = [*months(date(2025, 1, 1), [11, 12, 13]), *months(date(2025, 1, 1), [7, 8, 9], insutype="390")]
    frame = pl.DataFrame(watched(engine, "2025Q1", setl_d=world))
    sums = frame.group_by("scope", "month").agg(pl.col("spend_amount").sum(), pl.col("booked_amount").sum())
    by_scope = sums.sort("scope", "month").partition_by("scope", as_dict=True, include_key=False)
    assert by_scope["area",].rows() == by_scope["insurance",].rows()

"""The pooled ranking: who counts as found, and the bar."""

import polars as pl
import pytest

from models.evaluation.ranking.county import PAID, PLAN, RISK, SINGLE, County, order_by
from models.evaluation.ranking.coverage import coverage_table
from models.evaluation.ranking.run import methods_table, schemes_table

EVERYBODY = [f"H{n:02d}" for n in range(30)]


def county_of(seed: int, plan: list[str], paid: list[str], single: list[str]) -> County:
    first = {PLAN: plan, RISK: plan, PAID: paid, **dict.fromkeys(SINGLE, single)}
    orders = {name: [*own, *(code for code in EVERYBODY if code not in own)] for name, own in first.items()}
    return County(seed, orders, {"H20": "upcoding", "H21": "overspending"}, {"H22"})


def row_of(counties: list[County], method: str) -> tuple[object, ...]:
    return next(row for row in methods_table(counties).frame.rows() if row[0] == method)


def test_recall_pools_the_counties_and_judges_the_bar() -> None:
    good = [county_of(seed, ["H20", "H21", "H22"], [], ["H20"]) for seed in (1, 2)]
    assert row_of(good, PLAN) == (PLAN, 4, 4, 1.0, "0.510 – 1.000", 0.3, "是 / yes")
    assert row_of(good, PAID)[1:4] == (0, 4, 0.0)
    worse = [county_of(1, ["H20"], ["H21"], ["H20", "H21"])]
    assert str(row_of(worse, PLAN)[-1]).startswith("否 / no finding")
    assert schemes_table(good).frame.rows() == [("overspending", 2, 2, 2, 2), ("upcoding", 2, 2, 1, 1)]


@pytest.mark.parametrize("seed", [11, 12])
def test_rank_intervals_hold_the_true_rank(seed: int) -> None:
    frame = coverage_table(3, seed).frame
    assert frame.item(0, 1) == 360 and 0.92 <= frame.item(0, 2) <= 0.99
    assert frame.item(0, 3) < 0.5, "an interval of everything would hold every rank"


def test_orders_put_what_is_unknown_last_and_break_ties_by_lot() -> None:
    table = pl.DataFrame({"fixmedins_code": ["A", "B", "C", "D"], "z": [1.0, -2.0, None, float("nan")]})
    assert order_by(table, "z")[:2] == ["A", "B"] and order_by(table, "-z")[:2] == ["B", "A"]
    assert order_by(table, "z") == order_by(table.reverse(), "z")

"""The annual assessment: quota, growth, indices among peers, and only what was decided."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.assessment import annual_assessment
from models.assessment.annual import decided_amount
from models.assessment.indices import indices, whole_quarters
from models.assessment.paid import Payments
from models.config import Config
from models.contracts import lists
from models.core import build
from models.credit import Asked, credit_provider
from models.engine.duck import memory_engine
from models.lists.canonical import canonical
from models.money.register import Register
from models.periods import month_start
from tests.bureau import Q1, A, B, Bureau
from tests.given import given, rows_of
from tests.served import serve

FIRST, BEFORE, AS_OF = date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 5)


def monthly(first: date, count: int, amount: int, insutype: str = "310", **more: Any) -> list[dict[str, Any]]:
    """A settlement a month."""
    days = [month_start(first, at) for at in range(count)]
    own = {"insutype": insutype, "hifp_pay": amount, **more}
    return [{"setl_id": f"{insutype}{day:%Y%m}", "setl_time": f"{day:%Y-%m}-10 12:00:00", **own} for day in days]


def quota(amount: int, year: int = 2025, insutype: str | None = None) -> dict[str, Any]:
    return {"fixmedins_code": "H1", "insutype": insutype, "year": year, "amount": amount}


TWO_YEARS = [*monthly(date(2024, 1, 1), 24, 10), *monthly(date(2025, 1, 1), 12, 5, "390")]


@pytest.mark.parametrize(
    ("settlements", "budgets", "first", "expected"),
    [  # quota, paid under it, its share, growth
        (TWO_YEARS, [], FIRST, (None, None, None, 0.5)),
        (TWO_YEARS, [quota(360)], FIRST, (360, 180, 0.5, 0.5)),
        (TWO_YEARS, [quota(240, insutype="310"), quota(9, 2024)], FIRST, (240, 120, 0.5, 0.5)),
        (TWO_YEARS, [quota(360), quota(1, insutype="310")], FIRST, (360, 180, 0.5, 0.5)),
        (TWO_YEARS, [quota(120, 2024), quota(600)], date(2024, 7, 1), (360, 150, 150 / 360, None)),
        (TWO_YEARS, [quota(600)], date(2024, 7, 1), (None, None, None, None)),
        (TWO_YEARS[12:], [quota(360)], FIRST, (360, 180, 0.5, None)),
        (TWO_YEARS[15:], [], FIRST, (None, None, None, None)),
        (TWO_YEARS[:21], [quota(360)], FIRST, (360, 90, None, None)),
    ],
)
def test_payments_and_quota(
    settlements: list[dict[str, Any]], budgets: list[dict[str, Any]], first: date, expected: tuple[Any, ...]
) -> None:
    """A quota of an insurance counts its own payments; one of two calendar years goes by months."""
    engine = memory_engine()
    given(engine, setl_d=settlements, fund_budget_d=budgets)
    build(engine, Config())
    row = Payments(engine, first, month_start(first, 12)).columns("H1")
    told = tuple(row[name] for name in ("quota_amount", "quota_paid_amount", "quota_share", "growth"))
    assert told == pytest.approx(expected)
    engine.close()


def test_outside_insured_are_not_paid_from_here() -> None:
    engine = memory_engine()
    own, outside = monthly(FIRST, 12, 10), monthly(FIRST, 12, 7, "390", pay_loc="3")
    given(engine, setl_d=[*own, *outside], fund_budget_d=[quota(240)])
    build(engine, Config())
    row = Payments(engine, FIRST, BEFORE).columns("H1")
    assert (row["fund_amount"], row["quota_share"]) == (Decimal(120), 0.5)
    engine.close()


@pytest.mark.parametrize(
    ("outcome", "amount", "expected"),
    [("upheld", None, 60), ("upheld", 40, 40), ("partial", 25, 25), ("partial", None, None), ("upheld", 99, 60)],
)
def test_decided_money_is_never_more_than_was_put_forward(outcome: str, amount: int | None, expected: Any) -> None:
    decided = None if amount is None else Decimal(amount)
    assert decided_amount({"outcome": outcome, "fund_amount": decided}, Decimal(60)) == expected


def test_whole_quarters() -> None:
    assert [str(one) for one in whole_quarters(FIRST, BEFORE)] == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    assert [str(one) for one in whole_quarters(date(2024, 12, 1), date(2025, 12, 1))] == ["2025Q1", "2025Q2", "2025Q3"]


def test_indices_of_the_year_stand_among_peers() -> None:
    """Two quarters together; the latest making of a quarter speaks; H6 has too few cases to be anybody's peer."""
    engine = memory_engine()
    cells = [(f"H{n}", "2025Q1", "2025Q2", n * 10, 100, 20) for n in range(1, 7)]
    cells += [(f"H{n}", "2025Q2", "2025Q2", n * 30, 100, 5 if n == 6 else 20) for n in range(1, 7)]
    cells += [("H1", "2025Q1", "2025Q1", 999, 100, 20), ("H1", "2024Q4", "2025Q2", 999, 100, 20)]
    engine.con.execute("create schema if not exists score")
    engine.con.execute(
        "create table score.indicator (fixmedins_code varchar, quarter varchar, period varchar, indicator varchar, "
        "peer_group varchar, numerator decimal(18,4), denominator decimal(18,4), cases bigint, value double)"
    )
    for code, quarter, period, top, bottom, cases in cells:
        row = [code, quarter, period, "cmi", "二级", top, bottom, cases, top / bottom]
        engine.con.execute("insert into score.indicator values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    config = Config()
    config = config.model_copy(update={"params": config.params.model_copy(update={"peer_min_providers": 4})})
    found = indices(engine, config, whole_quarters(date(2025, 1, 1), date(2025, 7, 1)))
    assert {code: (own["cmi"], own["cmi_percentile"]) for code, own in found.items()} == {
        "H1": (0.2, 0.0), "H2": (0.4, 25.0), "H3": (0.6, 50.0),
        "H4": (0.8, 75.0), "H5": (1.0, 100.0), "H6": (1.2, None),
    }  # fmt: skip
    engine.close()


def assessed(bureau: Bureau) -> dict[str, Any]:
    told = (bureau.engine, Config(), Register(bureau.home), "2026", FIRST, BEFORE)
    frame = annual_assessment(*told, credit_provider(Asked(*told, AS_OF)))
    rows: list[dict[str, Any]] = canonical(lists()["annual_assessment"], frame).to_dicts()
    assert len(rows) == 1
    return rows[0]


def test_a_suspicion_does_not_count_and_a_decision_does(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path).run([A, B])
    row = assessed(bureau)
    assert (row["upheld"], row["upheld_amount"], row["inspections"], row["grade"]) == (0, 0, 0, "A")
    assert row["quota_share"] is None
    for told in ("没有总额控制指标", "仅有 1 个月数据", "没有认定成立的案例", "未经检查", "仅基础分"):
        assert told in row["summary"]
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1)
    who = dict(rows_of(bureau.engine, "select bkkp_sn, candidate_id from money.claim"))
    first = {"candidate_id": who["A"], "stage": "处理", "decided_on": "2025-06-02", "outcome": "upheld"}
    second = {**first, "candidate_id": who["B"], "outcome": "partial", "fund_amount": None}
    late = {**second, "outcome": "upheld", "decided_on": "2026-01-02"}
    visit = {"inspection_id": "I1", "fixmedins_code": "H1", "inspected_on": "2025-03-01", "found_amount": 10}
    more = {"inspection_d": [visit], "fund_budget_d": [quota(1000)]}
    row = assessed(bureau.run([A, B], decision_d=[first, second], **more))
    assert (row["upheld"], row["upheld_amount"], row["upheld_open"]) == (1, Decimal(60), 1)
    assert (row["inspections"], row["found_amount"], row["quota_amount"]) == (1, Decimal(10), Decimal(1000))
    assert "认定成立 1 例、60.00 元" in row["summary"] and "检查 1 次，查实 10.00 元" in row["summary"]
    row = assessed(bureau.run([A, B], decision_d=[late], **more))
    assert (row["upheld"], row["upheld_amount"]) == (0, Decimal(0))

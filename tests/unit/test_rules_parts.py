"""Parts of lines by amounts, days and discounts against plain exact arithmetic, over random lines."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from tests.given import given
from tests.unit.test_rules_money import to_fen

POINT = {"subject_code": "ITEM1", "valid_from": "2020-01-01"}
ENGINE = memory_engine()
MONEY = st.decimals("0.01", "99999", places=2)


def found(rule_id: str, fees: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> dict[str, Decimal]:
    given(ENGINE, setl_d=[{"med_type": "11"}], fee_list_d=fees, **tables)
    core.build(ENGINE, Config())
    assert rules.run_rules(ENGINE, [rule_id], Config())[rule_id].error is None
    rows = ENGINE.con.execute("select bkkp_sn, gross_amount from finding.finding where rule_id = $r", {"r": rule_id})
    return dict(rows.fetchall())


def latest_first(lines: list[tuple[str, Fraction, Decimal]], limit: Fraction) -> dict[str, Decimal]:
    """(line, what counts, fee) of one window in order -> the fee's part above the limit."""
    over = sum((count for _, count, _ in lines), Fraction(0)) - limit
    out = {}
    for name, count, fee in reversed(lines):
        if over <= 0:
            break
        taken = min(count, over)
        over -= taken
        if gross := to_fen(Fraction(fee) * taken / count):
            out[name] = gross
    return out


@settings(max_examples=8, deadline=None)
@hypothesis_given(
    lines=st.lists(st.tuples(st.integers(0, 2), MONEY, MONEY), min_size=1, max_size=8),
    limit=st.decimals("0", "150000", places=2),
)
def test_amount(lines: list[tuple[int, Decimal, Decimal]], limit: Decimal) -> None:
    fees: list[dict[str, Any]] = [
        {
            "bkkp_sn": f"B{n}",
            "fee_ocur_time": f"2025-02-{10 + day} 09:00:00",
            "det_item_fee_sumamt": fee,
            "inscp_scp_amt": min(fee, scope),
        }
        for n, (day, fee, scope) in enumerate(lines)
    ]
    expected: dict[str, Decimal] = {}
    for day in range(3):
        mine = [(f"B{n}", Fraction(min(fee, scope)), fee) for n, (d, fee, scope) in enumerate(lines) if d == day]
        expected |= latest_first(mine, Fraction(limit))
    point = {**POINT, "rule_id": "R28", "per": "day", "max_amount": limit}
    assert found("R28", fees, kp_amount=[point]) == expected


@settings(max_examples=8, deadline=None)
@hypothesis_given(
    lines=st.lists(st.tuples(st.integers(1, 40), MONEY), min_size=1, max_size=8),
    limit=st.decimals("0", "200", places=2),
)
def test_supply(lines: list[tuple[int, Decimal]], limit: Decimal) -> None:
    fees = [{"bkkp_sn": f"B{n}", "prd_days": days, "det_item_fee_sumamt": fee} for n, (days, fee) in enumerate(lines)]
    expected = latest_first([(f"B{n}", Fraction(days), fee) for n, (days, fee) in enumerate(lines)], Fraction(limit))
    point = {**POINT, "rule_id": "R10", "per": "visit", "max_days": limit}
    assert found("R10", fees, kp_supply=[point]) == expected


@settings(max_examples=8, deadline=None)
@hypothesis_given(
    prices=st.lists(MONEY, min_size=1, max_size=6, unique=True),
    counts=st.lists(st.integers(1, 3), min_size=6, max_size=6),
    ratio=st.sampled_from([Decimal("0"), Decimal("0.5"), Decimal("0.7"), Decimal("0.8")]),
)
def test_discount(prices: list[Decimal], counts: list[int], ratio: Decimal) -> None:
    fees = [
        {"bkkp_sn": f"B{n}", "med_list_codg": f"ITEM1{n}", "cnt": counts[n], "pric": price}
        for n, price in enumerate(prices)
    ]
    expected = {}
    before = 0
    for n in sorted(range(len(prices)), key=lambda n: -prices[n]):
        reduced = counts[n] - max(0, min(counts[n], 1 - before))
        before += counts[n]
        over = (prices[n] * reduced * (1 - ratio)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if over:
            expected[f"B{n}"] = over
    point = {**POINT, "rule_id": "R15", "subject_code": "ITEM1*", "ratio": ratio}
    assert found("R15", fees, kp_discount=[point]) == expected

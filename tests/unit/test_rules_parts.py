"""Parts of lines by amounts, days and discounts against plain exact arithmetic, over random lines."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.drawn import drawn
from tests.unit.rule_amounts import Example, check, rounded, to_fen

MONEY = st.decimals("0.01", "99999", places=2)
AMOUNTS = st.tuples(
    st.lists(st.tuples(st.integers(0, 2), MONEY, MONEY), min_size=1, max_size=8), st.decimals("0", "150000", places=2)
)
SUPPLIES = st.tuples(
    st.lists(st.tuples(st.integers(1, 40), MONEY), min_size=1, max_size=8), st.decimals("0", "200", places=2)
)
DISCOUNTS = st.tuples(
    st.lists(MONEY, min_size=1, max_size=6, unique=True),
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
    st.sampled_from([Decimal("0"), Decimal("0.5"), Decimal("0.7"), Decimal("0.8")]),
)


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


def test_amount() -> None:
    check("R28", "kp_amount", map(_amount, drawn(AMOUNTS, 100)), med_type="11")


def _amount(example: tuple[list[tuple[int, Decimal, Decimal]], Decimal]) -> Example:
    lines, limit = example
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
    return Example(example, fees, {"per": "day", "max_amount": limit}, expected)


def test_supply() -> None:
    check("R10", "kp_supply", map(_supply, drawn(SUPPLIES, 100)), med_type="11")


def _supply(example: tuple[list[tuple[int, Decimal]], Decimal]) -> Example:
    lines, limit = example
    fees = [{"bkkp_sn": f"B{n}", "prd_days": days, "det_item_fee_sumamt": fee} for n, (days, fee) in enumerate(lines)]
    expected = latest_first([(f"B{n}", Fraction(days), fee) for n, (days, fee) in enumerate(lines)], Fraction(limit))
    return Example(example, fees, {"per": "visit", "max_days": limit}, expected)


def test_discount() -> None:
    check("R15", "kp_discount", map(_discount, drawn(DISCOUNTS, 100)), med_type="11")


def _discount(example: tuple[list[Decimal], list[int], Decimal]) -> Example:
    prices, counts, ratio = example
    fees = [
        {"bkkp_sn": f"B{n}", "med_list_codg": str(n), "cnt": counts[n], "pric": price} for n, price in enumerate(prices)
    ]
    expected = {}
    before = 0
    for n in sorted(range(len(prices)), key=lambda n: -prices[n]):
        reduced = counts[n] - max(0, min(counts[n], 1 - before))
        before += counts[n]
        over = rounded(prices[n] * reduced * (1 - ratio))
        if over:
            expected[f"B{n}"] = over
    return Example(example, fees, {"ratio": ratio}, expected, wildcard=True)

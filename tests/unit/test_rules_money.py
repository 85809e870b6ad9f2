"""Amounts of frequency and price findings against plain exact arithmetic, over random lines."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from tests.drawn import drawn
from tests.unit.rule_amounts import Example, check, rounded, to_fen

Line = tuple[int, Decimal, Decimal, Decimal]
LINE = st.tuples(
    st.integers(0, 2),  # day
    st.decimals("0.0001", "9999", places=4),
    st.decimals("0.01", "99999", places=2),
    st.decimals("0", "20", places=2),
)
LINES = st.lists(LINE, min_size=1, max_size=8)
PRICES = st.lists(st.decimals("0.000001", "300", places=6), min_size=8, max_size=8)


def test_frequency() -> None:
    check("R27", "kp_frequency", map(_frequency, drawn(st.tuples(LINES, st.decimals("0", "3000", places=4)), 100)))


def _frequency(example: tuple[list[Line], Decimal]) -> Example:
    lines, limit = example
    fees = [
        {
            "bkkp_sn": f"B{n}",
            "fee_ocur_time": f"2025-02-{10 + day} 09:00:00",
            "cnt": cnt,
            "pric": 1,
            "det_item_fee_sumamt": amount,
        }
        for n, (day, cnt, amount, _) in enumerate(lines)
    ]
    expected = {}
    for day in range(3):
        mine = [(n, cnt, amount) for n, (d, cnt, amount, _) in enumerate(lines) if d == day]
        over = sum((cnt for _, cnt, _ in mine), Decimal(0)) - limit
        for n, cnt, amount in sorted(mine, key=lambda line: f"B{line[0]}", reverse=True):
            if over <= 0:
                break
            taken = min(cnt, over)
            over -= taken
            gross = to_fen(Fraction(amount) * Fraction(taken) / Fraction(cnt))
            if gross:
                expected[f"B{n}"] = gross
    return Example(example, fees, {"per": "day", "max_cnt": limit}, expected)


def test_price() -> None:
    check("R14", "kp_price", map(_price, drawn(st.tuples(LINES, PRICES, st.decimals("0", "200", places=4)), 100)))


def _price(example: tuple[list[Line], list[Decimal], Decimal]) -> Example:
    lines, prices, cap = example
    fees = []
    expected = {}
    for n, (_, cnt, _, own) in enumerate(lines):
        price = prices[n]
        amount = rounded(price * cnt)
        fees.append({"bkkp_sn": f"B{n}", "cnt": cnt, "pric": price, "det_item_fee_sumamt": amount, "overlmt_amt": own})
        over = min(Fraction((price - cap) * cnt - own), Fraction(amount - own))
        if amount > 0 and over > 0 and to_fen(over):
            expected[f"B{n}"] = to_fen(over)
    return Example(example, fees, {"pric_uplmt_amt": cap}, expected)

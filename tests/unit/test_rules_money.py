"""Amounts of frequency and price findings against plain exact arithmetic, over random lines."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from tests.given import given

POINT = {"subject_code": "ITEM1", "valid_from": "2020-01-01"}
LINE = st.tuples(
    st.integers(0, 2),  # day
    st.decimals("0.0001", "9999", places=4),
    st.decimals("0.01", "99999", places=2),
    st.decimals("0", "20", places=2),
)
ENGINE = memory_engine()


def to_fen(value: Fraction) -> Decimal:
    whole, rest = divmod(value * 100, 1)
    return Decimal(int(whole) + (1 if rest >= Fraction(1, 2) else 0)) / 100


@settings(max_examples=25, deadline=None)
@hypothesis_given(lines=st.lists(LINE, min_size=1, max_size=8), limit=st.decimals("0", "3000", places=4))
def test_frequency(lines: list[tuple[int, Decimal, Decimal, Decimal]], limit: Decimal) -> None:
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
    given(
        ENGINE, setl_d=[{}], fee_list_d=fees, kp_frequency=[{**POINT, "rule_id": "R27", "per": "day", "max_cnt": limit}]
    )
    core.build(ENGINE, Config())
    assert rules.run_rules(ENGINE, ["R27"], Config())["R27"].error is None
    found = dict(
        ENGINE.con.execute("select bkkp_sn, gross_amount from finding.finding where rule_id = 'R27'").fetchall()
    )
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
    assert found == expected


@settings(max_examples=25, deadline=None)
@hypothesis_given(
    lines=st.lists(LINE, min_size=1, max_size=8),
    prices=st.lists(st.decimals("0.000001", "300", places=6), min_size=8, max_size=8),
    cap=st.decimals("0", "200", places=4),
)
def test_price(lines: list[tuple[int, Decimal, Decimal, Decimal]], prices: list[Decimal], cap: Decimal) -> None:
    fees = []
    expected = {}
    for n, (_, cnt, _, own) in enumerate(lines):
        price = prices[n]
        amount = (price * cnt).quantize(Decimal("0.01"), ROUND_HALF_UP)
        fees.append({"bkkp_sn": f"B{n}", "cnt": cnt, "pric": price, "det_item_fee_sumamt": amount, "overlmt_amt": own})
        over = min(Fraction((price - cap) * cnt - own), Fraction(amount - own))
        if amount > 0 and over > 0 and to_fen(over):
            expected[f"B{n}"] = to_fen(over)
    given(ENGINE, setl_d=[{}], fee_list_d=fees, kp_price=[{**POINT, "rule_id": "R14", "pric_uplmt_amt": cap}])
    core.build(ENGINE, Config())
    assert rules.run_rules(ENGINE, ["R14"], Config())["R14"].error is None
    rows = ENGINE.con.execute("select bkkp_sn, gross_amount from finding.finding where rule_id = 'R14'").fetchall()
    assert dict(rows) == expected

"""Refunds find their original and are netted payer by payer: one small table a sentence of the contract."""

from decimal import Decimal
from typing import Any

import pytest

from tests.given import rows_of
from tests.unit.core_support import T2, T3, T4, built, nets, original, refund, unmatched


@pytest.mark.parametrize(
    ("rows", "expected", "left"),
    [
        ([original()], [("S1", 100, "none")], []),
        # through init_setl_id, whole and in part, negative or positive with the flag, in any order of the files
        ([original(), refund("R1", -100, init_setl_id="S1")], [("S1", 0, "full")], []),
        ([refund("R1", 100, init_setl_id="S1"), original()], [("S1", 0, "full")], []),
        ([original(), refund("R1", -30, init_setl_id="S1")], [("S1", 70, "partial")], []),
        (
            [original(), refund("R1", -30, init_setl_id="S1"), refund("R2", 20, init_setl_id="S1")],
            [("S1", 50, "partial")],
            [],
        ),
        # months later
        ([original(), refund("R1", -100, init_setl_id="S1", setl_time="2025-12-30 00:00:00")], [("S1", 0, "full")], []),
        # a refund chained on a refund reaches the original
        (
            [original(), refund("R1", -30, init_setl_id="S1"), refund("R2", -30, init_setl_id="R1")],
            [("S1", 40, "partial")],
            [],
        ),
        # a negative row without its flag is a refund all the same
        ([original(), refund("R1", -100, init_setl_id="S1", refd_setl_flag=None)], [("S1", 0, "full")], []),
        # by person, provider, dates and amounts
        ([original(), refund("R1", -100)], [("S1", 0, "full")], []),
        ([original(), refund("R1", -100, init_setl_id="gone")], [("S1", 0, "full")], []),
        ([original(), refund("R1", -100, psn_no="P2")], [("S1", 100, "none")], [("R1", "no_original", -100)]),
        (
            [original(), refund("R1", -100, fixmedins_code="H2")],
            [("S1", 100, "none")],
            [("R1", "no_original", -100)],
        ),
        (
            [original(), refund("R1", -100, begndate="2025-02-09")],
            [("S1", 100, "none")],
            [("R1", "no_original", -100)],
        ),
        # what one of the two leaves empty tells them not apart; what both tell does
        ([original(acct_pay=5), refund("R1", -100, acct_pay=None)], [("S1", 0, "full")], []),
        ([original(hifes_pay=None), refund("R1", -100, hifes_pay=0)], [("S1", 0, "full")], []),
        (
            [original(acct_pay=5), refund("R1", -100, acct_pay=-6)],
            [("S1", 100, "none")],
            [("R1", "no_original", -100)],
        ),
        # a part refund without init_setl_id matches nothing
        ([original(), refund("R1", -99)], [("S1", 100, "none")], [("R1", "no_original", -99)]),
        # a refund never undoes what was settled after it
        (
            [original(setl_time=T3), refund("R1", -100, setl_time=T2)],
            [("S1", 100, "none")],
            [("R1", "no_original", -100)],
        ),
        # settled, refunded, settled again: the second stands
        ([original(), refund("R1", -100), original("S2", setl_time=T3)], [("S1", 0, "full"), ("S2", 100, "none")], []),
        # equal pairs pair in order
        (
            [
                original(),
                refund("R1", -100, setl_time=T2),
                original("S2", setl_time=T3),
                refund("R2", -100, setl_time=T4),
            ],
            [("S1", 0, "full"), ("S2", 0, "full")],
            [],
        ),
        # more refunds than originals: one is left over
        (
            [original(), refund("R1", -100, setl_time=T2), refund("R2", -100, setl_time=T3)],
            [("S1", 0, "full")],
            [("R2", "no_original", -100)],
        ),
        # what init_setl_id has claimed is not matched again
        (
            [original(), refund("R1", -100, init_setl_id="S1"), refund("R2", -100)],
            [("S1", 0, "full")],
            [("R2", "no_original", -100)],
        ),
        # a refund of a refund that was itself matched by likeness
        (
            [original(), refund("R1", -100), refund("R2", -10, init_setl_id="R1")],
            [("S1", 0, "full")],
            [("S1", "over_refunded", -10)],
        ),
        # too much came back: clipped at zero, and said
        ([original(), refund("R1", -130, init_setl_id="S1")], [("S1", 0, "full")], [("S1", "over_refunded", -30)]),
        # circles and refunds of themselves undo nothing
        (
            [original(), refund("R1", -7, init_setl_id="R2"), refund("R2", -9, init_setl_id="R1")],
            [("S1", 100, "none")],
            [("R1", "no_original", -7), ("R2", "no_original", -9)],
        ),
        ([original(), refund("R1", -7, init_setl_id="R1")], [("S1", 100, "none")], [("R1", "no_original", -7)]),
    ],
)
def test_refunds(rows: list[dict[str, Any]], expected: list[Any], left: list[Any]) -> None:
    engine = built(setl_d=rows)
    assert nets(engine) == expected
    assert unmatched(engine) == left


def test_a_long_chain_of_refunds_reaches_the_original() -> None:
    chain = [refund(f"R{n}", -1, init_setl_id=f"R{n - 1}" if n else "S1") for n in range(40)]
    engine = built(setl_d=[original(), *chain])
    assert nets(engine) == [("S1", 60, "partial")]


def test_payers_are_netted_apart() -> None:
    engine = built(
        setl_d=[original(hifmi_pay=40, acct_pay=10), refund("R1", -100, hifmi_pay=-5, acct_pay=-3, init_setl_id="S1")]
    )
    assert rows_of(engine, "select net_hifp_pay, net_hifmi_pay, net_acct_pay, net_fund from core.settlement") == [
        (Decimal(0), Decimal(35), Decimal(7), Decimal(35))
    ]


@pytest.mark.parametrize(
    ("came_back", "hifp", "hifmi"),
    # of 100 + 40 there came back 110 under the one payer: what is left of both together is 30, not 40
    [(-110, 0, 30), (-150, 0, 0), (-60, 40, 40)],
)
def test_what_one_payer_got_back_beyond_its_own_lowers_the_others(came_back: int, hifp: int, hifmi: int) -> None:
    row = refund("R1", came_back, init_setl_id="S1")
    engine = built(setl_d=[original(hifmi_pay=40, psn_part_amt=50), row])
    assert rows_of(engine, "select paid_hifp_pay, paid_hifmi_pay, paid from core.settlement") == [
        (Decimal(hifp), Decimal(hifmi), Decimal(hifp + hifmi))
    ]

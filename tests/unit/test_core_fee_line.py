"""Fee lines with their refund lines netted in."""

from typing import Any

import pytest

from models.config import Config
from models.core import build
from models.engine.duck import memory_engine
from tests.given import given, rows_of

SETTLED = {"setl_id": "S1", "hifp_pay": 100}
BACK = {"setl_id": "R1", "hifp_pay": -20, "refd_setl_flag": "1", "init_setl_id": "S1"}
LATER = "2025-02-12 08:00:00"


def lines(fee_lines: list[dict[str, Any]], settlements: Any = (SETTLED, BACK)) -> list[tuple[Any, ...]]:
    engine = given(memory_engine(), setl_d=list(settlements), fee_list_d=fee_lines)
    build(engine, Config())
    columns = "bkkp_sn, cnt::double, det_item_fee_sumamt::double, inscp_scp_amt::double, state, refunded"
    return rows_of(engine, f"select {columns} from core.fee_line order by bkkp_sn")


def line(bkkp_sn: str, cnt: float, amount: float, **more: Any) -> dict[str, Any]:
    return {"bkkp_sn": bkkp_sn, "cnt": cnt, "pric": 10, "det_item_fee_sumamt": amount, **more}


def test_lines_without_refunds_stay_as_they_are() -> None:
    assert lines([line("A", 3, 30), line("B", 1, 10, inscp_scp_amt=7)]) == [
        ("A", 3, 30, 30, "settled", False),
        ("B", 1, 10, 7, "settled", False),
    ]


@pytest.mark.parametrize(
    "undoing",
    [
        line("X", -2, -20, setl_id="R1", init_feedetl_sn="A"),
        line("X", 2, 20, setl_id="R1", init_feedetl_sn="A"),  # positive amounts, the flag says it
        line("X", -2, -20, setl_id="S1", init_feedetl_sn="A"),  # in the original's own settlement
        line("X", 2, 20, setl_id="S1", init_feedetl_sn="A"),
        line("X", -2, -20, setl_id=None, init_feedetl_sn="A"),
        line("X", -2, -20, setl_id="R1"),  # nothing but item and price
        line("X", -2, -20, setl_id="R1", init_feedetl_sn="gone"),
        line("X", -2, -20, setl_id="S1"),
        line("X", -2, -20, setl_id="R1", fee_ocur_time=LATER),
        line("X", -2, -20, setl_id="R1", init_feedetl_sn="A", inscp_scp_amt=None),
    ],
)
def test_a_line_is_undone_in_part(undoing: dict[str, Any]) -> None:
    assert lines([line("A", 3, 30), undoing]) == [("A", 1, 10, 10, "settled", False)]


def test_a_line_is_undone_whole() -> None:
    assert lines([line("A", 3, 30), line("X", -3, -30, setl_id="R1", init_feedetl_sn="A")]) == [
        ("A", 0, 0, 0, "settled", True)
    ]


def test_more_undone_than_charged_is_nothing_left() -> None:
    assert lines([line("A", 3, 30), line("X", -4, -40, setl_id="R1", init_feedetl_sn="A")]) == [
        ("A", 0, 0, 0, "settled", True)
    ]


def test_own_columns_of_the_undoing_line_count() -> None:
    undoing = line("X", 0, -5, setl_id="R1", init_feedetl_sn="A", inscp_scp_amt=-4)
    assert lines([line("A", 3, 30, inscp_scp_amt=27), undoing]) == [("A", 3, 25, 23, "settled", False)]


def test_an_undoing_line_of_an_undoing_line_reaches_the_original() -> None:
    rows = [
        line("A", 3, 30),
        line("X", -1, -10, setl_id="R1", init_feedetl_sn="A"),
        line("Y", -1, -10, setl_id="R1", init_feedetl_sn="X"),
    ]
    assert lines(rows) == [("A", 1, 10, 10, "settled", False)]


def test_by_item_and_price_the_same_moment_goes_first_then_the_latest() -> None:
    rows = [
        line("A", 1, 10, fee_ocur_time="2025-02-01 08:00:00"),
        line("B", 2, 20, fee_ocur_time="2025-02-02 08:00:00"),
        line("C", 2, 20, fee_ocur_time="2025-02-03 08:00:00"),
        line("D", 2, 20, fee_ocur_time="2025-02-03 08:00:00", pric=9),
        line("X", -1, -10, setl_id="R1", fee_ocur_time="2025-02-01 08:00:00"),
        line("Y", -3, -30, setl_id="R1", fee_ocur_time=LATER),
    ]
    assert lines(rows) == [
        ("A", 0, 0, 0, "settled", True),
        ("B", 1, 10, 10, "settled", False),
        ("C", 0, 0, 0, "settled", True),
        ("D", 2, 20, 20, "settled", False),
    ]


def test_a_settlement_refunded_whole_leaves_nothing_even_without_lines() -> None:
    whole = {**BACK, "hifp_pay": -100}
    assert lines([line("A", 3, 30)], (SETTLED, whole)) == [("A", 0, 0, 0, "settled", True)]


def test_a_part_refund_without_lines_leaves_the_lines() -> None:
    assert lines([line("A", 3, 30)]) == [("A", 3, 30, 30, "settled", False)]


def test_lines_of_no_settlement_are_unsettled() -> None:
    assert lines([line("A", 1, 10, setl_id=None), line("B", 1, 10, setl_id="elsewhere")]) == [
        ("A", 1, 10, 10, "unsettled", False),
        ("B", 1, 10, 10, "unsettled", False),
    ]


def test_a_line_that_names_itself_undoes_nothing() -> None:
    assert lines([line("A", 3, 30, init_feedetl_sn="A")]) == [("A", 3, 30, 30, "settled", False)]


def test_lines_of_an_unmatched_refund_are_no_lines() -> None:
    alone = {**BACK, "init_setl_id": None}
    assert lines([line("A", 3, 30), line("X", -3, -30, setl_id="R1")], (SETTLED, alone)) == [
        ("A", 3, 30, 30, "settled", False)
    ]


def test_lines_of_settlements_elsewhere_join() -> None:
    engine = given(memory_engine(), outmed_setl_d=[SETTLED], fee_list_d=[line("A", 1, 10)])
    build(engine, Config())
    assert rows_of(engine, "select state, fixmedins_code, quarter from core.fee_line") == [("settled", "H1", "2025Q1")]

"""Which quarters a delivered file speaks of: their lists are stale when it comes."""

from models.config import Config
from models.core import build
from models.engine import sql_text
from models.engine.duck import Engine, memory_engine
from models.ingest import store
from tests.given import given, rows_of

FIRST, SECOND = "2025-02-10 12:00:00", "2025-04-28 12:00:00"


def delivered(engine: Engine, table: str, rows: list[dict[str, object]]) -> None:
    """Rows of raw.* as loaded, of which only what is told here matters."""
    for row in rows:
        names = ", ".join(row)
        values = ", ".join(f"${name}" for name in row)
        engine.con.execute(f"insert into raw.{table} ({names}) values ({values})", row)


def spoken(headers: list[dict[str, object]], lines: list[dict[str, object]] | None = None) -> set[str]:
    """The quarters of file 2; what is current follows from `given`, made before."""
    engine = memory_engine()
    original = {"setl_id": "S1", "hifp_pay": 100, "setl_time": FIRST, "psn_no": "P1"}
    refund = {**original, "setl_id": "R1", "hifp_pay": -100, "refd_setl_flag": "1", "setl_time": SECOND}
    given(engine, setl_d=[original, {**refund, "begndate": "2025-02-10", "enddate": "2025-02-10"}])
    build(engine, Config())
    store.prepare(engine)
    delivered(engine, "setl_d", [{"file_id": 1, "setl_id": "S1", "mdtrt_id": "M1", "setl_time": FIRST}, *headers])
    first = {"file_id": 1, "line_no": 2, "sub_no": 0, "bkkp_sn": "B1", "setl_id": "S1"}
    delivered(engine, "fee_list_d", [first, *(lines or [])])
    if lines:
        engine.con.execute("insert into meta.lost values ('fee_list_d', 1, 2, 0, 'superseded')")
    return {str(period) for file_id, period in rows_of(engine, sql_text("due/file_quarter")) if file_id == 2}


def header(setl_id: str, mdtrt_id: str = "M2") -> dict[str, object]:
    return {"file_id": 2, "setl_id": setl_id, "mdtrt_id": mdtrt_id, "setl_time": SECOND}


def test_a_refund_that_names_no_original_speaks_of_the_quarter_of_the_one_it_is_like() -> None:
    assert spoken([header("R1")]) == {"2025Q1", "2025Q2"}


def test_a_version_that_moves_a_settlement_speaks_of_the_quarter_it_leaves() -> None:
    assert spoken([header("S1")]) == {"2025Q1", "2025Q2"}


def test_a_later_settlement_of_a_visit_speaks_of_the_quarter_of_the_first() -> None:
    assert spoken([header("S2", "M1")]) == {"2025Q1", "2025Q2"}


def test_a_version_of_a_line_under_another_settlement_speaks_of_the_quarter_it_leaves() -> None:
    assert spoken([header("S2")], [{"file_id": 2, "bkkp_sn": "B1", "setl_id": "S2"}]) == {"2025Q1", "2025Q2"}


def test_a_settlement_by_itself_speaks_of_its_own_quarter() -> None:
    assert spoken([header("S2")]) == {"2025Q2"}

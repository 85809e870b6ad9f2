"""Counting the checks of one quarter in a small world, without the validation."""

from datetime import date, datetime
from typing import Any

from models.config import Config
from models.engine import Engine
from models.engine.duck import memory_engine
from models.quality.catalogue import catalogue
from models.quality.measure import area, counts
from models.quality.stage import work_tables
from tests.given import given

UNMATCHED = (
    "setl_id varchar, fixmedins_code varchar, psn_id varchar, month date, fund_amount decimal(16, 2), reason varchar"
)
FILE = "file_id integer, folder varchar, file varchar, table_name varchar, rows_read bigint"
FATE = "file_id integer, loaded bigint, superseded bigint, cancelled bigint, quarantined bigint"


def world(
    unmatched: list[str] | None = None,
    files: list[tuple[int, str, str, int, int, int]] | None = None,
    **rows: list[dict[str, Any]],
) -> Engine:
    """A small warehouse.

    `unmatched`: refunds without original; `files`: (file_id, folder, table, read, superseded, quarantined).
    """
    engine = given(memory_engine(), **rows)
    engine.con.execute(f"create table core.unmatched_refund ({UNMATCHED})")
    for setl_id in unmatched or []:
        engine.con.execute("insert into core.unmatched_refund (setl_id) values ($s)", {"s": setl_id})
    if files is not None:
        engine.con.execute(f"create table meta.file ({FILE})")
        engine.con.execute(f"create table meta.row_fate ({FATE})")
        for file_id, folder, table, read, superseded, quarantined in files:
            path = f"{folder}/{table}.csv"
            engine.con.execute("insert into meta.file values (?, ?, ?, ?, ?)", [file_id, folder, path, table, read])
            loaded = read - superseded - quarantined
            engine.con.execute(
                "insert into meta.row_fate values (?, ?, ?, 0, ?)", [file_id, loaded, superseded, quarantined]
            )
    return engine


def found(engine: Engine, as_of: datetime | None = None, only: str | None = None) -> dict[str, tuple[int, int]]:
    """(rows, violations) of every check that has something to look at in 2025Q1; `only`: that query alone."""
    queries = {check.query for check in catalogue() if only in (None, check.check_id)}
    checks = [check for check in catalogue() if check.query in queries]
    with work_tables(engine, Config()):
        whole = area(counts(engine, checks, date(2025, 1, 1), date(2025, 4, 1), as_of))
    rows = whole.filter(whole["checked"] > 0)
    return {row["check_id"]: (row["checked"], row["violations"]) for row in rows.iter_rows(named=True)}

"""Small worlds for tests: `given(engine, setl_d=[{...}], fee_list_d=[...])` makes every `cur.*` table from short dicts.

A row names only what the test is about; everything else that the contract asks for is filled with a plain value:
a stay of one day at provider H1 on 2025-02-10, insured under 310, settled at noon, amounts that add up.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from models.contracts import Table, tables
from models.engine.duck import Engine

Row = Mapping[str, Any]
FUND_PAYERS = ("hifp", "cvlserv", "hifes", "hifmi", "hifob", "hifdm", "maf", "oth")
DAY = "2025-02-10"
PLAIN: dict[str, str] = {
    "id": "X1", "code": "1", "text": "无", "flag": "1", "person": "P1", "keyed": "k1", "amount": "0", "price": "1",
    "quantity": "1", "ratio": "0", "weight": "1", "age": "40", "int": "1", "date": "2020-01-01",
    "time": f"{DAY} 12:00:00",
}  # fmt: skip


def _number(row: Row, name: str) -> Decimal:
    value = row.get(name)
    return Decimal(0) if value is None else Decimal(str(value))


def _settlement(row: dict[str, Any], place: int) -> None:
    """A settlement: dates follow its time, totals follow its parts, everything is in scope unless the row says so."""
    row.setdefault("setl_id", f"S{place}")
    row.setdefault("mdtrt_id", f"M-{row['setl_id']}")
    row.setdefault("setl_time", f"{row.get('enddate', DAY)} 12:00:00")
    day = str(row["setl_time"])[:10]
    fund = sum((_number(row, f"{payer}_pay") for payer in FUND_PAYERS), Decimal(0))
    row.setdefault("fund_pay_sumamt", fund)
    if not fund and "hifp_pay" not in row:
        row["hifp_pay"] = row["fund_pay_sumamt"]
    own = _number(row, "psn_part_amt") + _number(row, "hosp_part_amt")
    row.setdefault("medfee_sumamt", _number(row, "fund_pay_sumamt") + own)
    row.setdefault("inscp_scp_amt", row["medfee_sumamt"])
    defaults = {
        "begndate": day, "enddate": day, "fixmedins_code": "H1", "insutype": "310", "med_type": "21", "gend": "1",
        "age": "40", "setl_type": "2", "pay_loc": "2", "hi_paymtd": "1", "refd_setl_flag": "0", "mid_setl_flag": "0",
    }  # fmt: skip
    for name, value in defaults.items():
        row.setdefault(name, value)


def _fee_line(row: dict[str, Any], place: int) -> None:
    """A fee line: price times quantity, all of it in scope."""
    row.setdefault("bkkp_sn", f"B{place}")
    row.setdefault("setl_id", "S1")
    row.setdefault("fee_ocur_time", f"{DAY} 09:00:00")
    row.setdefault("med_list_codg", "ITEM1")
    row.setdefault("med_chrgitm_type", "05")
    row.setdefault("cnt", 1)
    if "det_item_fee_sumamt" not in row:
        row["det_item_fee_sumamt"] = round(_number(row, "cnt") * Decimal(str(row.get("pric", 0))), 2)
    count = _number(row, "cnt")
    row.setdefault("pric", round(_number(row, "det_item_fee_sumamt") / count, 6) if count else 0)
    row.setdefault("inscp_scp_amt", row["det_item_fee_sumamt"])


def _diagnosis(row: dict[str, Any], place: int) -> None:
    row.setdefault("setl_id", "S1")
    row.setdefault("diag_type", "1")
    row.setdefault("maindiag_flag", "1")


def _provider(row: dict[str, Any], place: int) -> None:
    row.setdefault("fixmedins_code", "H1")
    row.setdefault("fixmedins_name", f"机构{row['fixmedins_code']}")


FILL: dict[str, Callable[[dict[str, Any], int], None]] = {
    "setl_d": _settlement,
    "outmed_setl_d": _settlement,
    "fee_list_d": _fee_line,
    "setl_list_diag_d": _diagnosis,
    "medins_info_b": _provider,
}


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


def _complete(table: Table, row: Row, place: int) -> dict[str, str | None]:
    given_row = {("psn_id" if name == "psn_no" and "psn_no" in table.columns else name): v for name, v in row.items()}
    columns = {column.inside: column for column in table.columns.values()}
    unknown = given_row.keys() - columns.keys()
    if unknown:
        raise ValueError(f"{table.name} has no columns {sorted(unknown)}; it has {sorted(columns)}")
    if table.name in FILL:
        FILL[table.name](given_row, place)
    for name, column in columns.items():
        if column.filled and name not in given_row:
            given_row[name] = PLAIN[column.type]
    return {name: _text(given_row.get(name)) for name in columns}


def complete(name: str, rows: Sequence[Row]) -> list[dict[str, str | None]]:
    """Rows of one table with every column of the contract, as text; an unknown table or column raises ValueError."""
    if name not in tables():
        raise ValueError(f"no such contract table: {name}")
    return [_complete(tables()[name], row, place) for place, row in enumerate(rows, 1)]


def fill(
    engine: Engine, completed: Mapping[str, list[dict[str, str | None]]], only: Collection[str] | None = None
) -> Engine:
    """Make all `cur.*` tables (or `only` some) of rows that are complete, empty where there are none."""
    for name, table in tables().items():
        if only is not None and name not in only:
            continue
        columns = ", ".join(f"{column.inside} {column.sql_type}" for column in table.columns.values())
        engine.con.execute(f"create or replace table cur.{name} ({columns}, file_id integer, line_no bigint)")
        filled = completed.get(name)
        if not filled:
            continue
        frame = pl.DataFrame(filled, schema={column.inside: pl.String for column in table.columns.values()})
        frame = frame.with_columns(
            file_id=pl.lit(1, pl.Int32), line_no=pl.int_range(2, len(filled) + 2, dtype=pl.Int64)
        )
        engine.con.register("given_rows", frame)
        engine.con.execute(f"insert into cur.{name} by name select * from given_rows")
        engine.con.unregister("given_rows")
    return engine


def given(engine: Engine, only: Collection[str] | None = None, **rows: list[Row] | list[dict[str, Any]]) -> Engine:
    """Make all `cur.*` tables (or `only` some) with every column of the contract (and file_id, line_no), empty where
    nothing is given.

    Values may be strings or Python values and are cast to the contract's types; an unknown table or column raises
    ValueError. A key or person may be given as `psn_no` or `psn_id`: both are stored as `psn_id`, as they stand.
    """
    return fill(engine, {name: complete(name, some) for name, some in rows.items()}, only)


def rows_of(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    """Rows of a query, for comparing with a small table of expected tuples."""
    return engine.con.execute(statement).fetchall()

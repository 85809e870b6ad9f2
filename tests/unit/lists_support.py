"""Frames that keep a list's contract, and reading workbooks back."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

from models.contracts import ListColumn, ListSpec, lists
from models.lists.flat import FORMULA
from models.lists.history import SHEET

POLARS = {"varchar": pl.String, "bigint": pl.Int64, "double": pl.Float64, "boolean": pl.Boolean, "date": pl.Date}


def polars_type(column: ListColumn) -> Any:
    if column.type.startswith("decimal"):
        precision, scale = column.type[8:-1].split(",")
        return pl.Decimal(int(precision), int(scale))
    return pl.Datetime("us") if column.type == "timestamp" else POLARS[column.type]


def value(column: ListColumn, number: int) -> Any:
    """A plain value of the column's type, another one for every number."""
    if column.values:
        return sorted(column.values)[number % len(column.values)]
    if column.type == "varchar":
        return f"{column.name}-{number:05d}"
    if column.type.startswith("decimal"):
        return Decimal(number * 7 + 1).scaleb(-min(column.decimals or 0, 2))
    if column.type == "timestamp":
        return datetime(2025, 1, 1 + number % 28, 8, 30, number % 60)
    return {
        "bigint": number,
        "double": number / 7,
        "boolean": number % 2 == 0,
        "date": date(2025, 3, 1 + number % 28),
    }[column.type]


def frame_of(spec: ListSpec, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows with the contract's types; a column a row does not give is null."""
    full = [{name: row.get(name) for name in spec.names} for row in rows]
    return pl.DataFrame(full, schema={c.name: polars_type(c) for c in spec.columns}, orient="row")


def plain_frame(name: str, rows: int) -> pl.DataFrame:
    spec = lists()[name]
    made = [{c.name: value(c, number) for c in spec.columns} for number in range(rows)]
    return frame_of(spec, made)


def _cell(column: ListColumn, found: Any) -> Any:
    """The value a workbook's cell stands for, by the column's type and labels."""
    if found == "" or found is None or column.name == "confidence":  # people see a band, not the number
        return None
    if column.type == "varchar":
        codes = {label: code for code, label in column.values.items()}
        return codes.get(str(found), str(found))
    if column.type == "boolean":
        return found in ("是", True)
    if column.type.startswith("decimal"):
        return Decimal(repr(found) if isinstance(found, float) else str(found)).quantize(
            Decimal(1).scaleb(-(column.decimals or 0))
        )
    if column.type in {"bigint", "double"}:
        return int(found) if column.type == "bigint" else float(found)
    if isinstance(found, str):
        return date.fromisoformat(found) if column.type == "date" else datetime.fromisoformat(found)
    if column.type == "timestamp" and not isinstance(found, datetime):
        return datetime(found.year, found.month, found.day)
    return found


def read_excel(spec: ListSpec, path: Path) -> pl.DataFrame:
    """All data sheets of a workbook as one frame with the contract's types; notes and histories left out."""
    book = CalamineWorkbook.from_path(path)
    rows: list[dict[str, Any]] = []
    for sheet in book.sheet_names[:-1]:
        if sheet in SHEET.values():
            continue
        cells = book.get_sheet_by_name(sheet).to_python()
        assert cells[0] == [column.title_zh for column in spec.columns]
        rows += [{c.name: _cell(c, found) for c, found in zip(spec.columns, line, strict=True)} for line in cells[1:]]
    return frame_of(spec, rows)


def read_csv(spec: ListSpec, path: Path) -> pl.DataFrame:
    """A list's CSV with the contract's types, apostrophes of inert cells taken off."""
    return pl.read_csv(path, infer_schema=False).select(_read(column) for column in spec.columns)


def _read(column: ListColumn) -> pl.Expr:
    cell = pl.col(column.name)
    if column.type == "boolean":
        return cell == "true"
    if column.type == "date":
        return cell.str.to_date("%Y-%m-%d")
    if column.type == "timestamp":
        return cell.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
    if column.type != "varchar":
        return cell.cast(polars_type(column))
    inert = cell.str.contains(FORMULA.replace("^'*", "^'+"))
    return pl.when(inert).then(cell.str.slice(1)).otherwise(cell).alias(column.name)

"""Write the landing as bureaus deliver it: every table and month in another style."""

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from models.contracts import tables
from models.sample.badrows import BadRows
from models.sample.mess import Delivery
from models.sample.style import STYLES, Style, contained, encoded, parquet, records, styled, titles
from models.sample.write import as_text

LATE = STYLES[0]
#: the style of each month and of each reference table; files of one month are written alike, but for the largest two
REFERENCE_STYLE = {
    "psn_info_b": 1,
    "hilist_b": 2,
    "nat_data_dic_a": 8,
    "pay_par": 7,
    "drg_std": 6,
    "kp_sex": 2,
    "kp_age": 1,
    "kp_cc": 5,
    "recovered_d": 3,
}


def style_of(month: int, position: int) -> Style:
    """Which style a table has in a month: all styles are met by the large tables within ten months."""
    return STYLES[(month * 3 + position * 7) % len(STYLES)]


def put(path: Path, data: bytes) -> None:
    """Write one file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def file_bytes(
    text: pl.DataFrame, table: str, style: Style, file: str, bad: BadRows | None, rng: np.random.Generator
) -> bytes:
    """One part of a `styled` table, bad lines included; `file` is its path in the landing."""
    if style.ext == "parquet":
        return parquet(text)
    lines = records(text, table, style)
    member = Path(file).stem + ".csv"
    if bad is not None:
        lines = bad.insert(lines, table, text.columns, style, f"{file}!{member}" if style.ext == "zip" else file, rng)
    return contained(encoded(lines, style), style, member)


def write_delivery(
    out: Path,
    folder: str,
    position: int,
    item: Delivery,
    extra: tuple[str, ...],
    bad: BadRows,
    rng: np.random.Generator,
) -> int:
    """All parts of a table in a folder; returns its rows."""
    style = style_of(item.month, position)
    text, parts = styled(item.rows, item.table, extra, style), style.parts if item.rows.height > 200 else 1
    size = -(-max(1, text.height) // parts)
    for p in range(parts):
        suffix = f"_{p + 1}" if parts > 1 else ""
        file = f"{folder}/{item.table}{suffix}.{style.ext}"
        part = text[p * size : (p + 1) * size]
        put(out / file, file_bytes(part, item.table, style, file, bad if p == 0 else None, rng))
    if item.late.height:
        file = f"{folder}/{item.table}_late.csv"
        put(out / file, file_bytes(styled(item.late, item.table, extra, LATE), item.table, LATE, file, None, rng))
    return text.height + item.late.height


def write_reference(
    out: Path, table: str, frame: pl.DataFrame, extra: tuple[str, ...], rng: np.random.Generator
) -> int:
    """One reference table; providers come as a workbook."""
    if not frame.width:
        frame = pl.DataFrame(schema=dict.fromkeys(tables()[table].columns, pl.String))
    if table == "medins_info_b":
        put(out / f"reference/{table}.xlsx", workbook(frame, table))
        return frame.height
    style = STYLES[REFERENCE_STYLE.get(table, 0)]
    file = f"reference/{table}.{style.ext}"
    put(out / file, file_bytes(styled(frame, table, extra, style), table, style, file, None, rng))
    return frame.height


def workbook(frame: pl.DataFrame, table: str) -> bytes:
    """An .xlsx as people keep it: Chinese titles, real dates, levels that became numbers."""
    text = as_text(frame, table)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2024, 1, 1, tzinfo=UTC)})
    sheet, day = book.add_worksheet("Sheet1"), book.add_format({"num_format": "yyyy-mm-dd"})
    for x, title in enumerate(titles(table, text.columns, "title")):
        sheet.write_string(0, x, title)
    for y, row in enumerate(text.iter_rows(named=True), 1):
        for x, (name, value) in enumerate(row.items()):
            if value is None:
                continue
            if name in ("hosp_lv", "bed_cnt"):
                sheet.write_number(y, x, int(value))
            elif name == "opened_on":
                sheet.write_datetime(y, x, datetime.fromisoformat(value), day)
            else:
                sheet.write_string(y, x, value)
    book.close()
    return buffer.getvalue()

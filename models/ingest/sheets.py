"""Parquet files and workbooks as batches of strings, so that they take the same way as text."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from models.contracts import tables
from models.ingest import numbers, quick
from models.ingest.formula_errors import failed_cells
from models.ingest.header import names_for, normal
from models.ingest.names import split_extension, table_of
from models.ingest.parse import Dialect, Parsed
from models.ingest.sources import Source
from models.ingest.summary import Unreadable

_BATCH = 131_072
FAILED = "\0"  # stands for a cell whose formula failed; no cell of a workbook can hold a NUL
_CHINA = timedelta(hours=8)  # a moment with a time zone is one in time; the area's clock is China's
_DAMAGED = "parquet 损坏 / the parquet file is damaged; write it again"


def open_parquet(source: Source) -> pq.ParquetFile:
    """The file, checked as far as its footer; raises Unreadable."""
    try:
        return pq.ParquetFile(source.whole())
    except (pa.ArrowException, OSError):
        raise Unreadable(_DAMAGED) from None


@dataclass(frozen=True)
class Cells:
    """Rows of a parquet file as it types them, in the dialect's columns; `first` is the number of the first one."""

    columns: tuple[pa.Array, ...]
    first: int

    def strings(self, dialect: Dialect) -> Parsed:
        """The rows as strings, so that they take the same way as text."""
        texts: list[pa.Array] = []
        bad: dict[int, str] = {}
        for values in self.columns:
            text, undecodable = _text(values)
            texts.append(text)
            bad |= dict.fromkeys(_with_nul(text), "nul_byte") | dict.fromkeys(undecodable, "bad_encoding")
        rows = len(self.columns[0])
        table, lines = pa.table(texts, dialect.names), np.arange(self.first, self.first + rows)
        if bad:
            mask = np.ones(rows, bool)
            mask[list(bad)] = False
            table, lines = table.filter(pa.array(mask)), lines[mask]
        return Parsed(table, lines, {self.first + place: reason for place, reason in bad.items()}, rows)


def parquet_batches(source: Source, dialect: Dialect) -> Iterator[Cells]:
    """Rows of a parquet file; the first one counts as line 2, as if under a header. Raises Unreadable."""
    file = open_parquet(source)
    names = file.schema_arrow.names
    fields = [file.schema_arrow.field(index) for index in dialect.wanted]
    nested = [field.name for field in fields if pa.types.is_nested(field.type)]
    if nested:
        raise Unreadable(f"嵌套列 / nested columns cannot be read: {', '.join(nested)}; write one value a cell")
    number = 2
    try:
        for field in fields:
            _text(pa.nulls(0, field.type))  # a type that has no text shows here, damaged pages where they are read
        for batch in file.iter_batches(_BATCH, columns=[names[index] for index in dialect.wanted]):
            yield Cells(tuple(batch.column(names[index]) for index in dialect.wanted), number)
            number += batch.num_rows
    except (pa.ArrowException, OSError):
        raise Unreadable(_DAMAGED) from None


def _text(array: pa.Array) -> tuple[pa.Array, set[int]]:
    """An array of any flat type as strings ('' for null), and the places whose bytes are no UTF-8."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):
        return numbers.floats(array), set()
    if pa.types.is_decimal(array.type):
        return numbers.decimals(array), set()
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        array = pc.add(array.cast(pa.timestamp(array.type.unit)), _CHINA)
    if (
        pa.types.is_binary(array.type)
        or pa.types.is_large_binary(array.type)
        or pa.types.is_fixed_size_binary(array.type)
    ):
        try:
            array = array.cast(pa.string())
        except pa.ArrowInvalid:
            values = [_decoded(value) for value in array.to_pylist()]
            bad = {place for place, value in enumerate(values) if value is None}
            return pa.array(["" if value is None else value for value in values], pa.string()), bad
    return pc.fill_null(array.cast(pa.string()), ""), set()


def _with_nul(text: pa.Array) -> list[int]:
    """Places of the texts with a NUL, which keeps a line of a text file out as well."""
    if quick.without_nul(text):
        return []
    return np.flatnonzero(pc.match_substring(text, "\0").to_numpy(zero_copy_only=False)).tolist()


def _decoded(value: bytes | None) -> str | None:
    try:
        return "" if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def read_workbook(source: Source) -> list[list[str]]:
    """Rows of the sheet named after the file's table, else of the one whose first row names most of its columns.

    As strings, trailing blank rows left out. Raises Unreadable, also where several sheets name them equally well.
    """
    stem = split_extension(PurePosixPath(source.member or source.path.name).name)[0]
    table = table_of(stem)
    sheets = _sheets(source, table)
    known = {name for names in names_for(tables()[table]).values() for name in names} if table else set()
    named = {name: len({normal(cell) for cell in rows[0]} & known) for name, rows in sheets.items()}
    best = [name for name in sheets if named[name] == max(named.values())]
    if len(best) > 1:
        what = "都有该表的列 / several sheets hold" if named[best[0]] else "都没有该表的列 / of these none holds"
        right = f", or name the right one {table}" if table else ""
        raise Unreadable(f"多个工作表{what} columns of the table: {', '.join(best)}; deliver one sheet{right}")
    return sheets[best[0]]


def _sheets(source: Source, table: str | None) -> dict[str, list[list[str]]]:
    """Rows of every sheet that holds anything; of the sheet named after the table alone, where there is one."""
    found: dict[str, list[list[str]]] = {}
    try:
        book = CalamineWorkbook.from_object(source.whole())
        for name in [table] if table in book.sheet_names else book.sheet_names:
            rows = [[_cell(value) for value in row] for row in book.get_sheet_by_name(name).to_python(False)]
            for row, column in failed_cells(source.whole(), name):
                rows[row][column] = FAILED
            while rows and not any(rows[-1]):
                rows.pop()
            if rows:
                found[name] = rows
    except PasswordError:
        raise Unreadable("工作簿有密码 / the workbook has a password; save it without one") from None
    except (CalamineError, ZipError, OSError, ValueError, IndexError):
        raise Unreadable("工作簿损坏 / the workbook is damaged; save it again as .xlsx") from None
    if not found:
        raise Unreadable("工作簿为空 / the workbook is empty; the first row must hold the column names")
    return found


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return numbers.of_float(repr(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") if value.time() != time() else value.strftime("%Y-%m-%d")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)


def workbook_batch(source: Source, dialect: Dialect) -> Iterator[Parsed]:
    """All rows below the header row; row numbers are the sheet's own."""
    rows = read_workbook(source)[1:]
    bad: dict[int, str] = {}
    kept: list[int] = []
    for number, row in enumerate(rows, 2):
        if any(row[index] == FAILED for index in dialect.wanted):
            bad[number] = "formula_error"
        elif any(cell.strip() for cell in row):
            kept.append(number)
        else:
            bad[number] = "blank_line"
    columns = {
        name: pa.array([rows[number - 2][index] for number in kept], pa.string())
        for name, index in zip(dialect.names, dialect.wanted, strict=True)
    }
    yield Parsed(pa.table(columns), np.array(kept, np.int64), bad, len(rows))


def row_hash(parsed: Parsed, place: int) -> str:
    """Stand-in for a line's hash where there is no line: SHA-256 of the row's delivered cells as a JSON list."""
    cells = [parsed.table[name][place].as_py() for name in parsed.table.column_names]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()

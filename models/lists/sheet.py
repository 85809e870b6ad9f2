"""Workbooks whose cells are written in a fraction of the time, and text as text whatever it looks like."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

FONT, INK, PAPER, LINE = "微软雅黑", "#1F2D3D", "#E8EDF3", "#B8C4D0"
ROW_HEIGHT = 15.5  # of one line of text

_column = lru_cache(maxsize=None)(xl_col_to_name)


def _inline(text: str) -> str:
    """The content of a text cell."""
    clean = Worksheet._escape_control_characters(text)
    space = ' xml:space="preserve"' if clean != clean.strip() else ""
    return f"<is><t{space}>{escape(clean)}</t></is>"


_inline_again = lru_cache(maxsize=8192)(_inline)  # codes, names and labels come again and again
_SHORT = 100


def _text(text: str) -> str:
    content = _inline_again(text) if len(text) <= _SHORT else _inline(text)
    return f' t="inlineStr">{content}</c>'


def _number(number: float) -> str:
    return f"><v>{number:.16G}</v></c>"


def _boolean(value: bool) -> str:
    return f' t="b"><v>{int(value)}</v></c>'


class Sheet(Worksheet):
    """A worksheet of a workbook in constant-memory mode.

    The library looks again at every cell for what a column of a list cannot be, and takes a text that begins with
    `<r>` and ends with `</r>` for ready-made markup, which makes a damaged file of a hostile cell.
    """

    # places are numbers here: nothing looks for A1 notation
    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_datetime = Worksheet._write_datetime

    def write_block(self, first: int, columns: Sequence[Sequence[Any]]) -> None:
        """Write rows from `first` on, given column by column: text, numbers, moments, booleans; None is no cell.

        The rows before are written, row 0 has a cell in the first and last column, no row has a format of its own.
        """
        self._write_single_row(first)  # formats are numbered by their first use: those of the rows before come first
        content: dict[type, Callable[[Any], str]] = {
            str: _text, float: _number, int: _number, bool: _boolean, date: self._moment, datetime: self._moment,
        }  # fmt: skip
        cells: list[list[str | None]] = [[] for _ in columns]
        for place in _by_first_use(columns):
            look = self._format_of(first, place)
            start, style = f'<c r="{_column(place)}', f'" s="{look._get_xf_index()}"' if look else '"'
            cells[place] = [
                None if value is None else f"{start}{row}{style}{content[type(value)](value)}"
                for row, value in enumerate(columns[place], start=first + 1)
            ]
        for row, line in enumerate(zip(*filter(None, cells), strict=True), start=first):
            if row > self.previous_row:
                self._write_single_row(row)
            self._check_dimensions(row, 0)
            self.table[row][0] = "".join(filter(None, line))

    def _moment(self, moment: date) -> str:
        return _number(self._convert_date_time(moment))

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if kind == "str":  # all cells of a row
            self.fh.write(cell)
            return
        if kind not in {"String", "Number", "Datetime"}:
            super()._write_cell(row, col, cell)
            return
        look = cell.format or self._format_of(row, col)
        place = f'<c r="{_column(col)}{row + 1}"' + (f' s="{look._get_xf_index()}"' if look else "")
        self.fh.write(place + (_text(cell.string) if kind == "String" else _number(cell.number)))

    def _format_of(self, row: int, col: int) -> Any:
        """The format of the row, else that of the column."""
        line = self.row_info.get(row)
        if line is not None and line.row_format:
            return line.row_format
        column = self.col_info.get(col)
        return column.column_format if column is not None else None


def _by_first_use(columns: Sequence[Sequence[Any]]) -> list[int]:
    """The columns that have a cell, in the order in which row after row comes to them."""
    first = {
        place: next((row for row, value in enumerate(values) if value is not None), None)
        for place, values in enumerate(columns)
    }
    return sorted((place for place, row in first.items() if row is not None), key=lambda place: (first[place], place))


class Book(xlsxwriter.Workbook):
    """A workbook of such worksheets; needs the option `constant_memory`."""

    worksheet_class = Sheet

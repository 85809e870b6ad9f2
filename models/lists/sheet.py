"""Workbooks that keep text as text, whatever it looks like, and what stands in a cell."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

FONT, INK, PAPER, LINE = "微软雅黑", "#1F2D3D", "#E8EDF3", "#B8C4D0"
ROW_HEIGHT = 15.5  # of one line of text
_FIRST = datetime(1899, 12, 30)  # the day Excel counts as none, after its 29 February 1900

_column = lru_cache(maxsize=None)(xl_col_to_name)
marked = Worksheet._escape_control_characters


def _text(text: str) -> str:
    clean = marked(text)
    space = ' xml:space="preserve"' if clean != clean.strip() else ""
    return f' t="inlineStr"><is><t{space}>{escape(clean)}</t></is></c>'


def number(value: float) -> str:
    """A number as the library writes it."""
    return f"{value:.16G}"


def days(moment: date) -> float:
    """A moment as Excel counts it: days, the time as a part of one."""
    time = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    passed = time - _FIRST
    return passed.days + passed.seconds / 86_400


def content(value: str | float | date) -> str:
    """What stands in a cell after its place and style, and its end."""
    if isinstance(value, str):
        return _text(value)
    return f"><v>{number(days(value) if isinstance(value, date) else value)}</v></c>"


class Sheet(Worksheet):
    """A worksheet of a workbook in constant-memory mode.

    The library looks again at every cell for what a column of a list cannot be, and takes a text that begins with
    `<r>` and ends with `</r>` for ready-made markup, which makes a damaged file of a hostile cell.
    """

    # places are numbers here: nothing looks for A1 notation
    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_datetime = Worksheet._write_datetime

    @property
    def part(self) -> str:
        """The name of the sheet's part in the package."""
        return f"xl/worksheets/sheet{self.index + 1}.xml"

    def reach(self, row: int) -> None:
        """End the header: rows 1 to `row` come from elsewhere, in the columns of the header."""
        self._write_single_row(1)  # formats are numbered by their first use: those of the header come first
        self._check_dimensions(row, 0)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if kind not in {"String", "Number", "Datetime"}:
            super()._write_cell(row, col, cell)
            return
        look = cell.format or self._format_of(row, col)
        place = f'<c r="{_column(col)}{row + 1}"' + (f' s="{look._get_xf_index()}"' if look else "")
        self.fh.write(place + content(cell.string if kind == "String" else cell.number))

    def _format_of(self, row: int, col: int) -> Any:
        """The format of the row, else that of the column."""
        line = self.row_info.get(row)
        if line is not None and line.row_format:
            return line.row_format
        column = self.col_info.get(col)
        return column.column_format if column is not None else None


class Book(xlsxwriter.Workbook):
    """A workbook of such worksheets; needs the option `constant_memory`."""

    worksheet_class = Sheet

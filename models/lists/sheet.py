"""Workbooks whose cells are written in a third of the time, and text as text whatever it looks like."""

from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_column = lru_cache(maxsize=None)(xl_col_to_name)


def _inline(text: str) -> str:
    """The content of a text cell."""
    clean = Worksheet._escape_control_characters(text)
    space = ' xml:space="preserve"' if clean != clean.strip() else ""
    return f"<is><t{space}>{escape(clean)}</t></is>"


_inline_again = lru_cache(maxsize=8192)(_inline)  # codes, names and labels come again and again
_SHORT = 100


class Sheet(Worksheet):
    """A worksheet of a workbook in constant-memory mode.

    The library looks again at every cell for what a column of a list cannot be, and takes a text that begins with
    `<r>` and ends with `</r>` for ready-made markup, which makes a damaged file of a hostile cell.
    """

    # places are numbers here: nothing looks for A1 notation
    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_datetime = Worksheet._write_datetime

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if kind not in {"String", "Number", "Datetime"}:
            super()._write_cell(row, col, cell)
            return
        look = cell.format or self._format_of(row, col)
        place = f'r="{_column(col)}{row + 1}"' + (f' s="{look._get_xf_index()}"' if look else "")
        if kind == "String":
            content = _inline_again if len(cell.string) <= _SHORT else _inline
            self.fh.write(f'<c {place} t="inlineStr">{content(cell.string)}</c>')
        else:
            self.fh.write(f"<c {place}><v>{cell.number:.16G}</v></c>")

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

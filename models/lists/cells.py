"""What one Excel cell can hold, and what is done where a value is beyond it."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from models.contracts import ListColumn
from models.contracts.words import flat_json

Cell = str | float | bool | date | datetime | None

LONGEST = 32_767  # UTF-16 units a cell can hold
DIGITS = 15  # significant digits a spreadsheet keeps
EARLIEST = date(1900, 3, 1)  # before it Excel counts a day that never was
_ELLIPSIS = "…"
MOST_LINES = 6


class Cutter:
    """Cuts text that no cell can hold, with an ellipsis, and counts by column how often."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, column: str, text: str) -> str:
        if len(text) <= LONGEST // 2:
            return text
        units = text.encode("utf-16-le")
        if len(units) <= 2 * LONGEST:
            return text
        self.counts[column] += 1
        return units[: 2 * (LONGEST - 1)].decode("utf-16-le", errors="ignore") + _ELLIPSIS


def lines_of(text: str, width: int) -> int:
    """Lines a wrapped cell of `width` characters needs, never more than a reader wants to see of one row."""
    # bytes in GB18030 are close to what text takes on screen: one for Latin letters, two for Chinese ones
    return min(MOST_LINES, sum(-(-len(part.encode("gb18030")) // max(width - 2, 1)) or 1 for part in text.split("\n")))


def exact_number(value: Decimal | int | float) -> bool:
    """True where a spreadsheet shows every digit of the number."""
    if isinstance(value, float):
        return True
    if isinstance(value, int):
        return abs(value) < 10**DIGITS
    return len(value.normalize().as_tuple().digits) <= DIGITS


def reaches_excel(day: date) -> bool:
    """True where Excel's calendar holds the day (a datetime is a date as well)."""
    return (day.year, day.month, day.day) >= (EARLIEST.year, EARLIEST.month, EARLIEST.day)


def cells_of(column: ListColumn, values: pl.Series, cut: Cutter, language: str) -> list[Cell]:
    """What the cells of a column show: text, a number that a spreadsheet keeps, a moment it can count, or nothing.

    JSON is told as a line for people.
    """
    given = values.to_list()
    if column.show == "json":
        told = {text: cut(column.name, flat_json(text, language)) for text in set(given) - {None}}
        return [told.get(text) for text in given]
    if column.type == "varchar":
        labels = column.values if language == "zh" else {}
        return [None if text is None else cut(column.name, labels.get(text, text)) for text in given]
    if column.type == "boolean":
        words = {True: "是", False: "否"} if language == "zh" else {}
        return [words.get(value, value) for value in given]
    if column.type in {"date", "timestamp"}:
        return [day if day is None or reaches_excel(day) else str(day) for day in given]
    # The one place where money becomes a float: a workbook knows no other number. Up to 15 digits it comes back
    # exact; what has more is written as text, so that nothing is rounded behind anybody's back.
    return [None if one is None else float(one) if exact_number(one) else str(one) for one in given]

"""What one Excel cell can hold, and what is done where a value is beyond it."""

from collections import Counter
from datetime import date
from decimal import Decimal

LONGEST = 32_767  # UTF-16 units a cell can hold
DIGITS = 15  # significant digits a spreadsheet keeps
_EARLIEST = date(1900, 3, 1)  # before it Excel counts a day that never was
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
    return (day.year, day.month, day.day) >= (_EARLIEST.year, _EARLIEST.month, _EARLIEST.day)

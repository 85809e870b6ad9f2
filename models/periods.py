"""Quarters, months and plan years: parsing, bounds, neighbours. No clock is read here."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.errors import UsageError

_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_CENTURY = range(2000, 2100)  # as of folder names


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter of settlements, written 2025Q1."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """First day after the quarter."""
        return self.shift(1).start

    def shift(self, quarters: int) -> "Quarter":
        total = self.year * 4 + self.number - 1 + quarters
        return Quarter(total // 4, total % 4 + 1)

    @property
    def months(self) -> list[str]:
        """The three months as YYYYMM."""
        return [f"{self.year}{3 * self.number - 2 + i:02d}" for i in range(3)]


def parse_quarter(text: str) -> Quarter:
    """Read '2025Q1'; raises UsageError for anything else."""
    found = _QUARTER.fullmatch(text.strip().upper())
    if not found:
        raise UsageError(f"季度写法有误 / not a quarter: {text!r}. Write it like 2025Q1.")
    return Quarter(int(found[1]), int(found[2]))


def parse_year(text: str) -> int:
    """Read a plan year; raises UsageError for anything else."""
    if not _YEAR.fullmatch(text.strip()):
        raise UsageError(f"年度写法有误 / not a year: {text!r}. Write it like 2026.")
    return int(text)


def parse_moment(text: str) -> datetime:
    """Read an as-of moment: a date, or a date with time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"时点写法有误 / not a moment: {text!r}. Write 2025-04-30 or 2025-04-30T18:00:00.") from None
    if moment.year not in _CENTURY:
        raise UsageError(f"时点超出范围 / the moment is out of range: {text!r}. Allowed: 2000–2099.")
    return moment


def quarter_of(day: date) -> Quarter:
    """The quarter that a day lies in."""
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def first_day(month: str) -> date:
    """First day of a month written YYYYMM, as `loaded_months` and the folders of months write it."""
    return date(int(month[:4]), int(month[4:]), 1)


def month_start(day: date, months: int = 0) -> date:
    """First day of the month of `day`, moved by whole months."""
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def plan_window(as_of: datetime) -> tuple[date, date]:
    """The 12 complete months before as-of, as [from, to).

    A month counts as complete when as-of lies on its last day or later.
    """
    end = month_start((as_of + timedelta(days=1)).date())
    return month_start(end, -12), end

"""Working days: Monday to Friday less the holidays, plus the weekend days worked in their stead (调休)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """A bureau's working days; `holidays` are off, `worked` are weekend days on which it works."""

    holidays: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    @classmethod
    def of(cls, holidays: Collection[date], worked: Collection[date]) -> "Calendar":
        return cls(frozenset(holidays), frozenset(worked))

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.holidays)

    def after(self, day: date, days: int) -> date:
        """The last day of a time limit of so many working days; the day itself does not count."""
        left = days
        while left > 0:
            day += DAY
            left -= self.is_working(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; 0 where `last` is not later."""
        return sum(self.is_working(first + DAY * n) for n in range(1, (last - first).days + 1))

"""Time limits in working days."""

from datetime import date

import pytest

from models.workdays import Calendar

# Labour Day 2025: off Thursday 1 to Monday 5 May, worked on Sunday 27 April
MAY = Calendar.of([date(2025, 5, day) for day in (1, 2, 5)], [date(2025, 4, 27)])


@pytest.mark.parametrize(
    ("calendar", "day", "days", "last"),
    [
        (Calendar(), "2025-04-10", 1, "2025-04-11"),
        (Calendar(), "2025-04-11", 1, "2025-04-14"),  # over a weekend
        (Calendar(), "2025-04-12", 1, "2025-04-14"),  # told on a Saturday
        (Calendar(), "2025-04-10", 15, "2025-05-01"),
        (Calendar(), "2025-04-10", 0, "2025-04-10"),
        (MAY, "2025-04-30", 1, "2025-05-06"),
        (MAY, "2025-04-25", 1, "2025-04-27"),
        (MAY, "2025-04-10", 15, "2025-04-30"),
    ],
)
def test_a_time_limit_ends_on_a_working_day(calendar: Calendar, day: str, days: int, last: str) -> None:
    assert calendar.after(date.fromisoformat(day), days) == date.fromisoformat(last)
    assert calendar.between(date.fromisoformat(day), date.fromisoformat(last)) == days


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert Calendar().between(date(2025, 4, 11), date(2025, 4, 10)) == 0

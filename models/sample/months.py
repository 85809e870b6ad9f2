"""The world's calendar: months as `YYYYMM`, days as days since 1970-01-01, times as seconds since then."""

from dataclasses import dataclass

import numpy as np

DAY = 86_400
#: how busy a weekday is, Monday first
WEEKDAY_WEIGHT = np.array([1.35, 1.15, 1.05, 1.0, 1.05, 0.75, 0.6])


@dataclass(frozen=True)
class Calendar:
    """The months of a world; `first_day` inclusive, `end_day` exclusive."""

    names: tuple[str, ...]
    starts: np.ndarray

    @property
    def first_day(self) -> int:
        return int(self.starts[0])

    @property
    def end_day(self) -> int:
        return int(self.starts[-1])

    def month_of(self, days: np.ndarray) -> np.ndarray:
        """Index of the month each day falls in; -1 before and len(names) after the world."""
        return np.searchsorted(self.starts, days, side="right") - 1


def calendar(first_month: str, months: int) -> Calendar:
    """The calendar of `months` months from `first_month` (YYYYMM)."""
    start = np.datetime64(f"{first_month[:4]}-{first_month[4:]}", "M")
    stamps = start + np.arange(months + 1)
    names = tuple(str(m).replace("-", "") for m in stamps[:-1])
    return Calendar(names, stamps.astype("datetime64[D]").astype(np.int64))


def weekday(days: np.ndarray) -> np.ndarray:
    """0 = Monday; 1970-01-01 was a Thursday."""
    return (days + 3) % 7


def draw_days(rng: np.random.Generator, cal: Calendar, n: int) -> np.ndarray:
    """Days of the world in its weekly rhythm."""
    days = np.arange(cal.first_day, cal.end_day)
    weight = WEEKDAY_WEIGHT[weekday(days)]
    return rng.choice(days, size=n, p=weight / weight.sum())


def date_parts(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month, day of month of days since 1970."""
    stamp = days.astype("datetime64[D]")
    year = stamp.astype("datetime64[Y]").astype(np.int64) + 1970
    month = stamp.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (stamp - stamp.astype("datetime64[M]")).astype(np.int64) + 1
    return year, month, day


def full_years(birth: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Age in full years on a day (29 February turns a year older on 1 March of common years)."""
    by, bm, bd = date_parts(birth)
    oy, om, od = date_parts(on)
    return oy - by - ((om * 100 + od) < (bm * 100 + bd))

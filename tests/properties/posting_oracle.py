"""Quantities posted for several days of a stay in one line, worked out in plain Python."""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.properties.rule_worlds import Row

if TYPE_CHECKING:
    from tests.properties.rule_oracle import Line


def stay_of(settlements: list[Row], visit: str) -> tuple[date, date]:
    """First and last day of a visit."""
    own = [row for row in settlements if row["mdtrt_id"] == visit]
    return min(row["begndate"] for row in own), max(row["enddate"] for row in own)


def less_late_posting(
    point: Row, hits: list["Line"], met: list["Line"], counted: list[tuple["Line", Fraction, datetime]]
) -> Iterator[tuple["Line", Fraction, datetime]]:
    """A line above its limit a day stands for the days of its stay too that have none."""
    limit = Fraction(point.get("max_cnt", 0))
    free: dict[str, Fraction] = {}
    for line, over, last in sorted(counted, key=lambda one: one[0].moment):
        visit = line.settlement["mdtrt_id"]
        day = [one for one in hits if (one.place, one.day) == (line.place, line.day)]
        posted = point["per"] == "day" and line.settlement["med_type"].startswith("21") and limit > 0
        if posted and max(one.cnt for one in day) > limit:
            first, end = line.stay
            days = {one.day for one in met if one.settlement["mdtrt_id"] == visit and first <= one.day <= end}
            free.setdefault(visit, max((end - first).days + 1 - len(days), 0) * limit)
            used = min(over, free[visit])
            free[visit] -= used
            over -= used
        if over > 0:
            yield line, over, last

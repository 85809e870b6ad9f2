"""What the plot of a gathering group shows, told once for the site, dossiers and notebooks."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl


@dataclass(frozen=True)
class Meetings:
    """Who came when, and how many came and were expected.

    visits: (day, member, moment of the swipe), members counted from 1 = most dates; days: (day, present, expected).
    """

    visits: list[tuple[date, int, datetime]]
    days: list[tuple[date, int, float]]


def by_dates(members: pl.DataFrame) -> pl.DataFrame:
    """A group's rows of `gathering_member`, most dates first: members are numbered in this order."""
    return members.sort("dates_present", "psn_id", descending=[True, False])


def listed_meetings(members: pl.DataFrame, visits: pl.DataFrame) -> Meetings:
    """From one group's rows of the lists `gathering_member` and `gathering_case`."""
    number = by_dates(members).select("psn_id").with_row_index("member", offset=1)
    dots = visits.join(number, on="psn_id").sort("seen_on", "member", "setl_time", "setl_id")
    days = visits.group_by("seen_on").agg(pl.col("present").max(), pl.col("expected").max()).sort("seen_on")
    return Meetings(dots.select("seen_on", "member", "setl_time").rows(), days.rows())

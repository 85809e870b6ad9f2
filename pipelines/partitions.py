"""Months feed quarters and plan years. Ends lie ahead of the clock, because as-of is the data's, not the clock's."""

from datetime import date

import dagster as dg

from models.periods import Quarter, quarter_of

FIRST = "2000-01-01"
AHEAD_MONTHS = 24

MONTHS = dg.MonthlyPartitionsDefinition(start_date=FIRST, end_offset=AHEAD_MONTHS)
QUARTERS = dg.TimeWindowPartitionsDefinition(
    start=FIRST, fmt="%Y-%m-%d", cron_schedule="0 0 1 1,4,7,10 *", end_offset=AHEAD_MONTHS // 3
)
YEARS = dg.TimeWindowPartitionsDefinition(start="2000", fmt="%Y", cron_schedule="0 0 1 1 *", end_offset=2)

# a quarter's models look back: its own months and those of the four before it (offsets count in quarters)
MONTHS_OF_QUARTER = dg.TimeWindowPartitionMapping(start_offset=-4, end_offset=0)
# the plan of a year rests on the quarters of the year before
QUARTERS_OF_PLAN = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


def month_key(folder: str) -> str:
    """Partition key of a landing folder: '202501' -> '2025-01-01'."""
    return f"{folder[:4]}-{folder[4:6]}-01"


def quarter_key(quarter: Quarter) -> str:
    """Partition key of a quarter: 2025Q1 -> '2025-01-01'."""
    return quarter.start.isoformat()


def quarter_name(key: str) -> str:
    """Name of a quarter's partition: '2025-01-01' -> '2025Q1'."""
    return str(quarter_of(date.fromisoformat(key)))

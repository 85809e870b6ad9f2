"""Schedules: the quarter before on the 10th of January, April, July, October; the annual plan in December."""

import dagster as dg

from models.periods import quarter_of
from pipelines.jobs import PLAN, QUARTER
from pipelines.partitions import quarter_key

TIMEZONE = "Asia/Shanghai"


@dg.schedule(job=QUARTER, cron_schedule="0 6 10 1,4,7,10 *", execution_timezone=TIMEZONE)
def quarterly_lists(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The lists of the quarter before."""
    before = quarter_of(context.scheduled_execution_time.date()).shift(-1)
    return dg.RunRequest(run_key=str(before), partition_key=quarter_key(before))


@dg.schedule(job=PLAN, cron_schedule="0 6 10 12 *", execution_timezone=TIMEZONE)
def annual_plan(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The plan of the year to come."""
    year = str(context.scheduled_execution_time.year + 1)
    return dg.RunRequest(run_key=year, partition_key=year)


SCHEDULES = [quarterly_lists, annual_plan]

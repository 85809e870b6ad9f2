"""Schedules: the quarter before on the 10th of January, April, July, October; the annual plan in December; then
what is published of them.
"""

import dagster as dg

from models.periods import quarter_of
from pipelines.jobs import PLAN, PUBLISH, QUARTER, TARGETS
from pipelines.partitions import quarter_key

TIMEZONE = "Asia/Shanghai"


@dg.schedule(
    job=QUARTER,
    cron_schedule="0 6 10 1,4,7,10 *",
    execution_timezone=TIMEZONE,
    description="上季度清单：一、四、七、十月 10 日 / the lists of the quarter before",
)
def quarterly_lists(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The lists of the quarter before."""
    before = quarter_of(context.scheduled_execution_time.date()).shift(-1)
    return dg.RunRequest(run_key=str(before), partition_key=quarter_key(before))


@dg.schedule(
    job=PLAN,
    cron_schedule="0 6 10 12 *",
    execution_timezone=TIMEZONE,
    description="下年度检查计划：12 月 10 日 / the plan of the year to come",
)
def annual_plan(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The plan of the year to come."""
    year = str(context.scheduled_execution_time.year + 1)
    return dg.RunRequest(run_key=year, partition_key=year)


# runs wait for one another, so what publishes is asked for after what it publishes
@dg.schedule(
    job=PUBLISH,
    cron_schedule="0 7 10 1,4,7,10 *",
    execution_timezone=TIMEZONE,
    description="季度清单做好后发布快照与报告网页 / snapshot and report site with the quarter's lists",
)
def quarterly_publication(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Snapshot and report site with the lists of the quarter before."""
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time.date()}")


@dg.schedule(
    job=TARGETS,
    cron_schedule="0 7 10 12 *",
    execution_timezone=TIMEZONE,
    description="年度计划做好后发布，并准备底稿与笔记本 / publication, dossiers and notebooks of the new plan",
)
def annual_targets(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Snapshot, dossiers, notebooks and report site with the plan of the year to come."""
    return dg.RunRequest(run_key=str(context.scheduled_execution_time.year + 1))


SCHEDULES = [quarterly_lists, annual_plan, quarterly_publication, annual_targets]

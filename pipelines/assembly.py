"""Assembly: assets, checks, jobs, schedules, sensor and the session resource, with overrides for tests and the CLI."""

from collections.abc import Callable

import dagster as dg

from assets.core import core_assets
from assets.feedback import feedback_assets
from assets.findings import finding_assets
from assets.lists import list_assets
from assets.quality import quality_assets
from assets.raw import raw_assets
from assets.reports import report_assets
from assets.review import review_assets
from assets.scores import score_assets
from assets.targets import target_assets
from models.home import Home
from models.rules.registry import use_local_rules
from models.session import Options, Session
from pipelines.jobs import JOBS
from pipelines.partitions import MONTHS, MONTHS_OF_QUARTER, QUARTERS, QUARTERS_OF_PLAN, YEARS
from pipelines.resources import options_from_environment, session_resource
from pipelines.schedules import SCHEDULES
from pipelines.sensors import landing_sensor


def build_defs(options: Options | None = None, held: Callable[[], Session | None] = lambda: None) -> dg.Definitions:
    """All definitions; `options` replaces what otherwise comes from the environment, `held` gives an open session."""
    use_local_rules(Home((options or options_from_environment()).home.resolve()).rules)
    return dg.Definitions(
        assets=[
            *raw_assets(MONTHS),
            *core_assets(),
            *quality_assets(QUARTERS, MONTHS_OF_QUARTER),
            *finding_assets(QUARTERS),
            *score_assets(QUARTERS),
            *review_assets(QUARTERS),
            *list_assets(QUARTERS, YEARS, QUARTERS_OF_PLAN),
            *report_assets(),
            *target_assets(),
            *feedback_assets(),
        ],
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=[landing_sensor(options)],
        resources={"jicha": session_resource(options, held)},
        executor=dg.in_process_executor,
    )

"""The profile against the suites, by Great Expectations.

The profile of a suite is a frame of one row and one column a check: the share of violations.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from models.quality.catalogue import Check, suite_titles

_SEVERITY = {"fail": "critical", "warn": "warning"}
SITE = "quality"


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one check."""

    check_id: str
    success: bool


def _great_expectations() -> Any:
    """Import it late (it takes seconds) and silent: no telemetry."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations

    return great_expectations


def _context(gx: Any, folder: Path) -> Any:
    """A context that lives in memory and writes its pages into `folder` only."""
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    site = {
        "class_name": "SiteBuilder",
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "show_how_to_buttons": False,
    }
    settings = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False), data_docs_sites={SITE: site}
    )
    context = gx.get_context(mode="ephemeral", project_config=settings)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


def _expectation(check: Check) -> Any:
    """The expectation of a check; its class is named in the suite file."""
    import great_expectations.expectations as library

    name = "".join(part.capitalize() for part in check.expectation.split("_"))
    level = "阻断 fail" if check.severity == "fail" else "提示 warn"
    rule = f" [{check.rule}]" if check.rule else ""
    return getattr(library, name)(
        column=check.check_id,
        max_value=check.max_rate,
        severity=_SEVERITY[check.severity],
        description=_plain(
            f"{check.title_zh} / {check.title_en}{rule} — 不符比例不超过 {check.max_rate:.2%} / violated by at most "
            f"{check.max_rate:.2%} — {level} — {check.why_zh} / {check.why_en}"
        ),
    )


def _plain(text: str) -> str:
    """Descriptions are templates there: no dollar sign may start a name."""
    return re.sub(r"\$", "", text)


def validate(
    checks: Sequence[Check], rates: Mapping[str, float], period: str, day: date, folder: Path
) -> list[Verdict]:
    """Validate the shares of one period and write the pages of Great Expectations into `folder`.

    `rates` holds the applicable checks only; the others are left out. The run carries the period's name and last day,
    not the clock.
    """
    gx = _great_expectations()
    import pandas as pd

    context = _context(gx, folder)
    source = context.data_sources.add_pandas("profile")
    definitions, frames = [], {}
    for suite in dict.fromkeys(check.suite for check in checks):
        mine = [check for check in checks if check.suite == suite and check.check_id in rates]
        if not mine:
            continue
        batch = source.add_dataframe_asset(suite).add_batch_definition_whole_dataframe(period)
        expectations = gx.ExpectationSuite(name=suite, notes=" / ".join(suite_titles()[suite]))
        for check in mine:
            expectations.add_expectation(_expectation(check))
        expectations = context.suites.add(expectations)
        definitions.append(
            context.validation_definitions.add(gx.ValidationDefinition(name=suite, data=batch, suite=expectations))
        )
        frames[suite] = pd.DataFrame({check.check_id: [rates[check.check_id]] for check in mine})
    run_id = gx.RunIdentifier(run_name=period, run_time=datetime.combine(day, time(), UTC))
    verdicts = []
    for definition in definitions:
        outcome = definition.run(batch_parameters={"dataframe": frames[definition.name]}, run_id=run_id)
        verdicts += [Verdict(one.expectation_config.kwargs["column"], bool(one.success)) for one in outcome.results]
    context.build_data_docs(site_names=[SITE])
    return verdicts

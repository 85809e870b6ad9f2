"""The profile against the suites, by Great Expectations.

The profile of a suite is a frame of one row and one column a check: the share of violations.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from types import ModuleType
from typing import Any, cast

from models.quality.catalogue import Check, catalogue, suite_titles

_SEVERITY = {"fail": "critical", "warn": "warning"}


@dataclass(frozen=True)
class Validated:
    """What Great Expectations said of one suite: success by check_id, and its page (which fetches from outside)."""

    suite: str
    success: dict[str, bool]
    page: str


def _great_expectations() -> Any:
    """Import it late (it takes seconds), silent (no telemetry), and without a pyspark that is installed beside it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _hidden("pyspark"):
        import great_expectations

    return great_expectations


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Whoever tries to import this module meanwhile finds it absent, unless it is there already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = cast(ModuleType, None)
    try:
        yield
    finally:
        del sys.modules[module]


def _source(gx: Any) -> Any:
    """A data source of a context that lives in memory and writes nothing."""
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    context = gx.get_context(mode="ephemeral", project_config=DataContextConfig(store_backend_defaults=stores))
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context.data_sources.add_pandas("profile")


@cache
def _view() -> Any:
    """One view for all pages: it keeps the templates it has compiled."""
    from great_expectations.render.view import DefaultJinjaPageView

    return DefaultJinjaPageView()


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


def ready() -> None:
    """Validate one invented share: imports and compiles all that the first validation would have to wait for."""
    check = catalogue()[0]
    validate([check], {check.check_id: 0.0}, "2000Q1", date(2000, 3, 31))


def _page(outcome: Any) -> str:
    from great_expectations.render.renderer import ValidationResultsPageRenderer

    return str(_view().render(ValidationResultsPageRenderer().render(outcome), show_how_to_buttons=False))


def validate(checks: Sequence[Check], rates: Mapping[str, float], period: str, day: date) -> list[Validated]:
    """Validate the shares of one period: one result a suite, in the order of the suites.

    `rates` holds the applicable checks only; the others are left out. The run carries the period's name and last day,
    not the clock.
    """
    gx = _great_expectations()
    import pandas as pd

    source = _source(gx)
    run_id = gx.RunIdentifier(run_name=period, run_time=datetime.combine(day, time(), UTC))
    found = []
    for name in dict.fromkeys(check.suite for check in checks):
        mine = [check for check in checks if check.suite == name and check.check_id in rates]
        if not mine:
            continue
        # objects keep the numbers plain: a page cannot show the scalars of a numeric column
        profile = pd.DataFrame({check.check_id: [rates[check.check_id]] for check in mine}, dtype=object)
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(period)
        notes = " / ".join(suite_titles()[name])
        suite = gx.ExpectationSuite(name=name, expectations=[_expectation(check) for check in mine], notes=notes)
        outcome = batch.get_batch({"dataframe": profile}).validate(suite)
        outcome.meta["run_id"] = run_id
        success = {one.expectation_config.kwargs["column"]: bool(one.success) for one in outcome.results}
        found.append(Validated(name, success, _page(outcome)))
    return found

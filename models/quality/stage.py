"""The quality stage: count, validate, store, document."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from models import apart
from models.config import Config
from models.engine import Engine, sql_text
from models.home import Home
from models.periods import Quarter, parse_quarter, quarter_of
from models.quality.catalogue import Check, configured
from models.quality.docs import write_index, write_period
from models.quality.measure import area, by_provider, counts
from models.quality.result import CheckResult, QualityResult, describe
from models.quality.store import store, verdicts
from models.quality.validate import validate

_WORK = ("work_settlement", "work_file")


@contextmanager
def work_tables(engine: Engine, config: Config) -> Iterator[None]:
    """Settlements of both tables and months of deliveries, for the length of the stage."""
    inpatient = config.params.inpatient_med_types
    engine.temporary("work_settlement", "quality/work_settlement", inpatient_med_types=inpatient)
    if engine.exists("meta.file"):
        engine.con.execute(f"create or replace temp table work_file as {sql_text('quality/work_file')}")
    else:
        engine.con.execute("create or replace temp table work_file (file_id integer, month_start date)")
    yield
    for table in _WORK:
        engine.con.execute(f"drop table temp.{table}")


def _all_periods(engine: Engine) -> list[str]:
    """Every quarter that has settlements."""
    months = engine.frame(
        "select distinct cast(date_trunc('quarter', setl_time) as date) as quarter_start from temp.work_settlement "
        "where setl_time is not null order by quarter_start"
    )
    return [str(quarter_of(day)) for day in months["quarter_start"]]


def _results(checks: Sequence[Check], found: pl.DataFrame, passed: dict[str, bool], period: str) -> list[CheckResult]:
    counted = {row["check_id"]: row for row in found.iter_rows(named=True)}
    results = []
    for check in checks:
        row = counted.get(check.check_id) or {"checked": 0, "violations": 0, "rate": None, "examples": "[]"}
        results.append(
            CheckResult(
                check_id=check.check_id,
                table=check.table,
                severity=check.severity,
                success=passed.get(check.check_id, True),
                rows=row["checked"],
                violations=row["violations"],
                rate=row["rate"],
                period=period,
                message=describe(check, row["checked"], row["violations"], row["examples"]),
                max_rate=check.max_rate,
                applicable=row["checked"] > 0,
                suite=check.suite,
                title_zh=check.title_zh,
                title_en=check.title_en,
                examples=row["examples"],
            )
        )
    return results


def _one_period(
    engine: Engine, checks: Sequence[Check], quarter: Quarter, folder: Path, as_of: datetime | None
) -> list[CheckResult]:
    counted = counts(engine, checks, quarter.start, quarter.end, as_of)
    whole, providers = area(counted), by_provider(counted)
    rates = {row["check_id"]: row["rate"] for row in whole.iter_rows(named=True) if row["rate"] is not None}
    violated = dict(whole.select("check_id", "violations").iter_rows())
    checks = [check.judged(violated.get(check.check_id, 0)) for check in checks]
    period = str(quarter)
    suites = apart.submit(validate, checks, rates, period, quarter.end - timedelta(days=1)).result()
    passed = {check_id: success for one in suites for check_id, success in one.success.items()}
    unjudged = rates.keys() - passed.keys()
    if unjudged:
        raise RuntimeError(f"Great Expectations judged nothing of {sorted(unjudged)}")
    results = _results(checks, whole, passed, period)
    store(engine, period, checks, whole, providers, results)
    write_period(folder, period, results, {one.suite: one.page for one in suites})
    return results


def run(
    engine: Engine,
    config: Config,
    home: Home,
    periods: list[str] | None = None,
    as_of: datetime | None = None,
) -> QualityResult:
    """Check the data of the given quarters ('2025Q1'; None: all that have settlements).

    Reads cur.*, core.unmatched_refund, meta.file and meta.row_fate; replaces the periods' rows of quality.result and
    quality.profile and their pages under `<home>/reports/quality/`. What was not delivered is not applicable, never
    failed. Without `as_of`, dates count as future only against the month of their delivery. Raises UsageError for a
    period or a configured limit that does not exist. The caller decides on `blocked` (see `accept`).
    """
    checks = configured(config)
    folder = home.reports / "quality"
    results: list[CheckResult] = []
    with work_tables(engine, config):
        quarters = [parse_quarter(text) for text in (_all_periods(engine) if periods is None else periods)]
        for quarter in quarters:
            results += _one_period(engine, checks, quarter, folder, as_of)
    index = write_index(folder, verdicts(engine))
    return QualityResult([str(quarter) for quarter in quarters], results, index)

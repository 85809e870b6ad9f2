"""Stage quality: row checks in SQL, suites validated, results as asset checks; failed `fail` checks stop the lists."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import dagster as dg

from assets.common import POOL, stage
from assets.scores import Works, works_beside
from models import quality
from models.engine import Engine
from models.periods import quarter_of
from models.session import Session

WARNINGS = "_warnings"


def _check_name(check_id: str, suite: str, severity: str) -> str:
    """A check that can stop the lists stands alone; those that only warn share one asset check a suite."""
    return check_id if severity == "fail" else f"{suite}{WARNINGS}"


def _specs() -> list[dg.AssetCheckSpec]:
    texts: dict[str, list[str]] = {}
    for check in quality.catalogue():
        name = _check_name(check.check_id, check.suite, check.severity)
        texts.setdefault(name, []).append(f"{check.title_zh} / {check.title_en}")
    # always blocking: the result's severity decides, and config.yaml may make a warning stop the lists
    return [
        dg.AssetCheckSpec(name=name, asset="quality", blocking=True, description="; ".join(lines))
        for name, lines in texts.items()
    ]


def _table(checks: list[quality.CheckResult]) -> dg.MarkdownMetadataValue:
    lines = ["| check | rows | violations | rate | |", "|---|---|---|---|---|"]
    for check in checks:
        rate = "" if check.rate is None else f"{check.rate:.4%}"
        mark = "✓" if check.success else "✗"
        lines.append(f"| {check.title_zh} `{check.check_id}` | {check.rows} | {check.violations} | {rate} | {mark} |")
    return dg.MarkdownMetadataValue("\n".join(lines))


def _results(outcome: quality.QualityResult, accepted: bool) -> Iterator[dg.AssetCheckResult]:
    severity_of = {check.check_id: check.severity for check in quality.catalogue()}
    groups: dict[str, list[quality.CheckResult]] = {}
    for check in outcome.checks:
        name = _check_name(check.check_id, check.suite, severity_of[check.check_id])
        groups.setdefault(name, []).append(check)
    for name, checks in groups.items():
        failed = [check for check in checks if not check.success]
        stops = any(check.severity == "fail" for check in failed) and not accepted
        yield dg.AssetCheckResult(
            check_name=name,
            passed=not failed,
            severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
            metadata={
                "message": "\n".join(check.message for check in failed),
                "violations": sum(check.violations for check in checks),
                "checks": _table(checks),
            },
        )


def _measure(session: Session, period: str, engine: Engine) -> quality.QualityResult:
    return quality.run(engine, session.config, session.home, [period], as_of=session.options.as_of)


def _lists_follow(session: Session, outcome: quality.QualityResult) -> bool:
    return bool(session.options.accept_quality) or not outcome.blocked


def begin_quarters(session: Session, periods: Iterable[str], selected: Iterable[dg.AssetKey]) -> None:
    """Begin the quality and the scores of quarters that a run makes, in their order; each asset takes its own."""
    names = set(selected)
    for period in periods:
        session.beside.begin(session.engine, _works_of_quarter(session, period, works_beside(session, period, names)))


def _works_of_quarter(session: Session, period: str, scores: Works) -> Works:
    """Quality first; where it stops the lists of the quarter, its scores are not made."""
    passed: list[bool] = []

    def measure(engine: Engine) -> quality.QualityResult:
        outcome = _measure(session, period, engine)
        passed.append(_lists_follow(session, outcome))
        return outcome

    def make(score: Callable[[Engine], object], engine: Engine) -> object:
        return score(engine) if any(passed) else None

    return {("quality", period): measure, **{key: partial(make, score) for key, score in scores.items()}}


def quality_assets(
    quarters: dg.PartitionsDefinition, months_of_quarter: dg.PartitionMapping
) -> list[dg.AssetsDefinition]:
    """The `quality` asset of a quarter with its asset checks, made from the suites."""

    @dg.asset(
        name="quality",
        group_name="quality",
        pool=POOL,
        partitions_def=quarters,
        backfill_policy=dg.BackfillPolicy.multi_run(),
        deps=[
            dg.AssetDep("raw_month", partition_mapping=months_of_quarter),
            dg.AssetKey(["core", "settlement"]),
            dg.AssetKey(["core", "fee_line"]),
            dg.AssetKey(["core", "unmatched_refund"]),
        ],
        check_specs=_specs(),
        description="数据质量 / quality of the quarter's data; Data Docs in the reports folder.",
        kinds={"duckdb", "greatexpectations"},
    )
    def quality_asset(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with stage(jicha):
            outcome = jicha.beside.result(jicha.engine, ("quality", period), partial(_measure, jicha, period))
            accepted = jicha.options.accept_quality
            if accepted and outcome.blocked:
                quality.accept(jicha.engine, outcome, accepted)
        if _lists_follow(jicha, outcome):  # begun already where the run makes several quarters
            selected = context.job_def.asset_layer.selected_asset_keys
            jicha.beside.begin(jicha.engine, works_beside(jicha, period, selected))
        return dg.MaterializeResult(
            metadata={
                "checks": len(outcome.checks),
                "failed": sum(not check.success for check in outcome.checks),
                "data_docs": dg.MetadataValue.path(str(jicha.home.reports / "quality" / "index.html")),
            },
            check_results=list(_results(outcome, bool(accepted))),
        )

    return [quality_asset]

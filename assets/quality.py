"""Stage quality: row checks in SQL, suites validated, results as asset checks; failed `fail` checks stop the lists."""

from collections.abc import Iterator

import dagster as dg

from assets.common import POOL, readable_errors
from assets.scores import begin_beside
from models import quality
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
        with readable_errors():
            outcome = quality.run(jicha.engine, jicha.config, jicha.home, [period], as_of=jicha.options.as_of)
            accepted = jicha.options.accept_quality
            if accepted and outcome.blocked:
                quality.accept(jicha.engine, outcome, accepted)
        if accepted or not outcome.blocked:
            begin_beside(jicha, period, context.job_def.asset_layer.selected_asset_keys)
        return dg.MaterializeResult(
            metadata={
                "checks": len(outcome.checks),
                "failed": sum(not check.success for check in outcome.checks),
                "data_docs": dg.MetadataValue.path(str(jicha.home.reports / "quality" / "index.html")),
            },
            check_results=list(_results(outcome, bool(accepted))),
        )

    return [quality_asset]

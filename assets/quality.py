"""Stage quality: row checks in SQL, suites validated, results as asset checks; failed `fail` checks stop the lists."""

from collections.abc import Iterator

import dagster as dg

from assets.common import POOL, readable_errors
from models import quality
from models.periods import quarter_of
from models.session import Session


def _specs() -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name=check.check_id,
            asset="quality",
            blocking=True,  # the result's severity decides: config.yaml may make a warning stop the lists
            description=f"{check.title_zh} / {check.title_en}",
        )
        for check in quality.catalogue()
    ]


def _results(outcome: quality.QualityResult, accepted: bool) -> Iterator[dg.AssetCheckResult]:
    for check in outcome.checks:
        blocking = check.severity == "fail" and not accepted
        yield dg.AssetCheckResult(
            check_name=check.check_id,
            passed=check.success,
            severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
            metadata={
                "rows": check.rows,
                "violations": check.violations,
                "rate": float(check.rate or 0.0),
                "message": check.message,
            },
        )


def quality_assets(
    quarters: dg.PartitionsDefinition, months_of_quarter: dg.PartitionMapping
) -> list[dg.AssetsDefinition]:
    """The `quality` asset of a quarter with one asset check per contract check."""

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
        return dg.MaterializeResult(
            metadata={
                "checks": len(outcome.checks),
                "failed": sum(not check.success for check in outcome.checks),
                "data_docs": dg.MetadataValue.path(str(jicha.home.reports / "quality" / "index.html")),
            },
            check_results=list(_results(outcome, bool(accepted))),
        )

    return [quality_asset]

"""Stage raw: landing deliveries as received, typed, identities replaced; bad rows in quarantine."""

import dagster as dg

from assets.common import POOL, stage
from assets.plot import bar_plot
from models import ingest
from models.session import Session


def _metadata(summary: ingest.LoadSummary) -> dict[str, dg.MetadataValue]:
    return {
        "rows_read": dg.MetadataValue.int(summary.rows_read),
        "rows_quarantined": dg.MetadataValue.int(summary.rows_quarantined),
        "units_loaded": dg.MetadataValue.int(len(summary.loaded_units)),
        "units_removed": dg.MetadataValue.int(len(summary.removed_units)),
        "warnings": dg.MetadataValue.md("\n".join(f"- {line}" for line in summary.warnings) or "none"),
        "rows_by_table": bar_plot(
            "rows read by table", list(summary.rows_by_table), list(summary.rows_by_table.values())
        ),
    }


def _load(jicha: Session, folders: list[str]) -> dg.MaterializeResult:
    summary = ingest.load(
        jicha.engine,
        jicha.landing,
        jicha.home,
        jicha.key,
        jicha.config,
        folders=folders,
        progress=jicha.options.progress,
    )
    return dg.MaterializeResult(metadata=_metadata(summary))


def raw_assets(months: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Monthly deliveries (a partition a folder) and reference data."""

    @dg.asset(
        group_name="raw",
        pool=POOL,
        partitions_def=months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        description="每月结算数据 / monthly deliveries: `<landing>/<YYYYMM>/`, loaded whole or not at all.",
        kinds={"duckdb"},
    )
    def raw_month(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        folders = [key[:4] + key[5:7] for key in context.partition_keys]
        with stage(jicha):
            return _load(jicha, folders)

    @dg.asset(
        group_name="raw",
        pool=POOL,
        description="参考数据、知识点与映射文件 / reference tables, knowledge points, files named by mapping.yaml.",
        kinds={"duckdb"},
    )
    def raw_reference(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            folders = [name for name in ingest.folders(jicha.landing) if not ingest.is_month(name)]
            return _load(jicha, folders)

    return [raw_month, raw_reference]

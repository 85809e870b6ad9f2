"""Stage core: winners of all deliveries, refunds netted, one grain a table."""

from collections.abc import Iterator

import dagster as dg

from assets.common import POOL, stage, table_schema
from models import core, ingest
from models.session import Session

TABLES = {
    "settlement": "结算（退费已冲抵）/ one row a settlement, refunds netted, payers apart",
    "stay": "住院就诊 / one row a stay, interim settlements together",
    "fee_line": "费用明细 / one row a fee line, refund lines netted",
    "diagnosis": "诊断 / one row a settlement and diagnosis",
    "operation": "手术操作 / one row a settlement and operation",
    "provider": "定点医药机构 / one row a provider",
    "unmatched_refund": "未匹配的退费 / refunds without their original",
}


def core_assets() -> list[dg.AssetsDefinition]:
    """All core tables, rebuilt together where anything changed: a late row may touch any month."""

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                ["core", name],
                deps=["raw_month", "raw_reference"],
                description=text,
                group_name="core",
                kinds={"duckdb"},
            )
            for name, text in TABLES.items()
        ],
        pool=POOL,
        name="core",
    )
    def build(jicha: dg.ResourceParam[Session]) -> Iterator[dg.MaterializeResult]:
        with stage(jicha):
            ingest.resolve(jicha.engine)
            core.refresh(jicha.engine, jicha.config)
        for name in TABLES:
            described = jicha.engine.con.execute(f"describe core.{name}").fetchall()
            yield dg.MaterializeResult(
                asset_key=["core", name],
                metadata={
                    "dagster/row_count": jicha.engine.count(f"core.{name}"),
                    "dagster/column_schema": table_schema({row[0]: row[1] for row in described}),
                },
            )

    return [build]

"""Stage lists: the quarter's lists and the plan of a year, written whole or not at all."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.common import POOL, site_link, stage
from assets.plot import bar_plot
from models.contracts import ListSpec, lists_of
from models.contracts import lists as contract_lists
from models.lists import monthly
from models.lists.folder import Made
from models.lists.quarterly import write_quarter
from models.lists.yearly import write_year
from models.manifest import read_manifest
from models.periods import quarter_of
from models.session import Session


def _results(made: Made, prefix: str) -> Iterator[dg.MaterializeResult]:
    for name, rows in made.rows.items():
        metadata: dict[str, Any] = {
            "dagster/row_count": rows,
            "folder": dg.MetadataValue.path(str(made.folder)),
            # a supplement has no pages of its own: those of its period show the list as it was issued
            "page": site_link(f"list/{made.folder.name.partition('-')[0]}-{name}.html"),
        }
        if name in made.amounts:
            metadata["fund_amount"] = str(made.amounts[name])
        if name == "clawback":
            warnings = (read_manifest(made.folder) or {}).get("warnings", [])
            metadata["warnings"] = dg.MetadataValue.md("\n".join(f"- {line}" for line in warnings) or "none")
        if name == "clawback" and made.amounts_by_rule:
            metadata["fund_amount_by_rule"] = bar_plot(
                "fund_amount by rule", list(made.amounts_by_rule), [float(v) for v in made.amounts_by_rule.values()]
            )
        yield dg.MaterializeResult(asset_key=[prefix, name], metadata=metadata)


def _described(spec: ListSpec) -> str:
    return f"{spec.title_zh} / {spec.title_en}\n\n{spec.explanation_zh}\n\n{spec.explanation_en}"


def _specs(prefix: str, names: tuple[str, ...], deps: list[Any]) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            [prefix, name],
            deps=deps,
            group_name="lists",
            description=_described(contract_lists()[name]),
            kinds={"parquet", "excel"},
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    columns=[
                        dg.TableColumn(name=column.name, type=column.type, description=column.explanation_zh)
                        for column in contract_lists()[name].columns
                    ]
                )
            },
        )
        for name in names
    ]


def list_assets(
    quarters: dg.PartitionsDefinition, years: dg.PartitionsDefinition, quarters_of_plan: dg.PartitionMapping
) -> list[dg.AssetsDefinition]:
    """Lists of a quarter and of a plan year; each folder is replaced atomically."""
    quarterly: list[Any] = [
        "claim",
        "provider_score",
        "deviation",
        "indicator",
        "upcoding",
        "outlier",
        "gathering",
        "person",
        "review_sample",
        "review_estimate",
        "quality",
    ]

    @dg.multi_asset(
        name="lists_quarter",
        specs=_specs("list", lists_of("quarter"), quarterly),
        partitions_def=quarters,
        backfill_policy=dg.BackfillPolicy.multi_run(),
        pool=POOL,
    )
    def lists_quarter(
        context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]
    ) -> Iterator[dg.MaterializeResult]:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with stage(jicha):
            made = write_quarter(jicha, period)
            monthly.retire_months(jicha.home, period)
        yield from _results(made, "list")

    @dg.multi_asset(
        name="lists_year",
        specs=_specs(
            "plan",
            lists_of("year"),
            [dg.AssetDep(["list", "clawback"], partition_mapping=quarters_of_plan), ["core", "provider"]],
        ),
        partitions_def=years,
        backfill_policy=dg.BackfillPolicy.multi_run(),
        pool=POOL,
    )
    def lists_year(
        context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]
    ) -> Iterator[dg.MaterializeResult]:
        with stage(jicha):
            made = write_year(jicha, context.partition_key)
        yield from _results(made, "plan")

    return [lists_quarter, lists_year]

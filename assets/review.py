"""Stage review: the sample for second review, drawn on load and once the rules have run; what its results say."""

from collections.abc import Iterator

import dagster as dg

from assets.common import FIRST, POOL, stage
from assets.findings import ALL_RULES
from models import sampling
from models.lists import monthly
from models.money.register import Register
from models.periods import quarter_of
from models.session import Session


def _on_load() -> dg.AssetsDefinition:
    @dg.asset(
        name="review_draw",
        deps=[["core", "settlement"], ["core", "fee_line"], ["core", "provider"]],
        description="复审抽样（入库） / the months that wait for their quarter's lists: `<home>/lists/<YYYYMM>/`.",
        group_name="feedback",
        pool=POOL,
        kinds={"parquet", "excel"},
    )
    def review_draw(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            made = monthly.write_months(jicha)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(one.drawn for one in made),
                "workload": dg.MetadataValue.md("\n".join(f"- {one.workload}" for one in made) or "none"),
                "folder": dg.MetadataValue.path(str(jicha.home.lists)),
            }
        )

    return review_draw


def _of_quarter(quarters: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="second_review",
        specs=[
            dg.AssetSpec(
                "review_sample",
                deps=[ALL_RULES, ["core", "settlement"]],
                group_name="scores",
                description="复审抽样 / stratified draw from what passed the rules, frozen once issued",
                kinds={"duckdb", "python"},
            ),
            dg.AssetSpec(
                "review_estimate",
                deps=["review_sample", "raw_reference"],
                group_name="scores",
                description="复审推断 / what the results say of all that passed, and whether recovery may use it",
                kinds={"duckdb", "python"},
            ),
        ],
        partitions_def=quarters,
        backfill_policy=dg.BackfillPolicy.multi_run(),
        pool=POOL,
        op_tags=FIRST,
    )
    def second_review(
        context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]
    ) -> Iterator[dg.MaterializeResult]:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with stage(jicha):
            made = sampling.second_review(jicha.engine, period, jicha.config, Register(jicha.home))
        yield dg.MaterializeResult(
            asset_key="review_sample",
            metadata={"dagster/row_count": made.drawn, "workload": made.workload, "seed": jicha.config.seed},
        )
        yield dg.MaterializeResult(
            asset_key="review_estimate", metadata={"reviewed": made.decided, "usable_rows": made.usable}
        )

    return second_review


def review_assets(quarters: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The draw on load, and sample and estimates of a quarter."""
    return [_on_load(), _of_quarter(quarters)]

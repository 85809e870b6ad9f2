"""Stage scores: deviation, upcoding and the provider table of a quarter; claims after netting and caps."""

import dagster as dg

from assets.common import POOL, readable_errors, schema_of
from models import rules, scores
from models.money import claims
from models.money.register import Register
from models.periods import quarter_of
from models.session import Session


def _result(jicha: Session, table: str, period: str) -> dg.MaterializeResult:
    frame = jicha.engine.frame(f"select * from {table} where period = $period limit 0", {"period": period})
    count = jicha.engine.con.execute(f"select count(*) from {table} where period = $period", {"period": period})
    rows = count.fetchone()
    return dg.MaterializeResult(
        metadata={"dagster/row_count": int(rows[0]) if rows else 0, "dagster/column_schema": schema_of(frame)}
    )


def score_assets(quarters: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Quarterly scores; each looks at the twelve months up to the quarter's end."""
    common = {"group_name": "scores", "pool": POOL, "partitions_def": quarters, "kinds": {"duckdb", "python"}}
    multi = dg.BackfillPolicy.multi_run()

    @dg.asset(deps=["quality"], backfill_policy=multi, description="费用偏差 / cost deviation by peers", **common)
    def deviation(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with readable_errors():
            scores.deviation(jicha.engine, period, jicha.config)
        return _result(jicha, "score.deviation", period)

    @dg.asset(deps=["quality"], backfill_policy=multi, description="高编高套 / upcoding share", **common)
    def upcoding(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with readable_errors():
            scores.upcoding(jicha.engine, period, jicha.config)
        return _result(jicha, "score.upcoding_provider", period)

    @dg.asset(
        deps=[["finding", rule.rule_id] for rule in rules.registry() if rule.implemented],
        backfill_policy=multi,
        description="拟追回 / claims: netted, capped, one yuan claimed once",
        **common,
    )
    def claim(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with readable_errors(), jicha.engine.transaction():
            claims(jicha.engine, period, jicha.config, Register(jicha.home))
        return _result(jicha, "money.claim", period)

    @dg.asset(
        deps=[deviation, upcoding, claim],
        backfill_policy=multi,
        description="机构评分 / every provider's scores",
        **common,
    )
    def provider_score(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        period = str(quarter_of(context.partition_time_window.start.date()))
        with readable_errors():
            scores.provider_score(jicha.engine, period, jicha.config)
        return _result(jicha, "score.provider_score", period)

    return [deviation, upcoding, claim, provider_score]

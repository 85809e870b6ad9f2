"""Stage findings: every implemented rule is one asset of one subsettable multi-asset."""

from collections.abc import Iterator

import dagster as dg

from assets.common import FIRST, POOL, readable_errors, stage
from models import rules
from models.periods import quarter_of
from models.session import Session

ALL_RULES = ["finding", "all_rules"]


def _described(rule: rules.Rule) -> str:
    """What the rule says and why, and where it is computed, for people who meet its number alone."""
    track = {"clear": "明确违规 / clear", "suspect": "疑点 / suspect"}.get(rule.track or "")
    template = f"模板 / template: {rule.template}" if rule.template else None
    told = (f"{rule.name} / {rule.name_en}", rule.why, track, template)
    return "\n\n".join(line for line in told if line)


def _specs() -> list[dg.AssetSpec]:
    """One asset a rule, and one that stands for all: what follows depends on it, not on each rule by itself."""
    each = [
        dg.AssetSpec(
            ["finding", rule.rule_id],
            deps=["quality"],
            skippable=True,
            group_name="findings",
            description=_described(rule),
            kinds={"sql"},
        )
        for rule in rules.registry()
        if rule.implemented
    ]
    together = dg.AssetSpec(
        ALL_RULES,
        deps=[spec.key for spec in each],
        skippable=True,
        group_name="findings",
        description="全部规则的疑点 / the findings of all rules together",
        kinds={"sql"},
    )
    return [*each, together]


def finding_assets(quarters: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """All rules; a failing rule is reported at the end, after the others have run."""

    @dg.multi_asset(
        specs=_specs(),
        can_subset=True,
        partitions_def=quarters,
        backfill_policy=dg.BackfillPolicy.multi_run(),
        pool=POOL,
        name="findings",
        op_tags=FIRST,
    )
    def findings(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> Iterator[dg.MaterializeResult]:
        selected = {tuple(key.path) for key in context.selected_asset_keys}
        wanted = sorted(path[-1] for path in selected - {tuple(ALL_RULES)})
        period = str(quarter_of(context.partition_time_window.start.date()))
        with stage(jicha):
            results = rules.run_rules(jicha.engine, wanted, jicha.config, [period])
        for rule_id in wanted:
            result = results[rule_id]
            if result.error is None:
                yield dg.MaterializeResult(
                    asset_key=["finding", rule_id],
                    metadata={"dagster/row_count": result.rows, "gross_amount": str(result.gross)},
                )
        with readable_errors():
            rules.raise_failures(results)
        if tuple(ALL_RULES) in selected:
            rows = sum(result.rows for result in results.values())
            yield dg.MaterializeResult(asset_key=ALL_RULES, metadata={"dagster/row_count": rows})

    return [findings]

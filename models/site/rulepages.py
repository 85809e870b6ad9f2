"""Rule pages: what a rule says, what it rests on, its known false alarms, and what it found."""

from typing import Any

from models.rules import Rule, registry
from models.site.names import Addresses, slug
from models.site.overview import live
from models.site.render import Writer
from models.site.source import Source
from models.site.tables import table

CLAIMS = ("fixmedins_name", "setl_id", "item_name", "fund_amount", "status", "reason")
SHOWN = 100
REPORT = ("hits", "providers", "gross_amount", "fund_amount", "hit_rate", "rate_before", "drift", "decided",
          "upheld_rate", "appealed", "appeals_won", "alerts", "heeded_rate", "proposal", "why")  # fmt: skip


def state(rule: Rule, off: bool, writer: Writer) -> str:
    """What the rule does, in a word; `off` = it did not run this quarter, for which its page gives the reason."""
    if off:
        return writer.say("本季未运行", "not run")
    if rule.template:
        return writer.say("已运行", "running")
    if rule.indicator:
        return writer.say("统计指标", "indicator")
    return writer.say("模型", "model") if rule.model else writer.say("待实现", "waiting")


def write_rules(writer: Writer, source: Source, addresses: Addresses) -> None:
    """The catalogue, and a page a rule."""
    report = {row["rule_id"]: row for row in source.quarter.frame("rule_report").to_dicts()}
    claims: dict[str, list[dict[str, Any]]] = {}
    frame = live(source.quarter.frame("clawback"))
    for row in frame.sort("fund_amount", "candidate_id", descending=[True, False]).to_dicts() if frame.height else []:
        claims.setdefault(row["rule_id"], []).append(row)
    off = _switched_off(source)
    rules = registry()
    listed = [(rule, state(rule, rule.rule_id in off, writer), report.get(rule.rule_id)) for rule in rules]
    writer.page("rules.html", "rules.html", rules=listed)
    for rule in rules:
        mine = claims.get(rule.rule_id, [])
        told = report.get(rule.rule_id)
        writer.page(
            "rule.html",
            f"rule/{slug(rule.rule_id)}.html",
            rule=rule,
            state=state(rule, rule.rule_id in off, writer),
            off=off.get(rule.rule_id),
            missing=rule.missing.note() if rule.missing else None,
            report=table("rule_report", [told], writer.language, addresses, REPORT) if told else None,
            claims=table("clawback", mine[:SHOWN], writer.language, addresses, CLAIMS),
            count=len(mine),
        )


def _switched_off(source: Source) -> dict[str, str]:
    """What the manifest says of rules that did not run, by rule."""
    told = [str(line) for line in source.quarter.manifest.get("switched_off", [])]
    return {line.split(" ", 1)[0]: line for line in told}

"""Which rules of the catalogue run here, which wait for knowledge points, and what the others lack."""

from dataclasses import dataclass

from models.engine import Engine
from models.rules.knowledge import read_knowledge
from models.rules.registry import Rule, registry

IMPLEMENTED = "已实现 implemented"
WAITING = "待知识点 waiting"
ABSENT = "未实现 not yet"


@dataclass(frozen=True)
class Coverage:
    """One row of `jicha rules`; `hits` = findings of the latest quarter that has any, null where the rule never ran."""

    rule_id: str
    name: str
    status: str
    note: str
    implemented: bool
    points: int | None = None
    hits: int | None = None


def coverage(engine: Engine | None) -> list[Coverage]:
    """All rules of the registry with their state; reads only. Without an engine the registry alone speaks."""
    points = _points(engine) if engine else None
    hits = _hits(engine) if engine else None
    return [_row(rule, points, hits) for rule in registry()]


def _points(engine: Engine) -> dict[str, int]:
    counts: dict[str, int] = {}
    for found in read_knowledge(engine):
        for rule_id, points in found.sound.group_by("rule_id").len().iter_rows():
            counts[rule_id] = counts.get(rule_id, 0) + points
    return counts


def _hits(engine: Engine) -> dict[str, int] | None:
    if not engine.exists("finding.finding"):
        return None
    latest = "select max(period) from finding.finding"
    return dict(
        engine.con.execute(
            f"select rule_id, count(*) from finding.finding where period = ({latest}) group by rule_id"
        ).fetchall()
    )


def _row(rule: Rule, points: dict[str, int] | None, hits: dict[str, int] | None) -> Coverage:
    if rule.missing:
        return Coverage(rule.rule_id, rule.name, ABSENT, rule.missing.note(), False)
    if rule.indicator:
        note = f"统计指标，见清单 / an indicator, in the list `indicator`: {rule.indicator}"
        return Coverage(rule.rule_id, rule.name, IMPLEMENTED, note, True)
    if rule.model:
        return Coverage(
            rule.rule_id, rule.name, IMPLEMENTED, f"模型，见清单 / a model, in the list `{rule.model}`", True
        )
    note = f"模板 / template: {rule.template}" + (f"；{rule.note}" if rule.note else "")
    tables = "、".join(rule.knowledge_tables)
    count = points.get(rule.rule_id, 0) if points is not None and tables else None
    if count == 0:
        note = f"{tables} 中没有本规则的知识点，已停用 / no knowledge points in {tables}: switched off；{note}"
        return Coverage(rule.rule_id, rule.name, WAITING, note, True, count, None)
    if count:
        note = f"{count} 个知识点 / knowledge points；{note}"
    found = hits.get(rule.rule_id, 0) if hits is not None else None
    return Coverage(rule.rule_id, rule.name, IMPLEMENTED, note, True, count, found)

"""Which rules of the catalogue run here, which wait for knowledge points, and what the others lack."""

from dataclasses import dataclass

from models.engine import Engine
from models.rules.knowledge import points_by_rule
from models.rules.registry import Rule, registry

IMPLEMENTED = "已实现 implemented"
WAITING = "待知识点 waiting"
NO_DATA = "待数据 no data"
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
    if engine is None:
        return [_row(rule, None, None, set()) for rule in registry()]
    points, hits, empty = points_by_rule(engine), _hits(engine), _empty(engine)
    return [_row(rule, points, hits, empty) for rule in registry()]


def latest_period(engine: Engine) -> str | None:
    """The quarter that `hits` count: the latest that has any finding."""
    if not engine.exists("finding.finding"):
        return None
    found = engine.con.execute("select max(period) from finding.finding").fetchall()
    return found[0][0] if found else None


def _hits(engine: Engine) -> dict[str, int] | None:
    latest = latest_period(engine)
    if latest is None:
        return None
    counted = "select rule_id, count(*) from finding.finding where period = $period group by rule_id"
    return dict(engine.con.execute(counted, {"period": latest}).fetchall())


def _empty(engine: Engine) -> set[str]:
    """Contract tables that rules read and that hold no row."""
    wanted = sorted({table for rule in registry() for table in rule.data_tables})
    there = engine.relations()
    return {name for name in wanted if f"cur.{name}" in there and not engine.count(f"cur.{name}")}


def _row(rule: Rule, points: dict[str, int] | None, hits: dict[str, int] | None, empty: set[str]) -> Coverage:
    if rule.missing:
        return Coverage(rule.rule_id, rule.name, ABSENT, rule.missing.note(), False)
    if rule.indicator:
        note = f"统计指标，见清单 / an indicator, in the list `indicator`: {rule.indicator}"
        return Coverage(rule.rule_id, rule.name, IMPLEMENTED, note, True)
    if rule.model:
        note = f"模型，见清单 / a model, in the list `{rule.model}`"
        return Coverage(rule.rule_id, rule.name, IMPLEMENTED, note, True)
    note = f"模板 / template: {'、'.join(rule.templates)}" + (f"；{rule.note}" if rule.note else "")
    tables = "、".join(rule.knowledge_tables)
    count = points.get(rule.rule_id, 0) if points is not None and tables else None
    if count == 0:
        note = f"{tables} 中没有本规则的知识点，已停用 / no knowledge points in {tables}: switched off；{note}"
        return Coverage(rule.rule_id, rule.name, WAITING, note, True, count, None)
    if count:
        note = f"{count} 个知识点 / knowledge points；{note}"
    absent = [name for name in rule.data_tables if name in empty]
    if absent:
        note = f"无数据 / no data: {'、'.join(absent)}；{note}"
    found = hits.get(rule.rule_id, 0) if hits is not None else None
    waits = bool(absent) and len(absent) == len(rule.data_tables)
    return Coverage(rule.rule_id, rule.name, NO_DATA if waits else IMPLEMENTED, note, True, count, found)

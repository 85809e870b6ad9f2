"""Running rules: one pass a template, findings replaced by rule and period."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from models.config import Config
from models.engine import Engine, sql_text
from models.errors import QueryFailed, RuleFailed
from models.exhausted import chain_of, exhausted
from models.rules.ahead import Ahead
from models.rules.knowledge import knowledge_mark, points_by_rule, prepare
from models.rules.own_params import refuse_wrong_params
from models.rules.passes import (
    AHEAD,
    CORE,
    EVERY_PERIOD,
    FRESH,
    PREPARED,
    VIEWS,
    Passes,
    chosen,
    digest_of,
    drop_shared,
    fresh,
    make_shared,
    passes,
    values_of,
    with_whole,
)
from models.rules.registry import Rule, registry

FINDING = """
create table if not exists finding.finding (
    rule_id varchar, period varchar, fixmedins_code varchar, setl_id varchar, bkkp_sn varchar, item_code varchar,
    item_name varchar, cnt decimal(16, 4), pric decimal(16, 6), allowed decimal(18, 4), excess decimal(18, 4),
    gross_amount decimal(16, 2), part_num decimal(20, 4), part_den decimal(20, 4), claim_kind varchar,
    evidence varchar, reason varchar, basis_id varchar
)"""
RULE = """
create or replace table finding.rule (
    rule_id varchar, rule_name varchar, track varchar, confidence decimal(5, 4), template varchar, version integer,
    subject_kind varchar, subject varchar, basis varchar
)"""
Points = dict[str, int]  # sound knowledge points by rule
Found = dict[str, tuple[int, Decimal]]  # rows and gross amount of the rules that found something


@dataclass(frozen=True)
class RuleResult:
    """What one rule found in the periods asked for: rows, their gross amount, or why it failed.

    `waiting` = its knowledge tables hold no sound point for it, so it is switched off.
    """

    rows: int
    gross: Decimal
    error: str | None = None
    waiting: bool = False


def run_rules(
    engine: Engine, rule_ids: Iterable[str] | None, config: Config, periods: list[str] | None = None
) -> dict[str, RuleResult]:
    """Find anew what the rules (default all that are implemented) find in the quarters (default all).

    Replaces the rows of these rules and periods in `finding.finding`, and `finding.rule`. A template that fails leaves
    the earlier rows of its rules in place and reports in `error`; the others run on (see `raise_failures`).
    Must not be called inside a transaction. Raises UsageError for rules that are unknown or not implemented, and for
    `rule_params` of the configuration that name no rule or no parameter of it.
    """
    refuse_wrong_params(config)
    first, last = (min(periods), max(periods)) if periods else EVERY_PERIOD
    together = [(rules, values_of(rules, config, first, last)) for rules in passes(chosen(rule_ids), config)]
    with engine.transaction():
        points = prepare_run(engine)
        ahead = Ahead(engine, together, periods if rule_ids is None or _all(together) else None)
        ahead.begin()
    results: dict[str, RuleResult] = {}
    if ahead.there:
        rules = [rule for of_pass, _ in together for rule in of_pass]
        with engine.transaction():
            results = _summary(rules, _replace(engine, rules, periods, AHEAD, "*"), points)
    else:
        for rules, values in together:
            results |= _pass(engine, rules, values, periods, ahead, points)
        ahead.end()
    drop_shared(engine)
    return dict(sorted(results.items()))


def _all(together: Passes) -> bool:
    return sum(len(rules) for rules, _ in together) == sum(rule.implemented for rule in registry())


def _pass(
    engine: Engine, rules: list[Rule], values: dict[str, Any], periods: list[str] | None, ahead: Ahead, points: Points
) -> dict[str, RuleResult]:
    """What the rules of one pass found, or why they failed; alone where they fail together with quarters ahead."""
    try:
        with engine.transaction():
            found = _find(engine, rules, values, periods, ahead)
    except (duckdb.Error, ValueError, QueryFailed) as fault:
        if ahead.quarters:
            ahead.give_up()
            return _pass(engine, rules, values, periods, ahead, points)
        text = exhausted(chain_of(fault)) or f"{type(fault).__name__}: {' '.join(str(fault).split())[:400]}"
        return {rule.rule_id: RuleResult(0, Decimal(0), text) for rule in rules}
    return _summary(rules, found, points)


def raise_failures(results: dict[str, RuleResult]) -> None:
    """Raise RuleFailed that names every rule that could not be computed."""
    failed = [f"  {rule_id}: {result.error}" for rule_id, result in sorted(results.items()) if result.error]
    if failed:
        raise RuleFailed(
            "规则未能执行，本期不出清单 / rules failed, so no clawback list is made:\n"
            + "\n".join(failed)
            + "\n本地规则（L…）请改其模板后重跑 / mend the template of a bureau's rule (L…) in HOME/rules "
            "and run again; R… and S… are jicha's own: report the message."
        )


def prepare_run(engine: Engine) -> dict[str, int]:
    """Make the tables that every template may read, unless they are there, made of the same; sound points by rule."""
    engine.con.execute(FINDING)
    points = points_by_rule(engine)
    texts = [sql_text(f"findings/{name}") for name in ("subject_match", *VIEWS)]
    digest = digest_of(engine.remark(CORE), knowledge_mark(engine), texts, [str(rule) for rule in registry()])
    if engine.remark(PREPARED) == digest:
        return points
    write_rules(engine)
    prepare(engine)
    engine.replace(PREPARED, "findings/subject_match")
    for view in VIEWS:
        engine.view(f"finding.{view}", f"findings/{view}")
    if engine.remark(CORE) is not None:
        engine.mark(PREPARED, digest)
    return points


def write_rules(engine: Engine) -> None:
    """Make `finding.rule`, the implemented part of the registry as data."""
    engine.con.execute(RULE)
    rows = [
        (r.rule_id, r.name, r.track, str(r.confidence), r.template, r.version, r.subject_kind, r.subject, r.basis)
        for r in registry()
        if r.implemented
    ]
    # one statement of all rows: row by row costs as much as several rules
    places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))
    engine.con.execute(f"insert into finding.rule values {places}", [value for row in rows for value in row])
    engine.changed("finding.rule")


def _find(engine: Engine, rules: list[Rule], values: dict[str, Any], periods: list[str] | None, ahead: Ahead) -> Found:
    """Put what the rules find now in place of what they found."""
    if ahead.quarters:
        values = {**values, "period_to": ahead.quarters[-1]}
    make_shared(engine, rules[0], values)
    columns = with_whole(fresh(engine, rules[0], values))
    ahead.keep(columns)
    return _replace(engine, rules, periods, FRESH, columns)


def _replace(engine: Engine, rules: list[Rule], periods: list[str] | None, table: str, columns: str) -> Found:
    scope, named = _scope([rule.rule_id for rule in rules], periods)
    engine.con.execute(f"delete from finding.finding where {scope}", named)
    engine.con.execute(f"insert into finding.finding by name select {columns} from {table} where {scope}", named)
    counted = f"select rule_id, count(*), sum(gross_amount) from {table} where {scope} group by rule_id"
    return {rule_id: (rows, gross) for rule_id, rows, gross in engine.con.execute(counted, named).fetchall()}


def _scope(ids: list[str], periods: list[str] | None) -> tuple[str, dict[str, Any]]:
    scope = "list_contains($ids, rule_id)"
    if periods is None:
        return scope, {"ids": ids}
    return f"{scope} and list_contains($periods, period)", {"ids": ids, "periods": periods}


def _summary(rules: list[Rule], found: Found, points: Points) -> dict[str, RuleResult]:
    return {
        rule.rule_id: RuleResult(
            *found.get(rule.rule_id, (0, Decimal(0))),
            waiting=bool(rule.knowledge_tables) and not points.get(rule.rule_id),
        )
        for rule in rules
    }

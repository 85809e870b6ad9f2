"""Running rules: one pass a template, findings replaced by rule and period."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

import duckdb

from models.config import Config
from models.engine import Engine, sql_text
from models.engine.sql import sql_parameters
from models.errors import RuleFailed, UsageError
from models.rules.knowledge import knowledge_mark, points_by_rule, prepare
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
EVERY_PERIOD = ("0000Q1", "9999Q4")
OF_THE_RUN = {"rule_ids", "period_from", "period_to"}  # parameters that no configuration sets
# views that templates read: every occurrence, and every occurrence beside the subjects it answers to
VIEWS = ("occurrence", "restricted")
PREPARED = "finding.subject_match"  # carries the digest of what the tables of a run were made of
CORE = "core.settlement"  # carries the mark of the last build of core
FRESH = "temp.fresh"  # what one pass finds, of this connection alone
# what a template that leaves the column out means: the whole line
WHOLE = {"part_num": 1, "part_den": 1}
# tables that several templates read: made of core when the first of them runs, kept until core, text or values change
SHARED = {
    "finding.stay_case": "findings/stay_case",
    "finding.stay_charge": "findings/stay_charge",
    "finding.stay_outside": "findings/stay_outside",
    "finding.peer": "scores/peer",
    "finding.person_visit": "findings/person_visit",
}
LOOKED = "finding.looked"  # what `look` found by quarter
# made of core and kept until that is made anew; not in snapshots
KEPT = (*SHARED, LOOKED)


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
    _refuse_unknown_params(config)
    rules = chosen(rule_ids)
    with engine.transaction():
        points = prepare_run(engine)
    results: dict[str, RuleResult] = {}
    for together in passes(rules, config):
        ids = [rule.rule_id for rule in together]
        try:
            with engine.transaction():
                found = _replace(engine, together, config, periods)
            results |= _summary(together, found, points)
        except (duckdb.Error, ValueError) as fault:
            text = f"{type(fault).__name__}: {' '.join(str(fault).split())[:400]}"
            results |= {rule_id: RuleResult(0, Decimal(0), text) for rule_id in ids}
    drop_shared(engine)
    return dict(sorted(results.items()))


def raise_failures(results: dict[str, RuleResult]) -> None:
    """Raise RuleFailed that names every rule that could not be computed."""
    failed = [f"  {rule_id}: {result.error}" for rule_id, result in sorted(results.items()) if result.error]
    if failed:
        raise RuleFailed(
            "规则未能执行，本期不出清单 / rules failed, so no clawback list is made:\n" + "\n".join(failed)
        )


def chosen(rule_ids: Iterable[str] | None) -> list[Rule]:
    """The implemented rules of these ids (default all); raises UsageError for others."""
    implemented = {rule.rule_id: rule for rule in registry() if rule.implemented}
    if rule_ids is None:
        return list(implemented.values())
    wanted = sorted(set(rule_ids))
    unknown = [rule_id for rule_id in wanted if rule_id not in implemented]
    if unknown:
        raise UsageError(
            f"没有这些规则或尚未实现 / no such rules, or not implemented: {', '.join(unknown)}. See `jicha rules`."
        )
    return [implemented[rule_id] for rule_id in wanted]


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
        engine.con.execute(f"create or replace view finding.{view} as {sql_text(f'findings/{view}')}")
    if engine.remark(CORE) is not None:
        engine.con.execute(f"comment on table {PREPARED} is '{digest}'")
    return points


def digest_of(*parts: object) -> str:
    """One text for all the parts together (values of JSON)."""
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


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


def _params(rule: Rule, config: Config) -> dict[str, Any]:
    """The rule's own parameters; the bureau's configuration of the rule goes before its YAML."""
    return {**rule.params, **config.rule_params.get(rule.rule_id, {})}


def _refuse_unknown_params(config: Config) -> None:
    known = {rule.rule_id: rule for rule in registry()}
    faults: list[str] = []
    for rule_id, given in sorted(config.rule_params.items()):
        rule = known.get(rule_id)
        allowed = {*rule.params, *parameters_of(rule)} if rule else set()
        if strange := sorted(given.keys() - (allowed - OF_THE_RUN)):
            faults.append(f"  rule_params.{rule_id}: {', '.join(strange)}")
        if rule is None:
            faults.append(f"  rule_params.{rule_id}: 没有这条规则 / no such rule")
    if faults:
        raise UsageError("规则参数有误 / parameters that rules do not have:\n" + "\n".join(faults))


def parameters_of(rule: Rule) -> set[str]:
    """The parameters of the rule's template and of the shared tables that it reads."""
    return parts_of(rule)[1] if rule.template else set()


def parts_of(rule: Rule) -> tuple[list[str], set[str]]:
    """The rule's template and the shared tables that it reads, by name of the query, and the parameters of them all."""
    own = f"findings/{rule.template}"
    named = [own, *(name for table, name in SHARED.items() if table in sql_text(own))]
    return named, set().union(*(sql_parameters(name) for name in named))


def passes(rules: list[Rule], config: Config) -> list[list[Rule]]:
    """Rules that one run of their template serves together: same template, same params."""

    def key(rule: Rule) -> tuple[str, str]:
        return str(rule.template), json.dumps(_params(rule, config), sort_keys=True)

    return [list(together) for _, together in groupby(sorted(rules, key=key), key=key)]


def _replace(
    engine: Engine, rules: list[Rule], config: Config, periods: list[str] | None
) -> dict[str, tuple[int, Decimal]]:
    """Put what the rules find now in place of what they found; rows and gross amount of those that found something."""
    first, last = (min(periods), max(periods)) if periods else EVERY_PERIOD
    ids = [rule.rule_id for rule in rules]
    values = values_of(rules, config, first, last)
    make_shared(engine, rules[0], values)
    there = fresh(engine, rules[0], values)
    scope, named = _scope(ids, periods)
    engine.con.execute(f"delete from finding.finding where {scope}", named)
    whole = "".join(f", {value} as {name}" for name, value in WHOLE.items() if name not in there)
    engine.con.execute(f"insert into finding.finding by name select *{whole} from {FRESH} where {scope}", named)
    counted = f"select rule_id, count(*), sum(gross_amount) from {FRESH} where {scope} group by rule_id"
    return {rule_id: (rows, gross) for rule_id, rows, gross in engine.con.execute(counted, named).fetchall()}


def fresh(engine: Engine, rule: Rule, values: dict[str, Any]) -> list[str]:
    """Make `FRESH`, what the rule's template finds now; returns its columns. The shared tables must be there."""
    name = f"findings/{rule.template}"
    bound = {key: value for key, value in values.items() if key in sql_parameters(name)}
    engine.con.execute(f"create or replace temp table {FRESH} as {sql_text(name)}", bound)
    engine.con.execute(f"select * from {FRESH} limit 0")
    return [column[0] for column in engine.con.description or []]


def values_of(rules: list[Rule], config: Config, first: str, last: str) -> dict[str, Any]:
    """Every parameter of the template of rules that share a pass, for the quarters from first to last."""
    values: dict[str, Any] = {**config.params.model_dump(), **_params(rules[0], config)}
    return {
        **values, "rule_ids": [rule.rule_id for rule in rules], "period_from": first, "period_to": last,
    }  # fmt: skip


def make_shared(engine: Engine, rule: Rule, values: dict[str, Any]) -> None:
    """Make the tables that the rule's template shares with others, unless they are there, made of the same."""
    text = sql_text(f"findings/{rule.template}")
    wanted = {table: name for table, name in SHARED.items() if table in text}
    if not wanted:
        return
    remarks = engine.remarks()
    for table, name in wanted.items():
        parts = [name, *(other for inside, other in SHARED.items() if inside in sql_text(name))]
        used = {key: values.get(key) for part in parts for key in sql_parameters(part)}
        digest = digest_of(remarks.get(CORE), [sql_text(part) for part in parts], used)
        if remarks.get(table) != digest:
            engine.replace(table, name, **values)
            engine.con.execute(f"comment on table {table} is '{digest}'")


def drop_shared(engine: Engine) -> None:
    """Drop the kept tables where core has no mark (it was not built, but filled)."""
    if engine.remark(CORE) is None:
        for table in KEPT:
            engine.con.execute(f"drop table if exists {table}")


def _scope(ids: list[str], periods: list[str] | None) -> tuple[str, dict[str, Any]]:
    scope = "list_contains($ids, rule_id)"
    if periods is None:
        return scope, {"ids": ids}
    return f"{scope} and list_contains($periods, period)", {"ids": ids, "periods": periods}


def _summary(rules: list[Rule], found: dict[str, tuple[int, Decimal]], points: dict[str, int]) -> dict[str, RuleResult]:
    return {
        rule.rule_id: RuleResult(
            *found.get(rule.rule_id, (0, Decimal(0))),
            waiting=bool(rule.knowledge_tables) and not points.get(rule.rule_id),
        )
        for rule in rules
    }

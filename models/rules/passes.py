"""Passes: rules that one run of their template serves together, and the tables that templates share."""

import hashlib
import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from models.config import Config
from models.engine import Engine, sql_text
from models.engine.sql import sql_parameters
from models.errors import UsageError
from models.rules.knowledge import knowledge_mark
from models.rules.registry import Rule, registry

# views that templates read: every occurrence, and every occurrence beside the subjects it answers to
VIEWS = ("occurrence", "restricted")
PREPARED = "finding.subject_match"  # carries the digest of what the tables of a run were made of
CORE = "core.settlement"  # carries the mark of the last build of core
WHOLE = {"part_num": 1, "part_den": 1}  # what a template that leaves the column out means: the whole line
FRESH = "temp.fresh"  # what one pass finds, of this connection alone
# tables that several templates read: made of core when the first of them runs, kept until core, text or values change;
# one that reads another comes after it
SHARED = {
    "finding.newborn": "findings/newborn",
    "finding.stay_case": "findings/stay_case",
    "finding.stay_charge": "findings/stay_charge",
    "finding.stay_outside": "findings/stay_outside",
    "finding.peer": "scores/peer",
    "finding.person_visit": "findings/person_visit",
    "finding.occurrence_key": "findings/occurrence_key",
    "finding.in_scope": "findings/in_scope",
}
LOOKED = "finding.looked"  # what `look` found by quarter
AHEAD = "finding.ahead"  # what `run_rules` found of quarters whose turn had not come
# made of core and kept until that is made anew; not in snapshots
KEPT = (*SHARED, LOOKED, AHEAD)
EVERY_PERIOD = ("0000Q1", "9999Q4")
Passes = list[tuple[list[Rule], dict[str, Any]]]


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


def digest_of(*parts: object) -> str:
    """One text for all the parts together (values of JSON)."""
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def params_of(rule: Rule, config: Config) -> dict[str, Any]:
    """The rule's own parameters; the bureau's configuration of the rule goes before its YAML."""
    return {**rule.params, **config.rule_params.get(rule.rule_id, {})}


def parameters_of(rule: Rule) -> set[str]:
    """The parameters of the rule's template and of the shared tables that it reads."""
    return parts_of(rule)[1] if rule.template else set()


def shared_by(queries: Iterable[str]) -> dict[str, str]:
    """The shared tables that these queries read, themselves or through one another; in an order to make them in."""
    texts = [sql_text(name) for name in queries]
    wanted = set()
    for table, name in reversed(SHARED.items()):
        if any(table in text for text in texts):
            wanted.add(table)
            texts.append(sql_text(name))
    return {table: name for table, name in SHARED.items() if table in wanted}


def parts_of(rule: Rule) -> tuple[list[str], set[str]]:
    """The rule's templates and the shared tables that they read, by name of the query, and the parameters of all."""
    own = [f"findings/{name}" for name in rule.templates]
    named = [*own, *shared_by(own).values()]
    return named, set().union(*(sql_parameters(name) for name in named))


def passes(rules: list[Rule], config: Config) -> list[list[Rule]]:
    """Rules that one run of their templates serves together: same templates, same params."""

    def key(rule: Rule) -> tuple[tuple[str, ...], str]:
        return rule.templates, json.dumps(params_of(rule, config), sort_keys=True)

    return [list(together) for _, together in groupby(sorted(rules, key=key), key=key)]


def values_of(rules: list[Rule], config: Config, first: str, last: str) -> dict[str, Any]:
    """Every parameter of the template of rules that share a pass, for the quarters from first to last."""
    values: dict[str, Any] = {**config.params.model_dump(), **params_of(rules[0], config)}
    return {
        **values, "rule_ids": [rule.rule_id for rule in rules], "period_from": first, "period_to": last,
    }  # fmt: skip


def fresh(engine: Engine, rule: Rule, values: dict[str, Any]) -> list[str]:
    """Make `FRESH`, what the rule's templates find now; returns its columns. The shared tables must be there."""
    if len(rule.templates) == 1:
        return engine.collect(FRESH, f"findings/{rule.template}", **values)
    parts = [f"{FRESH}_{turn}" for turn in range(len(rule.templates))]
    # what they find on one line may be completed in different quarters: chosen quarter by quarter both would stay
    every = {**values, "period_from": EVERY_PERIOD[0], "period_to": EVERY_PERIOD[1]}
    found = [
        f"select {with_whole(engine.collect(part, f'findings/{name}', **every))}, {turn} as turn from {part}"
        for turn, (part, name) in enumerate(zip(parts, rule.templates, strict=True))
    ]
    asked = {"first": values["period_from"], "last": values["period_to"]}
    chosen_of_all = f"select * from ({_most(found)}) where period between $first and $last"
    engine.con.execute(f"create or replace temp table {FRESH} as {chosen_of_all}", asked)
    engine.con.execute(f"select * from {FRESH} limit 0")
    return [column[0] for column in engine.con.description or []]


def with_whole(columns: list[str]) -> str:
    """What to select of a template's rows: one that leaves the part out means the whole line."""
    return "*" + "".join(f", {value} as {name}" for name, value in WHOLE.items() if name not in columns)


def _most(found: list[str]) -> str:
    """Of what several templates find on one line or case that with most at stake; of equals that of the first."""
    each = " union all by name ".join(f"({query})" for query in found)
    return (
        f"select * exclude (turn) from ({each}) qualify row_number() over "
        "(partition by rule_id, fixmedins_code, setl_id, bkkp_sn, item_code order by gross_amount desc, turn) = 1"
    )


def make_shared(engine: Engine, rule: Rule, values: dict[str, Any]) -> None:
    """Make the tables that the rule's template shares with others, unless they are there, made of the same."""
    wanted = shared_by(f"findings/{name}" for name in rule.templates)
    if not wanted:
        return
    remarks = engine.remarks()
    for table, name in wanted.items():
        parts = [name, *shared_by([name]).values()]
        used = {key: values.get(key) for part in parts for key in sql_parameters(part)}
        texts = [sql_text(part) for part in parts]
        numbered = remarks.get(PREPARED) if any(PREPARED in text for text in texts) else None
        digest = digest_of(remarks.get(CORE), numbered, texts, used)
        if remarks.get(table) != digest:
            engine.replace(table, name, **values)
            engine.mark(table, digest)


def drop_shared(engine: Engine) -> None:
    """Drop the kept tables where core has no mark (it was not built, but filled)."""
    if engine.remark(CORE) is None:
        for table in KEPT:
            engine.drop(table)


def made_of(engine: Engine, together: Passes) -> str:
    """A digest of all that the findings depend on but the quarters; empty where core has no mark to go by."""
    mark = engine.remark(CORE)
    if mark is None:
        return ""
    texts = [sql_text(f"findings/{name}") for name in ("subject_match", *VIEWS)]
    told: list[object] = [mark, knowledge_mark(engine), texts]
    for rules, values in together:
        named, used = parts_of(rules[0])
        of_all = {key: values.get(key) for key in used if key not in {"period_from", "period_to"}}
        told.append([[str(rule) for rule in rules], [sql_text(name) for name in named], of_all])
    return digest_of(*told)

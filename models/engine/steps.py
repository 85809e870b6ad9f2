"""A query file as the steps that a cluster runs it in.

Spark writes the text of a `with` table wherever it is named, and computes it as often. Nested a few deep that is
hundreds of times, in planning as in running; so what would be computed more than `TIMES` times is a step of its own.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from models.engine.transpile import to_spark

TIMES = 4


@dataclass(frozen=True)
class Steps:
    """`before`: (name of a view of the session, its query), in order; `last`: the query that gives the result.

    `tables` are the tables of schemas that any of them reads, there called by their `local_name`.
    """

    before: tuple[tuple[str, str], ...]
    last: str
    tables: frozenset[str]


@lru_cache(maxsize=512)
def steps_of(text: str) -> Steps:
    """The steps of a query written for DuckDB. Raises sqlglot's UnsupportedError for what Spark cannot say."""
    query = sqlglot.parse_one(to_spark(text), read="spark")
    tables: set[str] = set()
    query = query.transform(lambda node: _renamed(node, tables))
    within = {cte.alias: cte.this for cte in getattr(query, "ctes", [])}
    body = query.copy()
    if within:
        body.set("with_", None)
    apart = _apart(body, within)
    before = [(_step_name(name), _whole(within[name], within, apart)) for name in within if name in apart]
    return Steps(tuple(before), _whole(body, within, apart), frozenset(tables))


def local_name(table: str) -> str:
    """What a session calls a table of a schema: nobody else who uses the cluster sees that name."""
    return table.replace(".", "__")


def _step_name(name: str) -> str:
    return f"step__{name}"


def _renamed(node: Any, tables: set[str]) -> Any:
    if not isinstance(node, exp.Table) or not node.db:
        return node
    tables.add(f"{node.db}.{node.name}")
    return _called(node, local_name(f"{node.db}.{node.name}"))


def _called(node: exp.Table, name: str) -> Any:
    """Another table in place of this one, under the name by which its columns are known."""
    return exp.alias_(exp.to_table(name), node.alias or node.name, table=True)


def _named(node: Any, within: dict[str, Any]) -> Counter[str]:
    """How often each `with` table is named in a part of the query."""
    return Counter(table.name for table in node.find_all(exp.Table) if not table.db and table.name in within)


def _apart(body: Any, within: dict[str, Any]) -> set[str]:
    """The `with` tables to be computed once, for themselves."""
    times, apart = _named(body, within), set()
    for name in reversed(within):
        if times[name] >= TIMES:
            apart.add(name)
        for inner, count in _named(within[name], within).items():
            times[inner] += count * (1 if name in apart else times[name])
    return apart


def _whole(node: Any, within: dict[str, Any], apart: set[str]) -> str:
    """A part of the query with the `with` tables that it needs and that are no steps."""
    needed: set[str] = set()
    wanted = set(_named(node, within)) - apart
    while wanted:
        needed |= wanted
        wanted = {inner for name in wanted for inner in _named(within[name], within)} - apart - needed
    written = node.copy()
    if needed:
        tables = [exp.CTE(this=within[name].copy(), alias=exp.to_identifier(name)) for name in within if name in needed]
        own = written.args.get("with_")
        written.set("with_", exp.With(expressions=[*tables, *(own.expressions if own else [])]))
    written = written.transform(
        lambda one: (
            _called(one, _step_name(one.name))
            if isinstance(one, exp.Table) and not one.db and one.name in apart
            else one
        )
    )
    return str(written.sql(dialect="spark"))

"""Cases of rules side by side: one warehouse answers what one core and one pass of each template can answer together.

Every case keeps its own people, providers, settlements, lines and documents: whatever is named in an extract bears the
case's mark, which is taken off what is found before it is compared. What no case can have for itself keeps cases in
different worlds: knowledge points of one rule that differ, and reference tables that name nobody. Rules that set a
provider beside all others say `alone: true` in their cases.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from models import core, rules
from models.config import Config
from models.contracts import tables
from models.engine.duck import Engine, memory_engine
from models.rules import RuleResult
from tests.given import complete, fill

MARK = "!"  # sorts before whatever an id may go on with, so that marked ids sort as bare ones do
NAMES = {"id", "person", "keyed"}  # types of columns that name somebody or something
CODES_OF_ONE_PACK = {"drug_trac_codg"}
Rows = dict[str, list[dict[str, str | None]]]


@dataclass(frozen=True, eq=False)
class Case:
    """One case: rows by table as they are given, what must be found, how many points must be left out."""

    rule_id: str
    given: dict[str, list[dict[str, Any]]]
    expected: list[dict[str, Any]]
    warnings: int
    alone: bool

    @cached_property
    def rows(self) -> Rows:
        """Rows with every column of their table; points are the rule's own, unless they say otherwise."""
        own = {"rule_id": self.rule_id, "valid_from": "2020-01-01"}
        return {
            name: complete(name, [{**own, **row} for row in rows] if _is_knowledge(name) else rows)
            for name, rows in self.given.items()
        }

    @cached_property
    def knowledge(self) -> str:
        return json.dumps({name: rows for name, rows in self.rows.items() if _is_knowledge(name)}, sort_keys=True)

    @cached_property
    def common(self) -> str:
        """The rows that hold for every case of a world."""
        return json.dumps({name: rows for name, rows in self.rows.items() if _is_common(name)}, sort_keys=True)


def _is_knowledge(table: str) -> bool:
    return tables()[table].kind == "kp"


def _marked(table: str) -> list[str]:
    columns = tables()[table].columns.values()
    return [one.inside for one in columns if one.type in NAMES or one.name in CODES_OF_ONE_PACK]


def _is_common(table: str) -> bool:
    return not _is_knowledge(table) and not _marked(table)


@dataclass(eq=False)
class World:
    """Cases that one warehouse answers."""

    common: str
    knowledge: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def takes(self, case: Case) -> bool:
        """Take the case in where nothing of it would be another case's."""
        if self.cases and (
            case.alone
            or self.cases[0].alone
            or case.common != self.common
            or self.knowledge.get(case.rule_id, case.knowledge) != case.knowledge
        ):
            return False
        self.knowledge[case.rule_id] = case.knowledge
        self.cases.append(case)
        return True

    def _rows(self) -> Rows:
        together: Rows = defaultdict(list)
        once = set()
        for number, case in enumerate(self.cases):
            for name, rows in case.rows.items():
                if marked := _marked(name):
                    together[name] += [{**row, **_bearing(row, marked, f"{MARK}{number}")} for row in rows]
                elif (name, case.rule_id if _is_knowledge(name) else None) not in once:
                    once.add((name, case.rule_id if _is_knowledge(name) else None))
                    together[name] += rows
        return together

    @cached_property
    def answer(self) -> "Answer":
        """Core and the rules of all cases, once, through the true chain."""
        engine = memory_engine()
        engine.con.execute("set threads = 1")  # of a few rows each
        fill(engine, self._rows())
        core.build(engine, Config())
        results = rules.run_rules(engine, sorted(self.knowledge), Config())
        counted = engine.con.execute("select rule_id, count(*), sum(gross_amount) from finding.finding group by all")
        totals = defaultdict(lambda: (0, Decimal(0)), {rule_id: (n, gross) for rule_id, n, gross in counted.fetchall()})
        answer = Answer(results, totals, _found(engine, self.cases), rules.check_knowledge(engine))
        engine.close()
        return answer

    def found(self, case: Case) -> list[dict[str, Any]]:
        return self.answer.found[self.cases.index(case)]


@dataclass(frozen=True)
class Answer:
    """Results by rule, rows and gross amount by rule, findings of each case (ids without mark), points left out."""

    results: dict[str, RuleResult]
    totals: dict[str, tuple[int, Decimal]]
    found: list[list[dict[str, Any]]]
    warnings: list[str]


def _bearing(row: dict[str, str | None], columns: list[str], mark: str) -> dict[str, str | None]:
    return {name: f"{row[name]}{mark}" for name in columns if row[name] is not None}


def _found(engine: Engine, cases: list[Case]) -> list[list[dict[str, Any]]]:
    """What was found in each case, in order; a finding speaks of one case alone."""
    order = "setl_id nulls first, bkkp_sn nulls first, item_code, period"
    found: list[list[dict[str, Any]]] = [[] for _ in cases]
    for row in engine.frame(f"select * from finding.finding order by {order}").iter_rows(named=True):
        number = int(row["fixmedins_code"].split(MARK)[1])
        bare = {name: v.replace(f"{MARK}{number}", "") if isinstance(v, str) else v for name, v in row.items()}
        strange = {name: v for name, v in bare.items() if isinstance(v, str) and MARK in v}
        assert not strange, f"{row['rule_id']} tells of another case: {strange}"
        # rules of other cases may find something here as well
        if row["rule_id"] == cases[number].rule_id:
            found[number].append(bare)
    return found


def worlds_of(cases: Iterable[Case]) -> dict[Case, World]:
    """The world of each case, as few as there can be."""
    worlds: list[World] = []
    home: dict[Case, World] = {}
    for case in cases:
        world = next((one for one in worlds if one.takes(case)), None)
        if world is None:
            world = World(case.common)
            worlds.append(world)
            world.takes(case)
        home[case] = world
    return home

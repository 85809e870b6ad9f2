"""Quarters found ahead: a template costs a county the same for one quarter as for five."""

import json
from typing import Any

from models.engine import Engine
from models.periods import parse_quarter
from models.rules.passes import AHEAD, FRESH, Passes, made_of

AT_ONCE = 8  # quarters that are found together
LINES_AT_ONCE = 100_000_000  # their fee lines: those of a large city's year take some 5 GB (tests/bench/rules.py)


class Ahead:
    """What all rules found of the quarter asked for and those after it, kept until anything they depend on changes.

    Found alone or with others a quarter has the same rows. Together are as many as `LINES_AT_ONCE` allows: memory grows
    with them.
    """

    def __init__(self, engine: Engine, together: Passes, periods: list[str] | None) -> None:
        self._engine = engine
        self._made_of = made_of(engine, together) if periods and len(periods) == 1 else ""
        self._asked = periods or []
        digest, kept = json.loads(engine.remark(AHEAD) or '["", []]')
        self.there = bool(self._made_of) and digest == self._made_of and set(self._asked) <= set(kept)
        self.quarters = _in_bounds(engine, self._asked) if self._made_of and not self.there else []

    def begin(self) -> None:
        """Make room for what the passes find."""
        if self.quarters:
            self._engine.con.execute(f"create or replace table {AHEAD} as select * from finding.finding limit 0")

    def keep(self, columns: str) -> None:
        """Keep what a pass found in `FRESH`; `columns` selects it in the columns of finding.finding."""
        if self.quarters:
            self._engine.con.execute(
                f"insert into {AHEAD} by name select {columns} from {FRESH} where list_contains($quarters, period)",
                {"quarters": self.quarters},
            )

    def give_up(self) -> None:
        """A pass failed: every quarter is found by itself, and tells its own failures."""
        if self.quarters:
            self._engine.con.execute(f"drop table if exists {AHEAD}")
        self.quarters = []

    def end(self) -> None:
        """From now on these quarters are there."""
        if self.quarters:
            self._engine.con.execute(f"comment on table {AHEAD} is '{json.dumps([self._made_of, self.quarters])}'")


def quarters_on(engine: Engine, asked: list[str]) -> list[str]:
    """The quarters asked for and those after them that have settlements, at most `AT_ONCE` or as many as asked."""
    newest: Any = engine.con.execute("select max(quarter) from core.settlement").fetchall()[0][0]
    last = max(asked[-1], newest or asked[-1])
    one, quarters = parse_quarter(asked[0]), [asked[0]]
    while quarters[-1] < last and (len(quarters) < AT_ONCE or quarters[-1] < asked[-1]):
        one = one.shift(1)
        quarters.append(str(one))
    return quarters


def _in_bounds(engine: Engine, asked: list[str]) -> list[str]:
    """Of `quarters_on` the first whose fee lines together are not too many, and what is asked in any case."""
    counted = "select quarter, count(*) from core.fee_line where quarter is not null group by quarter"
    lines: dict[str, int] = dict(engine.con.execute(counted).fetchall())
    chosen, total = [], 0
    for quarter in quarters_on(engine, asked):
        total += lines.get(quarter, 0)
        if total > LINES_AT_ONCE and quarter > asked[-1]:
            break
        chosen.append(quarter)
    return chosen

"""Rules that claim parts of lines, against what plain Python works out for drawn worlds: lines, quarters and fen."""

from collections import defaultdict
from decimal import Decimal

import pytest

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from tests.given import given
from tests.properties.rule_oracle import expected, fen
from tests.properties.rule_worlds import World, drawn

RULES = ["R10", "R13", "R14", "R15", "R25", "R27", "R28", "R68", "R74"]
Findings = dict[tuple[str, str], tuple[str, Decimal]]


def found(world: World) -> Findings:
    engine = memory_engine()
    engine.con.execute("set threads = 1")  # of a few rows each
    given(engine, **{name: [dict(row) for row in rows] for name, rows in world.tables.items()})
    core.build(engine, Config())
    rules.raise_failures(rules.run_rules(engine, RULES, Config()))
    assert not rules.check_knowledge(engine)
    listed = engine.con.execute("select rule_id, bkkp_sn, period, gross_amount from finding.finding").fetchall()
    engine.close()
    return {(rule_id, line): (period, gross) for rule_id, line, period, gross in listed}


@pytest.mark.parametrize("seed", range(6))
def test_as_worked_out_by_hand(seed: int) -> None:
    world = drawn(seed)
    wanted = defaultdict(list)
    for rule_id, line, period, amount in expected(world):
        if fen(amount) > 0:
            wanted[rule_id, line].append((period, fen(amount)))
    got = found(world)
    assert set(got) == set(wanted)
    # where several points speak of a line one of them is listed
    assert [(key, one, wanted[key]) for key, one in got.items() if one not in wanted[key]] == []
    assert {rule_id for rule_id, _ in got} == set(RULES)

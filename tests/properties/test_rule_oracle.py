"""Rules that claim, or accuse, against what plain Python works out for drawn worlds: lines, cases, quarters and fen."""

import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from tests.given import given
from tests.properties import (
    bill_oracle,
    bill_worlds,
    code_oracle,
    item_oracle,
    item_worlds,
    person_oracle,
    person_worlds,
    record_oracle,
    record_worlds,
    rule_oracle,
    rule_worlds,
    stay_oracle,
    stay_worlds,
    stock_oracle,
    stock_worlds,
    visit_oracle,
    visit_worlds,
    ward_oracle,
    ward_worlds,
)
from tests.properties.rule_oracle import Found, fen
from tests.properties.rule_worlds import Row

OF_LINES = ["R10", "R13", "R14", "R15", "R25", "R27", "R28", "R68", "R74"]
OF_BILLS = ["S04", "S08"]
OF_CODES = ["R04", "R05", "R07", "R08", "R11", "R12", "R39", "R40", "R54", "R55", "R64", "R67"]
OF_ITEMS = ["R46", "R76", "S05", "S06", "S18"]
OF_PEOPLE = ["R50", "R51", "S17"]
OF_RECORDS = ["R35", "R36", "R37", "R38", "S07"]
OF_STAYS = ["R49", "R52", "S10", "S14"]
OF_WARDS = ["R53", "S01", "S02", "S03"]
OF_VISITS = ["R42", "S09", "S11", "S12", "S13", "S15", "S16"]
Findings = dict[tuple[str, str], tuple[str, Decimal]]


def listed(tables: dict[str, list[Row]], rule_ids: list[str]) -> list[tuple[str, str, str, Decimal, str]]:
    engine = memory_engine()
    engine.con.execute("set threads = 1")  # of a few rows each
    given(engine, **{name: [dict(row) for row in rows] for name, rows in tables.items()})
    core.build(engine, Config())
    rules.raise_failures(rules.run_rules(engine, rule_ids, Config()))
    assert not rules.check_knowledge(engine)
    of_item = "concat(fixmedins_code, ' ', item_code, ' ', period)"
    columns = f"rule_id, coalesce(bkkp_sn, setl_id, {of_item}), period, gross_amount, evidence"
    rows = engine.con.execute(f"select {columns} from finding.finding").fetchall()
    engine.close()
    assert len({row[:2] for row in rows}) == len(rows)  # nothing twice
    return rows


def found(tables: dict[str, list[Row]], rule_ids: list[str]) -> Findings:
    return {(rule_id, key): (period, gross) for rule_id, key, period, gross, _ in listed(tables, rule_ids)}


def compare(got: Findings, expected: Iterable[Found]) -> None:
    wanted = defaultdict(list)
    for rule_id, key, period, amount in expected:
        if fen(amount) > 0:
            wanted[rule_id, key].append((period, fen(amount)))
    assert set(got) == set(wanted)
    # where several points speak of a line one of them is listed
    assert [(key, one, wanted[key]) for key, one in got.items() if one not in wanted[key]] == []


@pytest.mark.parametrize("seed", range(6))
def test_limits_of_lines_as_worked_out_by_hand(seed: int) -> None:
    world = rule_worlds.drawn(seed)
    got = found(world.tables, OF_LINES)
    compare(got, rule_oracle.expected(world))
    assert {rule_id for rule_id, _ in got} == set(OF_LINES)


def test_codes_and_visits_as_worked_out_by_hand() -> None:
    told = set()
    for seed in range(2):
        world = visit_worlds.drawn(seed)
        got = found(world.tables, OF_CODES + OF_VISITS)
        compare(got, [*code_oracle.expected(world), *visit_oracle.expected(world)])
        told |= {rule_id for rule_id, _ in got}
    assert told == {*OF_CODES, *OF_VISITS}


def test_stock_as_worked_out_by_hand() -> None:
    tables = stock_worlds.drawn(0)
    got = found(tables, ["R43", "R48"])
    compare(got, stock_oracle.expected(tables))
    assert {rule_id for rule_id, _ in got} == {"R43", "R48"}


def test_stays_and_enrolments_as_worked_out_by_hand() -> None:
    told = set()
    for seed in range(2):
        world = stay_worlds.drawn(seed)
        got = found(world.tables, [*OF_STAYS, "S12"])
        inside = [one for one in visit_oracle.expected(world) if one[0] == "S12"]
        compare(got, [*stay_oracle.expected(world), *inside])
        told |= {rule_id for rule_id, _ in got}
    assert told == {*OF_STAYS, "S12"}


@pytest.mark.parametrize(
    ("drawn", "expected", "rule_ids", "seeds"),
    [
        (item_worlds.drawn, item_oracle.expected, OF_ITEMS, 2),
        (person_worlds.drawn, person_oracle.expected, OF_PEOPLE, 2),
        (bill_worlds.drawn, bill_oracle.expected, OF_BILLS, 3),
        (record_worlds.drawn, record_oracle.expected, OF_RECORDS, 2),
    ],
    ids=["items", "people", "bills", "records"],
)
def test_the_rest_as_worked_out_by_hand(drawn: Any, expected: Any, rule_ids: list[str], seeds: int) -> None:
    told = set()
    for seed in range(seeds):
        world = drawn(seed)
        got = found(world.tables, rule_ids)
        compare(got, expected(world))
        told |= {rule_id for rule_id, _ in got}
    assert told == set(rule_ids)


def test_stays_beside_the_peers_and_what_is_said_of_them() -> None:
    told: set[str] = set()
    for seed in range(2):
        world = ward_worlds.drawn(seed)
        rows: list[Any] = listed(world.tables, OF_WARDS)
        expected: dict[Any, Any] = {
            (rule_id, key): (*rest, facts) for rule_id, key, *rest, facts in ward_oracle.expected(world)
        }
        assert {row[:2] for row in rows} == set(expected)
        for rule_id, key, period, gross, evidence in rows:
            quarter, amount, facts = expected[rule_id, key]
            said = json.loads(evidence)
            assert (rule_id, key, period, gross) == (rule_id, key, quarter, fen(amount))
            assert {name: said[name] for name in facts} == facts
        told |= {row[0] for row in rows}
    assert told == set(OF_WARDS)

"""Money over random small worlds: nothing is claimed twice, nothing beyond what was paid, nothing that came back.

Worlds are drawn one by one and followed side by side in one bureau, where queries cost a thousand worlds what they cost
one; some stand alone, since a bureau of many never has an empty table.
"""

import json
import os
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.home import Home
from models.money import claims
from models.money.payers import split_in_fen
from models.money.register import Register
from tests.drawn import drawn
from tests.given import rows_of
from tests.properties.money_checks import (
    check_caps,
    check_cases,
    check_decisions,
    check_items,
    check_lines,
    load,
    standing_claims,
)
from tests.properties.money_worlds import (
    PAYERS,
    Q1,
    Q2,
    Case,
    World,
    cases,
    settlement_of,
    together,
    with_feedback,
)
from tests.served import serve

WORLDS = int(os.environ.get("JICHA_WORLDS", "1000"))
ALONE = 5


@pytest.fixture(scope="module")
def worlds() -> list[Case]:
    return drawn(cases(), WORLDS)


def every(check: Callable[[Sequence[Case]], None], worlds: list[Case]) -> None:
    """Check worlds alone and side by side; of a bureau that fails the worlds are followed alone, to name the one."""
    for some in [*([one] for one in worlds[:ALONE]), worlds[ALONE:]]:
        try:
            check(some)
        except AssertionError as error:
            for one in some:
                try:
                    check([one])
                except AssertionError as alone:
                    alone.add_note(repr(one))
                    raise alone from error
            raise


def test_no_yuan_is_claimed_twice_over_two_periods_with_an_issue_and_decisions_between(worlds: list[Case]) -> None:
    every(follow, worlds)


def follow(some: Sequence[Case]) -> None:
    """Two quarters with an issue, decisions and recoveries between them, and everything that must hold on the way."""
    first = [{**case.world, "decision_d": case.decided if case.early else []} for case in some]
    listed = [row for case in some for row in case.listed]
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.prepare()
        engine = memory_engine()
        world = together(first)
        load(engine, world, [row for case in some for row in case.before], listed)
        claims(engine, Q1, Config(), Register(home))
        check_caps(engine, world)
        check_lines(engine)
        check_items(engine)
        check_cases(engine)
        serve(engine, home, Q1)
        Register(home).issue(Q1)
        world = together(later(engine, some))
        load(engine, world, [row for case in some for row in case.after], listed)
        for period in (Q1, Q2):
            claims(engine, period, Config(), Register(home))
        check_caps(engine, world)
        check_lines(engine)
        check_items(engine)
        check_decisions(engine)
        check_cases(engine)
        if serve(engine, home, Q1) is not None:
            Register(home).issue(Q1)
        for period in (Q1, Q2):
            claims(engine, period, Config(), Register(home))
        assert serve(engine, home, Q1) is None
        check_caps(engine, world)
        check_items(engine)


def later(engine: Engine, some: Sequence[Case]) -> list[World]:
    """The worlds after the issue; people speak of each world's claims in the order of their candidates."""
    issued = defaultdict(list)
    columns = "fixmedins_code, candidate_id, setl_id, bkkp_sn"
    for provider, *claim in rows_of(engine, f"select {columns} from money.claim order by candidate_id"):
        issued[provider].append(tuple(claim))
    return [with_feedback({**case.world, "decision_d": case.decided}, issued[f"H{case.mark}"], case) for case in some]


def test_claims_do_not_depend_on_the_order_of_rows(worlds: list[Case]) -> None:
    every(in_any_order, worlds)


def in_any_order(some: Sequence[Case]) -> None:
    """The same rows of money.claim, in the same order, from shuffled rows."""
    world, findings = together([case.world for case in some]), [row for case in some for row in case.before]
    chance, found = random.Random(some[0].mark), []
    for shuffled in (False, True):
        engine = memory_engine()
        rows = {name: chance.sample(rows, len(rows)) if shuffled else rows for name, rows in world.items()}
        load(engine, rows, chance.sample(findings, len(findings)) if shuffled else findings)
        with TemporaryDirectory() as folder:
            claims(engine, Q1, Config(), Register(Home(Path(folder))))
        found.append(rows_of(engine, "select * from money.claim"))
    assert found[0] == found[1]


def test_shares_of_lines_sum_to_the_settlement_for_every_payer(worlds: list[Case]) -> None:
    every(add_up, worlds)


def add_up(some: Sequence[Case]) -> None:
    """Where every line is found, the claims are what was paid."""
    world = {**together([case.world for case in some]), "recovered_d": []}
    lines = [row["bkkp_sn"] for row in world["fee_list_d"] if row["bkkp_sn"].startswith("S")]
    engine = memory_engine()
    load(engine, world, [{"setl_id": settlement_of(line), "bkkp_sn": line} for line in lines])
    with TemporaryDirectory() as folder:
        claims(engine, Q1, Config(), Register(Home(Path(folder))))
    claimed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for setl_id, _, split, _ in standing_claims(engine):
        for payer, fen in split_in_fen(split).items():
            claimed[setl_id][payer] += fen
    columns = ", ".join(f"(paid_{payer} * 100)::bigint" for payer in PAYERS)
    with_lines = "select setl_id from core.fee_line where state = 'settled' and not refunded"
    statement = f"select setl_id, {columns} from core.settlement where paid > 0 and setl_id in ({with_lines})"
    for setl_id, *paid in rows_of(engine, statement):
        assert [claimed[setl_id][payer.removesuffix("_pay")] for payer in PAYERS] == paid, setl_id


def test_the_split_is_json_with_sorted_keys() -> None:
    assert split_in_fen(json.dumps({"hifp": "1.05", "acct": "0.00"})) == {"hifp": 105}

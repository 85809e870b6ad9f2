"""Money over random small worlds: nothing is claimed twice, nothing beyond what was paid, nothing that came back."""

import json
import os
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.config import Config
from models.engine.duck import memory_engine
from models.home import Home
from models.money import claims
from models.money.payers import split_in_fen
from models.money.register import Register
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
    Row,
    World,
    case_decisions,
    case_lists,
    feedback,
    with_feedback,
    worlds,
)
from tests.served import serve

# a failing world is small as it stands; shrinking it would take minutes
EXAMPLES = settings(
    max_examples=int(os.environ.get("JICHA_WORLDS", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@EXAMPLES
@given(worlds(), feedback(), st.integers(0, 3), case_decisions(), case_lists(), st.booleans())
def test_no_yuan_is_claimed_twice_over_two_periods_with_an_issue_and_decisions_between(
    case: tuple[World, list[Row], list[Row]],
    said: list[tuple[str, int, bool, int]],
    chance: int,
    decided: list[Row],
    listed: list[tuple[str, str, str, str]],
    early: bool,
) -> None:
    follow(case, said, ["S0"] if chance == 0 else [], Cases(decided, listed, early))


@dataclass(frozen=True)
class Cases:
    """Decisions on cases that no rule finds, lists that name upcoding cases, whether all is said from the start."""

    decided: list[Row]
    listed: list[tuple[str, str, str, str]]
    early: bool


def follow(
    case: tuple[World, list[Row], list[Row]],
    said: list[tuple[str, int, bool, int]],
    refunded: list[str],
    cases: Cases,
) -> None:
    """Two quarters with an issue, decisions and recoveries between them, and everything that must hold on the way."""
    world, before, after = case
    world = {**world, "decision_d": cases.decided if cases.early else []}
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.prepare()
        engine = memory_engine()
        load(engine, world, before, cases.listed)
        claims(engine, Q1, Config(), Register(home))
        check_caps(engine, world)
        check_lines(engine)
        check_items(engine)
        check_cases(engine)
        serve(engine, home, Q1)
        Register(home).issue(Q1)
        world = with_feedback(engine, {**world, "decision_d": cases.decided}, said, refunded)
        load(engine, world, after, cases.listed)
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


@EXAMPLES
@given(worlds(), st.randoms(use_true_random=False))
def test_claims_do_not_depend_on_the_order_of_rows(
    case: tuple[World, list[Row], list[Row]], chance: random.Random
) -> None:
    world, findings, _ = case
    found = []
    for shuffled in (False, True):
        engine = memory_engine()
        rows = {name: chance.sample(rows, len(rows)) if shuffled else rows for name, rows in world.items()}
        load(engine, rows, chance.sample(findings, len(findings)) if shuffled else findings)
        with TemporaryDirectory() as folder:
            claims(engine, Q1, Config(), Register(Home(Path(folder))))
        found.append(rows_of(engine, "select * from money.claim"))
    assert found[0] == found[1]


@EXAMPLES
@given(worlds())
def test_shares_of_lines_sum_to_the_settlement_for_every_payer(case: tuple[World, list[Row], list[Row]]) -> None:
    world = {**case[0], "recovered_d": []}
    lines = {row["bkkp_sn"]: row for row in world["fee_list_d"] if row["bkkp_sn"].startswith("S")}
    engine = memory_engine()
    load(engine, world, [{"setl_id": f"S{line[1]}", "bkkp_sn": line} for line in lines])
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

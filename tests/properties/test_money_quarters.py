"""Two quarters issued in any order while payments change between: no yuan is claimed twice, whichever came first."""

import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.home import Home
from models.money import claims
from models.money.register import Register
from tests.drawn import drawn
from tests.properties.money_checks import check_caps, check_cases, check_decisions, check_items, check_lines, load
from tests.properties.money_worlds import PAYERS, Q1, Q2, Case, World, cases, together, yuan
from tests.properties.test_money import WORLDS, later
from tests.served import serve

CHANGES = (1, 2, 3, 0.5, 1.5)


@pytest.fixture(scope="module")
def worlds() -> list[Case]:
    return drawn(cases(), WORLDS // 4)


def paid_otherwise(world: World) -> World:
    """The world with other payments of half of its settlements, but for those that an undeclared refund undoes."""
    undone = {"S" + row["setl_id"][1:] for row in world["setl_d"] if _is_refund(row) and "init_setl_id" not in row}
    headers = []
    for row in world["setl_d"]:
        chance = random.Random(row["setl_id"])
        if not _is_refund(row) and row["setl_id"] not in undone and chance.random() < 0.5:
            factor = chance.choice(CHANGES)
            row = {**row, **{payer: yuan(int(int(row[payer].replace(".", "")) * factor)) for payer in PAYERS}}
        headers.append(row)
    return {**world, "setl_d": headers}


def _is_refund(row: dict[str, object]) -> bool:
    return row.get("refd_setl_flag") == "1"


class Quarters:
    """A bureau of two quarters and what must hold of both together after every step."""

    def __init__(self, folder: str, some: Sequence[Case]) -> None:
        self.home = Home(Path(folder))
        self.home.prepare()
        self.engine: Engine = memory_engine()
        self.listed = [row for case in some for row in case.listed]
        self.world = together([{**case.world, "decision_d": case.decided if case.early else []} for case in some])

    def run(self) -> None:
        for period in (Q1, Q2):
            claims(self.engine, period, Config(), Register(self.home))
        check_caps(self.engine, self.world)
        check_lines(self.engine)
        check_items(self.engine)
        check_cases(self.engine)

    def issue(self, order: Sequence[str]) -> None:
        """Issue what is pending of these quarters, all made by one run."""
        for period in (Q1, Q2):
            serve(self.engine, self.home, period)
        for period in order:
            if Register(self.home).pending(period):
                Register(self.home).issue(period)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ([Q1, Q2], [Q2, Q1], "before"),
        ([Q2], [Q1, Q2], "both"),
        ([Q2, Q1], [Q2], "after"),
        ([Q1], [Q1], "both"),
    ],
)
def test_two_quarters_in_any_order_claim_nothing_twice(
    worlds: list[Case], first: list[str], second: list[str], found: str
) -> None:
    with TemporaryDirectory() as folder:
        bureau = Quarters(folder, worlds)
        load(bureau.engine, bureau.world, [row for case in worlds for row in case.before], bureau.listed)
        bureau.run()
        bureau.issue(first)
        bureau.run()
        if first[0] == Q1:
            assert [serve(bureau.engine, bureau.home, period) for period in first] == [None] * len(first)
        bureau.world = together([paid_otherwise(world) for world in later(bureau.engine, worlds)])
        rows = {"before": ["before"], "after": ["after"], "both": ["before", "after"]}[found]
        findings = [row for case in worlds for name in rows for row in getattr(case, name)]
        load(bureau.engine, bureau.world, findings, bureau.listed)
        for order in (second, [Q1, Q2]):
            bureau.run()
            check_decisions(bureau.engine)
            bureau.issue(order)
        bureau.run()
        check_decisions(bureau.engine)

"""Many small worlds of money at once: `python -m tests.bench.money 1000`.

The worlds are those of tests/properties/test_money.py, each with people, provider and items of its own; side by side in
one warehouse they cost seconds instead of an hour, and everything that must hold is checked for all of them.
"""

import random
import sys
import time
import warnings
from typing import Any

import polars as pl
from hypothesis.errors import NonInteractiveExampleWarning

from models.contracts.cases import CASES, case_ids
from tests.properties.money_worlds import Q1, Q2, Row, World, feedback, worlds, yuan
from tests.properties.test_money import Cases, follow

IDS = ("setl_id", "init_setl_id", "bkkp_sn", "init_feedetl_sn", "psn_no")


def placed(row: Row, number: int) -> Row:
    """The row with ids of one world: S0-1 becomes S7.0-1 in world 7."""
    moved: dict[str, Any] = dict(row)
    for name in IDS:
        if moved.get(name):
            moved[name] = f"{moved[name][0]}{number}.{moved[name][1:]}"
    for name in ("med_list_codg", "item_code"):
        if moved.get(name):
            moved[name] = f"I{number}.{moved[name]}"
    if "recovery_id" in moved:
        moved["recovery_id"] = f"{number}.{moved['recovery_id']}"
    return moved


def together(number: int) -> tuple[World, list[Row], list[Row]]:
    """So many random worlds as one."""
    whole: World = {"setl_d": [], "fee_list_d": [], "recovered_d": [], "drg_grp_d": []}
    before: list[Row] = []
    after: list[Row] = []
    strategy = worlds()
    for place in range(number):
        world, first, second = strategy.example()
        code = {"fixmedins_code": f"H{place}"}
        for name, rows in world.items():
            whole[name] += [placed(row, place) | (code if name == "setl_d" else {}) for row in rows]
        before += [placed(row, place) | code for row in first]
        after += [placed(row, place) | code for row in second]
    return whole, before, after


def cases_of(settled: list[str], chance: random.Random) -> Cases:
    """Decisions on cases of the settlements, and upcoding lists that name some of them."""
    decided: list[Row] = []
    listed = []
    for code in CASES:
        for candidate in case_ids(code, pl.Series(settled)):
            for stage in ("初审", "反馈", "处理"):
                if chance.random() < 0.3:
                    outcome = chance.choice(["upheld", "upheld", "partial", "overturned"])
                    row = {"candidate_id": candidate, "stage": stage, "decided_on": "2025-05-01", "outcome": outcome}
                    amount = {"fund_amount": yuan(chance.randint(0, 4_000))} if chance.random() < 0.5 else {}
                    decided.append(row | amount)
    for setl_id in settled:
        listed += [
            (period, setl_id, chance.choice(["A3", "A5"]), yuan(chance.randint(0, 4_000)))
            for period in (Q1, Q2)
            if chance.random() < 0.4
        ]
    return Cases(decided, listed, chance.random() < 0.5)


def main(number: int) -> None:
    """Draw the worlds, follow them through both quarters, say what it cost."""
    warnings.simplefilter("ignore", NonInteractiveExampleWarning)
    chance = random.Random(number)
    world, before, after = together(number)
    said: list[tuple[str, int, bool, int]] = []
    while len(said) < len(before):
        said += feedback().example()
    settled = [row["setl_id"] for row in world["setl_d"] if row["setl_id"].startswith("S")]
    start = time.process_time()
    refunded = [one for one in settled if chance.random() < 0.1]
    follow((world, before, after), said, refunded, cases_of(settled, chance))
    print(
        f"{number} worlds, {len(settled)} settlements, {len(world['fee_list_d'])} lines, {len(before)} + {len(after)} "
        f"findings: every check holds; {time.process_time() - start:.0f} s CPU"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

"""Random small worlds of settlements, lines, refunds and findings, and what people say of what was issued.

Each world has a mark of its own that ends all its ids, and a provider of its own: many can stand in one bureau.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from hypothesis import strategies as st

from models.contracts.cases import CASES, case_ids

Q1, Q2 = "2025Q1", "2025Q2"
RULES = [("R01", "clear", "0.9"), ("R02", "clear", "0.9"), ("R03", "suspect", "0.99"), ("R04", "suspect", "0.5")]
PAYERS = ("hifp_pay", "hifmi_pay", "maf_pay", "acct_pay")
Row = dict[str, Any]
World = dict[str, list[Row]]
FEN = st.integers(0, 2_000)
COUNTER = itertools.count()
Said = list[tuple[str, int, bool, int]]


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@dataclass(frozen=True)
class Case:
    """One world, its findings in two quarters, and what people say and decide between them."""

    mark: str
    world: World
    before: list[Row]
    after: list[Row]
    said: Said
    refunded: list[str]
    decided: list[Row]  # of cases that no rule finds
    listed: list[tuple[str, ...]]  # rows of score.upcoding_case
    early: bool  # all decisions on cases are there from the start


@st.composite
def settlements(draw: st.DrawFn, mark: str) -> tuple[list[Row], list[Row]]:
    """Settlements with their lines, refunds whole and in part, with and without lines, positive and negative."""
    headers, lines = [], []
    for place in range(draw(st.integers(1, 3))):
        setl_id = f"S{place}{mark}"
        paid = {payer: draw(FEN) for payer in PAYERS}
        row = {"setl_id": setl_id, "psn_no": f"P{place}{mark}", "fixmedins_code": f"H{mark}"}
        row |= {"hi_paymtd": draw(st.sampled_from(["1", "4"]))}
        headers.append({**row, **{payer: yuan(fen) for payer, fen in paid.items()}, "psn_part_amt": yuan(draw(FEN))})
        own = []
        for number in range(draw(st.integers(0, 4))):
            fee = draw(st.integers(1, 1_000))
            unsettled = draw(st.integers(0, 9)) == 0
            own.append(
                {
                    "bkkp_sn": f"{setl_id}-{number}",
                    "setl_id": None if unsettled else setl_id,
                    "pric": yuan(fee),
                    "inscp_scp_amt": yuan(draw(st.integers(0, fee))),
                    "med_list_codg": draw(st.sampled_from([f"I1{mark}", f"I2{mark}"])),
                }
            )
        lines += own
        kind = draw(st.sampled_from(["none", "none", "whole", "part", "line"]))
        sign = draw(st.sampled_from([1, -1]))
        if kind == "none":
            continue
        back = {payer: fen if kind == "whole" else fen // 3 for payer, fen in paid.items()}
        refund = {**headers[-1], **{payer: yuan(sign * fen) for payer, fen in back.items()}}
        refund |= {"setl_id": f"R{place}{mark}", "refd_setl_flag": "1", "setl_time": "2025-05-01 08:00:00"}
        refund |= {"begndate": "2025-02-10", "enddate": "2025-02-10"}
        if kind != "whole" or draw(st.booleans()):
            refund["init_setl_id"] = setl_id
        refund["psn_part_amt"] = yuan(
            sign * (0 if kind != "whole" else int(headers[-1]["psn_part_amt"].replace(".", "")))
        )
        headers.append(refund)
        if kind == "line" and own:
            undone = {**own[0], "bkkp_sn": f"R{place}{mark}-0", "setl_id": f"R{place}{mark}", "cnt": "-1"}
            undone |= {"det_item_fee_sumamt": "-" + own[0]["pric"], "inscp_scp_amt": "-" + own[0]["inscp_scp_amt"]}
            if draw(st.booleans()):
                undone["init_feedetl_sn"] = own[0]["bkkp_sn"]
            lines.append(undone)
    return headers, lines


@st.composite
def worlds(draw: st.DrawFn, mark: str) -> tuple[World, list[Row], list[Row]]:
    """A world, its findings now, and its findings after some months."""
    headers, lines = draw(settlements(mark))
    targets = [(row["setl_id"], None) for row in headers] + [
        (settlement_of(row["bkkp_sn"]), row["bkkp_sn"]) for row in lines
    ]
    items: list[tuple[str | None, str]] = [(None, f"I1{mark}"), (None, f"I2{mark}")]
    finding = st.builds(
        lambda target, rule, num, den, period, kind: {
            "setl_id": target[0],
            "fixmedins_code": f"H{mark}",
            **({"bkkp_sn": target[1]} if target[0] else {"item_code": target[1], "claim_kind": "item"}),
            "rule_id": rule,
            "part_num": min(num, den),
            "part_den": den,
            "period": period,
            **({"claim_kind": "none"} if kind == 0 else {}),
        },
        st.sampled_from([*targets, *items]),
        st.sampled_from([rule for rule, _, _ in RULES]),
        st.integers(1, 7),
        st.integers(1, 7),
        st.sampled_from([Q1, Q1, Q2]),
        st.integers(0, 9),
    )
    recoveries = draw(st.lists(st.tuples(st.sampled_from(targets), FEN, st.booleans()), max_size=3))
    world = {
        "setl_d": headers,
        "fee_list_d": lines,
        "recovered_d": [
            {
                "recovery_id": f"V{n}{mark}",
                "setl_id": setl_id,
                "bkkp_sn": line if by_line else None,
                "fund_amount": yuan(fen),
            }
            for n, ((setl_id, line), fen, by_line) in enumerate(recoveries)
        ],
        "drg_grp_d": [
            {"setl_id": f"S0{mark}", "grp_type": "DRG", "grp_ver": "1", "grp_code": "A", "pay_std": yuan(draw(FEN) * 2)}
        ],
    }
    return world, draw(st.lists(finding, max_size=8)), draw(st.lists(finding, max_size=8))


@st.composite
def case_decisions(draw: st.DrawFn, mark: str) -> list[Row]:
    """What people decide of second review, upcoding and joint visits, by any stages, with and without amounts."""
    rows = []
    for rule_id in CASES:
        for setl_id in (f"S0{mark}", f"S1{mark}"):
            [candidate] = case_ids(rule_id, pl.Series([setl_id]))
            for stage in draw(st.lists(st.sampled_from(["初审", "反馈", "处理"]), max_size=2, unique=True)):
                outcome = draw(st.sampled_from(["upheld", "upheld", "partial", "overturned"]))
                row = {"candidate_id": candidate, "stage": stage, "decided_on": "2025-05-01", "outcome": outcome}
                rows.append(row | ({"fund_amount": yuan(draw(FEN) * 2)} if draw(st.booleans()) else {}))
    return rows


@st.composite
def case_lists(draw: st.DrawFn, mark: str) -> list[tuple[str, ...]]:
    """Rows of score.upcoding_case: period, setl_id, supported_grp_code, payment_difference."""
    row = st.tuples(
        st.sampled_from([Q1, Q2]), st.sampled_from([f"S0{mark}", f"S1{mark}"]), st.sampled_from(["A3", "A5"]), FEN
    )
    rows = draw(st.lists(row, max_size=3, unique_by=lambda one: one[:2]))
    return [(period, setl_id, group, yuan(fen * 2)) for period, setl_id, group, fen in rows]


@st.composite
def feedback(draw: st.DrawFn) -> Said:
    """What people say of issued candidates, in their order: outcome, its amount, whether money came back, how much."""
    outcome = st.sampled_from(["", "", "upheld", "partial", "overturned"])
    return draw(st.lists(st.tuples(outcome, FEN, st.booleans(), FEN), max_size=8))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A world with all that is said of it, its mark taken from a running number."""
    mark = f"-{next(COUNTER)}"
    world, before, after = draw(worlds(mark))
    refunded = [f"S0{mark}"] if draw(st.integers(0, 3)) == 0 else []
    decided, listed = draw(case_decisions(mark)), draw(case_lists(mark))
    return Case(mark, world, before, after, draw(feedback()), refunded, decided, listed, draw(st.booleans()))


def settlement_of(line: str) -> str:
    """The settlement, or the one refunded, of a line."""
    return f"S{line[1:].rsplit('-', 1)[0]}"


def together(parts: Sequence[World]) -> World:
    """Worlds side by side."""
    rows: World = defaultdict(list)
    for part in parts:
        for name, own in part.items():
            rows[name].extend(own)
    return dict(rows)


def with_feedback(world: World, issued: list[tuple[str, str | None, str | None]], case: Case) -> World:
    """The world some months later: decisions on what is issued, recoveries of it, whole refunds of some settlements.

    `issued` holds the world's claims (candidate_id, setl_id, bkkp_sn) in the order in which they are spoken of.
    """
    decided, back = [], list(world["recovered_d"])
    for (candidate, setl_id, line), (outcome, amount, came_back, fen) in zip(issued, case.said, strict=False):
        if outcome:
            decided.append(
                {"candidate_id": candidate, "stage": "处理", "decided_on": "2025-06-01", "outcome": outcome}
                | ({"fund_amount": yuan(amount)} if outcome == "partial" else {})
            )
        if came_back and setl_id:
            row = {"recovery_id": f"W{candidate}", "setl_id": setl_id, "bkkp_sn": line if amount % 2 else None}
            back.append({**row, "fund_amount": yuan(fen), "decided_on": "2025-06-02"})
    headers = list(world["setl_d"])
    known = {row["setl_id"]: row for row in headers}
    for setl_id in case.refunded:
        refund, first = "R" + setl_id[1:], known[setl_id]
        if refund not in known:
            undone = {payer: f"-{first[payer]}" for payer in (*PAYERS, "psn_part_amt")}
            headers.append({**first, **undone, "setl_id": refund, "refd_setl_flag": "1", "init_setl_id": setl_id})
    known_cases = {row["candidate_id"] for row in decided}
    kept = [row for row in world.get("decision_d", []) if row["candidate_id"] not in known_cases]
    return {**world, "setl_d": headers, "recovered_d": back, "decision_d": [*kept, *decided]}

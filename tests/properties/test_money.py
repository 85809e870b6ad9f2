"""Money over random small worlds: nothing is claimed twice, nothing beyond what was paid, nothing that came back."""

import json
import os
import random
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.config import Config
from models.core import build
from models.engine.duck import Engine, memory_engine
from models.home import Home
from models.money import claims
from models.money.payers import split_in_fen
from models.money.register import Register
from tests.findings import find, rules
from tests.given import given as given_world
from tests.given import rows_of
from tests.served import serve

Q1, Q2 = "2025Q1", "2025Q2"
RULES = [("R01", "clear", "0.9"), ("R02", "clear", "0.9"), ("R03", "suspect", "0.99"), ("R04", "suspect", "0.5")]
PAYERS = ("hifp_pay", "hifmi_pay", "maf_pay", "acct_pay")
Row = dict[str, Any]
World = dict[str, list[Row]]
FEN = st.integers(0, 2_000)
# a failing world is small as it stands; shrinking it would take minutes
EXAMPLES = settings(
    max_examples=int(os.environ.get("JICHA_WORLDS", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@st.composite
def settlements(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Settlements with their lines, refunds whole and in part, with and without lines, positive and negative."""
    headers, lines = [], []
    for place in range(draw(st.integers(1, 3))):
        setl_id = f"S{place}"
        paid = {payer: draw(FEN) for payer in PAYERS}
        row = {"setl_id": setl_id, "psn_no": f"P{place}", "hi_paymtd": draw(st.sampled_from(["1", "4"]))}
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
                    "med_list_codg": draw(st.sampled_from(["I1", "I2"])),
                }
            )
        lines += own
        kind = draw(st.sampled_from(["none", "none", "whole", "part", "line"]))
        sign = draw(st.sampled_from([1, -1]))
        if kind == "none":
            continue
        back = {payer: fen if kind == "whole" else fen // 3 for payer, fen in paid.items()}
        refund = {**headers[-1], **{payer: yuan(sign * fen) for payer, fen in back.items()}}
        refund |= {"setl_id": f"R{place}", "refd_setl_flag": "1", "setl_time": "2025-05-01 08:00:00"}
        refund |= {"begndate": "2025-02-10", "enddate": "2025-02-10"}
        if kind != "whole" or draw(st.booleans()):
            refund["init_setl_id"] = setl_id
        refund["psn_part_amt"] = yuan(
            sign * (0 if kind != "whole" else int(headers[-1]["psn_part_amt"].replace(".", "")))
        )
        headers.append(refund)
        if kind == "line" and own:
            undone = {**own[0], "bkkp_sn": f"R{place}-0", "setl_id": f"R{place}", "cnt": "-1"}
            undone |= {"det_item_fee_sumamt": "-" + own[0]["pric"], "inscp_scp_amt": "-" + own[0]["inscp_scp_amt"]}
            if draw(st.booleans()):
                undone["init_feedetl_sn"] = own[0]["bkkp_sn"]
            lines.append(undone)
    return headers, lines


@st.composite
def worlds(draw: st.DrawFn) -> tuple[World, list[Row], list[Row]]:
    """A world, its findings now, and its findings after some months."""
    headers, lines = draw(settlements())
    targets = [(row["setl_id"], None) for row in headers] + [(f"S{row['bkkp_sn'][1]}", row["bkkp_sn"]) for row in lines]
    items: list[tuple[str | None, str]] = [(None, "I1"), (None, "I2")]
    finding = st.builds(
        lambda target, rule, num, den, period, kind: {
            "setl_id": target[0],
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
            {"recovery_id": f"V{n}", "setl_id": setl_id, "bkkp_sn": line if by_line else None, "fund_amount": yuan(fen)}
            for n, ((setl_id, line), fen, by_line) in enumerate(recoveries)
        ],
        "drg_grp_d": [
            {"setl_id": "S0", "grp_type": "DRG", "grp_ver": "1", "grp_code": "A", "pay_std": yuan(draw(FEN) * 2)}
        ],
    }
    return world, draw(st.lists(finding, max_size=8)), draw(st.lists(finding, max_size=8))


def load(engine: Engine, world: World, findings: list[Row]) -> None:
    given_world(engine, **world)
    build(engine, Config())
    rules(engine, RULES)
    find(engine, findings)


def standing_claims(engine: Engine) -> list[tuple[str, str | None, str, str]]:
    """Claims of all periods: setl_id, bkkp_sn, fund_split, candidate_id."""
    return rows_of(
        engine,
        "select setl_id, bkkp_sn, fund_split, candidate_id from money.claim "
        "where status not in ('withdrawn', 'overturned') order by all",
    )


def net_by_payer(world: World) -> dict[tuple[str, str], int]:
    """What each payer has paid net of refunds, reckoned from the extracts in plain Python (R0 is of S0)."""
    net: dict[tuple[str, str], int] = defaultdict(int)
    for row in world["setl_d"]:
        refund = row.get("refd_setl_flag") == "1"
        for payer in PAYERS:
            fen = abs(int(str(row[payer]).replace(".", "")))
            net[f"S{row['setl_id'][1:]}", payer.removesuffix("_pay")] += -fen if refund else fen
    return {key: max(fen, 0) for key, fen in net.items()}


def check_caps(engine: Engine, world: World) -> None:
    net = net_by_payer(world)
    claimed: dict[tuple[str, str], int] = defaultdict(int)
    fund: dict[str, int] = defaultdict(int)
    for setl_id, _, split, _ in standing_claims(engine):
        if setl_id is None:
            continue
        for payer, fen in split_in_fen(split).items():
            assert fen > 0
            claimed[setl_id, payer] += fen
            fund[setl_id] += 0 if payer.startswith("acct") else fen
    for key, fen in claimed.items():
        assert fen <= net.get(key, 0), key
    paid = dict(rows_of(engine, "select setl_id, (paid * 100)::bigint from core.settlement"))
    back = dict(
        rows_of(engine, "select setl_id, (sum(fund_amount) * 100)::bigint from cur.recovered_d group by setl_id")
    )
    for setl_id, fen in fund.items():
        assert fen <= max(paid[setl_id] - back.get(setl_id, 0), 0), setl_id


def check_lines(engine: Engine) -> None:
    """Claims of a line stay within its share, and nothing refunded or unsettled is claimed."""
    shares = line_shares(engine)
    claimed: dict[tuple[str, str], int] = defaultdict(int)
    for _, line, split, _ in standing_claims(engine):
        for payer, fen in split_in_fen(split).items():
            if line is not None:
                claimed[line, payer] += fen
    for (line, payer), fen in claimed.items():
        assert fen <= shares.get((line, payer), 0), (line, payer)


def check_items(engine: Engine) -> None:
    """What an item is claimed for, with its lines, stays within what was paid for it; all together within all."""
    shares = line_shares(engine)
    paid: dict[tuple[str, str], int] = defaultdict(int)
    everything: dict[str, int] = defaultdict(int)
    item_of = dict(rows_of(engine, "select bkkp_sn, item_code from core.fee_line"))
    for (line, payer), fen in shares.items():
        paid[item_of[line], payer] += fen
    for payer in PAYERS:
        everything[payer.removesuffix("_pay")] = rows_of(
            engine, f"select (coalesce(sum(paid_{payer}), 0) * 100)::bigint from core.settlement"
        )[0][0]
    claimed: dict[tuple[str, str], int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    standing = "status not in ('withdrawn', 'overturned')"
    statement = f"select setl_id, bkkp_sn, item_code, fund_split from money.claim where {standing}"
    for setl_id, line, item, split in rows_of(engine, statement):
        for payer, fen in split_in_fen(split).items():
            total[payer] += fen
            if line is not None or setl_id is None:
                claimed[item_of.get(line, item), payer] += fen
    for key, fen in claimed.items():
        assert fen <= paid[key], key
    for payer, fen in total.items():
        assert fen <= everything[payer], payer


def check_decisions(engine: Engine) -> None:
    """What was overturned claims nothing, what was upheld in part no more than that."""
    claimed = {
        candidate: sum(fen for payer, fen in split_in_fen(split).items() if not payer.startswith("acct"))
        for _, _, split, candidate in standing_claims(engine)
    }
    columns = "candidate_id, outcome, (fund_amount * 100)::bigint"
    for candidate, outcome, fen in rows_of(engine, f"select {columns} from cur.decision_d"):
        limit = {"overturned": 0, "partial": fen}.get(outcome)
        assert limit is None or claimed.get(candidate, 0) <= limit, candidate


def line_shares(engine: Engine) -> dict[tuple[str, str], int]:
    """Largest-remainder shares of every claimable line, reckoned line by line in plain Python."""
    lines: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    columns = "setl_id, bkkp_sn, (inscp_scp_amt * 100)::bigint, (det_item_fee_sumamt * 100)::bigint"
    for setl_id, line, scope, fee in rows_of(
        engine, f"select {columns} from core.fee_line where state = 'settled' and not refunded order by bkkp_sn"
    ):
        lines[setl_id].append((line, scope, fee))
    paid = rows_of(
        engine, f"select setl_id, {', '.join(f'(paid_{p} * 100)::bigint' for p in PAYERS)} from core.settlement"
    )
    shares = {}
    for setl_id, *amounts in paid:
        place = 1 if any(scope for _, scope, _ in lines[setl_id]) else 2
        total = sum(row[place] for row in lines[setl_id])
        for payer, fen in zip(PAYERS, amounts, strict=True):
            parts = {row[0]: divmod(fen * row[place], total) for row in lines[setl_id] if total}
            spare = fen - sum(whole for whole, _ in parts.values())
            lucky = sorted(parts, key=lambda line: (-parts[line][1], line))[:spare]
            for line, (whole, _) in parts.items():
                shares[line, payer.removesuffix("_pay")] = whole + (line in lucky)
    return shares


@st.composite
def feedback(draw: st.DrawFn) -> list[tuple[str, int, bool, int]]:
    """What people say of issued candidates, in their order: outcome, its amount, whether money came back, how much."""
    outcome = st.sampled_from(["", "", "upheld", "partial", "overturned"])
    return draw(st.lists(st.tuples(outcome, FEN, st.booleans(), FEN), max_size=8))


def with_feedback(engine: Engine, world: World, said: list[tuple[str, int, bool, int]], refunded: list[str]) -> World:
    """The world some months later: decisions on what is issued, recoveries of it, whole refunds of some settlements."""
    issued = rows_of(engine, "select candidate_id, setl_id, bkkp_sn from money.claim order by candidate_id")
    decided, back = [], list(world["recovered_d"])
    for (candidate, setl_id, line), (outcome, amount, came_back, fen) in zip(issued, said, strict=False):
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
    for setl_id in refunded:
        refund, first = "R" + setl_id[1:], known[setl_id]
        if refund not in known:
            undone = {payer: f"-{first[payer]}" for payer in (*PAYERS, "psn_part_amt")}
            headers.append({**first, **undone, "setl_id": refund, "refd_setl_flag": "1", "init_setl_id": setl_id})
    return {**world, "setl_d": headers, "recovered_d": back, "decision_d": decided}


@EXAMPLES
@given(worlds(), feedback(), st.integers(0, 3))
def test_no_yuan_is_claimed_twice_over_two_periods_with_an_issue_and_decisions_between(
    case: tuple[World, list[Row], list[Row]], said: list[tuple[str, int, bool, int]], chance: int
) -> None:
    follow(case, said, ["S0"] if chance == 0 else [])


def follow(
    case: tuple[World, list[Row], list[Row]], said: list[tuple[str, int, bool, int]], refunded: list[str]
) -> None:
    """Two quarters with an issue, decisions and recoveries between them, and everything that must hold on the way."""
    world, before, after = case
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.prepare()
        engine = memory_engine()
        load(engine, world, before)
        claims(engine, Q1, Config(), Register(home))
        check_caps(engine, world)
        check_lines(engine)
        check_items(engine)
        serve(engine, home, Q1)
        Register(home).issue(Q1)
        world = with_feedback(engine, world, said, refunded)
        load(engine, world, after)
        for period in (Q1, Q2):
            claims(engine, period, Config(), Register(home))
        check_caps(engine, world)
        check_lines(engine)
        check_items(engine)
        check_decisions(engine)
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

"""What must hold of the claims on a small world, reckoned in plain Python."""

from collections import defaultdict
from collections.abc import Sequence

from models.config import Config
from models.contracts.cases import CASES, SECOND_REVIEW, UPCODING
from models.core import build
from models.engine.duck import Engine
from models.feedback.decided import STAGES
from models.money.payers import split_in_fen
from tests.findings import find, rules
from tests.given import given as given_world
from tests.given import rows_of
from tests.properties.money_worlds import PAYERS, RULES, Row, World


def load(engine: Engine, world: World, findings: list[Row], listed: Sequence[tuple[str, ...]] = ()) -> None:
    given_world(engine, **world)
    build(engine, Config())
    rules(engine, RULES)
    find(engine, findings)
    engine.con.execute(
        "create or replace table score.upcoding_case (period varchar, setl_id varchar, supported_grp_code varchar, "
        "payment_difference decimal(16,2))"
    )
    for row in listed:
        engine.con.execute("insert into score.upcoding_case values (?, ?, ?, ?)", row)


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
    """What an item is claimed for, with its lines, stays within what was paid for it; all of a provider within all."""
    shares = line_shares(engine)
    paid: dict[tuple[str, str], int] = defaultdict(int)
    item_of = dict(rows_of(engine, "select bkkp_sn, item_code from core.fee_line"))
    for (line, payer), fen in shares.items():
        paid[item_of[line], payer] += fen
    everything: dict[tuple[str, str], int] = {}
    sums = ", ".join(f"(sum(paid_{payer}) * 100)::bigint" for payer in PAYERS)
    for provider, *whole in rows_of(engine, f"select fixmedins_code, {sums} from core.settlement group by all"):
        everything |= {(provider, payer.removesuffix("_pay")): fen for payer, fen in zip(PAYERS, whole, strict=True)}
    claimed: dict[tuple[str, str], int] = defaultdict(int)
    total: dict[tuple[str, str], int] = defaultdict(int)
    standing = "status not in ('withdrawn', 'overturned')"
    columns = "fixmedins_code, setl_id, bkkp_sn, item_code, fund_split"
    for provider, setl_id, line, item, split in rows_of(engine, f"select {columns} from money.claim where {standing}"):
        for payer, fen in split_in_fen(split).items():
            total[provider, payer] += fen
            if line is not None or setl_id is None:
                claimed[item_of.get(line, item), payer] += fen
    for key, fen in claimed.items():
        assert fen <= paid[key], key
    for key, fen in total.items():
        assert fen <= everything.get(key, 0), key


def check_decisions(engine: Engine) -> None:
    """What was overturned claims nothing, what was upheld in part no more than that."""
    claimed = {
        candidate: sum(fen for payer, fen in split_in_fen(split).items() if not payer.startswith("acct"))
        for _, _, split, candidate in standing_claims(engine)
    }
    for candidate, (_, outcome, fen) in furthest(engine).items():
        limit = {"overturned": 0, "partial": fen}.get(outcome)
        assert limit is None or claimed.get(candidate, 0) <= limit, candidate


def furthest(engine: Engine) -> dict[str, tuple[str, str, int | None]]:
    """Stage, outcome and amount in fen of each candidate's furthest decision (worlds decide a stage once)."""
    columns = "candidate_id, stage, outcome, (fund_amount * 100)::bigint"
    decided = rows_of(engine, f"select {columns} from cur.decision_d")
    return {row[0]: row[1:] for row in sorted(decided, key=lambda row: STAGES.index(row[1]))}


def check_cases(engine: Engine) -> None:
    """Only what a final decision upholds is claimed as a case, fund money alone, and no more than it says."""
    final = furthest(engine)
    listed = dict(
        rows_of(engine, "select setl_id, (max(payment_difference) * 100)::bigint from score.upcoding_case group by all")
    )
    codes = ", ".join(f"'{code}'" for code in CASES)
    statement = (
        "select candidate_id, rule_id, setl_id, fund_split from money.claim "
        f"where rule_id in ({codes}) and fund_amount > 0"
    )
    for candidate, rule_id, setl_id, split in rows_of(engine, statement):
        stage, outcome, fen = final[candidate]
        assert stage in ("反馈", "处理") and outcome in ("upheld", "partial"), candidate
        if fen is None:
            assert outcome == "upheld" and rule_id != SECOND_REVIEW
            fen = listed[setl_id] if rule_id == UPCODING else None
        claimed = split_in_fen(split)
        assert not any(payer.startswith("acct") and amount for payer, amount in claimed.items())
        assert fen is None or sum(claimed.values()) <= fen, candidate


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
        total = sum(int(row[place]) for row in lines[setl_id])
        for payer, fen in zip(PAYERS, amounts, strict=True):
            parts = {row[0]: divmod(fen * row[place], total) for row in lines[setl_id] if total}
            spare = fen - sum(whole for whole, _ in parts.values())
            lucky = sorted(parts, key=lambda line: (-parts[line][1], line))[:spare]
            for line, (whole, _) in parts.items():
                shares[line, payer.removesuffix("_pay")] = whole + (line in lucky)
    return shares

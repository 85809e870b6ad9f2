"""What rules that set stays beside the peers' must find in a drawn world, worked out in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from tests.properties.rule_oracle import Line, quarter
from tests.properties.rule_worlds import World
from tests.properties.visit_oracle import said
from tests.properties.ward import Case, Ward, enough, item, number, usual

Told = tuple[str, str, str, Fraction, dict[str, Any]]  # as Found, and what the evidence must say
OF_OUTPATIENTS = ("K29",)


def name(period: int) -> str:
    return f"{period // 4}Q{period % 4 + 1}"


def expected(world: World) -> Iterator[Told]:
    ward = Ward(world)
    yield from _moved_out(ward)
    yield from _low_standard(ward)
    yield from _self_paid(ward)
    yield from _idle(ward)


def _low_standard(ward: Ward) -> Iterator[Told]:
    for case in ward.cases:
        stay = case.stay
        intensive = any((line.row["hilist_name"] or "") == "一级护理" for line in case.lines)
        gone = said(stay, "dscg_way") in ("2", "3", "5")
        if case.planned or not _calm(case) or intensive or gone or stay.fund <= 0:
            continue
        if (stay.ends - stay.begins).days > 3 or _higher_tier(ward, case) or not _of_outpatients(ward, case):
            continue
        _, peers = ward.beside(case, case.period, _calm)
        share = case.share
        if enough(peers):
            cheaper = 100 * sum(one.fee < case.fee for one in peers)
            less = 100 * sum(one.share < share for one in peers)
            low = cheaper <= 25 * len(peers) and less >= 75 * len(peers) and 100 * share >= 50
            facts = {"compared_with": "peers", "peer_cases": len(peers), "peers_cheaper_percent": cheaper // len(peers),
                     "peers_less_exam_and_ward_percent": less // len(peers)}  # fmt: skip
        else:
            low, facts = case.fee <= 2000 and 100 * share >= 70, {"compared_with": "fixed limits"}
        if low:
            yield "R53", case.key, name(case.period), stay.fund, facts


def _calm(case: Case) -> bool:
    """Over, without operation."""
    return not case.operated and case.fee > 0 and said(case.stay, "mid_setl_flag") != "1"


def _higher_tier(ward: Ward, case: Case) -> bool:
    """With complications, or heavier than the lightest of its family that the area has."""
    if not case.group:
        return False
    alike = [
        one for one in ward.cases if 0 <= case.period - one.period <= 3 and one.family == case.family and _calm(one)
    ]
    graver = any(ward.weights[one.group[2]] < ward.weights[case.group[2]] for one in alike if one.group)
    return graver or (case.group[0] == "DRG" and case.group[2][3] in "13")


def _of_outpatients(ward: Ward, case: Case) -> bool:
    """By the list, or because nine in ten persons with the diagnosis were never admitted for it in four quarters."""
    if case.stay.diagnosis.startswith(OF_OUTPATIENTS):
        return True
    admitted = defaultdict(list)
    for one in ward.facts.diagnoses:
        near = 0 <= case.period - number(one.settlement["setl_time"]) <= 3
        if one.is_main and near and one.answers(f"{case.stay.diagnosis[:3]}*") and case.stay.diagnosis:
            admitted[one.settlement["psn_no"]].append(one.settlement["med_type"] == "21")
    never = sum(not any(told) for told in admitted.values())
    return never >= 30 and 100 * never >= 90 * len(admitted)


@cache
def _tells(ward: Ward, case: Case, period: int) -> bool:
    """Paid as a package, at a provider that tells of some line what is wholly self-paid."""
    own, _ = ward.beside(case, period, _package)
    told = any(line.row["fulamt_ownpay_amt"] is not None for one in own for line in one.lines)
    return _package(case) and case.fee > 0 and told


@cache
def _norm(ward: Ward, case: Case, period: int) -> tuple[str, list[Case]] | None:
    """The stays of the group at the peers, of its family where the group has too few; None: not assessable."""
    if not _tells(ward, case, period):
        return None
    _, peers = ward.beside(case, period, lambda one: one.family == case.family and _tells(ward, one, period))
    same = [one for one in peers if one.group == case.group]
    if enough(same):
        return "group", same
    return ("family", peers) if enough(peers) else None


@cache
def _above(ward: Ward, case: Case, period: int) -> tuple[Fraction, dict[str, Any]] | None:
    found = _norm(ward, case, period)
    if not found:
        return None
    share = Fraction(sum(one.own_paid for one in found[1])) / sum(one.fee for one in found[1])
    more = case.own_paid - share * case.fee
    if 100 * (case.own_paid / case.fee - share) < 15 or more < 300:
        return None
    return more, {"norm_of": found[0], "peer_stays_of_norm": len(found[1])}


def _self_paid(ward: Ward) -> Iterator[Told]:
    for case in ward.cases:
        period = case.period
        found = _above(ward, case, period)
        if not found:
            continue
        own, peers = ward.beside(case, period, lambda one: _norm(ward, one, period) is not None)  # noqa: B023
        if usual(own, peers, lambda one: _above(ward, one, period) is not None, 5):  # noqa: B023
            counts = {"own_stays": len(own), "peers_stays": len(peers)}
            yield "S02", case.key, name(period), found[0], {**found[1], **counts}


def _idle(ward: Ward) -> Iterator[Told]:
    for case in ward.cases:
        if not case.judged:
            continue
        own, peers = ward.beside(case, case.period, lambda one: one.judged)
        moments = [case.stay.last["setl_time"]] if case.idle and usual(own, peers, lambda one: one.idle, 10) else []
        for row in ward.facts.settlements:
            there = row["begndate"]
            if (
                row["psn_no"] == case.stay.last["psn_no"] and row["fixmedins_code"] != case.provider
                and ward.types[row["fixmedins_code"]] == "1" and row["med_type"] in ("11", "41")
                and row["enddate"] == there and case.stay.begins < there < case.stay.ends and there not in case.treated
            ):  # fmt: skip
                moments.append(max(case.stay.last["setl_time"], row["setl_time"]))
        if moments:
            facts = {
                "idle_days": case.inner - len(case.treated),
                "inner_days": case.inner,
                "own_stays": len(own),
                "peers_stays": len(peers),
            }
            yield "S03", case.key, quarter(min(moments)), case.stay.fund, facts


def _moved_out(ward: Ward) -> Iterator[Told]:
    """In the stay's quarter or the next one, by what is settled until then, and once."""
    for case in filter(_package, ward.cases):
        for period in (case.period, case.period + 1):
            during, moved = _charged_outside(ward, case, period)
            custom, large = _custom(ward, case, period), sum(line.fee for line in during) >= 20
            lines = during + (moved if custom else [])
            if custom or large:
                latest = max(number(line.settlement["setl_time"]) for line in lines)
                if max(latest, case.period) == period:
                    facts = {"own_stays": len(ward.beside(case, period, _package)[0])}
                    yield "S01", case.key, name(period), sum((line.fee for line in lines), Fraction(0)), facts
                break


@cache
def _charged_outside(ward: Ward, case: Case, period: int) -> tuple[list[Line], list[Line]]:
    """During the stay, and around it of what the peers charge inside."""
    during: list[Line] = []
    moved: list[Line] = []
    for line in [one for one in _outside(ward, case) if number(one.settlement["setl_time"]) <= period]:
        if case.stay.begins < line.day < case.stay.ends:
            during.append(line)
            continue
        _, peers = ward.beside(case, period, lambda one: _package(one) and one.family == case.family)
        inside = 100 * sum(item(line) in one.items for one in peers)
        if enough(peers) and item(line) not in case.items and inside >= 50 * len(peers):
            moved.append(line)
    return during, moved


def _custom(ward: Ward, case: Case, period: int) -> bool:
    def enough_moved(one: Case) -> bool:
        return sum(line.fee for line in _charged_outside(ward, one, period)[1]) >= 20

    return enough_moved(case) and usual(*ward.beside(case, period, _package), enough_moved, 5)


def _package(case: Case) -> bool:
    return case.packaged and case.group is not None and case.stay.fund > 0


def _outside(ward: Ward, case: Case) -> list[Line]:
    first, last = case.stay.begins - timedelta(days=3), case.stay.ends + timedelta(days=1)
    return [
        line for line in ward.facts.lines
        if line.place == (case.stay.last["psn_no"], case.provider)
        and not line.settlement["med_type"].startswith(("21", "14")) and first <= line.day <= last
    ]  # fmt: skip

"""What rules about stays, two insurances and injuries must find in a drawn world, worked out in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from tests.properties.code_oracle import Facts
from tests.properties.rule_oracle import Found, quarter
from tests.properties.rule_worlds import World
from tests.properties.visit_oracle import LOOK_BACK, Stay, said, stays_of

SPLIT_DAYS, SHORT_STAYS, SHORT_DAYS, LONG_STAYS, LONG_DAYS = 15, 4, 90, 8, 365
PLANNED = ("Z51", "Z49", "Z50", "O", "Z34", "Z35")
COURSES = ("C", "D0", "D1", "D2", "D3", "D4", "N18", "N19")
PLANNED_OPERATIONS = (
    *("99.25", "99.28", "92.2", "92.3", "39.95", "54.98", "13.", "36.0", "00.66", "81.5", "78.6", "97.62", "46.5"),
)
INJURIES = (*"SVWX", *("T0", "T1", "T2", "T3", "T5", "T6", "T7", "Y0", "Y1", "Y2", "Y3"))
NO_INJURIES = ("T36", "T37", "T38", "T39", "T78")
THIRD_PARTY = ("V", "X85", "X86", "X87", "X88", "X89", "X9", "Y0", "W50", "W51", "W54")
MIN_PAID = 500


def expected(world: World) -> Iterator[Found]:
    """Every finding of R49, R52, S10 and S14."""
    facts = Facts(world)
    groups = {row["setl_id"]: (row["grp_type"], row["grp_code"]) for row in world.tables["drg_grp_d"]}
    by_person = defaultdict(list)
    for stay in sorted(stays_of(facts), key=_order):
        by_person[stay.last["psn_no"]].append(stay)
    for stays in by_person.values():
        yield from _split(facts, stays, groups)
        yield from _frequent(facts, stays)
    yield from _enrolled_twice(facts)
    yield from _injured(facts)


def _order(stay: Stay) -> tuple[date, date, str]:
    return stay.begins, stay.ends, stay.last["mdtrt_id"]


def _planned(facts: Facts, stay: Stay) -> bool:
    coded = [one for one in facts.diagnoses if one.settlement in stay.settlements]
    second = any(one.answers(f"{code}*") for one in coded if not one.is_main for code in PLANNED)
    operations = [one for one in facts.operations if one.settlement in stay.settlements]
    return (
        stay.diagnosis.startswith(PLANNED)
        or (stay.diagnosis.startswith(COURSES) and second)
        or any(one.answers(f"{code}*") for one in operations for code in PLANNED_OPERATIONS)
    )


def _related(first: Stay, then: Stay, groups: dict[str, tuple[str, str]]) -> bool:
    """A neighbouring category of diagnoses, or one family of groups."""
    if first.diagnosis and first.diagnosis[:2] == then.diagnosis[:2]:
        return True
    one, other = (
        next((groups[row["setl_id"]] for row in reversed(stay.settlements) if row["setl_id"] in groups), None)
        for stay in (first, then)
    )
    width = 3 if one and one[0] == "DRG" else None
    return bool(one and other) and (one[0], one[1][:width]) == (other[0], other[1][:width])  # type: ignore[index]


def _apart(stays: list[Stay]) -> int:
    days = [stay.last["setl_time"].date() for stay in stays]
    return int((max(days) - min(days)).days)


def _split(facts: Facts, stays: list[Stay], groups: dict[str, tuple[str, str]]) -> Iterator[Found]:
    """Back at the provider within days, nowhere else in between."""
    for before, stay in pairwise(stays):
        if before.settlements[0]["fixmedins_code"] != stay.settlements[0]["fixmedins_code"]:
            continue
        moment = max(before.last["setl_time"], stay.last["setl_time"])
        late = (moment.date() - before.last["setl_time"].date()).days > LOOK_BACK
        if (
            0 <= (stay.begins - before.ends).days <= SPLIT_DAYS and stay.fund > 0 and not late
            and not _planned(facts, stay) and said(before, "dscg_way") not in ("2", "3")
            and said(before, "mid_setl_flag") != "1" and _related(before, stay, groups)
        ):  # fmt: skip
            yield "R49", stay.last["setl_id"], quarter(moment), stay.fund


def _frequent(facts: Facts, stays: list[Stay]) -> Iterator[Found]:
    """The 4th stay begun in 90 days, or the 8th in a year, and every one beyond."""
    counted: list[Stay] = []
    for before, stay in zip([None, *stays], stays, strict=False):
        moved_on = before is not None and (stay.begins - before.ends).days <= 1
        moved_on = moved_on and (said(before, "dscg_way") in ("2", "3") or said(before, "mid_setl_flag") == "1")
        if moved_on or _planned(facts, stay) or said(stay, "hi_paymtd") == "5":
            continue
        counted.append(stay)
        for days, limit in ((SHORT_DAYS, SHORT_STAYS), (LONG_DAYS, LONG_STAYS)):
            window = [one for one in counted if (stay.begins - one.begins).days < days]
            if len(window) >= limit and stay.fund > 0:
                if _apart(window) <= LOOK_BACK:
                    moment = max(one.last["setl_time"] for one in window)
                    yield "R52", stay.last["setl_id"], quarter(moment), stay.fund
                break


def _enrolled_twice(facts: Facts) -> Iterator[Found]:
    """As a resident after a settlement as an employee and before another one."""
    for row in facts.settlements:
        kept = [
            one for one in facts.settlements
            if one["psn_no"] == row["psn_no"] and one["insutype"] == "310"
            and abs((one["begndate"] - row["begndate"]).days) <= LOOK_BACK
        ]  # fmt: skip
        before = [one["setl_time"] for one in kept if one["begndate"] < row["begndate"]]
        after = [one["setl_time"] for one in kept if one["begndate"] > row["begndate"]]
        if row["insutype"] == "390" and before and after and facts.net(row) > 0:
            yield "S10", row["setl_id"], quarter(max(row["setl_time"], min(before), min(after))), facts.net(row)


def _injured(facts: Facts) -> Iterator[Found]:
    """Injuries of which nobody said who is liable, or said that nobody is though the cause has somebody."""
    for row in facts.settlements:
        told = {one["ttp_pay_flag"] for one in facts.settlements if one["mdtrt_id"] == row["mdtrt_id"]} - {None}
        codes = [one for one in facts.diagnoses if one.settlement is row and _any(one, INJURIES)]
        codes = [one for one in codes if not _any(one, NO_INJURIES)]
        asked = not told or ("1" not in told and any(_any(one, THIRD_PARTY) for one in codes))
        if codes and asked and facts.net(row) >= MIN_PAID:
            yield "S14", row["setl_id"], quarter(row["setl_time"]), facts.net(row)


def _any(coded: Any, prefixes: tuple[str, ...]) -> bool:
    return any(coded.answers(f"{prefix}*") for prefix in prefixes)

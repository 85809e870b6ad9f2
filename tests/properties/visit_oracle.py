"""What rules about visits, stays and settlements must find in a drawn world, worked out in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.properties.code_oracle import Coded, Facts, plain, years_of
from tests.properties.rule_oracle import Found, Line, grouped, points_of, quarter
from tests.properties.rule_worlds import Row, World

INPATIENT = ("21", "52")
LOOK_BACK = 400


@dataclass(frozen=True)
class Stay:
    """The inpatient settlements of a visit in their order."""

    settlements: list[Row]
    diagnosis: str  # the main one, as prefixes are written
    fund: Fraction

    @property
    def last(self) -> Row:
        return self.settlements[-1]

    @property
    def begins(self) -> date:
        return min(row["begndate"] for row in self.settlements)

    @property
    def ends(self) -> date:
        return max(row["enddate"] for row in self.settlements)

    @property
    def order(self) -> tuple[Any, ...]:
        return self.begins, self.last["fixmedins_code"] + "|" + self.last["mdtrt_id"]


def expected(world: World) -> Iterator[Found]:
    """Every finding of the rules R42 and S09 to S16."""
    facts = Facts(world)
    visits, stays = visits_of(facts), stays_of(facts)
    yield from _outside(facts, stays)
    yield from _charged_twice(facts)
    yield from _overlapping(stays)
    for rows in visits.values():
        if not rows[0]["med_type"].startswith(INPATIENT):
            yield from _inside(facts, rows, stays)
    yield from _after_death(facts, visits)
    yield from _reimbursed_again(facts)
    yield from _beyond_limit(facts)


def visits_of(facts: Facts) -> dict[str, list[Row]]:
    visits = defaultdict(list)
    for row in sorted(facts.settlements, key=_moment):
        visits[row["mdtrt_id"]].append(row)
    return visits


def stays_of(facts: Facts) -> list[Stay]:
    inpatient = [rows for rows in visits_of(facts).values() if rows[0]["med_type"].startswith(INPATIENT)]
    return [_stay(facts, rows) for rows in inpatient]


def _moment(row: Row) -> tuple[datetime, str]:
    return row["setl_time"], row["setl_id"]


def said(stay: Stay, name: str) -> Any:
    """What the last settlement of the stay says that says anything: a supplementary one often leaves it empty."""
    return next((row[name] for row in reversed(stay.settlements) if row[name]), None)


def _days_between(one: Row, other: Row) -> int:
    return abs((one["setl_time"].date() - other["setl_time"].date()).days)


def _stay(facts: Facts, rows: list[Row]) -> Stay:
    """The main diagnosis is that of the last settlement with one."""
    coded = [one for one in facts.diagnoses if one.is_main and one.settlement in rows]
    main = max(coded, key=lambda one: _moment(one.settlement)).code if coded else ""
    return Stay(rows, plain(main).removeprefix("YB"), sum((facts.net(row) for row in rows), Fraction(0)))


def _outside(facts: Facts, stays: list[Stay]) -> Iterator[Found]:
    by_visit = {stay.last["mdtrt_id"]: stay for stay in stays}
    for line in facts.lines:
        stay = by_visit.get(line.settlement["mdtrt_id"])
        if stay and not stay.begins <= line.day <= stay.ends:
            yield facts.finding("R42", line)


def _charged_twice(facts: Facts) -> Iterator[Found]:
    """The n-th of like charges of a settlement is the n-th of an earlier one once more."""

    def like(line: Line) -> tuple[Any, ...]:
        return line.place, line.row["med_list_codg"], line.day, line.cnt, line.fee

    def moment(line: Line) -> tuple[Any, ...]:
        dated_only = line.row["fee_ocur_time"].time() == datetime.min.time()
        return line.row["fee_ocur_time"], line.row["rxno"] if dated_only else None

    touching, newborn = _touching(facts.settlements), _under_a_parent(facts)
    for alike in grouped([line for line in facts.lines if line.settlement["setl_id"] in touching], like):
        for line in alike:
            for first in _others(line, alike, newborn):
                if _moment(first) >= _moment(line.settlement) or _days_between(first, line.settlement) > LOOK_BACK:
                    continue
                pool = alike
                if first["insutype"] == line.settlement["insutype"]:
                    if moment(line)[0].time() == datetime.min.time() and not line.row["rxno"]:
                        continue
                    pool = [one for one in alike if moment(one) == moment(line)]
                own = sorted((one for one in pool if one.settlement is line.settlement), key=lambda one: one.moment)
                if own.index(line) < sum(one.settlement is first for one in pool):
                    yield facts.finding("S09", line)
                    break


def _others(line: Line, alike: list[Line], newborn: set[str]) -> list[Row]:
    """Settlements with a like charge that may be of the same child."""
    own = line.settlement["mdtrt_id"]
    rows = {one.settlement["setl_id"]: one.settlement for one in alike}
    return [row for row in rows.values() if row["mdtrt_id"] == own or not {own, row["mdtrt_id"]} & newborn]


def _under_a_parent(facts: Facts) -> set[str]:
    """Visits of newborns on the number of somebody of a year and more."""
    main = [
        one for one in facts.diagnoses if one.is_main and plain(one.code).removeprefix("YB").startswith(("P", "Z38"))
    ]
    return {one.settlement["mdtrt_id"] for one in main if 1 <= _told_age(facts, one) <= 120}


def _told_age(facts: Facts, one: Coded) -> int:
    """In years; the recorded one also where the birth is dated after the visit, 0 where nothing is known."""
    born, _ = facts.agreed("brdy", one.settlement, lambda value: value is not None)
    if born and born > one.settlement["begndate"]:
        return int(one.settlement["age"] or 0)
    return years_of(facts, one) or 0


def _touching(settlements: list[Row]) -> set[str]:
    """Those whose days meet another's of the person at the provider."""
    return {
        one["setl_id"] for one in settlements for other in settlements
        if one is not other
        and (one["psn_no"], one["fixmedins_code"]) == (other["psn_no"], other["fixmedins_code"])
        and one["begndate"] <= other["enddate"] and other["begndate"] <= one["enddate"]
    }  # fmt: skip


def _overlapping(stays: list[Stay]) -> Iterator[Found]:
    """Two nights and more in a stay that began before; the longest counts."""
    for stay in stays:
        met = []
        for first in [one for one in stays if one.last["psn_no"] == stay.last["psn_no"] and one.order < stay.order]:
            nights = (min(first.ends, stay.ends) - stay.begins).days
            newborn = any(one.diagnosis.startswith(("P", "Z38")) for one in (first, stay))
            interim = any(row["mid_setl_flag"] == "1" for one in (first, stay) for row in one.settlements)
            same = first.last["fixmedins_code"] == stay.last["fixmedins_code"]
            if nights >= 2 and not newborn and not (same and interim):
                met.append((-nights, first.begins, first.last["mdtrt_id"], first.last))
        if met and _days_between(min(met)[-1], stay.last) <= LOOK_BACK:
            moment = max(min(met)[-1]["setl_time"], stay.last["setl_time"])
            yield "S11", stay.last["setl_id"], quarter(moment), stay.fund


def _inside(facts: Facts, rows: list[Row], stays: list[Stay]) -> Iterator[Found]:
    """Visits strictly inside a stay; not emergencies, dialysis, chronic medicine fetched, nor stays paid by the day."""
    begins, ends = min(row["begndate"] for row in rows), max(row["enddate"] for row in rows)
    coded = [one for one in facts.diagnoses if one.settlement in rows]
    dialysis = any(one.answers("Z49*") or one.answers("N18.001*") for one in coded)
    dialysis |= any(row["dise_codg"] == "M07803" for row in rows)
    chronic = any(row["dise_codg"] or row["med_type"].startswith("14") for row in rows)
    handed = ("02", "09", "10", "11", "12", "13")
    fetched = all(one.row["med_chrgitm_type"].startswith(handed) for one in facts.lines if one.settlement in rows)
    if dialysis or (chronic and fetched) or rows[-1]["med_type"].startswith(("12", "13")):
        return
    around = [
        stay for stay in stays
        if stay.last["psn_no"] == rows[0]["psn_no"] and said(stay, "hi_paymtd") != "5"
        and stay.begins < begins and ends < stay.ends
    ]  # fmt: skip
    if around:
        stay = min(around, key=lambda one: (one.begins, one.last["mdtrt_id"])).last
        for row in [row for row in rows if _days_between(row, stay) <= LOOK_BACK]:
            yield "S12", row["setl_id"], quarter(max(row["setl_time"], stay["setl_time"])), facts.net(row)


def _after_death(facts: Facts, visits: dict[str, list[Row]]) -> Iterator[Found]:
    for row in facts.settlements:
        person = facts.people.get(row["psn_no"], {})
        died = person.get("death_date")
        born = [day for day in (person.get("brdy"), facts.agreed("brdy", row, bool)[0]) if day]
        if died and died.year >= 2000 and all(day <= died for day in born) and row["begndate"] > died:
            yield "S13", row["setl_id"], quarter(row["setl_time"]), facts.net(row)


def _reimbursed_again(facts: Facts) -> Iterator[Found]:
    """By hand what was settled, or the other way round; not what a visit's own supplementary settlement pays."""
    paid = [row for row in facts.settlements if row["setl_id"] not in facts.world.part and row["hifp_pay"] >= 50]
    for row in paid:
        if any(
            all(row[name] == first[name] for name in ("psn_no", "begndate", "enddate", "hifp_pay"))
            and (row["pay_loc"] == "1") != (first["pay_loc"] == "1")
            and row["mdtrt_id"] != first["mdtrt_id"]
            and _moment(first) < _moment(row) and _days_between(first, row) <= LOOK_BACK
            for first in paid
        ):  # fmt: skip
            yield "S15", row["setl_id"], quarter(row["setl_time"]), facts.net(row)


def _beyond_limit(facts: Facts) -> Iterator[Found]:
    """All providers together, what the latest settlements took beyond the limit of a disease."""
    chronic = [row for row in facts.settlements if row["dise_codg"] and row["med_type"].startswith("14")]
    for point in points_of(facts.world, "kp_amount", "S16"):
        until = point["valid_to"] or date.max
        near = [row for row in chronic if point["valid_from"] <= row["enddate"] <= until]
        near = [
            row for row in near if Coded(row["dise_codg"], row["enddate"], row, False).answers(point["subject_code"])
        ]
        months = 12 if point["per"] == "year" else 1
        for rows in grouped(near, lambda row: (row["psn_no"], row["enddate"].year, row["enddate"].month // months)):  # noqa: B023
            total = Fraction(0)
            for row in sorted(rows, key=_moment):
                total += facts.net(row)
                over = min(total - Fraction(point["max_amount"]), facts.net(row))
                yield "S16", row["setl_id"], quarter(row["setl_time"]), max(over, Fraction(0))

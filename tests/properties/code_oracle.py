"""What rules about people, providers, companions and diagnoses must find in a drawn world, in plain Python."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.properties.rule_oracle import Found, Line, lines_of, points_of, quarter, settled_at
from tests.properties.rule_worlds import Row, World

HISTORY_DAYS = 180


@dataclass(frozen=True, eq=False)
class Coded:
    """A diagnosis or an operation of a settlement that was not refunded whole."""

    code: str
    day: date
    settlement: Row
    is_main: bool

    def answers(self, code: str) -> bool:
        own, asked = plain(self.code).removeprefix("YB"), plain(code)
        return own.startswith(asked[:-1]) if asked.endswith("*") else own == asked

    def under(self, code: str) -> bool:
        return self.answers(code) or self.answers(code + "*")

    @property
    def place(self) -> tuple[str, str]:
        return self.settlement["psn_no"], self.settlement["fixmedins_code"]


Thing = Line | Coded


def plain(code: str) -> str:
    return code.upper().replace("†", "+")


class Facts:
    """What a world holds, read once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {row["psn_no"]: row for row in world.tables["psn_info_b"]}
        self.levels = {row["fixmedins_code"]: row["hosp_lv"] for row in world.tables["medins_info_b"]}
        every = {row["setl_id"]: row for row in world.tables["setl_d"] if "refd_setl_flag" not in row}
        self.every = list(every.values())
        self.settlements = [row for row in self.every if row["setl_id"] not in world.whole]
        left = {row["setl_id"]: row for row in self.settlements}
        self.lines = lines_of(world)
        self.diagnoses = [
            Coded(row["diag_code"], left[row["setl_id"]]["begndate"], left[row["setl_id"]], row["maindiag_flag"] == "1")
            for row in world.tables["setl_list_diag_d"] if row["setl_id"] in left
        ]  # fmt: skip
        operated = [(row, left[row["setl_id"]]) for row in world.tables["setl_list_oprn_d"] if row["setl_id"] in left]
        self.operations = [
            Coded(row["oprn_oprt_code"], row["oprn_oprt_date"] or settlement["begndate"], settlement, False)
            for row, settlement in operated
        ]

    def of_kind(self, kind: str) -> list[Any]:
        lists: dict[str, list[Any]] = {"item": self.lines, "diagnosis": self.diagnoses, "operation": self.operations}
        return lists[kind]

    def net(self, settlement: Row) -> Fraction:
        back = 30 if settlement["setl_id"] in self.world.part else 0
        return Fraction(settlement["hifp_pay"]) - back

    def agreed(self, name: str, settlement: Row, known: Callable[[Any], bool]) -> tuple[Any, bool]:
        """What settlement and register say of a person, and whether they contradict each other."""
        told = [row.get(name) for row in (settlement, self.people.get(settlement["psn_no"], {}))]
        said = {value for value in told if known(value)}
        return (said.pop(), False) if len(said) == 1 else (None, bool(said))

    def finding(self, rule_id: str, thing: Thing, moment: datetime | None = None) -> Found:
        key = thing.key if isinstance(thing, Line) else thing.settlement["setl_id"]
        amount = thing.fee if isinstance(thing, Line) else self.net(thing.settlement)
        return rule_id, key, quarter(moment or thing.settlement["setl_time"]), amount

    def restricted(self, table: str, rule_id: str, kind: str) -> Iterator[tuple[Row, Thing]]:
        for point in points_of(self.world, table, rule_id):
            for thing in self.of_kind(kind):
                valid = point["valid_from"] <= thing.day <= (point["valid_to"] or date.max)
                if valid and thing.answers(point["subject_code"]):
                    yield point, thing

    def by_subject(self, table: str, rule_id: str, kind: str) -> list[tuple[Thing, list[Row]]]:
        """Things and the points of one subject that speak of them, of which one is enough."""
        found: dict[tuple[int, str], tuple[Thing, list[Row]]] = {}
        for point, thing in self.restricted(table, rule_id, kind):
            found.setdefault((id(thing), point["subject_code"]), (thing, []))[1].append(point)
        return list(found.values())


def expected(world: World) -> Iterator[Found]:
    """Every finding that some point of a rule makes."""
    facts = Facts(world)
    yield from _of_people(facts)
    for point, thing in facts.restricted("kp_level", "R12", "item"):
        level = thing.settlement["hosp_lv"] or facts.levels.get(thing.settlement["fixmedins_code"])
        if level and level > point["hosp_lv_max"]:
            yield facts.finding("R12", thing)
    for rule_id, kinds in (("R04", ["item"]), ("R64", ["item", "operation", "diagnosis"])):
        for thing, points in facts.by_subject("kp_companion", rule_id, "item"):
            if not any(_accompanied(facts, thing, point, kinds) for point in points):
                yield facts.finding(rule_id, thing)
    yield from _second_line(facts)
    for rule_id, kind in (("R08", "item"), ("R40", "operation")):
        yield from _diagnosed(facts, rule_id, kind)
    yield from _of_disease(facts)


def _of_people(facts: Facts) -> Iterator[Found]:
    births = ("O80", "O81", "O82", "O83", "O84", "Z37", "Z38", "P")
    coded = [one for one in facts.diagnoses if plain(one.code).removeprefix("YB").startswith(births)]
    born = {one.settlement["mdtrt_id"] for one in coded}
    for rule_id, kind in (("R07", "item"), ("R55", "diagnosis")):
        for point, thing in facts.restricted("kp_age", rule_id, kind):
            years, last = years_of(facts, thing), 150 if point["age_max"] is None else point["age_max"]
            newborn = kind == "item" and not point["age_min"] and thing.settlement["mdtrt_id"] in born
            if years is not None and not newborn and not (point["age_min"] or 0) <= years <= last:
                yield facts.finding(rule_id, thing)
    for rule_id, kind in (("R67", "item"), ("R54", "diagnosis"), ("R39", "operation")):
        for point, thing in facts.restricted("kp_sex", rule_id, kind):
            sex, _ = facts.agreed("gend", thing.settlement, lambda value: value in ("1", "2"))
            if sex and sex != point["gend"]:
                yield facts.finding(rule_id, thing)


def years_of(facts: Facts, thing: Thing) -> int | None:
    """Full years on the day; the recorded age where no birth date is known, nothing where two contradict each other."""
    born, contradicted = facts.agreed("brdy", thing.settlement, lambda value: value is not None)
    recorded = thing.settlement["age"]
    if born:
        years = thing.day.year - born.year - ((thing.day.month, thing.day.day) < (born.month, born.day))
    elif contradicted or recorded is None:
        return None
    else:
        years = int(recorded)
    return years if 0 <= years <= 120 else None


def _listed(thing: Thing, codes: str) -> bool:
    return any(thing.answers(code) for code in codes.split("|"))


def _accompanied(facts: Facts, thing: Thing, point: Row, kinds: list[str]) -> bool:
    for kind in kinds:
        for other in facts.of_kind(kind):
            alike = isinstance(other, Line) and other.row["med_list_codg"] == thing.row["med_list_codg"]
            if alike or other.place != thing.place or not _listed(other, point["other_codes"]):
                continue
            visits = other.settlement["mdtrt_id"], thing.settlement["mdtrt_id"]
            if (visits[0] == visits[1]) if point["scope"] == "visit" else other.day == thing.day:
                return True
    return False


def _second_line(facts: Facts) -> Iterator[Found]:
    """Where half a year of data lies before the day, and no first-line drug of the person's, by any provider."""
    for thing, points in facts.by_subject("kp_companion", "R05", "item"):
        own = quarter(settled_at(thing))
        earlier = [
            line for line in facts.lines
            if line.place[0] == thing.place[0] and line.day <= thing.day and quarter(settled_at(line)) <= own
        ]  # fmt: skip
        used = any(_listed(line, point["other_codes"]) for line in earlier for point in points)
        if not used and (thing.day - _data_begin(facts, settled_at(thing))).days >= HISTORY_DAYS:
            yield facts.finding("R05", thing)


def _data_begin(facts: Facts, moment: datetime) -> date:
    """With the first month, of five quarters, that has a tenth of the settlements of the fullest."""
    months = defaultdict(list)
    for row in facts.every:
        when = row["setl_time"]
        if 0 <= _quarter_number(moment) - _quarter_number(when) <= 4:
            months[when.year, when.month].append(when.date())
    fullest = max(len(days) for days in months.values())
    begin: date = min(min(days) for days in months.values() if len(days) * 10 >= fullest)
    return begin


def _quarter_number(moment: datetime) -> int:
    return moment.year * 4 + (moment.month - 1) // 3


def _diagnosed(facts: Facts, rule_id: str, kind: str) -> Iterator[Found]:
    """All diagnoses of the visit count; none at all say nothing."""
    visits = defaultdict(list)
    for diagnosis in facts.diagnoses:
        visits[diagnosis.settlement["mdtrt_id"]].append(diagnosis)
    for thing, points in facts.by_subject("kp_diagnosis", rule_id, kind):
        coded, own = visits[thing.settlement["mdtrt_id"]], thing.settlement["setl_time"]
        held = [[one.settlement["setl_time"] for one in coded if _diagnosis_listed(one, point)] for point in points]
        needs = [times for times, point in zip(held, points, strict=True) if point["mode"] == "needs"]
        if coded and needs and not any(needs):
            yield facts.finding(rule_id, thing, max(own, *(one.settlement["setl_time"] for one in coded)))
        for times, point in zip(held, points, strict=True):
            if point["mode"] == "forbids" and times:
                yield facts.finding(rule_id, thing, max(own, min(times)))


def _diagnosis_listed(diagnosis: Coded, point: Row) -> bool:
    """A finer code than the one needed has it; what is forbidden is the code itself."""
    codes = point["diag_codes"].split("|")
    return any(diagnosis.under(code) if point["mode"] == "needs" else diagnosis.answers(code) for code in codes)


def _of_disease(facts: Facts) -> Iterator[Found]:
    for thing, points in facts.by_subject("kp_diagnosis", "R11", "item"):
        disease = thing.settlement["dise_codg"]
        if not disease or not thing.settlement["med_type"].startswith(("14", "15")):
            continue
        on_list = [
            any(disease.upper().startswith(code.rstrip("*").upper()) for code in point["diag_codes"].split("|"))
            for point in points
        ]
        needs = [on for on, point in zip(on_list, points, strict=True) if point["mode"] == "needs"]
        if (needs and not any(needs)) or any(
            on and point["mode"] == "forbids" for on, point in zip(on_list, points, strict=True)
        ):
            yield facts.finding("R11", thing)

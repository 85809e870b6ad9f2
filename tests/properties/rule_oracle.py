"""What rules must find in a drawn world, worked out line by line in plain Python, and none of the SQL."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any, TypeVar

from tests.properties.rule_worlds import Row, World

Thing = TypeVar("Thing")
Found = tuple[str, str, str, Fraction]  # rule, line, quarter, amount before it is rounded to the fen
LIMIT = {"R27": "max_cnt", "R28": "max_amount", "R10": "max_days"}
TABLE = {"R27": "kp_frequency", "R28": "kp_amount", "R10": "kp_supply", "R25": "kp_exclusive", "R74": "kp_interaction"}


def fen(amount: Fraction) -> Decimal:
    """Yuan rounded half up to the fen."""
    return Decimal((2 * amount.numerator * 100 + amount.denominator) // (2 * amount.denominator)) / 100


@dataclass(frozen=True, eq=False)
class Line:
    """A settled line, less what was returned of it."""

    row: Row
    settlement: Row
    cnt: Fraction
    fee: Fraction
    in_scope: Fraction  # the whole fee where it is not given
    over_limit: Fraction
    days: Fraction | None
    paid_alone: bool  # by the person, while others of the settlement are in scope

    @property
    def key(self) -> str:
        return str(self.row["bkkp_sn"])

    @property
    def day(self) -> date:
        return date.fromisoformat(str(self.row["fee_ocur_time"])[:10])

    @property
    def moment(self) -> tuple[Any, str]:
        return self.row["fee_ocur_time"], self.key

    @property
    def place(self) -> tuple[str, str]:
        return self.settlement["psn_no"], self.settlement["fixmedins_code"]

    def answers(self, code: str) -> bool:
        own = [text.upper() for text in (self.row["med_list_codg"], self.row["hilist_code"]) if text]
        return any(text.startswith(code[:-1].upper()) if code.endswith("*") else text == code.upper() for text in own)

    def meets(self, point: Row) -> bool:
        until = point["valid_to"] or date.max
        return self.answers(point["subject_code"]) and point["valid_from"] <= self.day <= until

    def span(self, per: str) -> Any:
        monday = self.day - timedelta(days=self.day.weekday())
        month = (self.day.year, self.day.month)
        spans = {"day": self.day, "week": monday, "month": month, "year": self.day.year}
        return spans.get(per, self.settlement["mdtrt_id"])


def lines_of(world: World) -> list[Line]:
    """The lines that rules look at."""
    settlements = {row["setl_id"]: row for row in world.tables["setl_d"] if "refd_setl_flag" not in row}
    kept = [r for r in world.tables["fee_list_d"] if r["setl_id"] in settlements and r["setl_id"] not in world.whole]
    net = {row["bkkp_sn"]: _net(world, row) for row in kept}
    scoped = {row["setl_id"] for row in kept if row["inscp_scp_amt"] is not None and net[row["bkkp_sn"]][2] > 0}
    found = []
    for row in kept:
        cnt, fee, in_scope, over_limit = net[row["bkkp_sn"]]
        if cnt <= 0 or fee <= 0:
            continue
        days = Fraction(row["prd_days"]) * cnt / Fraction(row["cnt"]) if row["prd_days"] else None
        alone = in_scope <= 0 and row["setl_id"] in scoped
        found.append(Line(row, settlements[row["setl_id"]], cnt, fee, in_scope, over_limit, _to_four(days), alone))
    return found


def _net(world: World, row: Row) -> tuple[Fraction, ...]:
    back = world.returned.get(row["bkkp_sn"], [Decimal(0)] * 4)
    cnt, fee = row["cnt"] - back[0], row["det_item_fee_sumamt"] - back[1]
    in_scope = fee if row["inscp_scp_amt"] is None else max(row["inscp_scp_amt"] - back[2], Decimal(0))
    over_limit = max((row["overlmt_amt"] or Decimal(0)) - back[3], Decimal(0))
    return tuple(Fraction(value) for value in (cnt, fee, in_scope, over_limit))


def _to_four(days: Fraction | None) -> Fraction | None:
    if days is None:
        return None
    exact = Decimal(days.numerator) / Decimal(days.denominator)
    return Fraction(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def quarter(moment: datetime) -> str:
    return f"{moment.year}Q{(moment.month + 2) // 3}"


def settled_at(line: Line) -> datetime:
    moment: datetime = line.settlement["setl_time"]
    return moment


def expected(world: World) -> Iterator[Found]:
    """Every finding that some point of a rule makes of a line; of several one is listed."""
    lines = lines_of(world)
    for rule_id in LIMIT:
        for point in points_of(world, TABLE[rule_id], rule_id):
            yield from _windows(rule_id, point, lines)
    for rule_id in ("R25", "R74"):
        yield from _pairs(rule_id, points_of(world, TABLE[rule_id], rule_id), lines)
    for line in lines:
        for rule_id, amount in (
            ("R14", _over_cap(line, points_of(world, "kp_price", "R14"))),
            ("R68", _over_dose(line, points_of(world, "kp_frequency", "R68"))),
            ("R13", line.fee if _elsewhere(line, points_of(world, "kp_visit", "R13")) else Fraction(0)),
        ):
            yield rule_id, line.key, quarter(settled_at(line)), amount
    yield from _reduced(points_of(world, "kp_discount", "R15"), lines)


def points_of(world: World, table: str, rule_id: str) -> list[Row]:
    return [point for point in world.tables.get(table, []) if point["rule_id"] == rule_id]


def grouped(things: Iterable[Thing], key: Callable[[Thing], Any]) -> list[list[Thing]]:
    """Lines, bills, visits or whatever else, those of one key together."""
    groups: dict[Any, list[Thing]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return list(groups.values())


def _windows(rule_id: str, point: Row, lines: list[Line]) -> Iterator[Found]:
    hits = [line for line in lines if line.meets(point) and not line.paid_alone]
    for window in grouped(hits, lambda line: (line.place, line.span(point["per"]))):
        total, last, charged = Fraction(0), datetime.min, set()
        for line in sorted(window, key=lambda one: one.moment):
            value = line.cnt if rule_id == "R27" else line.in_scope or line.fee
            if rule_id == "R10":
                value = Fraction(line.day not in charged) if line.days is None else line.days
                charged |= {line.day} if line.days is None else set()
            total, last = total + value, max(last, settled_at(line))
            over = total - Fraction(point[LIMIT[rule_id]])
            if over > 0:
                share = min(over / value, Fraction(1)) if value and (rule_id != "R10" or line.days) else Fraction(1)
                yield rule_id, line.key, quarter(last), line.fee * share


def _pairs(rule_id: str, points: list[Row], lines: list[Line]) -> Iterator[Found]:
    """The later of two lines that exclude each other, else the subject's; completed by the first pair."""
    found: dict[tuple[str, str], tuple[Line, Line]] = {}
    both = set()
    for point in points:
        for one in [line for line in lines if line.meets(point)]:
            for other in [line for line in lines if line is not one and line.answers(point["other_code"])]:
                near = abs((one.day - other.day).days) <= point.get("days", 0)
                same = "scope" in point and one.span(point["scope"]) == other.span(point["scope"])
                if one.place == other.place and (same if "scope" in point else near):
                    found[one.key, other.key] = (one, other)
                    if one.answers(point["other_code"]) and other.answers(point["subject_code"]):
                        both.add((one.key, other.key))
    completed: dict[str, datetime] = {}
    stake = {}
    for (key, other_key), (one, other) in found.items():
        if other.moment < one.moment or ((key, other_key) not in both and (other_key, key) not in found):
            moment = max(settled_at(one), settled_at(other))
            completed[key], stake[key] = min(completed.get(key, moment), moment), one.fee
    for key, moment in completed.items():
        yield rule_id, key, quarter(moment), stake[key]


def _over_cap(line: Line, points: list[Row]) -> Fraction:
    level = line.settlement["hosp_lv"]
    near = [point for point in points if line.meets(point) and point["hosp_lv"] in (None, level)]
    own = {point["subject_code"] for point in near if point["hosp_lv"]}
    caps = [p["pric_uplmt_amt"] for p in near if p["hosp_lv"] or p["subject_code"] not in own]
    if not caps:
        return Fraction(0)
    asked = Fraction(line.row["pric"]) * line.cnt
    charged = line.fee if line.fee < Fraction(fen(asked)) else asked
    over = charged - Fraction(min(caps)) * line.cnt - line.over_limit
    return max(min(over, line.fee - line.over_limit), Fraction(0))


def _over_dose(line: Line, points: list[Row]) -> Fraction:
    days = Fraction(line.row["prd_days"] or 0)
    lengths = {"day": 1, "week": 7, "month": 30, "year": 365}
    allowed = [
        Fraction(point["max_cnt"]) * (1 if point["per"] == "visit" else days / lengths[point["per"]])
        for point in points
        if line.meets(point) and (point["per"] == "visit" or days)
    ]
    return line.fee * max(line.cnt - min(allowed, default=line.cnt), Fraction(0)) / line.cnt


def _elsewhere(line: Line, points: list[Row]) -> bool:
    """Is there a subject of which no point fits the visit?"""

    def fits(point: Row) -> bool:
        said = {"med_types": line.settlement["med_type"], "insutypes": line.settlement["insutype"]}
        said["dept_codes"] = line.row["bilg_dept_codg"]
        return all(
            not point[name] or not value or any(value.upper().startswith(code) for code in point[name].split("|"))
            for name, value in said.items()
        )

    near = [point for point in points if line.meets(point)]
    return any(
        not any(fits(p) for p in near if p["subject_code"] == subject) for subject in {p["subject_code"] for p in near}
    )


def _reduced(points: list[Row], lines: list[Line]) -> Iterator[Found]:
    chosen = {}
    for line in lines:
        near = sorted((p for p in points if line.meets(p)), key=lambda p: (-Fraction(p["ratio"]), p["subject_code"]))
        if near:
            alike = [
                other.row["pric"]
                for other in lines
                if other.meets(near[0])
                and other.place[1] == line.place[1]
                and other.row["med_list_codg"] == line.row["med_list_codg"]
            ]
            chosen[line] = (Fraction(max(alike)), Fraction(near[0]["ratio"]))
    for session in grouped(chosen, lambda one: (one.place, one.settlement["mdtrt_id"], one.day)):
        before, last = 0, max(settled_at(line) for line in session)
        for line in sorted(session, key=lambda one: (-chosen[one][0], one.moment)):
            price, ratio = chosen[line]
            operations = ceil(line.cnt)
            in_full = max(min(operations, 1 - before), 0)
            if before + operations > 1:
                allowed = in_full * price + (operations - in_full) * price * ratio
                yield "R15", line.key, quarter(last), max(line.fee - allowed, Fraction(0))
            before += operations

"""What rules about bills copied from person to person must find in a drawn world, worked out in plain Python."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.properties.code_oracle import Facts
from tests.properties.rule_oracle import Found, Line, grouped, quarter
from tests.properties.rule_worlds import World
from tests.properties.visit_oracle import INPATIENT, said, stays_of

DRUGS, WARD = ("09", "10", "11"), ("01", "02", "07", "12", "13")
PERSONS, LEAST_ITEMS = 5, 3
COPIES, STAY_ITEMS, STAY_DAYS = 4, 8, 3


def expected(world: World) -> Iterator[Found]:
    """Every finding of S04 and S08."""
    facts = Facts(world)
    yield from _of_a_day(facts)
    yield from _of_stays(facts)


def _entries(lines: list[Line]) -> Any:
    """A bill, whatever the order of its lines."""
    return frozenset(Counter((line.row["med_list_codg"].upper(), line.cnt, line.fee) for line in lines).items())


def _items(lines: list[Line]) -> int:
    return len({line.row["med_list_codg"].upper() for line in lines})


def _of_a_day(facts: Facts) -> Iterator[Found]:
    """By one doctor for many people; what was refunded in part is no bill to compare."""
    bills = []
    for lines in grouped(facts.lines, lambda line: line.settlement["setl_id"]):
        settlement, doctors = lines[0].settlement, {line.row["bilg_dr_codg"] for line in lines}
        drug = any(line.row["med_chrgitm_type"].startswith(DRUGS) for line in lines)
        whole = settlement["setl_id"] not in facts.world.part and not settlement["med_type"].startswith(INPATIENT)
        if whole and drug and len(doctors) == 1 and None not in doctors and _items(lines) >= LEAST_ITEMS:
            day = min(line.day for line in lines)
            period = quarter(settlement["setl_time"])
            bills.append(((settlement["fixmedins_code"], period, day, *doctors, _entries(lines)), settlement))
    for alike in grouped(bills, lambda bill: bill[0]):
        if len({settlement["psn_no"] for _, settlement in alike}) >= PERSONS:
            for _, settlement in alike:
                yield "S08", settlement["setl_id"], quarter(settlement["setl_time"]), facts.net(settlement)


def _of_stays(facts: Facts) -> Iterator[Found]:
    """Without operation, not paid by the day: nothing but the ward, or one bill for several people in four quarters."""
    operated = {one.settlement["mdtrt_id"] for one in facts.operations}
    bills = []
    for stay in stays_of(facts):
        lines = [line for line in facts.lines if line.settlement in stay.settlements]
        if lines and stay.fund > 0 and stay.last["mdtrt_id"] not in operated and said(stay, "hi_paymtd") != "5":
            bills.append((stay, lines))
    for stay, lines in bills:
        ward = all(line.row["med_chrgitm_type"].startswith(WARD) for line in lines)
        number = _quarter_number(stay)
        persons = {
            other.last["psn_no"] for other, charged in bills
            if other.last["fixmedins_code"] == stay.last["fixmedins_code"]
            and 0 <= number - _quarter_number(other) <= 3 and _entries(charged) == _entries(lines)
        }  # fmt: skip
        copied = len(persons) >= COPIES and _items(lines) >= STAY_ITEMS
        if copied or (ward and (stay.ends - stay.begins).days >= STAY_DAYS):
            yield "S04", stay.last["setl_id"], quarter(stay.last["setl_time"]), stay.fund


def _quarter_number(stay: Any) -> int:
    moment = stay.last["setl_time"]
    return int(moment.year * 4 + (moment.month - 1) // 3)

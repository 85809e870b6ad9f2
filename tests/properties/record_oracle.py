"""What rules about records and prices of peers must find in a drawn world, worked out in plain Python."""

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from tests.properties.code_oracle import Facts
from tests.properties.rule_oracle import Found, Line, grouped, quarter, settled_at
from tests.properties.rule_worlds import Row, World
from tests.properties.visit_oracle import INPATIENT

TOLERANCE, LEAST = Fraction(1, 100), Fraction(5, 100)
TIMES, MIN_AMOUNT, MIN_LINES, PEERS, PEER_LINES = Fraction(150, 100), 500, 10, 5, 30


def expected(world: World) -> Iterator[Found]:
    """Every finding of R35, R36, R37, R38 and S07."""
    facts = Facts(world)
    yield from _lists(facts)
    yield from _lines(facts)
    yield from _diagnoses(facts)
    yield from _operations(facts)
    for lines in grouped(facts.lines, lambda line: (quarter(settled_at(line)), line.row["med_list_codg"])):
        yield from _dear(facts, lines)


def _usual(odd: list[bool]) -> bool:
    """Half of all are as they should be."""
    return 2 * odd.count(False) >= len(odd)


def _lists(facts: Facts) -> Iterator[Found]:
    """Of stays: no diagnosis where others of provider and quarter have some; none or several main western ones."""
    coded: dict[str, list[Row]] = defaultdict(list)
    for row in facts.world.tables["setl_list_diag_d"]:
        coded[row["setl_id"]].append(row)
    visits = {row["mdtrt_id"] for row in facts.every if coded[row["setl_id"]]}
    stays = [row for row in facts.settlements if row["med_type"].startswith(INPATIENT) and row["mid_setl_flag"] != "1"]
    western = {
        row["setl_id"]: [one for one in coded[row["setl_id"]] if one["diag_type"] in (None, "1", "01")] for row in stays
    }
    mains = {
        name: len({one["diag_code"].removeprefix("YB").upper() for one in rows if one["maindiag_flag"] == "1"})
        for name, rows in western.items() if rows
    }  # fmt: skip
    marked = _usual([count != 1 for count in mains.values()])
    for row in stays:
        period = quarter(row["setl_time"])
        others = [
            one["mdtrt_id"] not in visits for one in stays
            if (one["fixmedins_code"], quarter(one["setl_time"])) == (row["fixmedins_code"], period)
        ]  # fmt: skip
        empty = row["mdtrt_id"] not in visits and _usual(others)
        if empty or row["enddate"] < row["begndate"] or (marked and mains.get(row["setl_id"], 1) != 1):
            yield _found(facts, "R35", row)


def _lines(facts: Facts) -> Iterator[Found]:
    """More in scope than charged, charged days after settling, or not price times quantity; nothing of part refunds."""
    whole = [line for line in facts.lines if line.settlement["setl_id"] not in facts.world.part]
    odd = {
        line: abs(line.cnt * Fraction(line.row["pric"]) - line.fee) > max(LEAST, line.fee * TOLERANCE) for line in whole
    }
    for line in whole:
        outpatient = not line.settlement["med_type"].startswith(INPATIENT)
        late = outpatient and (line.day - line.settlement["setl_time"].date()).days > 1
        too_much = line.row["inscp_scp_amt"] is not None and line.in_scope > line.fee
        if too_much or late or (odd[line] and _usual(list(odd.values()))):
            yield "R36", line.key, quarter(settled_at(line)), line.fee


def _found(facts: Facts, rule_id: str, settlement: Row) -> Found:
    return rule_id, settlement["setl_id"], quarter(settlement["setl_time"]), facts.net(settlement)


def _diagnoses(facts: Facts) -> Iterator[Found]:
    """As they were sent: no code by its form, or a cause, a morphology or a manifestation as the main one."""
    left = {row["setl_id"]: row for row in facts.settlements}
    rows = [row for row in facts.world.tables["setl_list_diag_d"] if row["diag_type"] in (None, "1", "01")]
    odd = [not re.match(r"[A-Z]\d\d", row["diag_code"]) for row in rows]
    found = set()
    for row, no_code in zip(rows, odd, strict=True):
        code = row["diag_code"]
        manifestation = code.endswith("*") and not re.search("[+†]", code)
        not_main = re.match(r"[V-Y]\d\d|M[89]\d{3}/", code) or manifestation
        if row["setl_id"] in left and _usual(odd) and (no_code or (row["maindiag_flag"] == "1" and not_main)):
            found.add(row["setl_id"])
    for setl_id in found:
        yield _found(facts, "R37", left[setl_id])


def _operations(facts: Facts) -> Iterator[Found]:
    left = {row["setl_id"]: row for row in facts.settlements}
    lists: dict[str, list[Row]] = defaultdict(list)
    for row in facts.world.tables["setl_list_oprn_d"]:
        if row["setl_id"] in left:
            lists[row["setl_id"]].append(row)
    odd = {id(row): not re.match(r"\d\d", row["oprn_oprt_code"]) for rows in lists.values() for row in rows}
    mains = {
        name: len({r["oprn_oprt_code"] for r in rows if r["main_oprn_flag"] == "1"}) for name, rows in lists.items()
    }
    for setl_id, rows in lists.items():
        visit = [row for row in facts.settlements if row["mdtrt_id"] == left[setl_id]["mdtrt_id"]]
        begins, ends = min(row["begndate"] for row in visit), max(row["enddate"] for row in visit)
        days = [row["oprn_oprt_date"] for row in rows if row["oprn_oprt_date"]]
        outside = visit[0]["med_type"].startswith(INPATIENT) and any(not begins <= day <= ends for day in days)
        no_code = _usual(list(odd.values())) and any(odd[id(row)] for row in rows)
        if outside or no_code or (mains[setl_id] != 1 and _usual([count != 1 for count in mains.values()])):
            yield _found(facts, "R38", left[setl_id])


def _dear(facts: Facts, lines: list[Line]) -> Iterator[Found]:
    """An item of a quarter, by provider: its average price beside that of five others of its level."""
    for own in grouped(lines, lambda line: line.place[1]):
        name = own[0].place[1]
        peers = [line for line in lines if line.place[1] != name and facts.levels[line.place[1]] == facts.levels[name]]
        if len(own) < MIN_LINES or len(peers) < PEER_LINES or len({line.place[1] for line in peers}) < PEERS:
            continue
        usual = sum(line.fee for line in peers) / sum(line.cnt for line in peers)
        count, charged = sum(line.cnt for line in own), sum(line.fee for line in own)
        above = Fraction(ceil((charged - usual * count) * 100), 100)
        if charged >= TIMES * usual * count and above >= MIN_AMOUNT:
            period = quarter(settled_at(own[0]))
            yield "S07", f"{name} {own[0].row['med_list_codg']} {period}", period, above

"""Small worlds for rules, drawn: people, settlements, lines, refunds and knowledge points that meet in many ways."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
FEN = Decimal("0.01")
CODES = ["A100", "A101", "A200", "b100", "B100", "C100", "C200", "D1", "E1", "E2"]
SUBJECTS = ["A1*", "A100", "B*", "b100", "C100", "D1", "E*", "H1", "H*", "A*"]
PERS = ["day", "week", "month", "year", "visit"]


@dataclass
class World:
    """Tables as they are given, and what was returned: quantity, fee, in-scope and over-limit amount by line."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    returned: dict[str, list[Decimal]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)  # settlements refunded whole
    part: set[str] = field(default_factory=set)  # those of which 30 yuan were returned


def drawn(seed: int) -> World:
    """The world of a seed."""
    draw = random.Random(seed)
    world = World()
    settlements: list[Row] = []
    lines: list[Row] = []
    for number in range(60):
        settlements.append(_settlement(draw, number, settlements))
        lines += [_line(draw, settlements[-1], len(lines) + place) for place in range(draw.randint(0, 5))]
    world.tables = {"setl_d": settlements, "fee_list_d": lines}
    for settlement in [one for one in settlements if draw.random() < 0.2]:
        refund(draw, world, settlement)
    for _ in range(4):
        _points(draw, world.tables)
    return world


def _settlement(draw: random.Random, number: int, before: list[Row]) -> Row:
    begins = date(2024, 12, 20) + timedelta(days=draw.randint(0, 110))
    inpatient = draw.random() < 0.4
    ends = begins + timedelta(days=draw.randint(0, 6) if inpatient else 0)
    settled = datetime(ends.year, ends.month, ends.day, draw.randint(0, 23)) + timedelta(
        days=draw.choice([0, 0, 5, 40])
    )
    row = {
        "setl_id": f"S{number}", "mdtrt_id": f"M{number}", "psn_no": f"P{draw.randint(1, 10)}", "begndate": begins,
        "enddate": ends, "setl_time": settled, "fixmedins_code": draw.choice(["H1", "H2", "H3"]), "hifp_pay": 100,
        "med_type": draw.choice(["21", "2101"] if inpatient else ["11", "1301", "41"]),
        "insutype": draw.choice(["310", "390", "3901"]), "hosp_lv": draw.choice(["01", "05", "08", None]),
    }  # fmt: skip
    if before and draw.random() < 0.2:  # another settlement of a visit
        row |= {name: draw.choice(before[-1:])[name] for name in ("mdtrt_id", "psn_no", "fixmedins_code", "med_type")}
    return row


def _line(draw: random.Random, settlement: Row, number: int) -> Row:
    quantity = draw.choice([Decimal(text) for text in ("1", "1", "2", "3", "0.5", "1.3333", "10")])
    price = draw.choice([Decimal(text) for text in ("10", "33.333333", "0.01", "120.5", "99.995", "0")])
    fee = (quantity * price * draw.choice([1, 1, 1, 1, Decimal("0.8")])).quantize(FEN, ROUND_HALF_UP)
    days = (settlement["enddate"] - settlement["begndate"]).days
    begins = datetime.combine(settlement["begndate"], datetime.min.time())
    return {
        "bkkp_sn": f"B{number:04d}", "setl_id": settlement["setl_id"], "psn_no": settlement["psn_no"],
        "fee_ocur_time": begins + timedelta(days=draw.randint(0, days), hours=draw.choice([0, 0, 9, 23])),
        "med_list_codg": draw.choice(CODES), "hilist_code": draw.choice([None, None, "H1", "H2"]),
        "cnt": quantity, "pric": price, "det_item_fee_sumamt": fee,
        "inscp_scp_amt": draw.choice([None, fee, fee, (fee * 9 / 10).quantize(FEN), Decimal(0)]),
        "overlmt_amt": draw.choice([None, None, Decimal(0), Decimal(5)]),
        "prd_days": draw.choice([None, None, 7, 30, Decimal("0.5")]),
        "bilg_dept_codg": draw.choice([None, "A04", "a04.01", "A05"]),
    }  # fmt: skip


def refund(draw: random.Random, world: World, settlement: Row) -> None:
    """Of the whole settlement or a part of it, with one line returned whole or by half."""
    whole = draw.random() < 0.3
    refund = {
        **settlement, "setl_id": f"R{settlement['setl_id']}", "refd_setl_flag": "1",
        "init_setl_id": settlement["setl_id"], "hifp_pay": -settlement["hifp_pay"] if whole else -30,
    }  # fmt: skip
    world.tables["setl_d"] = [*world.tables["setl_d"], refund]
    (world.whole if whole else world.part).add(settlement["setl_id"])
    own = [line for line in world.tables["fee_list_d"] if line["setl_id"] == settlement["setl_id"]]
    if not own:
        return
    line, share = draw.choice(own), draw.choice([Decimal(1), Decimal("0.5")])
    names = ("cnt", "det_item_fee_sumamt", "inscp_scp_amt", "overlmt_amt")
    places = (Decimal("0.0001"), FEN, FEN, FEN)
    back = [
        None if line[name] is None else (line[name] * share).quantize(place)
        for name, place in zip(names, places, strict=True)
    ]
    world.returned[line["bkkp_sn"]] = [value or Decimal(0) for value in back]
    undoing = {name: None if value is None else -value for name, value in zip(names, back, strict=True)}
    row = {**line, **undoing, "bkkp_sn": f"Z{line['bkkp_sn']}", "setl_id": refund["setl_id"], "prd_days": None}
    world.tables["fee_list_d"].append({**row, "init_feedetl_sn": line["bkkp_sn"]})


def _points(draw: random.Random, tables: dict[str, list[Row]]) -> None:
    """One more point of every rule, unless it would contradict one that is there."""

    def put(table: str, rule_id: str, alone: tuple[str, ...] | None, **limit: Any) -> None:
        row = {"rule_id": rule_id, "subject_code": draw.choice(SUBJECTS), **limit, **_validity(draw)}
        there = [point for point in tables.setdefault(table, []) if point["rule_id"] == rule_id]
        if alone is None or all(any(point[name] != row[name] for name in alone) for point in there):
            tables[table].append(row)

    subject, window = ("subject_code",), ("subject_code", "per")
    number = [Decimal(text) for text in ("0", "1", "2.5", "9.99", "33")]
    level = draw.choice([None, "05"])
    put("kp_price", "R14", ("subject_code", "hosp_lv"), pric_uplmt_amt=draw.choice(number), hosp_lv=level)
    put("kp_frequency", "R27", window, max_cnt=draw.choice(number), per=draw.choice(PERS))
    put("kp_frequency", "R68", window, max_cnt=draw.choice([0, 1, Decimal("0.3333")]), per=draw.choice(PERS))
    put("kp_amount", "R28", window, max_amount=draw.choice(number), per=draw.choice(PERS))
    put("kp_supply", "R10", window, max_days=draw.choice([0, 1, 7, 10]), per=draw.choice(PERS))
    put("kp_discount", "R15", subject, ratio=draw.choice([0, Decimal("0.5"), Decimal("0.333")]))
    put("kp_exclusive", "R25", None, other_code=draw.choice(SUBJECTS), scope=draw.choice(["day", "visit"]))
    put("kp_interaction", "R74", None, other_code=draw.choice(SUBJECTS), days=draw.choice([0, 1, 10]))
    limits = {"med_types": draw.choice(["21", "11|41"]), "insutypes": draw.choice([None, "310", "390"])}
    put("kp_visit", "R13", None, **limits, dept_codes=draw.choice([None, "A04"]))


def _validity(draw: random.Random) -> Row:
    if draw.random() < 0.6:
        return {"valid_from": date(2020, 1, 1), "valid_to": None}
    first = date(2025, 1, draw.randint(1, 28))
    return {"valid_from": first, "valid_to": date(2025, draw.randint(2, 3), draw.randint(1, 28))}

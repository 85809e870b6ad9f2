"""Small worlds of records, drawn: prices of peers, contradictory lines, odd codes, operations out of place."""

import random
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.properties.rule_worlds import FEN, Row, World, refund

PROVIDERS = [f"H{number}" for number in range(9)]
ITEMS = {"X1": Decimal(30), "X2": Decimal("7.35")}
DIAGNOSES = [
    "I10.x00",
    "J18.900",
    "V13.4",
    "Y84.0",
    "M8010/3",
    "G01*",
    "A17.000+G01*",
    "A17.000†G01*",
    "肺炎",
    "i10",
    "YBI10",
]
OPERATIONS = ["47.0100", "45.13", "39.9500", "阑尾切除", "YB47.01"]


def drawn(seed: int) -> World:
    """The world of a seed; in one of three the form of codes, or prices, mean something else."""
    draw = random.Random(seed)
    names = ("setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "psn_info_b")
    world = World({name: [] for name in names})
    world.tables["medins_info_b"] = [
        {"fixmedins_code": name, "fixmedins_type": "1", "hosp_lv": "01" if name in ("H7", "H8") else "05"}
        for name in PROVIDERS
    ]
    dear = {(name, item): Decimal(draw.choice(["1"] * 8 + ["1.5", "2.2"])) for name in PROVIDERS for item in ITEMS}
    packs = draw.random() < 0.3
    for number in range(90):
        settlement = _settlement(draw, world.tables, number)
        for _ in range(draw.choice([0, 3, 8])):
            _line(draw, world.tables["fee_list_d"], settlement, dear, packs)
        _coded(draw, world.tables, settlement)
    for settlement in [one for one in world.tables["setl_d"] if draw.random() < 0.1]:
        refund(draw, world, settlement)
    return world


def _settlement(draw: random.Random, tables: dict[str, list[Row]], number: int) -> Row:
    begins = date(2025, 1, 20) + timedelta(days=draw.randint(0, 80))
    med_type = draw.choice(["11", "21", "52"])
    ends = begins + timedelta(days=0 if med_type == "11" else draw.choice([0, 2, 5]))
    settled = datetime.combine(ends, datetime.min.time()) + timedelta(days=draw.choice([0, 0, 3]), hours=12)
    row = {
        "setl_id": f"S{number:02}", "mdtrt_id": f"M{number:02}", "psn_no": f"P{draw.randint(1, 20)}",
        "begndate": begins, "enddate": ends, "setl_time": settled, "med_type": med_type, "dise_codg": None,
        "fixmedins_code": draw.choice(PROVIDERS), "hifp_pay": Decimal(500),
        "mid_setl_flag": draw.choice([None, "0", "0", "1"]) if med_type != "11" else None,
    }  # fmt: skip
    if tables["setl_d"] and draw.random() < 0.2:  # another settlement of a visit
        row |= {name: tables["setl_d"][-1][name] for name in ("mdtrt_id", "psn_no", "fixmedins_code", "med_type")}
    tables["setl_d"].append(row)
    return row


def _line(
    draw: random.Random, lines: list[Row], settlement: Row, dear: dict[tuple[str, str], Decimal], packs: bool
) -> None:
    item = draw.choice(list(ITEMS))
    price = (ITEMS[item] * dear[settlement["fixmedins_code"], item]).quantize(Decimal("0.000001"))
    count = Decimal(draw.choice(["1", "2", "10", "2.5"]))
    fee = (count * price).quantize(FEN, ROUND_HALF_UP)
    told = draw.choice([*["1"] * 9, "0.995", "0.9", "1.02"])
    charged = (fee * Decimal(told)).quantize(FEN)
    day = settlement["enddate"] + timedelta(days=draw.choice([0, 0, 0, 1, 2, 5, -1]))
    lines.append({
        "bkkp_sn": f"B{len(lines):04}", "setl_id": settlement["setl_id"], "psn_no": settlement["psn_no"],
        "fee_ocur_time": datetime.combine(day, datetime.min.time()) + timedelta(hours=draw.choice([0, 9, 23])),
        "med_list_codg": item, "hilist_code": draw.choice([None, "K1"]), "cnt": count,
        "pric": price * (10 if packs else 1), "det_item_fee_sumamt": charged,
        "inscp_scp_amt": draw.choice([None, charged, charged, charged + FEN]), "overlmt_amt": None, "prd_days": None,
    })  # fmt: skip


def _coded(draw: random.Random, tables: dict[str, list[Row]], settlement: Row) -> None:
    for place, code in enumerate(draw.sample(DIAGNOSES[: draw.choice([2, 11])], draw.choice([0, 1, 2]))):
        tables["setl_list_diag_d"].append({
            "setl_id": settlement["setl_id"], "diag_code": code,
            "maindiag_flag": "1" if (place == 0) == (draw.random() < 0.9) else "0",
            "diag_type": draw.choice([None, "1", "01", "2"]),
        })  # fmt: skip
    for place, code in enumerate(draw.sample(OPERATIONS[: draw.choice([3, 5])], draw.choice([0, 0, 1, 2]))):
        day = settlement["begndate"] + timedelta(days=draw.choice([0, 0, 1, -1, 6]))
        tables["setl_list_oprn_d"].append({
            "setl_id": settlement["setl_id"], "oprn_oprt_code": code, "oprn_oprt_date": draw.choice([None, day, day]),
            "main_oprn_flag": "1" if place == 0 and draw.random() < 0.9 else draw.choice(["0", "1", None]),
        })  # fmt: skip

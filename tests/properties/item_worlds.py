"""Small worlds for rules about prescriptions, catalogue prices, names and trace codes, drawn."""

import random
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.properties.rule_worlds import FEN, Row, World, refund

DRUGS = ["XA01", "xa01", "XA02", "XB03", "XC04", "ZD05", "XE06", "XF07", "ZG08"]
HERBS = [f"T{number:03}" for number in range(40)]
NO_CODES = ["00000", "无码", "8"]
NAMES = ["阿莫西林胶囊", "阿莫西林 胶囊（0.25g）", "西洋参礼盒", "参芪口服液", "阿胶", None]
DAYS = 200


def drawn(seed: int) -> World:
    """The world of a seed: lines of drugs and herbs, a catalogue with caps, and what was sold with which trace code."""
    draw = random.Random(seed)
    world = World({"setl_d": [], "fee_list_d": []})
    tables = world.tables
    for number in range(70):
        tables["setl_d"].append(_settlement(draw, number, tables["setl_d"]))
        _lines(draw, tables["fee_list_d"], tables["setl_d"][-1])
    tables["hilist_b"] = _catalogue(draw)
    tables["sel_d"] = _sales(draw, tables)
    for settlement in [one for one in tables["setl_d"] if draw.random() < 0.2]:
        refund(draw, world, settlement)
    _brought_back(draw, tables)
    return world


def _settlement(draw: random.Random, number: int, before: list[Row]) -> Row:
    begins = date(2024, 11, 1) + timedelta(days=draw.randint(0, DAYS))
    med_type = draw.choice(["11", "1101", "14", "41", "21", "52"])
    settled = datetime.combine(begins, datetime.min.time()) + timedelta(days=draw.choice([0, 0, 40]), hours=12)
    row = {
        "setl_id": f"S{number:02}", "mdtrt_id": f"M{number:02}", "psn_no": f"P{draw.randint(1, 9)}",
        "begndate": begins, "enddate": begins, "setl_time": settled, "fixmedins_code": draw.choice(["H1", "H1", "H2"]),
        "med_type": med_type, "hifp_pay": 100,
    }  # fmt: skip
    if before and draw.random() < 0.15:  # another settlement of a visit
        row |= {name: before[-1][name] for name in ("mdtrt_id", "psn_no", "fixmedins_code", "med_type")}
    return row


def _lines(draw: random.Random, lines: list[Row], settlement: Row) -> None:
    wanted = draw.choice([[], draw.choices(DRUGS, k=2), draw.choices(DRUGS, k=9), draw.choices(DRUGS, k=12)])
    herbs = draw.choice([[], [], draw.choices(HERBS, k=3), draw.sample(HERBS, 33) + draw.choices(HERBS, k=3)])
    numbers = draw.choice([[None], ["X1"], ["X1"], ["X1", "X2", None]])
    doctors = draw.choice([["D1"], ["D1", "D2", None]])
    usual = draw.choice([Decimal("0.5"), Decimal("33.333333"), Decimal(60)])
    for item in [*wanted, *herbs]:
        price = draw.choice([usual, usual, usual, Decimal("110.004"), Decimal(0)])
        count = Decimal(draw.choice(["1", "1", "2", "3", "0.5"]))
        fee = (count * price * draw.choice([1, 1, 1, Decimal("0.8")])).quantize(FEN, ROUND_HALF_UP)
        moment = datetime.combine(settlement["begndate"], datetime.min.time())
        kind = {"T": "10", "Z": "11"}.get(item[0], "09")
        lines.append({
            "bkkp_sn": f"B{len(lines):04}", "setl_id": settlement["setl_id"], "psn_no": settlement["psn_no"],
            "fee_ocur_time": moment + timedelta(hours=draw.choice([0, 0, 9, 26])), "med_list_codg": item,
            "hilist_code": draw.choice([None, item, item.lower(), "K1"]), "hilist_name": draw.choice(NAMES),
            "med_chrgitm_type": draw.choice([kind, kind, kind + "01", "08"]),
            "list_type": draw.choice([None, "102"] if kind == "10" else [None, "101"]),
            "cnt": count, "pric": price, "det_item_fee_sumamt": fee,
            "inscp_scp_amt": draw.choice([None, fee, fee, Decimal(0)]),
            "overlmt_amt": draw.choice([None, None, Decimal(0), Decimal(5)]),
            "prd_days": None, "rxno": draw.choice(numbers), "bilg_dr_codg": draw.choice(doctors),
        })  # fmt: skip


def _catalogue(draw: random.Random) -> list[Row]:
    """Versions of a code may lie over one another, or leave days between them."""
    rows = []
    for code in ["XA01", "xa02", "XB03", "K1", "ZD05", "T001", "t002"]:
        begins = draw.sample([date(2020, 1, 1), date(2024, 12, 1), date(2025, 1, draw.randint(2, 28))], 2)
        rows += [
            {
                "hilist_code": code, "hilist_name": draw.choice(NAMES), "valid_from": first,
                "valid_to": draw.choice([None, date(2025, 2, draw.randint(1, 28))]),
                "pric_uplmt_amt": draw.choice([None, 0, Decimal("9.99"), Decimal("33.3333"), Decimal(110)]),
            }
            for first in begins
        ]  # fmt: skip
    return rows


def _sales(draw: random.Random, tables: dict[str, list[Row]]) -> list[Row]:
    """Of lines, for cash, elsewhere; told twice or in halves."""
    sales: list[Row] = []
    by_id = {row["setl_id"]: row for row in tables["setl_d"]}

    def put(**sale: object) -> None:
        sales.append({"doc_sn": f"D{draw.randint(0, 999):03}-{len(sales):03}", **sale})

    def code(item: str) -> str:
        return draw.choice(NO_CODES) if draw.random() < 0.05 else f"{item.upper()}{draw.choice('0123')}"

    for line in [
        line for line in tables["fee_list_d"] if draw.random() < (0.15 if line["list_type"] == "101" else 0.04)
    ]:
        moment = line["fee_ocur_time"].replace(hour=0) if draw.random() < 0.5 else line["fee_ocur_time"]
        sale = {
            "fixmedins_code": by_id[line["setl_id"]]["fixmedins_code"], "med_list_codg": line["med_list_codg"],
            "setl_id": line["setl_id"], "drug_trac_codg": code(line["med_list_codg"]), "ocur_time": moment,
            "cnt": Decimal(draw.choice(["1", "1", "1", "0.5", "2"])),
        }  # fmt: skip
        for _ in range(draw.choice([1, 1, 1, 2])):
            put(**sale)
        if draw.random() < 0.3:
            put(**sale | {"drug_trac_codg": code(line["med_list_codg"])})
    for _ in range(5):
        moment = datetime(2024, 11, 1) + timedelta(days=draw.randint(0, DAYS))
        place = {"fixmedins_code": draw.choice(["H1", "H3"]), "med_list_codg": draw.choice(DRUGS)}
        put(**place, drug_trac_codg=code(place["med_list_codg"]), ocur_time=moment, cnt=Decimal(1), setl_id=None)
    return sales


def _brought_back(draw: random.Random, tables: dict[str, list[Row]]) -> None:
    """Under the sale's settlement, under its refund, or for cash; at once or weeks later."""
    refunds = {row["init_setl_id"]: row["setl_id"] for row in tables["setl_d"] if "init_setl_id" in row}
    for sale in [sale for sale in tables["sel_d"] if draw.random() < 0.3]:
        setl_id = draw.choice([sale["setl_id"], refunds.get(sale["setl_id"], sale["setl_id"])])
        moment = sale["ocur_time"] + timedelta(days=draw.choice([0, 0, 3, 30]))
        number = f"D{draw.randint(0, 999):03}-{len(tables['sel_d']):03}"
        tables["sel_d"].append({**sale, "doc_sn": number, "setl_id": setl_id, "cnt": -sale["cnt"], "ocur_time": moment})

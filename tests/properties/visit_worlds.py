"""Small worlds for rules about people, codes and visits, drawn: contradictions, borders, wildcards, refunds."""

import random
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.properties.rule_worlds import FEN, Row, World, refund

ITEMS = ["A100", "A101", "a100", "B100", "b101", "C100", "D1", "T1", "T2", "T3"]
SUBJECTS = ["A1*", "A100", "a100", "B*", "b101", "C*", "D1", "T*", "H1", "H*"]
DIAGNOSES = [
    "I10.x00",
    "I10.X00",
    "YBI10.x01",
    "A17.000+G01*",
    "A17.000†G01*",
    "J18.9",
    "j18.0",
    "Z49.1",
    "YBZ49.0",
    "P07.0",
    "YBP59",
]
DIAGNOSED = ["I10*", "I10.x00", "A17.000+*", "A17.000†G01*", "J18*", "z*", "P07.0"]
OPERATIONS = ["47.0100", "45.13", "yb39.95", "39.9500", "60.4x"]
OPERATED = ["47*", "39.95*", "45.13", "YB39*", "60.4X"]
DISEASES = ["M001", "m00101", "M07803", "M2"]
PEOPLE = [f"P{number}" for number in range(12)]
BORN = [date(2024, 2, 29), date(2011, 2, 10), date(1960, 5, 1), date(2024, 12, 31), date(2007, 2, 28), None]


def drawn(seed: int) -> World:
    """The world of a seed: three quarters before and one after the knowledge points' borders."""
    draw = random.Random(seed)
    world = World()
    tables = world.tables
    tables["psn_info_b"] = [
        {
            "psn_no": person, "gend": draw.choice(["1", "2", "9", None]), "brdy": draw.choice(BORN),
            "death_date": draw.choice([None, None, date(1900, 1, 1), date(2025, 1, draw.randint(1, 31))]),
        }
        for person in PEOPLE if draw.random() < 0.7
    ]  # fmt: skip
    tables["medins_info_b"] = [{"fixmedins_code": "H1", "hosp_lv": "05"}, {"fixmedins_code": "H2", "hosp_lv": None}]
    tables["setl_d"] = []
    for number in range(150):
        tables["setl_d"].append(_settlement(draw, number, tables["setl_d"][-8:]))
    tables["fee_list_d"] = []
    for settlement in tables["setl_d"]:
        _lines(draw, tables["fee_list_d"], settlement)
    _charged_again(draw, tables)
    tables["setl_list_diag_d"] = [row for one in tables["setl_d"] for row in _diagnoses(draw, one)]
    tables["setl_list_oprn_d"] = [row for one in tables["setl_d"] for row in _operations(draw, one)]
    for settlement in [one for one in tables["setl_d"] if draw.random() < 0.2]:
        refund(draw, world, settlement)
    for _ in range(3):
        _points(draw, tables)
    return world


def _settlement(draw: random.Random, number: int, before: list[Row]) -> Row:
    begins = date(2024, 7, 1) + timedelta(days=draw.choice([draw.randint(0, 320), draw.randint(160, 260)]))
    med_type = draw.choice(["21", "2101", "52", "21", "11", "11", "1301", "41", "14", "140104"])
    inpatient = med_type in ("21", "2101", "52")
    ends = begins + timedelta(days=draw.choice([0, 1, 3, 9, 14]) if inpatient else draw.choice([0, 0, 1]))
    row = {
        "setl_id": f"S{number:03}", "mdtrt_id": f"M{number:03}", "psn_no": draw.choice(PEOPLE), "begndate": begins,
        "enddate": ends, "gend": draw.choice([None, "1", "2"]), "brdy": draw.choice([None, *BORN]),
        "age": draw.choice([None, Decimal("0.5"), 13, 14, Decimal("17.9"), 65, 850]), "med_type": med_type,
        "insutype": draw.choice(["310", "310", "390"]), "fixmedins_code": draw.choice(["H1", "H2", "H3"]),
        "hosp_lv": draw.choice([None, "02", "05", "08", "11"]), "hi_paymtd": draw.choice(["1", "1", "5"]),
        "hifp_pay": draw.choice([Decimal(60), Decimal("499.99"), Decimal("800.5")]),
        "pay_loc": draw.choice(["2", "2", "1"]),
        "mid_setl_flag": draw.choice(["0", None, "1"]) if inpatient else None,
        "dise_codg": None if inpatient else draw.choice([None, None, *DISEASES]),
    }  # fmt: skip
    other = draw.choice(before) if before else row
    near = draw.random()
    if near < 0.2:  # another settlement of a visit
        row |= {
            name: other[name]
            for name in ("mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begndate", "enddate", "gend", "brdy")
        }
    elif near < 0.35:  # the same care once more
        row |= {
            name: other[name] for name in ("psn_no", "begndate", "enddate", "med_type", "hifp_pay", "fixmedins_code")
        }
    elif near < 0.6:  # the same person some days later
        row |= {"psn_no": other["psn_no"], "begndate": other["begndate"] + timedelta(days=draw.choice([0, 1, 2, 5]))}
        row["enddate"] = row["begndate"] + (ends - begins)
    settled = datetime.combine(row["enddate"], datetime.min.time())
    return {**row, "setl_time": settled + timedelta(days=draw.choice([0, 0, 1, 45]), hours=draw.choice([0, 9, 23]))}


def _lines(draw: random.Random, lines: list[Row], settlement: Row) -> None:
    days = (settlement["enddate"] - settlement["begndate"]).days
    for _ in range(draw.choice([0, 1, 2, 3, 5])):
        quantity = draw.choice([Decimal(text) for text in ("1", "1", "2", "0.5", "10")])
        price = draw.choice([Decimal(text) for text in ("10", "33.333333", "120.5", "0")])
        fee = (quantity * price * draw.choice([1, 1, 1, Decimal("0.8")])).quantize(FEN, ROUND_HALF_UP)
        day = settlement["begndate"] + timedelta(days=draw.choice([0, days, draw.randint(-2, days + 2)]))
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=draw.choice([0, 0, 9, 23]))
        lines.append({
            "bkkp_sn": f"B{len(lines):04}", "setl_id": settlement["setl_id"], "psn_no": settlement["psn_no"],
            "fee_ocur_time": moment, "med_list_codg": draw.choice(ITEMS),
            "hilist_code": draw.choice([None, None, "H1", "H2"]),
            "cnt": quantity, "pric": price, "det_item_fee_sumamt": fee, "inscp_scp_amt": fee,
            "overlmt_amt": draw.choice([None, Decimal(0), Decimal(5)]), "prd_days": None,
            "med_chrgitm_type": draw.choice(["09", "0901", "05", "03"]), "rxno": draw.choice([None, "X1"]),
        })  # fmt: skip


def _charged_again(draw: random.Random, tables: dict[str, list[Row]]) -> None:
    """Lines of a settlement once or twice more, in another that the person had there about that day."""
    there = list(tables["fee_list_d"])
    for one in tables["setl_d"]:
        for other in tables["setl_d"]:
            same = one["psn_no"] == other["psn_no"] and one["fixmedins_code"] == other["fixmedins_code"]
            if one is not other and same and abs((one["begndate"] - other["begndate"]).days) <= 3:
                for line in [line for line in there if line["setl_id"] == one["setl_id"]]:
                    for _ in range(draw.choice([0, 1, 2])):
                        again = {"bkkp_sn": f"B{len(tables['fee_list_d']):04}", "setl_id": other["setl_id"]}
                        tables["fee_list_d"].append({**line, **again, "rxno": draw.choice([line["rxno"], None])})


def _diagnoses(draw: random.Random, settlement: Row) -> list[Row]:
    codes = draw.sample(DIAGNOSES, draw.choice([0, 1, 1, 2, 3]))
    return [
        {"setl_id": settlement["setl_id"], "diag_code": code, "maindiag_flag": "1" if place == 0 else "0"}
        for place, code in enumerate(codes)
    ]


def _operations(draw: random.Random, settlement: Row) -> list[Row]:
    codes = draw.sample(OPERATIONS, draw.choice([0, 0, 1, 2]))
    days = [None, settlement["begndate"], settlement["enddate"]]
    return [
        {"setl_id": settlement["setl_id"], "oprn_oprt_code": code, "oprn_oprt_date": draw.choice(days)}
        for code in codes
    ]


def _points(draw: random.Random, tables: dict[str, list[Row]]) -> None:
    """One more point of every rule, unless it would contradict one that is there."""

    def put(table: str, rule_id: str, subjects: list[str], alone: bool = False, **limit: Any) -> None:
        first = date(2024, draw.randint(9, 12), draw.randint(1, 28))
        last = date(2025, draw.randint(1, 3), draw.randint(1, 28))
        valid = draw.choice([{"valid_from": date(2020, 1, 1)}, {"valid_from": first, "valid_to": last}])
        row = {"valid_to": None, **valid, "rule_id": rule_id, "subject_code": draw.choice(subjects), **limit}
        there = tables.setdefault(table, [])
        if not alone or all((p["rule_id"], p["subject_code"]) != (rule_id, row["subject_code"]) for p in there):
            there.append(row)

    def some(codes: list[str]) -> str:
        return "|".join(draw.sample(codes, draw.choice([1, 2])))

    low, high = draw.choice([(None, 0), (None, 13), (14, None), (1, 17)])
    for rule_id, subjects in (("R07", SUBJECTS), ("R55", DIAGNOSED)):
        put("kp_age", rule_id, subjects, True, age_min=low, age_max=high)
    for rule_id, subjects in (("R67", SUBJECTS), ("R54", DIAGNOSED), ("R39", OPERATED)):
        put("kp_sex", rule_id, subjects, True, gend=draw.choice("12"))
    put("kp_level", "R12", SUBJECTS, True, hosp_lv_max=draw.choice(["02", "05", "08"]))
    scope = draw.choice(["day", "visit"])
    put("kp_companion", "R04", ["T1", "T2", "T*"], other_codes=some(["T*", "T3", "C*"]), scope=scope)
    put("kp_companion", "R64", SUBJECTS, other_codes=some(["C100", "47*", "B*", "D1"]), scope=scope)
    put("kp_companion", "R05", SUBJECTS, other_codes=some(["D1", "C*", "b*"]), scope="visit")
    for rule_id, subjects in (("R08", SUBJECTS), ("R40", OPERATED)):
        put("kp_diagnosis", rule_id, subjects, diag_codes=some(DIAGNOSED), mode=draw.choice(["needs", "forbids"]))
    put("kp_diagnosis", "R11", SUBJECTS, diag_codes=some(["M001*", "m0", "M2"]), mode=draw.choice(["needs", "forbids"]))
    limit = {"max_amount": draw.choice([0, 100, Decimal("500.5")]), "per": draw.choice(["month", "year"])}
    put("kp_amount", "S16", ["M001", "M001*", "M0*", "m00101"], True, **limit)

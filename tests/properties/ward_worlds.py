"""Small worlds for rules that set stays beside the peers': habits, bills around stays, days with the ward alone."""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.properties.rule_worlds import FEN, Row, World, refund

PEERS = ["G1", "G2", "G3", "G4", "G5", "G6", "G7"]
OTHERS = ["K1", "K2"]  # of another level, too few to be peers
GROUPS = [("DRG", "1.1", "FR21", 9), ("DRG", "1.1", "FR25", 9), ("DRG", "2.0", "FR25", 1), ("DIP", "1", "K29:n", 3)]
WEIGHTS = {"FR21": Decimal("1.2"), "FR25": Decimal("0.8"), "K29:n": Decimal("0.5")}
DIAGNOSES = ["K29.500", "YBk29.900", "J18.900", "I21.900", "M62.600", "M62.800", "Z51.100", "C34.900"]
OUTSIDE = ["11", "11", "11", "12", "13", "1301", "14", "140104", "41"]


def drawn(seed: int) -> World:
    """The world of a seed: in some providers a habit is common, in the others it is rare."""
    draw = random.Random(seed)
    world = World()
    tables = world.tables
    tables["medins_info_b"] = [{"fixmedins_code": code, "fixmedins_type": "1", "hosp_lv": "05"} for code in PEERS]
    tables["medins_info_b"] += [{"fixmedins_code": code, "fixmedins_type": "1", "hosp_lv": "02"} for code in OTHERS]
    tables["medins_info_b"].append({"fixmedins_code": "P9", "fixmedins_type": "2", "hosp_lv": None})
    for name in ("psn_info_b", "setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "drg_grp_d"):
        tables[name] = []
    for provider in PEERS + OTHERS:
        habits = {
            name: draw.random() < (0.4 if provider in PEERS[:3] else 0.1) for name in ("out", "own", "idle", "low")
        }
        for _ in range(draw.randint(14, 24)):
            _stay(draw, world, provider, {name: draw.random() < (0.7 if has else 0.06) for name, has in habits.items()})
    for _ in range(35):
        _visit(draw, tables, f"V{draw.randint(0, 40)}", draw.choice(PEERS), date(2025, 2, 1), draw.choice(OUTSIDE))
    for settlement in [row for row in tables["setl_d"] if row["hifp_pay"] and draw.random() < 0.05]:
        refund(draw, world, settlement)
    silent = {row["setl_id"] for row in tables["setl_d"] if row["fixmedins_code"] == PEERS[-2]}
    for line in tables["fee_list_d"]:
        line["fulamt_ownpay_amt"] = None if line["setl_id"] in silent else line["fulamt_ownpay_amt"]
    own = {line["bkkp_sn"]: line for line in tables["fee_list_d"]}
    for line in [line for line in tables["fee_list_d"] if line.get("init_feedetl_sn")]:
        paid_alone = own[line["init_feedetl_sn"]]["fulamt_ownpay_amt"]
        line["fulamt_ownpay_amt"] = paid_alone and (paid_alone * line["cnt"]).quantize(FEN)  # each line is of one
    return world


def _stay(draw: random.Random, world: World, provider: str, habit: dict[str, bool]) -> None:
    tables, number = world.tables, len(world.tables["setl_d"])
    begins = date(2024, 10, 1) + timedelta(days=draw.choice([-250, *range(0, 200)]))
    ends = begins + timedelta(days=draw.choice([0, 1, 2, 2, 3] if habit["low"] else [0, 2, 3, 4, 5, 6, 9, 11]))
    row = {
        "setl_id": f"S{number:03}", "mdtrt_id": f"M{number:03}", "psn_no": f"P{number}", "begndate": begins,
        "enddate": ends, "setl_time": _moment(draw, ends, [0, 0, 1, 30]), "fixmedins_code": provider, "med_type": "21",
        "hosp_lv": None, "hifp_pay": draw.choice([Decimal(600), Decimal(3000)]), "gend": "1", "age": Decimal(40),
        "hi_paymtd": draw.choice(["2", "3", "4", "4", "4", "4", "4", "4", "1", "5"]),
        "dscg_way": draw.choice([None, "1", "1", "1", "1", "1", "1", "2", "4", "5"]), "mid_setl_flag": "0",
    }  # fmt: skip
    settlements = [row]
    if draw.random() < 0.15:  # what is settled later leaves much empty
        empty = {"hi_paymtd": None, "dscg_way": None, "mid_setl_flag": None, "hifp_pay": draw.choice([0, Decimal(50)])}
        later = row["setl_time"] + timedelta(days=draw.choice([1, 60]))
        settlements.append({**row, **empty, "setl_id": f"{row['setl_id']}b", "setl_time": later})
    if draw.random() < 0.1:  # in the middle of it
        middle = begins + (ends - begins) / 2
        interim = {"enddate": middle, "setl_time": datetime.combine(middle, time(8)), "mid_setl_flag": "1"}
        settlements.append({**row, **interim, "setl_id": f"{row['setl_id']}a"})
    if draw.random() < 0.05:
        row["mid_setl_flag"] = "1"  # nothing closes the stay
    tables["setl_d"] += settlements
    _coded(draw, tables, row, habit["low"])
    for one in settlements:
        if draw.random() < 0.85:
            kind, version, code, _ = draw.choices(GROUPS, [group[3] for group in GROUPS])[0]
            graded = {"grp_type": kind, "grp_ver": version, "grp_code": code, "wt": WEIGHTS[code]}
            tables["drg_grp_d"].append({"setl_id": one["setl_id"], **graded})
            break
    _charges(draw, tables["fee_list_d"], settlements, habit)
    if habit["out"] or draw.random() < 0.1:
        for _ in range(draw.choice([1, 1, 2])):
            place = draw.choice([provider, provider, provider, "G7"])
            day = draw.choice([begins, begins, begins, ends]) + timedelta(days=draw.choice([-4, -3, -1, -1, 0, 1, 2]))
            _visit(draw, tables, row["psn_no"], place, day, draw.choice(OUTSIDE[: 1 if habit["out"] else 9]), True)
    if draw.random() < 0.08:
        inside = begins + (ends - begins) * draw.choice([1, 2, 3]) // 4
        place = draw.choice([provider, "K1", "K2", "P9"])
        _visit(draw, tables, row["psn_no"], place, inside, draw.choice(OUTSIDE))


def _moment(draw: random.Random, day: date, later: list[int]) -> datetime:
    return datetime.combine(day, time(draw.choice([0, 9, 23]))) + timedelta(days=draw.choice(later))


def _coded(draw: random.Random, tables: dict[str, list[Row]], row: Row, low: bool) -> None:
    main = draw.choice(DIAGNOSES[:2] if low else DIAGNOSES)
    for code, flag in ((main, "1"), (draw.choice(DIAGNOSES), "0")):
        if draw.random() < 0.9 and not (flag == "0" and (code == main or draw.random() < 0.8)):
            tables["setl_list_diag_d"].append({"setl_id": row["setl_id"], "diag_code": code, "maindiag_flag": flag})
    if draw.random() < (0.02 if low else 0.15):
        operation = {"oprn_oprt_code": draw.choice(["47.0100", "99.2500"]), "oprn_oprt_date": row["begndate"]}
        tables["setl_list_oprn_d"].append({"setl_id": row["setl_id"], **operation})


def _charges(draw: random.Random, lines: list[Row], settlements: list[Row], habit: dict[str, bool]) -> None:
    first = settlements[0]
    nights = (first["enddate"] - first["begndate"]).days
    if draw.random() < 0.03:
        return  # no lines were sent
    busy = [nights] if habit["idle"] else [day for day in range(nights + 1) if draw.random() < 0.85]
    for day in range(nights + 1):
        moment = datetime.combine(first["begndate"] + timedelta(days=day), time(draw.choice([0, 8])))
        charged = [
            ("BED", "01", "床位", Decimal(40)),
            ("N3", "0701", draw.choice(["三级护理"] * 30 + ["一级护理"]), Decimal(12)),
        ]
        if day in busy:
            charged.append(("DRUG", draw.choice(["09", "0901", "11"]), "药", draw.choice([Decimal(50), Decimal(200)])))
        if day == 0:
            charged.append(("LAB", "04", "血常规", Decimal(500 if habit["low"] else 200)))
            if not habit["out"] and draw.random() < 0.8:
                charged.append(("ECG", "03", "心电图", Decimal(100)))
            if draw.random() < 0.04:
                charged.append(("OP", "06", "手术", Decimal(300)))
        for code, kind, name, fee in charged:
            _line(draw, lines, draw.choice(settlements), moment, (code, kind, name, fee), habit["own"])


def _visit(
    draw: random.Random,
    tables: dict[str, list[Row]],
    person: str,
    provider: str,
    day: date,
    med_type: str,
    moved: bool = False,
) -> None:
    number = len(tables["setl_d"])
    days = draw.choice([0, 0, 0, 1])
    row = {
        "setl_id": f"O{number:03}", "mdtrt_id": f"O{number:03}", "psn_no": person, "begndate": day,
        "enddate": day + timedelta(days=days), "setl_time": _moment(draw, day + timedelta(days=days), [0, 0, 0, 60]),
        "fixmedins_code": provider, "med_type": med_type, "hosp_lv": None, "hifp_pay": draw.choice([0, Decimal(60)]),
        "hi_paymtd": "1", "dscg_way": None, "mid_setl_flag": None, "gend": "1", "age": Decimal(40),
    }  # fmt: skip
    tables["setl_d"].append(row)
    code = draw.choice(["M62.600", "M62.600", "M62.600", "K29.500"])
    tables["setl_list_diag_d"].append({"setl_id": row["setl_id"], "diag_code": code, "maindiag_flag": "1"})
    for _ in range(draw.choice([0, 1, 1, 2]) + moved):
        moment = datetime.combine(day + timedelta(days=draw.choice([0, days])), time(9))
        fee = draw.choice([Decimal(10), Decimal("19.99"), Decimal(20), Decimal(100)])
        code = "ECG" if moved else draw.choice(["ECG", "LAB", "DRUG", "ELSE"])
        _line(draw, tables["fee_list_d"], row, moment, (code, "03", "项目", fee), False)


def _line(
    draw: random.Random,
    lines: list[Row],
    settlement: Row,
    moment: datetime,
    charged: tuple[str, str, str, Decimal],
    own: bool,
) -> None:
    code, kind, name, fee = charged
    fee = fee * draw.choice([1, 1, 1, 1, 0, Decimal("0.333")])
    share = draw.choice([Decimal("0.5"), Decimal(1)]) if own else draw.choice([0, 0, 0, 0, 0, 0, Decimal("0.1")])
    lines.append({
        "bkkp_sn": f"B{len(lines):05}", "setl_id": settlement["setl_id"], "psn_no": settlement["psn_no"],
        "fee_ocur_time": moment, "med_list_codg": code, "hilist_code": None,
        "hilist_name": name, "med_chrgitm_type": kind, "cnt": Decimal(1), "pric": fee,
        "det_item_fee_sumamt": fee.quantize(FEN),
        "inscp_scp_amt": fee.quantize(FEN), "overlmt_amt": None, "prd_days": None,
        "fulamt_ownpay_amt": draw.choice([None, Decimal(0)]) if not share else (fee * share).quantize(FEN),
    })  # fmt: skip

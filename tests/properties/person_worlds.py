"""Small worlds of people who come often, drawn: visits and purchases, some settled late, beside rarely coming peers."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.properties.rule_worlds import Row, World, refund

PEERS = [f"P{number:02}" for number in range(34)]  # of one age, sex and status
OTHERS = [f"Q{number}" for number in range(4)]
CHRONIC = ["C1", "C2", "C3", "C4"]
FIRST = date(2024, 10, 1)


def drawn(seed: int) -> World:
    """The world of a seed: two quarters of visits and years of chronic benefits."""
    draw = random.Random(seed)
    names = ("setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "psn_info_b")
    world = World({name: [] for name in names})
    world.tables["medins_info_b"] = [{"fixmedins_code": "Y1", "fixmedins_type": "2", "hosp_lv": None}]
    often = draw.sample(PEERS, 6) + OTHERS
    for person in [*PEERS, *OTHERS]:
        _visits(draw, world.tables, person, person in often)
    for person in CHRONIC:
        _benefit(draw, world.tables, person)
    for settlement in [one for one in world.tables["setl_d"] if draw.random() < 0.04]:
        refund(draw, world, settlement)
    return world


def _visits(draw: random.Random, tables: dict[str, list[Row]], person: str, often: bool) -> None:
    daily = [FIRST + timedelta(days=place) for place in range(182)]
    month = [day for day in daily if day.month == draw.choice([11, 2])]
    days = draw.choices(daily, k=draw.randint(1, 4))
    if often:
        kinds = ([draw.choice(month)] * 5, draw.choices(month, k=24), draw.choices(daily, k=112), daily[::7] * 1)
        days += draw.choice(kinds)
    usual = draw.choice(["11", "11", "41"])
    place = draw.choice([None, None, "H1"])
    for day in days:
        med_type = draw.choice([usual, usual, usual, "12", "14", "1301"]) if often else draw.choice(["11", "41"])
        _settlement(draw, tables, person, day, med_type, place)
        row = tables["setl_d"][-1]
        if draw.random() < 0.1:  # another settlement of the visit
            again = row["setl_time"] + timedelta(days=draw.choice([0, 70]))
            tables["setl_d"].append({**row, "setl_id": f"{row['setl_id']}b", "setl_time": again})
        if often and draw.random() < 0.05:
            kind = draw.choice(["name", "code", "disease"])
            if kind == "name":
                _line(tables, row, "05", "血液透析")
            elif kind == "code":
                code = draw.choice(["YBZ49.1", "n18.001", "Z50.1"])
                diagnosis = {"setl_id": row["setl_id"], "diag_code": code, "maindiag_flag": "0"}
                tables["setl_list_diag_d"].append(diagnosis)
            else:
                row["dise_codg"] = draw.choice(["m07803", "M016"])


def _settlement(
    draw: random.Random, tables: dict[str, list[Row]], person: str, day: date, med_type: str, place: str | None
) -> None:
    settled = datetime.combine(day, datetime.min.time()) + timedelta(hours=draw.choice([0, 9, 10, 23]))
    late = timedelta(days=draw.choice([0, 0, 0, 0, 0, 1, 75]))
    tables["setl_d"].append({
        "setl_id": f"S{len(tables['setl_d']):04}", "mdtrt_id": f"M{len(tables['setl_d']):04}", "psn_no": person,
        "begndate": day, "enddate": day, "setl_time": settled + late, "med_type": med_type,
        "fixmedins_code": place or draw.choice(["H1", "H2", "H3", "Y1"]), "hifp_pay": Decimal(40),
        "age": {"P": 30, "Q": 7, "C": 70}[person[0]], "gend": "1", "dise_codg": None,
    })  # fmt: skip


def _line(tables: dict[str, list[Row]], settlement: Row, kind: str, name: str | None) -> None:
    count, fee = Decimal(1), Decimal(10)
    tables["fee_list_d"].append({
        "bkkp_sn": f"B{len(tables['fee_list_d']):04}", "setl_id": settlement["setl_id"],
        "psn_no": settlement["psn_no"], "fee_ocur_time": settlement["setl_time"], "med_list_codg": "X1",
        "hilist_code": None, "hilist_name": name, "med_chrgitm_type": kind, "cnt": count, "pric": fee,
        "det_item_fee_sumamt": fee, "inscp_scp_amt": fee, "overlmt_amt": None, "prd_days": None,
    })  # fmt: skip


def _benefit(draw: random.Random, tables: dict[str, list[Row]], person: str) -> None:
    """Once a month or so for three years, with an examination now and then, or never."""
    begin = date(2022, draw.randint(9, 12), draw.randint(1, 28))
    rate = draw.choice([0, 0.03, 0.1])
    for month in range(31):
        if draw.random() < 0.7:
            day = begin + timedelta(days=30 * month + draw.randint(0, 9))
            _settlement(draw, tables, person, day, draw.choice(["14", "140104", "11"]), None)
            tables["setl_d"][-1]["dise_codg"] = draw.choice(["M016", "M016", "m016", "M07803"])
            if draw.random() < rate:
                _line(tables, tables["setl_d"][-1], draw.choice(["03", "0401", "09", "1408"]), None)

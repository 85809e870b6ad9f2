"""Small worlds of bills, drawn: alike to the fen, alike in sum alone, by one doctor or two, of stays and of visits."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.properties.rule_worlds import Row, World, refund

DAYS = [date(2025, 2, 10), date(2025, 3, 31), date(2024, 8, 5)]
WARD, DRUGS = ["W1", "W2"], [f"I{number}" for number in range(1, 11)]


def drawn(seed: int) -> World:
    """The world of a seed."""
    draw = random.Random(seed)
    names = ("setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "psn_info_b", "medins_info_b")
    world = World({name: [] for name in names})
    for number in range(160):
        _bill(draw, world.tables, number)
    for settlement in [one for one in world.tables["setl_d"] if draw.random() < 0.05]:
        refund(draw, world, settlement)
    return world


def _bill(draw: random.Random, tables: dict[str, list[Row]], number: int) -> None:
    stay = draw.random() < 0.5
    begins = draw.choice(DAYS)
    ends = begins + timedelta(days=draw.choice([2, 3, 6]) if stay else 0)
    settled = datetime.combine(ends, datetime.min.time()) + timedelta(days=draw.choice([0, 0, 0, 1]), hours=9)
    row = {
        "setl_id": f"S{number:03}", "mdtrt_id": f"M{number:03}", "psn_no": f"P{draw.randint(1, 14)}",
        "begndate": begins, "enddate": ends, "setl_time": settled,
        "med_type": draw.choice(["21", "52"]) if stay else "11",
        "fixmedins_code": draw.choice(["H1", "H1", "H1", "H2"]), "hifp_pay": Decimal(100), "dise_codg": None,
        "hi_paymtd": draw.choice(["1", "1", "1", "5"]) if stay else "1",
    }  # fmt: skip
    tables["setl_d"].append(row)
    if draw.random() < 0.1:
        operation = {"setl_id": row["setl_id"], "oprn_oprt_code": "47.01", "oprn_oprt_date": None}
        tables["setl_list_oprn_d"].append(operation)
    kinds = (
        ([WARD, DRUGS[:8], [*DRUGS[:7], "I9"], WARD + DRUGS[:8]]) if stay else ([DRUGS[:3], [*DRUGS[:2], "I9"], ["W1"]])
    )
    doctor = draw.choice(["D1", "D1", "D1", "D2", None])
    for place, item in enumerate(draw.choice(kinds)):
        count, price = Decimal(draw.choice(["1"] * 30 + ["2"])), Decimal(10 + place)
        tables["fee_list_d"].append({
            "bkkp_sn": f"B{len(tables['fee_list_d']):04}", "setl_id": row["setl_id"], "psn_no": row["psn_no"],
            "fee_ocur_time": datetime.combine(begins, datetime.min.time()) + timedelta(hours=draw.choice([0, 9, 23])),
            "med_list_codg": item.lower() if draw.random() < 0.03 else item, "hilist_code": None,
            "med_chrgitm_type": draw.choice(["01", "0701"]) if item in WARD else draw.choice(["09", "11", "1101"]),
            "cnt": count, "pric": price, "det_item_fee_sumamt": count * price, "inscp_scp_amt": count * price,
            "overlmt_amt": None, "prd_days": None, "bilg_dr_codg": doctor,
        })  # fmt: skip

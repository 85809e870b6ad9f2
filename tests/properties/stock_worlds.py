"""Small worlds of stock, drawn: purchases, changes, sales for cash, counts at any hour, and what was billed."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from tests.properties.rule_worlds import Row

FIRST, LAST = datetime(2024, 7, 1), datetime(2025, 6, 1)
PROVIDERS = [f"H{number}" for number in range(8)]
ITEMS = ["X1", "X2", "C1"]  # C1 a consumable
NEVER_BOUGHT = "N1"
BORDERS = [datetime(2024, 10, 1), datetime(2025, 1, 1), datetime(2025, 4, 1)]


def drawn(seed: int) -> dict[str, list[Row]]:
    """The tables of a seed."""
    draw = random.Random(seed)
    names = ("setl_d", "fee_list_d", "purc_d", "inv_chg_d", "sel_d", "inv_count_d")
    tables: dict[str, list[Row]] = {name: [] for name in names}
    for provider in PROVIDERS:
        for number in range(30):
            _settlement(draw, tables, provider, number)
        months = [FIRST + timedelta(days=31 * month + 10) for month in range(11)]
        for month in [month for month in months if draw.random() < 0.95]:  # something is booked in most months
            _put(tables, "inv_chg_d", provider, "OTHER", Decimal(1), month)
        for item in ITEMS:
            _documents(draw, tables, provider, item)
    return tables


def _moment(draw: random.Random) -> datetime:
    """Some at a quarter's border, some at one hour of a day."""
    day = FIRST + timedelta(days=draw.randint(0, (LAST - FIRST).days))
    border = draw.choice(BORDERS) - timedelta(seconds=draw.choice([0, 1]))
    return border if draw.random() < 0.2 else day + timedelta(hours=draw.choice([0, 8, 8, 12]))


def _settlement(draw: random.Random, tables: dict[str, list[Row]], provider: str, number: int) -> None:
    moment, setl_id = _moment(draw), f"S{provider}-{number}"
    day = moment.date().isoformat()
    tables["setl_d"].append({
        "setl_id": setl_id, "psn_no": "P1", "fixmedins_code": provider, "med_type": "11", "begndate": day,
        "enddate": day, "setl_time": moment + timedelta(days=draw.choice([0, 0, 20, 70])), "hifp_pay": 100,
    })  # fmt: skip
    for _ in range(draw.choice([1, 1, 2])):
        item = draw.choice([*ITEMS, *ITEMS, NEVER_BOUGHT])
        count, price = Decimal(draw.choice(["1", "5", "10", "20.5"])), Decimal(draw.choice(["5", "3.2"]))
        line = {
            "bkkp_sn": f"B{len(tables['fee_list_d']):04}", "setl_id": setl_id, "psn_no": "P1", "fee_ocur_time": moment,
            "med_list_codg": item, "med_chrgitm_type": "08" if item == "C1" else draw.choice(["09", "0901"]),
            "cnt": count, "pric": price, "det_item_fee_sumamt": count * price,
        }  # fmt: skip
        tables["fee_list_d"].append(line)
        if draw.random() < 0.1:  # returned, whole or by half
            back = {"cnt": -count * draw.choice([1, Decimal("0.5")]), "init_feedetl_sn": line["bkkp_sn"]}
            back |= {"bkkp_sn": f"Z{line['bkkp_sn']}", "det_item_fee_sumamt": back["cnt"] * price}
            tables["fee_list_d"].append({**line, **back})


def _put(
    tables: dict[str, list[Row]],
    table: str,
    provider: str,
    item: str,
    count: Decimal,
    moment: datetime,
    **more: str | None,
) -> None:
    rows = tables[table]
    told = {"doc_sn": f"D{len(rows):04}", "fixmedins_code": provider, "med_list_codg": item, "cnt": count}
    rows.append({**told, "ocur_time": moment, **more})


def _documents(draw: random.Random, tables: dict[str, list[Row]], provider: str, item: str) -> None:
    for _ in range(draw.choice([1, 3, 6])):
        _put(tables, "purc_d", provider, item, Decimal(draw.choice([10, 30, -5])), _moment(draw))
    for _ in range(draw.choice([0, 0, 2])):
        _put(tables, "inv_chg_d", provider, item, Decimal(draw.choice([3, -4])), _moment(draw))
    for _ in range(draw.choice([0, 0, 2])):
        insured = draw.choice([None, f"S{provider}-0"])
        _put(tables, "sel_d", provider, item, Decimal(draw.choice([2, 5, -1])), _moment(draw), setl_id=insured)
    for _ in range(draw.choice([0, 1, 3, 5])):
        moment = _moment(draw)
        for batch in draw.choice([["L1"], ["L1", "L2"], ["L1", "L1"]]):  # batches add up, the latest of one counts
            later = moment + timedelta(minutes=draw.choice([0, 0, 30]))
            _put(tables, "inv_count_d", provider, item, Decimal(draw.choice([0, 4, 15])), later, fixmedins_bchno=batch)

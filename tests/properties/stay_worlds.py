"""Small worlds for rules about stays, insurances and injuries: those of visits with groups, discharges and causes."""

import random

from tests.properties import visit_worlds
from tests.properties.rule_worlds import Row, World

PEOPLE = ["P0", "P1", "P2"]
GROUPS = [("DRG", "ES21"), ("DRG", "ES25"), ("DRG", "BR23"), ("DIP", "I10:39.95"), ("DIP", "J18.9")]
CAUSES = ["S52.500", "s06.0", "YBV13.4", "T78.400", "T36.0", "W01.0", "x85.9", "YBT31.1"]


def drawn(seed: int) -> World:
    """The world of a seed: the settlements of that of visits, most of them stays of a few people at one provider."""
    draw = random.Random(seed)
    world = visit_worlds.drawn(seed)
    tables = world.tables
    whose = {name: draw.choice(PEOPLE) if draw.random() < 0.5 else name for name in visit_worlds.PEOPLE}
    visits: dict[str, Row] = {}
    told = {}
    for row in [row for row in tables["setl_d"] if "init_setl_id" not in row]:
        place = {"fixmedins_code": draw.choice(["H1", "H1", "H1", row["fixmedins_code"]])}
        visit = visits.setdefault(row["mdtrt_id"], place | {"med_type": draw.choice(["21", row["med_type"]])})
        told[row["setl_id"]] = {
            **visit, "psn_no": whose[row["psn_no"]], "dscg_way": draw.choice([None, "1", "1", "1", "2", "3", "4"]),
            "ttp_pay_flag": draw.choice([None, None, "0", "1"]), "insutype": draw.choice(["310", "390", "390"]),
            "mid_setl_flag": draw.choice([None, "0", "0", "0", "1"]),
            "hi_paymtd": draw.choice([None, "1", "1", "5"]),
        }  # fmt: skip
    for row in tables["setl_d"]:
        row |= told[row.get("init_setl_id", row["setl_id"])]
    for line in tables["fee_list_d"]:
        line["psn_no"] = whose[line["psn_no"]]
    plain = {setl_id for setl_id in told if draw.random() < 0.7}  # nothing there that is planned
    for name, column in (("setl_list_diag_d", "diag_code"), ("setl_list_oprn_d", "oprn_oprt_code")):
        planned = ("Z49", "YBZ49", "39.95", "yb39.95")
        tables[name] = [
            row for row in tables[name] if row["setl_id"] not in plain or not row[column].startswith(planned)
        ]
    tables["drg_grp_d"] = []
    for setl_id in told:
        if draw.random() < 0.4:
            kind, code = draw.choice(GROUPS)
            tables["drg_grp_d"].append({"setl_id": setl_id, "grp_type": kind, "grp_ver": "1.1", "grp_code": code})
        causes = draw.sample(CAUSES, draw.choice([1, 2])) if draw.random() < 0.2 else []
        tables["setl_list_diag_d"] += [
            {"setl_id": setl_id, "diag_code": cause, "maindiag_flag": "0"} for cause in causes
        ]
    return world

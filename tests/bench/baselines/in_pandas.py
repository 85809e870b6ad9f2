"""Baseline: the obvious way in pandas."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.baselines.work import JOINT_DAYS, LEAST_CASES, LEAST_PEERS, RULES

Frame = Any  # the library brings no types


def _lines(folder: Path) -> Frame:
    settled = pd.read_parquet(folder / "settlement.parquet").query("refund_state != 'full'")
    frame = pd.read_parquet(folder / "line.parquet").merge(settled, on="setl_id")
    for name in ("service_date", "brdy"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def _age(met: Frame) -> Frame:
    day, born = met["service_date"].dt, met["brdy"].dt
    years = day.year - born.year - (day.month * 100 + day.day < born.month * 100 + born.day).astype(int)
    return met[(years < met["age_min"]) | (years > met["age_max"])]


def _visit(met: Frame) -> Frame:
    allowed = [kind in kinds.split("|") for kind, kinds in zip(met["med_type"], met["med_types"], strict=True)]
    return met[~np.array(allowed, dtype=bool)]


def _price(met: Frame) -> Frame:
    over = (met["pric"] - met["pric_uplmt_amt"].astype(float)) * met["cnt"] - met["overlmt_amt"]
    return met[np.minimum(over, met["amount"] - met["overlmt_amt"]) >= 0.005]


def _frequency(met: Frame) -> Frame:
    window = ["subject_code", "psn_id", "fixmedins_code", "service_date"]
    ordered = met.sort_values(["fee_ocur_time", "bkkp_sn"])
    return ordered[ordered.groupby(window)["cnt"].cumsum() > ordered["max_cnt"].astype(float)]


def _exclusive(met: Frame, lines: Frame) -> Frame:
    names = {"item_code": "other_code", "bkkp_sn": "other_sn"}
    columns = ["psn_id", "fixmedins_code", "item_code", "bkkp_sn"]
    who = ["psn_id", "fixmedins_code", "other_code"]
    both = []
    for scope, span in (("day", "service_date"), ("visit", "mdtrt_id")):
        other = lines[[*columns, span]].rename(columns=names)
        both.append(met[met["scope"] == scope].merge(other, on=[*who, span])[["bkkp_sn", "other_sn"]])
    return pd.concat(both).query("bkkp_sn != other_sn")


def rules(folder: Path) -> dict[str, int]:
    lines = _lines(folder)
    limits: dict[str, Callable[[Frame], Frame]] = {
        "kp_sex": lambda met: met[met["gend"].notna() & (met["gend"] != met["limit"])],
        "kp_age": _age,
        "kp_visit": _visit,
        "kp_level": lambda met: met[met["hosp_lv"] > met["hosp_lv_max"]],
        "kp_price": _price,
        "kp_frequency": _frequency,
        "kp_exclusive": lambda met: _exclusive(met, lines),
    }
    found = {}
    for rule, table in RULES.items():
        points = pd.read_parquet(folder / f"{table}.parquet").query(f"rule_id == '{rule}'")
        points = points.drop(columns="hosp_lv", errors="ignore").rename(columns={"gend": "limit"})
        met = lines.merge(points, left_on="item_code", right_on="subject_code")
        found[rule] = int(limits[table](met)["bkkp_sn"].nunique())
    return found


def deviation(folder: Path) -> dict[str, int]:
    group = ["grp_type", "grp_ver", "grp_code", "hosp_lv"]
    cases = pd.read_parquet(folder / "settlement.parquet")
    cases = cases[
        cases["is_inpatient"] & cases["grp_code"].notna() & (cases["cost"] > 0) & (cases["refund_state"] == "none")
    ]
    cases = cases.assign(log=np.log(cases["cost"]))
    own = cases.groupby([*group, "fixmedins_code"]).agg(cases=("log", "size"), total=("log", "sum")).reset_index()
    peers = own.groupby(group).agg(providers=("cases", "size"), all_cases=("cases", "sum"), all_total=("total", "sum"))
    both = own.merge(peers.reset_index(), on=group)
    both = both[(both["providers"] > LEAST_PEERS) & (both["cases"] >= LEAST_CASES)]
    norm = (both["all_total"] - both["total"]) / (both["all_cases"] - both["cases"])
    return {"groups compared": len(both.assign(ratio=np.exp(both["total"] / both["cases"] - norm)))}


def pairs(folder: Path) -> dict[str, int]:
    seen = pd.read_parquet(folder / "settlement.parquet")
    seen = seen[~seen["is_inpatient"] & (seen["refund_state"] != "full")]
    seen = seen[["psn_id", "fixmedins_code", "begndate"]].drop_duplicates()
    both = seen.merge(seen, on=["fixmedins_code", "begndate"])
    both = both[both["psn_id_x"] < both["psn_id_y"]]
    days = both.groupby(["psn_id_x", "psn_id_y"])["begndate"].nunique()
    return {"pairs": int((days >= JOINT_DAYS).sum())}

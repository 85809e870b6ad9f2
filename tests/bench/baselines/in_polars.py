"""Baseline: the obvious way in Polars (lazy frames)."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from tests.bench.baselines.work import JOINT_DAYS, LEAST_CASES, LEAST_PEERS, RULES

Frame = pl.LazyFrame
C = pl.col


def _lines(folder: Path) -> Frame:
    settled = pl.scan_parquet(folder / "settlement.parquet").filter(C("refund_state") != "full")
    return pl.scan_parquet(folder / "line.parquet").join(settled, on="setl_id")


def _day_of_year(column: str) -> pl.Expr:
    return C(column).dt.month().cast(pl.Int32) * 100 + C(column).dt.day()  # months come as eight bits


def _age(met: Frame) -> Frame:
    early = (_day_of_year("service_date") < _day_of_year("brdy")).cast(pl.Int32)
    years = C("service_date").dt.year() - C("brdy").dt.year() - early
    return met.filter((years < C("age_min")) | (years > C("age_max")))


def _visit(met: Frame) -> Frame:
    allowed = C("med_types").str.split("|")
    return met.filter(~allowed.list.eval(pl.element()).list.contains(C("med_type")))


def _price(met: Frame) -> Frame:
    over = (C("pric") - C("pric_uplmt_amt").cast(pl.Float64)) * C("cnt") - C("overlmt_amt")
    return met.filter(pl.min_horizontal(over, C("amount") - C("overlmt_amt")) >= 0.005)


def _frequency(met: Frame) -> Frame:
    window = ["subject_code", "psn_id", "fixmedins_code", "service_date"]
    ordered = met.sort("fee_ocur_time", "bkkp_sn").with_columns(so_far=C("cnt").cum_sum().over(window))
    return ordered.filter(C("so_far") > C("max_cnt").cast(pl.Float64))


def _exclusive(met: Frame, lines: Frame) -> Frame:
    other = lines.select(
        "psn_id", "fixmedins_code", "service_date", "mdtrt_id", other_code="item_code", other_sn="bkkp_sn"
    )
    who = ["psn_id", "fixmedins_code", "other_code"]
    day = met.filter(C("scope") == "day").join(other, on=[*who, "service_date"])
    visit = met.filter(C("scope") == "visit").join(other, on=[*who, "mdtrt_id"])
    both = pl.concat([day.select("bkkp_sn", "other_sn"), visit.select("bkkp_sn", "other_sn")])
    return both.filter(C("bkkp_sn") != C("other_sn"))


def rules(folder: Path) -> dict[str, int]:
    lines = _lines(folder)
    limits: dict[str, Callable[[Frame], Frame]] = {
        "kp_sex": lambda met: met.filter(C("gend") != C("limit")),
        "kp_age": _age,
        "kp_visit": _visit,
        "kp_level": lambda met: met.filter(C("hosp_lv") > C("hosp_lv_max")),
        "kp_price": _price,
        "kp_frequency": _frequency,
        "kp_exclusive": lambda met: _exclusive(met, lines),
    }
    found = {}
    for rule, table in RULES.items():
        points = pl.scan_parquet(folder / f"{table}.parquet").filter(C("rule_id") == rule)
        points = points.drop("hosp_lv", strict=False).rename({"gend": "limit"}, strict=False)
        met = lines.join(points, left_on="item_code", right_on="subject_code", coalesce=False)
        found[rule] = int(limits[table](met).select(C("bkkp_sn").n_unique()).collect().item())
    return found


def deviation(folder: Path) -> dict[str, int]:
    group = ["grp_type", "grp_ver", "grp_code", "hosp_lv"]
    cases = pl.scan_parquet(folder / "settlement.parquet").filter(
        C("is_inpatient") & C("grp_code").is_not_null() & (C("cost") > 0) & (C("refund_state") == "none")
    )
    own = cases.group_by(*group, "fixmedins_code").agg(
        cases=pl.len(), total=C("cost").log().sum(), cost=C("cost").sum()
    )
    peers = own.group_by(group).agg(providers=pl.len(), all_cases=C("cases").sum(), all_total=C("total").sum())
    compared = own.join(peers, on=group).filter((C("providers") > LEAST_PEERS) & (C("cases") >= LEAST_CASES))
    norm = (C("all_total") - C("total")) / (C("all_cases") - C("cases"))
    frame = compared.with_columns(ratio=(C("total") / C("cases") - norm).exp()).collect()
    return {"groups compared": frame.height}


def pairs(folder: Path) -> dict[str, int]:
    seen = pl.scan_parquet(folder / "settlement.parquet").filter(~C("is_inpatient") & (C("refund_state") != "full"))
    seen = seen.select("psn_id", "fixmedins_code", "begndate").unique()
    both = seen.join(seen, on=["fixmedins_code", "begndate"]).filter(C("psn_id") < C("psn_id_right"))
    met = both.group_by("psn_id", "psn_id_right").agg(days=C("begndate").n_unique()).filter(C("days") >= JOINT_DAYS)
    return {"pairs": int(met.select(pl.len()).collect(engine="streaming").item())}

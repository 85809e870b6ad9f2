"""Reference tables of a world: hospitals, groups with their weights, payment parameters, knowledge points."""

from datetime import timedelta

import numpy as np
import polars as pl

from models.periods import month_start
from models.sample.hospitals import codes, payment
from models.sample.hospitals.catalogue import DIAGNOSES, OPERATION, VARIANTS, Catalogue, F, Floats
from models.sample.hospitals.coding import treatment_item
from models.sample.hospitals.diagnoses import weight_factor
from models.sample.hospitals.roster import DIP, DRG, LEVELS, Roster
from models.sample.hospitals.spec import HospitalSpec


def providers(roster: Roster, spec: HospitalSpec) -> pl.DataFrame:
    """Rows of core.provider."""
    n = roster.count
    first = [month_start(spec.start, int(m)) for m in roster.active_from[:n]]
    opened = [None if day == spec.start else day for day in first]
    code = codes.provider_code(np.arange(n))
    return pl.DataFrame(
        {
            "fixmedins_code": code, "fixmedins_name": "医院" + code.str.slice(5),
            "fixmedins_type": ["1"] * n, "hosp_lv": roster.level[:n],
            "biznat": np.where(roster.private[:n] == 1, "2", "1"),
            "spec_type": np.where(roster.special[:n] == 1, "orthopaedics", "general"), "admdvs": ["339900"] * n,
            "bed_cnt": np.maximum(10, np.round(roster.size[:n] / 3)).astype(np.int32),
            "opened_on": pl.Series(opened, dtype=pl.Date), "active_from": first,
            "active_to": [spec.until - timedelta(days=1)] * n, "outside": [False] * n,
        }
    )  # fmt: skip


def group_standards(catalogue: Catalogue, spec: HospitalSpec, change: int) -> pl.DataFrame:
    """Rows of cur.drg_std: every group of both versions with its weight and the dates it is in force."""
    since = month_start(spec.start, change)
    dates = ((month_start(spec.start, -12), since - timedelta(days=1)), (since, None))
    rows = []
    for version in (0, 1):
        for f in range(F):
            for level in range(int(catalogue.top[DRG, version, f]) + 1):
                digit = "9" if catalogue.top[DRG, version, f] == 0 else "531"[level]
                wt = round(float(catalogue.weight[DRG, version, f, level]), 4)
                rows.append(
                    ("DRG", codes.VERSIONS[0][version], catalogue.label[version][f] + digit, wt, *dates[version])
                )
            for level in range(int(catalogue.top[DIP, version, f]) + 1):
                op = (OPERATION[f], *VARIANTS[f])[level]
                for number, code in enumerate(DIAGNOSES[f]):
                    factor = weight_factor(catalogue, np.array(f), np.array(number))
                    wt = round(float(catalogue.weight[DIP, version, f, level] * factor), 4)
                    rows.append(("DIP", codes.VERSIONS[1][version], f"{code[:5]}:{op}", wt, *dates[version]))
    frame = pl.DataFrame(rows, schema=["grp_type", "grp_ver", "grp_code", "wt", "valid_from", "valid_to"], orient="row")
    return frame.with_columns(pl.col("wt").cast(pl.Decimal(14, 6)), grp_name=pl.col("grp_code"), file_id=1)


def payment_parameters(rate: Floats, spec: HospitalSpec) -> pl.DataFrame:
    """Rows of cur.pay_par: by insurance and level; the last year is provisional."""
    rows = []
    last = spec.until.year if spec.until.month > 1 else spec.until.year - 1
    for year in range(spec.start.year - 1, last + 1):
        first = month_start(spec.until.replace(year=year, month=1, day=1))
        final = "0" if year == last else "1"
        until = None if year == last else month_start(first, 12) - timedelta(days=1)
        for insurance, price in zip(payment.INSURANCES, rate, strict=True):
            for cls, coef in enumerate(payment.COEF):
                rows += [
                    (insurance, level, first, until, float(price), coef, payment.LOW_MULT, payment.HIGH_MULT, final)
                    for level in LEVELS[cls]
                ]
    names = ["insutype", "hosp_lv", "valid_from", "valid_to", "rate", "coef", "low_mult", "high_mult", "final"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("rate").cast(pl.Decimal(16, 6)),
        pl.col("coef", "low_mult", "high_mult").cast(pl.Decimal(14, 6)),
        file_id=1,
    )


def knowledge(spec: HospitalSpec) -> dict[str, pl.DataFrame]:
    """Rows of kp_cc and kp_expect, where the bureau has entered them."""
    if not spec.knowledge:
        return {}
    carried = [(i, code, "MCC" if level == 2 else "CC") for i, (code, level) in enumerate(codes.SECONDARY) if level]
    shared = {"rule_id": ["S20"] * len(carried), "subject_code": [code for _, code, _ in carried],
              "valid_from": [month_start(spec.start, -24)] * len(carried), "file_id": [1] * len(carried)}  # fmt: skip
    items = treatment_item(np.array([i for i, _, _ in carried])).tolist()
    return {
        "kp_cc": pl.DataFrame({**shared, "level": [level for _, _, level in carried]}),
        "kp_expect": pl.DataFrame({**shared, "item_codes": items}),
    }

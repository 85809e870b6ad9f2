"""Reference tables: providers, people, payment parameters, catalogue, budgets, complaints, inspections, dictionary."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from models.sample.catalogue import Catalogue
from models.sample.codes import DICTIONARY
from models.sample.groups import COEF, FAMILIES, GRP_VER, RATE_FEN, dip_weight, group_code
from models.sample.knowledge import BASIS
from models.sample.months import Calendar
from models.sample.people import People
from models.sample.providers import PHARMACY, SECONDARY, TERTIARY, TOWNSHIP, Providers


def _rows(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def people_table(people: People) -> pl.DataFrame:
    """psn_info_b of everybody, with names and certificate numbers as real exports have them."""
    return pl.DataFrame(
        {
            "psn_no": people.psn_no,
            "psn_name": people.psn_name,
            "certno": people.certno,
            "gend": people.gend.astype(str),
            "brdy": people.birth,
            "household_no": [f"HH{h:07d}" for h in people.household],
            "admdvs": people.admdvs,
            "emp_no": pl.Series([f"E{e:05d}" if e else None for e in people.employer]),
            "death_date": pl.Series([int(x) or None for x in people.death], dtype=pl.Int64),
        }
    )


def provider_table(providers: Providers, cal: Calendar) -> pl.DataFrame:
    """medins_info_b of the area's own providers."""
    own = np.flatnonzero(~providers.external)
    return pl.DataFrame(
        {
            "fixmedins_code": providers.code[own],
            "fixmedins_name": providers.name[own],
            "fixmedins_type": np.where(providers.cls[own] == PHARMACY, "2", "1"),
            "hosp_lv": providers.hosp_lv[own],
            "biznat": providers.public[own],
            "spec_type": providers.spec[own],
            "admdvs": ["330999"] * len(own),
            "bed_cnt": providers.beds[own],
            "opened_on": cal.first_day - 400 - 37 * np.arange(len(own)),
        }
    )


def standards() -> pl.DataFrame:
    """drg_std: every DRG and DIP group with its weight."""
    rows: list[dict[str, object]] = []
    for f, spec in enumerate(FAMILIES):
        for tier, weight in spec.weights.items():
            rows.append(
                {
                    "grp_type": "DRG",
                    "grp_code": group_code(f, tier, "4"),
                    "grp_name": spec.name,
                    "wt": round(weight * 1e6),
                }
            )
        rows.append(
            {
                "grp_type": "DIP",
                "grp_code": group_code(f, 0, "3"),
                "grp_name": spec.name,
                "wt": round(dip_weight(f) * 1e6),
            }
        )
    return _rows(rows).with_columns(grp_ver=pl.lit(GRP_VER), valid_from=pl.lit("2023-01-01"))


def payment_parameters() -> pl.DataFrame:
    """pay_par: rates by insurance and level; final for the years before the last, provisional after."""
    levels = {TERTIARY: ("02", "03"), SECONDARY: ("05", "06"), TOWNSHIP: ("08", "09")}
    rows: list[dict[str, object]] = []
    for insutype, rate in RATE_FEN.items():
        for cls, codes in levels.items():
            for code in codes:
                for year, final in ((2023, "1"), (2024, "1"), (2025, "0"), (2026, "0")):
                    rows.append(
                        {
                            "insutype": insutype,
                            "hosp_lv": code,
                            "valid_from": f"{year}-01-01",
                            "valid_to": f"{year}-12-31",
                            "rate": rate * 10_000,
                            "coef": COEF[cls] * 100,
                            "low_mult": 400_000,
                            "high_mult": 2_500_000,
                            "final": final,
                        }
                    )
    return _rows(rows)


def small_tables(providers: Providers, cal: Calendar, catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Everything else: basis_b, hilist_b, complaint_d, inspection_d, nat_data_dic_a."""
    own = np.flatnonzero(~providers.external)
    hospitals = [i for i in own if providers.beds[i] > 0]
    wanted = [i for role in ("upcoder", "shortfall", "overspend") for i in providers.of_role(role)]
    complaints = [
        {
            "complaint_id": f"TS{n + 1:05d}",
            "fixmedins_code": str(providers.code[p]),
            "received_on": cal.first_day + 40 + 31 * n,
            "topic": topic,
        }
        for n, (p, topic) in enumerate(
            zip(
                [*wanted[:4], *hospitals[-2:]],
                ("住院费用偏高", "药品对不上账", "收费不清", "刷卡套药", "服务态度", "排队时间长"),
                strict=False,
            )
        )
    ]
    inspections = [
        {
            "inspection_id": f"JC{n + 1:05d}",
            "fixmedins_code": str(providers.code[p]),
            "inspected_on": cal.first_day - 200 + 25 * n,
            "mode": ("risk", "random")[n % 2],
            "team": f"第{n % 3 + 1}组",
            "found_amount": 120_000 * (n % 4),
            "recovered_amount": 100_000 * (n % 4),
        }
        for n, p in enumerate(own[:: max(1, len(own) // 12)])
    ]
    dictionary = [
        {
            "dic_type_code": kind,
            "nat_dic_val_code": code,
            "nat_dic_val_name": name,
            "dic_souc_admdvs": "330999",
            "vali_flag": "1",
        }
        for kind, values in DICTIONARY.items()
        for code, name in values.items()
    ]
    items = [
        {
            "hilist_code": i.code,
            "hilist_name": i.name,
            "med_chrgitm_type": i.chrg,
            "chrgitm_lv": i.level,
            "pric_uplmt_amt": i.cap or None,
            "days_per_pack": str(i.days) if i.days else None,
            "valid_from": "2023-01-01",
        }
        for i in catalogue.items
    ]
    basis = [
        {
            "basis_id": basis_id,
            "document": document,
            "article": article,
            "text": "本文件为样例数据虚构，不对应任何真实规定。",
            "valid_from": "2023-01-01",
            "confirmed_by": "样例县医疗保障局",
            "confirmed_on": "2023-01-01",
        }
        # the second is that of a rule without knowledge points: its basis_id is the rule's id
        for basis_id, document, article in (
            (BASIS, "样例县医保支付范围规定（虚构）", "第一条"),
            ("R42", "样例县医保结算管理办法（虚构）", "第八条"),
        )
    ]
    return {
        "basis_b": _rows(basis),
        "hilist_b": _rows(items),
        "complaint_d": _rows(complaints),
        "inspection_d": _rows(inspections),
        "nat_data_dic_a": _rows(dictionary),
    }

"""A tiny home as the site sees it: lists of two providers in folders, a snapshot that answers from frames."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from models.contracts import lists
from models.lists.flat import write_parquet
from models.site.source import Served, Source
from tests.unit.lists_support import frame_of

MINE, OTHER = "H1", '../H2"><b>'
MINE_NAME, OTHER_NAME = "甲医院", "<script>alert('乙院')</script>"
HOSTILE = "</script><img src=x onerror=alert(1)>=1+1"
PERSONS = [f"{number:064x}" for number in range(7)]
WHEN = datetime(2025, 2, 3, 9, 30)


def _scores() -> list[dict[str, Any]]:
    shared = {"period": "2025Q1", "peer_group": "二级", "peers": 6, "risk_score": 50.0, "finding_percentile": 40.0}
    money = {"fund_amount": Decimal("1000.00"), "exposure_amount": Decimal("10.00"), "finding_amount": Decimal("5.00")}
    return [
        {**shared, **money, "fixmedins_code": MINE, "fixmedins_name": MINE_NAME, "cases": 3},
        {**shared, **money, "fixmedins_code": OTHER, "fixmedins_name": OTHER_NAME, "cases": 40},
    ]


def _claims() -> list[dict[str, Any]]:
    rows = []
    for number in range(8):
        mine = number < 7
        rows.append(
            {
                "candidate_id": f"{number:064x}", "period": "2025Q1", "fixmedins_code": MINE if mine else OTHER,
                "fixmedins_name": MINE_NAME if mine else OTHER_NAME, "setl_id": f"S{number}",
                "psn_id": PERSONS[number % 7],
                "item_name": HOSTILE, "rule_id": "R01" if number < 5 else "R06", "rule_name": "规则", "track": "clear",
                "fund_amount": Decimal("12.50"), "gross_amount": Decimal("20.00"), "acct_amount": Decimal("0.00"),
                "bundled": 0, "confidence": 0.9, "confidence_basis": "prior", "evidence": '{"x": "<b>"}',
                "reason": HOSTILE + OTHER_NAME, "status": "new", "setl_time": WHEN,
            }
        )  # fmt: skip
    return rows


def _group() -> list[dict[str, Any]]:
    both = json.dumps([MINE, OTHER])
    return [
        {
            "group_id": "G1", "fixmedins_codes": both, "members": 3, "joint_dates": 6, "attendance": 0.9, "score": 5.0,
            "expected": 0.5, "observed": 17, "at_stake_amount": Decimal("77.77"), "reason": "3人",
            "ways": '["outpatient"]',
            "first_date": date(2025, 1, 2), "last_date": date(2025, 3, 2), "together": "day", "evidence": "{}",
        }
    ]  # fmt: skip


def _meetings() -> list[dict[str, Any]]:
    return [
        {
            "rank": 1, "group_id": "G1", "members": 3, "fixmedins_code": OTHER, "fixmedins_name": OTHER_NAME,
            "seen_on": WHEN.date(), "setl_time": WHEN, "way": "outpatient", "psn_id": PERSONS[at], "setl_id": f"M{at}",
            "fund_amount": Decimal("9.00"), "present": 3, "expected": 0.2, "volume": 10, "reason": "同来",
        }
        for at in range(3)
    ]  # fmt: skip


def _indicators() -> list[dict[str, Any]]:
    shared = {"fixmedins_code": MINE, "fixmedins_name": MINE_NAME, "indicator": "cmi", "unit": "index"}
    return [
        {
            **shared,
            "quarter": "2024Q4",
            "value": 1.25,
            "cases": 50,
            "peers": 6,
            "peer_median": 1.0,
            "peer_percentile": 80.0,
        },
        {**shared, "quarter": "2025Q1", "value": 1.75, "cases": 3, "peers": 2, "peer_median": 1.125},
    ]


def _deviations() -> list[dict[str, Any]]:
    money = {"observed_cost": Decimal("10.00"), "expected_cost": Decimal("8.00"), "amount": Decimal("2.00")}
    ratio = {"ratio": 1.25, "ratio_low": 1.1, "ratio_high": 1.4, "z": 2.0, "q_value": 0.01, "direction": "over"}
    unit = {"grp_type": "DRG", "grp_ver": "1", "fixmedins_code": MINE, "level": "provider", "assessable": True}
    return [
        {**unit, **money, **ratio, "grp_code": None, "cases": 40},
        {**unit, **money, **ratio, "grp_code": "AA1", "cases": 35},
    ]


def _funds() -> list[dict[str, Any]]:
    """The whole fund and a quota: two paid months, one forecast."""
    area = {"scope": "area", "budget_amount": Decimal("1000.00"), "used_share": 0.42, "elapsed_share": 0.17}
    paid = {**area, "state": "actual", "spend_amount": Decimal("210.00")}
    end = dict(zip(("amount", "low", "high"), map(Decimal, ("2500.00", "2400.00", "2600.00")), strict=True))
    ahead = dict(zip(("amount", "low", "high"), map(Decimal, ("205.00", "190.00", "220.00")), strict=True))
    quota = {"scope": "provider", "fixmedins_code": MINE, "state": "actual", "budget_amount": Decimal("333.00")}
    return [
        {**paid, "month": date(2025, 1, 1), "accumulated_amount": Decimal("210.00")},
        {
            **paid,
            **{f"year_end_{name}": amount for name, amount in end.items()},
            "month": date(2025, 2, 1),
            "accumulated_amount": Decimal("420.00"),
            "warning": "区间下限也超过预算",
        },
        {"scope": "area", "state": "forecast", "month": date(2025, 3, 1)}
        | {f"forecast_{name}": amount for name, amount in ahead.items()},
        {**quota, "month": date(2025, 2, 1), "accumulated_amount": Decimal("111.00")},
    ]


def _grades() -> list[dict[str, Any]]:
    items = json.dumps([{"count": 2, "text": "认定成立 2 项扣 4 分"}, {"count": 0, "text": "未扣分项"}])
    shared = {"period": "2026", "grade": "B", "points": Decimal("88.00"), "base_only": False, "items": items,
              "appeal": "可书面申诉"}  # fmt: skip
    return [
        {**shared, "fixmedins_code": MINE, "appeal_until": date(2026, 2, 2)},
        {**shared, "fixmedins_code": OTHER, "appeal_until": None},
    ]


ROWS: dict[str, list[dict[str, Any]]] = {
    "provider_score": _scores(),
    "clawback": _claims(),
    "gathering_group": _group(),
    "gathering_member": [{"group_id": "G1", "psn_id": PERSONS[at], "dates_present": 6} for at in range(3)],
    "gathering_case": _meetings(),
    "indicator": _indicators(),
    "deviation": _deviations(),
    "fund_watch": _funds(),
    "person": [{"psn_id": PERSONS[0], "pattern": "hoarding", "fund_amount": Decimal("3.00"), "reasons": '["<i>"]'}],
    "quality": [{"table": "setl_d", "check_id": "x", "severity": "warn", "rows": 9, "violations": 1, "rate": 0.1}],
}  # fmt: skip
PLAN = [
    {"rank": at, "fixmedins_code": code, "fixmedins_name": name, "mode": "risk", "risk_score": 50.0, "planned": 1,
     "exposure_amount": Decimal("987.65"), "expected_recovery": Decimal("3.21"), "reason": "计划检查理由",
     "expected_recovery_low": Decimal("1.00"), "expected_recovery_high": Decimal("6.00"), "rank_low": 1, "rank_high": 2,
     "look_at": '{"cases": ["S0"], "departments": ["K01"], "doctors": []}'}
    for at, (code, name) in enumerate([(MINE, MINE_NAME), (OTHER, OTHER_NAME)], 1)
]  # fmt: skip


def write_folder(folder: Path, rows: dict[str, list[dict[str, Any]]], names: tuple[str, ...]) -> Served:
    """One folder of lists with its manifest."""
    folder.mkdir(parents=True)
    for name in names:
        write_parquet(frame_of(lists()[name], rows.get(name, [])), folder / f"{name}.parquet")
    manifest = {"period": folder.name, "as_of": "2025-03-31T10:00:00", "inputs": [], "warnings": [HOSTILE], "lists": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Served(folder, manifest)


def answers(query: str, **_: Any) -> pl.DataFrame:
    """What the snapshot would say."""
    providers = [{"fixmedins_code": MINE, "admdvs": "1"}, {"fixmedins_code": OTHER, "admdvs": HOSTILE}]
    blank = dict.fromkeys(("fixmedins_name", "fixmedins_type", "hosp_lv", "biznat", "spec_type", "bed_cnt"))
    fund = {"settlements": 4, "providers": 1, "fund_amount": Decimal("500.00")}
    return {
        "site/provider": pl.DataFrame([{**blank, **row} for row in providers]),
        "site/fund_by_month": pl.DataFrame(
            [{"month": date(2025, month, 1), "admdvs": place, **fund} for month in (1, 2) for place in ("1", HOSTILE)]
        ),
        "site/case_settlement": pl.DataFrame(
            [{"setl_id": "S0", "psn_id": PERSONS[0], "age": 40, "paid": Decimal("9.00")}]
        ),
        "site/case_diagnosis": pl.DataFrame(
            [{"setl_id": "S0", "diag_code": "A00", "diag_name": HOSTILE, "is_main": True}]
        ),
        "site/case_operation": pl.DataFrame(schema={"setl_id": pl.String}),
    }[query]


def source_of(root: Path) -> Source:
    """The tiny home, all lists of a quarter (most of them empty), an earlier quarter and a plan."""
    quarterly = tuple(name for name, spec in lists().items() if "quarter" in spec.cadence)
    quarter = write_folder(root / "2025Q1", ROWS, quarterly)
    earlier = write_folder(root / "2024Q4", {"provider_score": ROWS["provider_score"]}, ("provider_score", "clawback"))
    plan = write_folder(
        root / "2026", {"inspection": PLAN, "credit_provider": _grades()}, ("inspection", "credit_provider")
    )
    return Source(quarter, (earlier,), plan, answers)

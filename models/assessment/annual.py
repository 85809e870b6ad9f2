"""The list `annual_assessment`: payments against quota, indices, what was upheld, credit and inspections of a year."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.assessment.indices import indices, whole_quarters
from models.assessment.paid import Payments
from models.assessment.sentence import summary
from models.config import Config
from models.contracts.lists import schema
from models.credit.facts import standing
from models.engine.duck import Engine
from models.fund.units import ZERO
from models.money.register import Register

Row = dict[str, Any]


def annual_assessment(
    engine: Engine, config: Config, register: Register, period: str, first_day: date, before: date, credit: pl.DataFrame
) -> pl.DataFrame:
    """Rows of the list `annual_assessment` (grain: provider of the area with settlements in [first_day, before)).

    `credit` holds the rows of `credit_provider` of the same period. Money is yuan; suspicions, scores and ranks are
    left out. Reads core.settlement, core.provider, score.indicator, cur.fund_budget_d, cur.decision_d,
    cur.inspection_d and the register.
    """
    quarters = whole_quarters(first_day, before)
    payments = Payments(engine, first_day, before)
    known = indices(engine, config, quarters)
    upheld = _upheld(engine, config, register, first_day, before)
    visits = _inspections(engine, first_day, before)
    grades = credit.rows_by_key("fixmedins_code", named=True, unique=True)
    rows = []
    for code, name in engine.query("credit/provider", first_day=first_day, before=before).iter_rows():
        grade = grades[code]
        row = {
            "period": period,
            "fixmedins_code": code,
            "fixmedins_name": name,
            **payments.columns(code),
            "quarters": " ".join(str(one) for one in quarters),
            **known.get(code, {}),
            **upheld.get(code, {"upheld": 0, "upheld_amount": ZERO, "upheld_open": 0}),
            **visits.get(code, {"inspections": 0, "found_amount": ZERO, "recovered_amount": ZERO}),
            **{name: grade[name] for name in ("grade", "points", "base_only")},
        }
        rows.append(row | {"summary": summary(row)})
    return pl.DataFrame(rows, schema=schema("annual_assessment"), orient="row")


def decided_amount(final: Row, claimed: Decimal) -> Decimal | None:
    """Yuan that a final decision upheld, never more than was put forward; None for a part that nobody put in yuan."""
    if final["fund_amount"] is not None:
        return max(min(Decimal(final["fund_amount"]), claimed), ZERO)
    return claimed if final["outcome"] == "upheld" else None


def _upheld(engine: Engine, config: Config, register: Register, first_day: date, before: date) -> dict[str, Row]:
    cases: dict[str, set[tuple[str, str]]] = defaultdict(set)
    amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
    unknown: dict[str, int] = defaultdict(int)
    for candidate, final in standing(engine, config, register.issued_candidates().to_dicts()):
        if not first_day <= final["decided_on"] < before:
            continue
        code = candidate["fixmedins_code"]
        cases[code].add((candidate["rule_id"], candidate["setl_id"] or candidate["candidate_id"]))
        amount = decided_amount(final, candidate["claimed"])
        amounts[code] += amount or ZERO
        unknown[code] += amount is None
    return {
        code: {"upheld": len(own), "upheld_amount": amounts[code], "upheld_open": unknown[code]}
        for code, own in cases.items()
    }


def _inspections(engine: Engine, first_day: date, before: date) -> dict[str, Row]:
    rows = engine.query("feedback/inspection", first_day=first_day, before=before)
    sums = rows.group_by("fixmedins_code").agg(
        inspections=pl.len().cast(pl.Int64),
        found_amount=pl.col("found_amount").sum(),
        recovered_amount=pl.col("recovered_amount").sum(),
    )
    return {str(row.pop("fixmedins_code")): row for row in sums.to_dicts()}

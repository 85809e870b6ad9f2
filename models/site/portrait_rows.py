"""The rows of the lists that portraits show, by provider, gathered once for all pages and languages."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from models.site import funds
from models.site.overview import ZERO, live
from models.site.source import Source

QUARTERS = 12
Rows = list[dict[str, Any]]


def by_key(rows: Iterable[dict[str, Any]], key: str) -> dict[str, Rows]:
    """Rows by the text of one column, in their order."""
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(str(row[key]), []).append(row)
    return found


@dataclass(frozen=True)
class Known:
    """The rows of each list by provider; history by quarter: risk score, candidates, fund money put forward."""

    info: dict[str, Rows]
    score: dict[str, Rows]
    plan: dict[str, Rows]
    indicator: dict[str, Rows]
    deviation: dict[str, Rows]
    coding: dict[str, Rows]
    coding_case: dict[str, Rows]
    outlier: dict[str, Rows]
    group: dict[str, Rows]
    claims: dict[str, Rows]
    total: dict[str, Rows]
    history: dict[str, list[tuple[str, float | None, int, Decimal]]]
    quarters: list[str]
    quota: dict[str, Rows]
    credit: dict[str, Rows]


def _groups(frame: pl.DataFrame) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in frame.to_dicts():
        for code in json.loads(row["fixmedins_codes"]):
            found.setdefault(str(code), []).append(row)
    return found


def _history(source: Source) -> dict[str, list[tuple[str, float | None, int, Decimal]]]:
    """By provider and quarter: risk score, candidates put forward, fund money put forward."""
    found: dict[str, list[tuple[str, float | None, int, Decimal]]] = {}
    for served in (*source.earlier, source.quarter):
        claims = live(served.frame("clawback"))
        rows = claims.select("fixmedins_code", "fund_amount").iter_rows() if claims.height else ()
        put: dict[str, tuple[int, Decimal]] = {}
        for code, amount in rows:
            count, money = put.get(code, (0, ZERO))
            put[code] = (count + 1, money + (amount or ZERO))
        for code, risk in served.frame("provider_score").select("fixmedins_code", "risk_score").iter_rows():
            found.setdefault(code, []).append((served.period, risk, *put.get(code, (0, ZERO))))
    return found


def gather(source: Source) -> Known:
    """Read every list that a portrait shows."""
    quarter = source.quarter

    def rows(name: str, where: pl.Expr | None = None) -> dict[str, Rows]:
        frame = quarter.frame(name)
        chosen = frame.filter(where) if where is not None and frame.height else frame
        return by_key(chosen.to_dicts(), "fixmedins_code")

    indicators = quarter.frame("indicator")
    return Known(
        info=by_key(source.ask("site/provider").to_dicts(), "fixmedins_code"),
        score=rows("provider_score"),
        plan=by_key(source.plan.frame("inspection").to_dicts(), "fixmedins_code") if source.plan else {},
        indicator=rows("indicator"),
        deviation=rows("deviation", pl.col("level") == "provider"),
        coding=rows("upcoding_provider"),
        coding_case=rows("upcoding_case"),
        outlier=rows("outlier", pl.col("level") == "provider"),
        group=_groups(quarter.frame("gathering_group")),
        claims=by_key(live(quarter.frame("clawback")).to_dicts(), "fixmedins_code"),
        total=rows("clawback_provider"),
        history=_history(source),
        quota=funds.quotas(quarter.frame("fund_watch")),
        credit=by_key(source.plan.frame("credit_provider").to_dicts(), "fixmedins_code") if source.plan else {},
        quarters=sorted({str(one) for one in indicators["quarter"].to_list()})[-QUARTERS:],
    )

"""The rows of the lists that portraits show, by provider, gathered once for all pages and languages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from models.site import funds
from models.site.overview import ZERO, live
from models.site.rowsby import Rows, RowsBy
from models.site.source import Source

QUARTERS = 12


def by_key(rows: Iterable[dict[str, Any]], key: str) -> dict[str, Rows]:
    """Rows by the text of one column, in their order."""
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(str(row[key]), []).append(row)
    return found


@dataclass(frozen=True)
class Known:
    """The rows of each list by provider; history by quarter: risk score, candidates, fund money put forward."""

    info: Mapping[str, Rows]
    score: Mapping[str, Rows]
    plan: Mapping[str, Rows]
    indicator: Mapping[str, Rows]
    deviation: Mapping[str, Rows]
    coding: Mapping[str, Rows]
    coding_case: Mapping[str, Rows]
    outlier: Mapping[str, Rows]
    group: Mapping[str, Rows]
    claims: Mapping[str, Rows]
    total: Mapping[str, Rows]
    history: dict[str, list[tuple[str, float | None, int, Decimal]]]
    quarters: list[str]
    quota: Mapping[str, Rows]
    credit: Mapping[str, Rows]


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
        claims = live(served.part("clawback", ["fixmedins_code", "status", "fund_amount"]))
        rows = claims.select("fixmedins_code", "fund_amount").iter_rows() if claims.height else ()
        put: dict[str, tuple[int, Decimal]] = {}
        for code, amount in rows:
            count, money = put.get(code, (0, ZERO))
            put[code] = (count + 1, money + (amount or ZERO))
        for code, risk in served.part("provider_score", ["fixmedins_code", "risk_score"]).iter_rows():
            found.setdefault(code, []).append((served.period, risk, *put.get(code, (0, ZERO))))
    return found


def gather(source: Source) -> Known:
    """Read every list that a portrait shows."""
    quarter = source.quarter

    def rows(name: str, where: pl.Expr | None = None) -> Mapping[str, Rows]:
        frame = quarter.frame(name)
        chosen = frame.filter(where) if where is not None and frame.height else frame
        return RowsBy(chosen, "fixmedins_code")

    indicators = quarter.frame("indicator")
    return Known(
        info=RowsBy(source.ask("site/provider"), "fixmedins_code"),
        score=rows("provider_score"),
        plan=RowsBy(source.plan.frame("inspection"), "fixmedins_code") if source.plan else {},
        indicator=rows("indicator"),
        deviation=rows("deviation", pl.col("level") == "provider"),
        coding=rows("upcoding_provider"),
        coding_case=rows("upcoding_case"),
        outlier=rows("outlier", pl.col("level") == "provider"),
        group=_groups(quarter.frame("gathering_group")),
        claims=RowsBy(live(quarter.frame("clawback")), "fixmedins_code"),
        total=rows("clawback_provider"),
        history=_history(source),
        quota=funds.quotas(quarter.frame("fund_watch")),
        credit=RowsBy(source.plan.frame("credit_provider"), "fixmedins_code") if source.plan else {},
        quarters=sorted({str(one) for one in indicators["quarter"].to_list()})[-QUARTERS:],
    )

"""What pages say of funds and quotas: budget, what is left of it, growth, the year's end with its interval."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from models.contracts import lists
from models.contracts.words import coded
from models.site import charts
from models.site.cells import formatter

SCOPES = ("area", "insurance")
INSURANCES = {"310": "employees' insurance", "390": "residents' insurance"}  # for English readers; others by code


def standing(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Where each fund stands in its last paid month: a row the area, then the insurances; empty without the list."""
    return _last(frame.filter(pl.col("scope").is_in(SCOPES)) if frame.height else frame, ["scope", "insutype"])


def quotas(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Where each provider stands with its quotas, by provider; most have none."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = frame.filter(pl.col("scope") == "provider") if frame.height else frame
    for row in _last(rows, ["fixmedins_code", "insutype"]):
        found.setdefault(str(row["fixmedins_code"]), []).append(row)
    return found


def _last(frame: pl.DataFrame, keys: list[str]) -> list[dict[str, Any]]:
    """The last paid month of each, with `left_amount` = budget less what was spent."""
    if frame.is_empty():
        return []
    paid = frame.filter(pl.col("state") == "actual").sort(*keys, "month", nulls_last=False)
    rows = paid.group_by(keys, maintain_order=True).last().to_dicts()
    for row in rows:
        known = row["budget_amount"] is not None and row["accumulated_amount"] is not None
        row["left_amount"] = row["budget_amount"] - row["accumulated_amount"] if known else None
    return rows


def course(frame: pl.DataFrame, title: str, words: tuple[str, str]) -> dict[str, Any] | None:
    """Months of the whole fund as columns: paid, then forecast with its interval; None without the list."""
    rows = frame.filter(pl.col("scope") == "area").sort("month") if frame.height else frame
    if rows.is_empty():
        return None
    paid, ahead = (rows.filter(pl.col("state") == state).to_dicts() for state in ("actual", "forecast"))
    known = [(f"{row['month']:%y-%m}", float(row["spend_amount"])) for row in paid]
    ends = ("forecast_amount", "forecast_low", "forecast_high")
    told = [(f"{row['month']:%y-%m}", *(float(row[end]) for end in ends)) for row in ahead]
    return charts.paid_and_ahead(known, told, title, words)


def named(row: Mapping[str, Any], language: str) -> str:
    """The fund's name: the area's, or its insurance by name in Chinese, by code where it has none."""
    if row["scope"] == "insurance":
        code = coded("insutype", str(row["insutype"]), language)
        if language == "en":
            return INSURANCES.get(code, f"insurance {code}")
        return code if code != row["insutype"] else f"险种 {code}"
    return formatter(lists()["fund_watch"].column("scope"), language)(row["scope"])

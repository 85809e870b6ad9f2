"""Schemes of groups and stock: gathering with pairs of k co-visits as the baseline, stock that does not add up."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import polars as pl

from models.evaluation.measures import NOT_BUILT, Result, precision_recall
from models.evaluation.truth import Lists, Truth, codes
from models.rules.registry import registry

SCHEMA: dict[str, Any] = {
    "scheme": pl.String, "method": pl.String, "planted": pl.Int64, "found": pl.Int64, "precision": pl.Float64,
    "recall": pl.Float64, "note": pl.String,
}  # fmt: skip


def pairs_of(groups: dict[str, list[str]]) -> set[str]:
    """Every pair of members of every group."""
    return {"|".join(sorted(pair)) for members in groups.values() for pair in combinations(sorted(set(members)), 2)}


def _members(frame: pl.DataFrame, person: str) -> dict[str, list[str]]:
    return dict(frame.group_by("group_id").agg(pl.col(person)).sort("group_id").rows())


def _unexplained(members: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    """Members of the groups that nothing explains; explained ones stay on the list and accuse nobody."""
    groups = lists.get("gathering_group")
    if groups is None:
        return members
    return members.join(groups.filter(pl.col("explanation").is_null()).select("group_id"), on="group_id", how="semi")


def people_table(truth: Truth, lists: Lists, covisits: dict[int, set[str]], pseudonym: Callable[[str], str]) -> Result:
    """Pairs of gathering groups found, stock shortfalls by provider.

    `covisits` = pairs (psn_id|psn_id) by k. `pseudonym` turns the truth's psn_no into psn_id; neither is printed.
    """
    rows: list[tuple[Any, ...]] = []
    gangs = truth.groups.filter(pl.col("scheme") == "gathering")
    if gangs.height:
        gangs = gangs.with_columns(psn_id=pl.col("psn_no").map_elements(pseudonym, return_dtype=pl.String))
        planted = pairs_of(_members(gangs, "psn_id"))
        made = lists.get("gathering_member")
        found = pairs_of(_members(_unexplained(made, lists), "psn_id")) if made is not None else set()
        rows.append(_row("gathering (pairs)", "jicha", planted, found, made is not None))
        for k, baseline in sorted(covisits.items()):
            rows.append(_row("gathering (pairs)", f"同日同机构 ≥ {k} 次 / {k} co-visits", planted, baseline, True))
    rows += _stock(truth, lists)
    return Result("群体与进销存 / groups and stock", pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def _stock(truth: Truth, lists: Lists) -> list[tuple[Any, ...]]:
    """Stock that does not add up: providers, and their items by quarter (of the quarters whose lists were made)."""
    if truth.inventory.is_empty():
        return []
    clawback = lists.get("clawback")
    rules = sorted(codes(truth.inventory, "rule_id"))
    made = clawback.filter(pl.col("rule_id").is_in(rules)) if clawback is not None else None
    rows = [_stock_row("inventory (providers)", truth.inventory, made, ["fixmedins_code"])]
    if {"item_code", "month"} <= set(truth.inventory.columns) and clawback is not None:
        planted = truth.inventory.with_columns(period=quarter_of_month("month"))
        planted = planted.filter(pl.col("period").is_in(clawback["period"].unique().to_list()))
        keys = ["fixmedins_code", "item_code", "period"]
        row = _stock_row("inventory (items, quarters)", planted, made, keys)
        rows.append((*row[:-1], row[-1] or _within_tolerance(planted, keys)))
    return rows


def _within_tolerance(planted: pl.DataFrame, keys: list[str]) -> str:
    """How many of the planted lack no more packs than the rule lets pass: they cannot be found."""
    allowed = {rule.rule_id: rule.params.get("tolerance_cnt") for rule in registry()}.get("R43")
    if "missing_cnt" not in planted.columns or not isinstance(allowed, int):
        return ""
    lacking = planted.group_by(keys).agg(pl.col("missing_cnt").sum())
    few = lacking.filter(pl.col("missing_cnt") <= allowed).height
    return f"{few} 处短少在容差以内 / lack no more than the tolerance" if few else ""


def quarter_of_month(column: str) -> pl.Expr:
    """202405 -> 2024Q2."""
    month = pl.col(column).str.slice(4, 2).cast(pl.Int64)
    return pl.format("{}Q{}", pl.col(column).str.slice(0, 4), (month - 1) // 3 + 1)


def _stock_row(scheme: str, planted: pl.DataFrame, made: pl.DataFrame | None, keys: list[str]) -> tuple[Any, ...]:
    def of(frame: pl.DataFrame) -> set[str]:
        return {"|".join(map(str, row)) for row in frame.select(keys).rows()}

    return _row(scheme, "jicha", of(planted), of(made) if made is not None else set(), made is not None)


def _row(scheme: str, method: str, planted: set[str], found: set[str], built: bool) -> tuple[Any, ...]:
    precision, recall = precision_recall(found, planted)
    return (scheme, method, len(planted), len(found), precision, recall or 0.0, "" if built else NOT_BUILT)

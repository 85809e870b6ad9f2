"""The fund watch against the truth: the fund that was planned too small, and funds and quotas that are innocent."""

import json

import polars as pl

from models.evaluation.measures import NOT_BUILT, Result
from models.evaluation.truth import Lists, Truth

#: warnings that say a budget is or will be exceeded; what only comes near is left to people
OVER = {"budget_exceeded", "forecast_over"}


def fund_table(truth: Truth, lists: Lists) -> Result:
    """Planted and innocent funds of the list's year: how many are told to exceed their budget."""
    watch = lists.get("fund_watch")
    rows: list[tuple[str, int, int | None, int | None, str]] = []
    planted = truth.funds
    if watch is not None and not watch.is_empty():
        planted = planted.filter(pl.col("year") == str(watch["month"].min())[:4])
    for scheme in sorted(set(planted["scheme"])):
        own = planted.filter(pl.col("scheme") == scheme)
        if watch is None:
            rows.append((scheme, own.height, None, None, NOT_BUILT))
            continue
        told = [_codes(watch, row) for row in own.iter_rows(named=True)]
        rows.append((scheme, own.height, sum(bool(one & OVER) for one in told), sum(bool(one) for one in told), ""))
    schema = {
        "scheme": pl.String, "funds": pl.Int64, "over": pl.Int64, "any_warning": pl.Int64, "note": pl.String,
    }  # fmt: skip
    return Result("基金 / funds", pl.DataFrame(rows, schema=schema, orient="row"))


def _codes(watch: pl.DataFrame, row: dict[str, str | None]) -> set[str]:
    """Budget warnings of a fund or provider in the last month that was paid."""
    own = watch.filter(
        pl.col("fixmedins_code").eq_missing(row["fixmedins_code"])
        & (pl.col("insutype").eq_missing(row["insutype"]))
        & (pl.col("state") == "actual")
    ).sort("month")
    if own.is_empty():
        return set()
    return {one["code"] for one in json.loads(own["warnings"][-1] or "[]")} & {*OVER, "budget_ahead", "forecast_near"}

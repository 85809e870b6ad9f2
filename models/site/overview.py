"""The overview for the wall screen: the fund, what was found, districts, the trend, the first of the plan."""

from decimal import Decimal
from typing import Any

import polars as pl

from models.contracts.cases import CASES
from models.rules import registry
from models.site import charts, funds
from models.site.names import Addresses
from models.site.render import Writer
from models.site.source import Source
from models.site.tables import table
from models.site.words import class_title

ZERO = Decimal("0.00")
TOP = 10
PLAN = ("rank", "fixmedins_code", "fixmedins_name", "mode", "risk_score", "exposure_amount", "expected_recovery")
GONE = ("withdrawn", "overturned")


def total(frame: pl.DataFrame, column: str = "fund_amount") -> Decimal:
    """Sum of a column of money; nought where there are no rows."""
    return sum((one for one in frame[column].to_list() if one is not None), ZERO)


def live(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `clawback` that are still put forward."""
    return frame.filter(~pl.col("status").is_in(GONE)) if frame.height else frame


def trend(source: Source) -> list[tuple[str, int, Decimal, Decimal]]:
    """A quarter each: candidates, fund money put forward, of it inside DRG/DIP-paid cases."""
    found = []
    for served in (*source.earlier, source.quarter):
        rows = live(served.part("clawback", ["status", "bundled", "fund_amount"]))
        bundled = total(rows.filter(pl.col("bundled") == 1), "fund_amount") if rows.height else ZERO
        found.append((served.period, rows.height, total(rows, "fund_amount"), bundled))
    return found


def _districts(source: Source, fund: pl.DataFrame, claims: pl.DataFrame) -> list[dict[str, Any]]:
    where = source.ask("site/provider").select("fixmedins_code", pl.col("admdvs").fill_null(""))
    paid = fund.group_by("admdvs").agg(pl.col("fund_amount").sum(), pl.col("providers").max())
    if claims.is_empty():
        found = paid.with_columns(put=pl.lit(ZERO), candidates=pl.lit(0))
    else:
        put = claims.join(where, on="fixmedins_code", how="left").with_columns(pl.col("admdvs").fill_null(""))
        put = put.group_by("admdvs").agg(put=pl.col("fund_amount").sum(), candidates=pl.len())
        found = paid.join(put, on="admdvs", how="full", coalesce=True)
    return found.sort("fund_amount", "admdvs", descending=[True, False], nulls_last=True).to_dicts()


def _by_class(claims: pl.DataFrame) -> list[tuple[str, Decimal]]:
    kinds = {rule.rule_id: rule.subclass for rule in registry()} | {code: name for code, (name, _) in CASES.items()}
    sums: dict[str, Decimal] = {}
    for rule, amount in claims.select("rule_id", "fund_amount").iter_rows() if claims.height else []:
        name = kinds.get(rule, rule)
        sums[name] = sums.get(name, ZERO) + (amount or ZERO)
    return sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:TOP]


def _plan_facts(source: Source) -> dict[str, Any]:
    if source.plan is None:
        return {}
    frame = source.plan.frame("inspection")
    planned = frame.filter(pl.col("planned") == 1) if frame.height else frame
    return {"planned": planned.height, "active": frame.height, "recovery": total(planned, "expected_recovery")}


def facts(source: Source) -> dict[str, Any]:
    """Everything the overview shows, the same for both languages."""
    start, end = source.year_window
    fund = source.ask("site/fund_by_month", start_on=start, end_on=end)
    months = fund.group_by("month").agg(pl.col("fund_amount").sum()).sort("month")
    claims = live(source.quarter.frame("clawback"))
    groups = source.quarter.frame("gathering_group")
    open_groups = groups.filter(pl.col("explanation").is_null())
    return {
        "fund": total(months, "fund_amount"),
        "months": [(f"{one:%y-%m}", float(amount)) for one, amount in months.iter_rows()],
        "candidates": claims.height,
        "put": total(claims, "fund_amount"),
        "bundled": total(claims.filter(pl.col("bundled") == 1), "fund_amount") if claims.height else ZERO,
        "providers": claims["fixmedins_code"].n_unique() if claims.height else 0,
        "groups": open_groups.height,
        "group_money": total(open_groups, "at_stake_amount"),
        "coding": source.quarter.frame("upcoding_case").height,
        "coding_money": total(source.quarter.frame("upcoding_case"), "payment_difference"),
        "trend": trend(source),
        "classes": _by_class(claims),
        "funds": funds.standing(source.quarter.frame("fund_watch")),
        "districts": _districts(source, fund, claims),
        "plan": _plan_facts(source),
    }


def write_overview(writer: Writer, source: Source, addresses: Addresses, told: dict[str, Any]) -> None:
    """`index.html`."""
    say = writer.say
    yuan = say("元", "yuan")
    figures: dict[str, Any] = {
        "fund": charts.columns([one for one, _ in told["months"]], [amount for _, amount in told["months"]], yuan),
        "classes": charts.bars(
            [class_title(one, writer.language) for one, _ in told["classes"]],
            [float(n) for _, n in told["classes"]],
            yuan,
        ),
        "trend": charts.columns([one[0] for one in told["trend"]], [float(one[2]) for one in told["trend"]], yuan),
    }
    words = (say("已支付", "paid"), say("预测（区间）", "forecast (interval)"))
    figures["course"] = funds.course(source.quarter.frame("fund_watch"), yuan, words)
    names = [funds.named(row, writer.language) for row in told["funds"]]
    plan = None
    if source.plan is not None:
        top = source.plan.frame("inspection").head(TOP)
        plan = table("inspection", top, writer.language, addresses, PLAN)
    writer.page("overview.html", "index.html", told=told, figures=figures, plan=plan, fund_names=names)

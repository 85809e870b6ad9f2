"""What asks for attention in a month of a fund or a provider: code, how grave, and a Chinese sentence each."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.config import FundWatch
from models.fund.units import Books

ALERT, WATCH = "alert", "watch"


@dataclass(frozen=True)
class Warn:
    """One thing to look into."""

    code: str
    level: str
    text: str


def _percent(share: float) -> str:
    return f"{share:.1%}"


def of_budget(row: dict[str, Any], limits: FundWatch) -> list[Warn]:
    """Budget, season and growth up to a month; `row` holds the columns of `fund_watch`."""
    found = []
    used, elapsed, year_end = row["used_share"], row["elapsed_share"], row.get("year_end_amount")
    budget = row["budget_amount"]
    if used is not None and row["accumulated_amount"] > budget:
        found.append(Warn("budget_exceeded", ALERT, f"累计支出已达年度预算的 {_percent(used)}"))
    elif used is not None and elapsed is not None and used - elapsed > limits.ahead_share:
        found.append(Warn("budget_ahead", WATCH, f"已用预算 {_percent(used)}，按进度应为 {_percent(elapsed)}"))
    if budget and year_end is not None and row["accumulated_amount"] <= budget:
        if row["year_end_low"] > budget:
            text = f"预测全年支出 {_percent(float(year_end / budget))}，区间下限也超过预算"
            found.append(Warn("forecast_over", ALERT, text))
        elif year_end > budget:
            text = f"预测全年支出为预算的 {_percent(float(year_end / budget))}，区间内尚有可能不超"
            found.append(Warn("forecast_near", WATCH, text))
    if row["growth"] is not None and row["growth"] > limits.growth:
        years = row["growth_years"]
        text = f"累计支出较前 {years} 年同期均值增长 {_percent(row['growth'])}"
        found.append(Warn("growth_high", WATCH, text))
    return found


def of_books(books: Books, unclear: Decimal, months_open: int, limits: FundWatch) -> list[Warn]:
    """The bookings of a month; `unclear` is what has no clearing month `months_open` months later."""
    found = []
    if books.unbalanced_rows:
        text = f"{books.unbalanced_rows} 笔结算的各基金之和与基金支付总额不符，相差 {books.unbalanced:,.2f} 元"
        found.append(Warn("payers_unbalanced", ALERT, text))
    if books.negative_rows:
        text = f"{books.negative_rows} 笔非退费结算的基金支付为负，合计 {books.negative:,.2f} 元"
        found.append(Warn("negative_sum", ALERT, text))
    if books.early_rows:
        found.append(Warn("cleared_early", WATCH, f"{books.early_rows} 笔结算的清算期早于结算月份"))
    if unclear and months_open >= limits.clearing_months:
        text = f"结算 {months_open} 个月后仍有 {unclear:,.2f} 元未清算"
        found.append(Warn("uncleared", WATCH, text))
    return found

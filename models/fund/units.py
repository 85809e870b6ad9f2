"""What is watched: the whole fund, each insurance, each provider with a quota; their months, budgets and books."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.config import Config
from models.core.area import own_area
from models.engine.duck import Engine
from models.periods import month_start

ZERO = Decimal("0.00")
YEARS_BEFORE = 3
YEAR = 12


@dataclass
class Books:
    """The bookings of one month of a unit, as delivered: yuan and rows."""

    booked: Decimal = ZERO
    cleared: dict[int | None, Decimal] = field(default_factory=dict)  # by clearing month as year * 12 + month
    unbalanced_rows: int = 0
    unbalanced: Decimal = ZERO
    negative_rows: int = 0
    negative: Decimal = ZERO
    early_rows: int = 0

    def add(self, row: dict[str, Any]) -> None:
        """Take in one row of fund/accounts."""
        self.booked += row["booked_amount"]
        at = row["cleared_at"]
        self.cleared[at] = self.cleared.get(at, ZERO) + row["booked_amount"]
        self.unbalanced_rows += row["unbalanced_rows"]
        self.unbalanced += row["unbalanced_amount"]
        self.negative_rows += row["negative_rows"]
        self.negative += row["negative_amount"]
        self.early_rows += row["early_rows"]


@dataclass
class Unit:
    """One fund or provider; `spend` by first day of the month, all months of the data that are not there are nought."""

    scope: str
    insutype: str | None = None
    code: str | None = None
    name: str | None = None
    budget: Decimal | None = None
    spend: dict[date, Decimal] = field(default_factory=dict)
    pool: dict[date, Decimal] = field(default_factory=dict)
    clearing: dict[date, Decimal] = field(default_factory=dict)
    books: dict[date, Books] = field(default_factory=dict)

    def paid(self, months: list[date]) -> Decimal:
        """What was paid in these months together."""
        return sum((self.spend.get(month, ZERO) for month in months), ZERO)


def index_of(month: date) -> int:
    """A month as a number, to reckon with."""
    return month.year * YEAR + month.month


def months_from(start: date, count: int) -> list[date]:
    """So many months from `start`, each by its first day."""
    return [month_start(start, n) for n in range(count)]


def unbroken(months: list[date], last: date) -> list[date]:
    """The months up to `last` without a gap, going back from it; empty where `last` is not there."""
    there, found = set(months), []
    while last in there:
        found.append(last)
        last = month_start(last, -1)
    return found[::-1]


def gather(engine: Engine, config: Config, year: int, before: date) -> list[Unit]:
    """The units of a year with everything known of them up to `before`; reads core.settlement, cur.setl_d and budgets.

    The fund as a whole has the sum of the insurances' budgets, where each that spends has one, or a budget of its own.
    """
    span = {"first_month": date(year - YEARS_BEFORE, 1, 1), "before": before}
    spend = engine.query("fund/spend", **span)
    accounts = engine.query("fund/accounts", **span, area_pattern=own_area(engine, config.params))
    budgets = engine.query("fund/budget", year=year).to_dicts()
    funds = {row["insutype"]: row["budget_amount"] for row in budgets if row["fixmedins_code"] is None}
    insurances = sorted({str(one) for one in spend["insutype"].to_list()} | {one for one in funds if one})
    whole = funds.get(None)
    if whole is None and insurances and all(one in funds for one in insurances):
        whole = sum(funds.values(), ZERO)
    units = [Unit("area", budget=whole)]
    units += [Unit("insurance", insutype=one, budget=funds.get(one)) for one in insurances]
    units += [
        Unit("provider", row["insutype"], row["fixmedins_code"], row["fixmedins_name"], row["budget_amount"])
        for row in budgets
        if row["fixmedins_code"] is not None
    ]
    by_code = (_parts(spend), _parts(accounts))
    for unit in units:
        _fill(unit, *(_rows_of(unit, frame, parts) for frame, parts in zip((spend, accounts), by_code, strict=True)))
    return units


def _parts(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = frame.partition_by("fixmedins_code", as_dict=True)
    return {str(key[0]): part for key, part in parts.items()}


def _rows_of(unit: Unit, frame: pl.DataFrame, parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    if unit.code is not None:
        frame = parts.get(unit.code, frame.clear())
    if unit.insutype is not None:
        frame = frame.filter(pl.col("insutype") == unit.insutype)
    keys = [name for name in ("month", "cleared_at") if name in frame.columns]
    values = [name for name in frame.columns if name not in (*keys, "fixmedins_code", "insutype")]
    return frame.group_by(keys).agg(pl.col(values).sum()).sort(keys)


def _fill(unit: Unit, spend: pl.DataFrame, accounts: pl.DataFrame) -> None:
    for row in spend.iter_rows(named=True):
        month = row["month"]
        unit.spend[month] = row["spend_amount"]
        unit.pool[month] = row["hifp_amount"]
        unit.clearing[month] = row["clearing_difference"]
    for row in accounts.iter_rows(named=True):
        unit.books.setdefault(row["month"], Books()).add(row)

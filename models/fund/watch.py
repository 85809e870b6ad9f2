"""The list `fund_watch`: a row a month of the year for the fund, each insurance and each provider with a quota."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.config import Config
from models.contracts.lists import schema
from models.engine.duck import Engine
from models.fund.forecast import Forecast, forecasts
from models.fund.judge import ALERT, WATCH, Warn, of_books, of_budget
from models.fund.units import YEAR, YEARS_BEFORE, ZERO, Books, Unit, gather, index_of, months_from, unbroken
from models.periods import parse_quarter

DIGITS = 4  # a forecast knows no more
CENT = Decimal("0.01")
Row = dict[str, Any]


def fund_watch(engine: Engine, period: str, config: Config) -> pl.DataFrame:
    """Rows of the list `fund_watch` (grain: scope, insutype, fixmedins_code, month) for the year of a quarter.

    Months up to the quarter's end are what was paid (yuan, net of refunds, the area's own insured), later ones the
    forecast. Reads core.settlement, core.provider, cur.setl_d, cur.outmed_setl_d, cur.fund_budget_d.
    """
    quarter = parse_quarter(period)
    start, last = date(quarter.year, 1, 1), months_from(quarter.start, 3)[-1]
    loaded = engine.query("fund/loaded_month", before=quarter.end)["month"].to_list()
    units = gather(engine, config, quarter.year, quarter.end)
    whole = unbroken(loaded, last)
    biggest = _biggest(units, whole[-YEAR:], config.fund.structural_providers)
    works = [(_series(unit, whole), YEAR - last.month, id(unit) in biggest) for unit in units]
    rows: list[Row] = []
    for unit, ahead in zip(units, forecasts(works), strict=True):
        seasons = [year for year in _years_before(start) if set(months_from(year, YEAR)) <= set(loaded)]
        rows += _unit_rows(unit, start, last, loaded, seasons, ahead, config)
    return pl.DataFrame(rows, schema=schema("fund_watch"), orient="row")


def _years_before(start: date) -> list[date]:
    return [date(start.year - n, 1, 1) for n in range(1, YEARS_BEFORE + 1)]


def _biggest(units: Sequence[Unit], months: list[date], limit: int) -> set[int]:
    """Units whose forecast may cost a structural model: all funds, and the providers that were paid most."""
    providers = sorted((unit for unit in units if unit.code), key=lambda one: (-one.paid(months), one.code or ""))
    return {id(unit) for unit in (*(one for one in units if not one.code), *providers[:limit])}


def _series(unit: Unit, months: list[date]) -> list[float]:
    """Yuan a month from the unit's first month on; forecasts are estimates, so they may leave the decimals."""
    started = next((at for at, month in enumerate(months) if unit.spend.get(month)), len(months))
    return [float(unit.spend.get(month, ZERO)) for month in months[started:]]


def _unit_rows(
    unit: Unit, start: date, last: date, loaded: list[date], seasons: list[date], ahead: Forecast | None, config: Config
) -> list[Row]:
    so_far = months_from(start, last.month)
    whole = set(so_far) <= set(loaded)  # else nobody knows what January paid
    settled = _open_before(unit, start)
    rows = []
    for at, month in enumerate(so_far, 1):
        books = unit.books.get(month, Books())
        unclear = _uncleared(unit, books)
        settled += books.booked
        paid = unit.paid(so_far[:at]) if whole else None
        row = {**_named(unit, month, "actual"), **_spent(unit, month), "accumulated_amount": paid}
        row |= _against_budget(unit, paid, at, seasons) | _against_years(unit, paid, start, at, loaded)
        row |= _year_end(paid, ahead, at) if month == last else {}
        row |= _booked(books, unclear, settled - _cleared_until(unit, month))
        months_open = index_of(last) - index_of(month)
        found = of_books(books, unclear or ZERO, months_open, config.fund)
        if month == last:  # where the year stands is told once, where it stands now
            found = of_budget(row, config.fund) + found
        rows.append(row | _told(found))
    return rows + _later_rows(unit, last, ahead)


def _later_rows(unit: Unit, last: date, ahead: Forecast | None) -> list[Row]:
    if ahead is None:
        return []
    rows = []
    for month, told in zip(months_from(last, len(ahead.months) + 1)[1:], ahead.months, strict=True):
        middle, low, high = (_rough(one) for one in told)
        later = {"forecast_amount": middle, "forecast_low": low, "forecast_high": high}
        rows.append({**_named(unit, month, "forecast"), **later, "forecast_method": ahead.method})
    return rows


def _named(unit: Unit, month: date, state: str) -> Row:
    named = {"scope": unit.scope, "insutype": unit.insutype, "fixmedins_code": unit.code, "fixmedins_name": unit.name}
    return {**named, "month": month, "state": state, "budget_amount": unit.budget}


def _spent(unit: Unit, month: date) -> Row:
    return {
        "spend_amount": unit.spend.get(month, ZERO),
        "hifp_amount": unit.pool.get(month, ZERO),
        "clearing_difference": unit.clearing.get(month, ZERO),
    }


def _against_budget(unit: Unit, paid: Decimal | None, months: int, seasons: list[date]) -> Row:
    """Share of the budget used, and the share that would be by then: by the season of earlier years, else by months."""
    shares = []
    for year in seasons:
        all_year = unit.paid(months_from(year, YEAR))
        if all_year > 0:
            shares.append(float(unit.paid(months_from(year, months)) / all_year))
    elapsed = sum(shares) / len(shares) if shares else months / YEAR
    used = float(paid / unit.budget) if paid is not None and unit.budget else None
    return {"used_share": used, "elapsed_share": elapsed, "season_years": len(shares)}


def _against_years(unit: Unit, paid: Decimal | None, start: date, months: int, loaded: list[date]) -> Row:
    """Growth against the mean of the same months of up to three earlier years, those that are loaded and not nought."""
    sums = []
    for year in _years_before(start):
        same = months_from(year, months)
        if set(same) <= set(loaded) and unit.paid(same) > 0:
            sums.append(unit.paid(same))
    if paid is None or not sums:
        return {"base_amount": None, "growth": None, "growth_years": 0}
    base = (sum(sums, ZERO) / len(sums)).quantize(CENT)
    return {"base_amount": base, "growth": float(paid / base - 1) if base else None, "growth_years": len(sums)}


def _year_end(paid: Decimal | None, ahead: Forecast | None, months: int) -> Row:
    if paid is None:
        return {"forecast_method": "none"}
    if months == YEAR:
        return dict.fromkeys(("year_end_amount", "year_end_low", "year_end_high"), paid) | {"forecast_method": "full"}
    if ahead is None:
        return {"forecast_method": "none"}
    middle, low, high = (paid + _rough(one) for one in ahead.total)
    return {
        "year_end_amount": middle,
        "year_end_low": low,
        "year_end_high": high,
        "forecast_method": ahead.method,
    }


def _rough(value: float) -> Decimal:
    """Four digits: enough for an estimate, and the same whatever the last bits of a sum were."""
    return Decimal(f"{value:.{DIGITS}g}").quantize(CENT)


def _uncleared(unit: Unit, books: Books) -> Decimal | None:
    """What of a month has no clearing month; null where the unit's bookings never name one."""
    named = any(at is not None for one in unit.books.values() for at in one.cleared)
    return books.cleared.get(None, ZERO) if named else None


def _open_before(unit: Unit, start: date) -> Decimal:
    return sum((books.booked for month, books in unit.books.items() if month < start), ZERO)


def _cleared_until(unit: Unit, month: date) -> Decimal:
    limit = index_of(month)
    cells = (cell for books in unit.books.values() for cell in books.cleared.items())
    return sum((amount for at, amount in cells if at is not None and at <= limit), ZERO)


def _booked(books: Books, unclear: Decimal | None, still_open: Decimal) -> Row:
    return {
        "booked_amount": books.booked,
        "unbalanced_rows": books.unbalanced_rows,
        "unbalanced_amount": books.unbalanced,
        "negative_rows": books.negative_rows,
        "negative_amount": books.negative,
        "early_rows": books.early_rows,
        "uncleared_amount": unclear,
        "open_amount": still_open if unclear is not None else None,
    }


def _told(found: list[Warn]) -> Row:
    level = ALERT if any(one.level == ALERT for one in found) else WATCH if found else "none"
    facts = [{"code": one.code, "level": one.level, "text": one.text} for one in found]
    return {
        "warning_level": level,
        "warnings": json.dumps(facts, ensure_ascii=False, sort_keys=True),
        "warning": "；".join(one.text for one in found) + "。" if found else None,
    }

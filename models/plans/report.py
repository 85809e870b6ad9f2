"""The list `inspection_rate`: what visits of issued plans found by how they were chosen, and what that calibrates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from models.contracts.lists import schema
from models.plans.rates import Drawn, Rate, lift, of_lot, of_visits
from models.plans.visits import OUTSIDE, ZERO, Visited, YearOfVisits
from models.sampling.estimators import Estimate, Sums, ratio, sums_of

FRAME = "frame"
ORDER = (FRAME, "random", "risk", "complaint", "coverage", OUTSIDE)
Row = dict[str, Any]
METHODS = {"lot": "horvitz_thompson", "visits": "binomial"}


@dataclass(frozen=True)
class Calibration:
    """What inspections found per yuan expected, from the random visits of one issued plan."""

    year: str
    ratio: float
    error: float  # standard error
    visits: int

    @property
    def sentence(self) -> str:
        """What people must know where expected recoveries are multiplied by it."""
        return (
            f"预期追回已按 {self.year} 年度 {self.visits} 家双随机检查结果乘以 {self.ratio:.2f} / expected recoveries "
            f"are multiplied by {self.ratio:.2f}: found over expected at {self.visits} random visits of {self.year}"
        )


def inspection_rates(years: Iterable[YearOfVisits]) -> pl.DataFrame:
    """Rows of the list `inspection_rate` (grain: plan year, theme, selection, stratum).

    `frame` is what the lot says of everybody in it; the other rows tell of the visits themselves. Money is yuan.
    """
    rows: list[Row] = []
    for year in years:
        for theme in sorted({unit.theme for unit in year.units}):
            rows += _theme(year, theme)
    return pl.DataFrame(rows, schema=schema("inspection_rate"), orient="row")


def calibration(years: Iterable[YearOfVisits], least: int) -> Calibration | None:
    """Found over expected from the lot of the newest plan whose random visits all have a result, `least` at least.

    None where there is no such plan, or nothing was expected of those visits. What the plan expected counts as it was
    before it was calibrated itself.
    """
    for year in sorted(years, key=lambda one: one.year, reverse=True):
        strata = _strata(year, "")
        visits = sum(len(units) for _, units in strata)
        if visits < least or any(not unit.known for _, units in strata for unit in units):
            continue
        found = recovery_ratio(strata)
        if found is not None:
            return Calibration(year.year, float(found.value) * year.scale, found.standard_error * year.scale, visits)
    return None


def recovery_ratio(strata: Sequence[tuple[int, list[Visited]]]) -> Estimate | None:
    """Combined ratio of what visits found to what the issued plan expected of them (Cochran 1977, 6.44).

    `strata`: providers, and the drawn ones with a result. None with fewer than two results in a stratum that has more
    providers, or where nothing was expected.
    """
    sums = [_sums(population, [unit for unit in units if unit.known]) for population, units in strata if population]
    if not sums or any(one.units < min(2, one.population) for one in sums) or not sum(one.x for one in sums):
        return None
    return ratio(sums)


def _sums(population: int, units: list[Visited]) -> Sums:
    found = [int(unit.found * 100) for unit in units]
    return sums_of(population, found, [int((unit.expected or ZERO) * 100) for unit in units])


def _strata(year: YearOfVisits, theme: str) -> list[tuple[int, list[Visited]]]:
    """Strata of a lot: how many providers, and the drawn ones."""
    units: dict[str, list[Visited]] = defaultdict(list)
    for unit in year.units:
        if unit.theme == theme and unit.selection == "random" and unit.stratum is not None:
            units[unit.stratum].append(unit)
    return [(size, units[name]) for (of, name), size in sorted(year.strata.items()) if of == theme]


def _theme(year: YearOfVisits, theme: str) -> list[Row]:
    by_selection: dict[str, list[Visited]] = defaultdict(list)
    for unit in year.units:
        if unit.theme == theme:
            by_selection[unit.selection].append(unit)
    strata = _strata(year, theme)
    everybody = of_lot([_drawn(size, units) for size, units in strata])
    base = {"plan_year": year.year, "theme": theme or None}
    rows = [base | _frame_row(strata, everybody)] if strata else []
    for selection in ORDER[1:]:
        units = by_selection[selection]
        if not units:
            continue
        rows.append(base | _visits_row(selection, None, units, everybody if selection != "random" else None))
        if selection == "random":
            names = sorted({unit.stratum for unit in units if unit.stratum})
            rows += [
                base | _visits_row(selection, name, [unit for unit in units if unit.stratum == name], None)
                for name in names
                if len(names) > 1
            ]
    return rows


def _drawn(size: int, units: list[Visited]) -> Drawn:
    known = [unit for unit in units if unit.known]
    return Drawn(size, len(units), len(known), sum(unit.hit for unit in known))


def _frame_row(strata: Sequence[tuple[int, list[Visited]]], everybody: Rate | None) -> Row:
    units = [unit for _, drawn in strata for unit in drawn]
    row = {"selection": FRAME, "stratum": None, **_counts(units), "population": sum(size for size, _ in strata)}
    found = recovery_ratio(strata)
    if found is not None:
        low, high = found.interval(0.95)
        row |= {
            "recovery_ratio": float(found.value),
            "recovery_ratio_low": max(min(low, float(found.value)), 0.0),
            "recovery_ratio_high": max(high, float(found.value)),
        }
    return row | _rate(everybody) | {"method": METHODS["lot"], "note": _note(units, everybody, True)}


def _visits_row(selection: str, stratum: str | None, units: list[Visited], everybody: Rate | None) -> Row:
    known = [unit for unit in units if unit.known]
    rate = of_visits(sum(unit.hit for unit in known), len(known))
    row = {"selection": selection, "stratum": stratum, **_counts(units), **_rate(rate)}
    more = lift(rate, everybody) if rate is not None and everybody is not None else None
    if more is not None:
        row |= dict(zip(("lift", "lift_low", "lift_high"), more, strict=True))
    expected = sum((unit.expected or ZERO for unit in known), ZERO)
    if expected > 0:
        row["recovery_ratio"] = float(sum((unit.found for unit in known), ZERO) / expected)
    return row | {"method": METHODS["visits"], "note": _note(units, rate, False)}


def _counts(units: list[Visited]) -> Row:
    known = [unit for unit in units if unit.known]
    found = sum((unit.found for unit in known), ZERO)
    return {
        "planned": sum(unit.selection != OUTSIDE for unit in units),
        "visited": len(known),
        "no_result": sum(unit.untold > 0 and not unit.known for unit in units),
        "hits": sum(unit.hit for unit in known),
        "found_amount": found,
        "recovered_amount": sum((unit.recovered for unit in units), ZERO),
        "found_per_visit_amount": (found / len(known)).quantize(Decimal("0.01")) if known else None,
        "expected_amount": sum((unit.expected or ZERO for unit in known), ZERO),
    }


def _rate(rate: Rate | None) -> Row:
    if rate is None:
        return {}
    return {"hit_rate": rate.value, "hit_rate_low": rate.low, "hit_rate_high": rate.high}


def _note(units: list[Visited], rate: Rate | None, lot: bool) -> str:
    """What a reader must know before using the row, one Chinese sentence."""
    open_ones = sum(not unit.known for unit in units)
    parts = []
    if lot and rate is None:
        parts.append("有抽样层尚无检查结果，不能推断总体")
    elif lot:
        parts.append("由双随机检查推断未被举报机构总体的命中率")
    elif units and units[0].selection == "random":
        parts.append("双随机抽中机构的检查结果")
    elif units and units[0].selection == OUTSIDE:
        parts.append("计划外检查，挑选方式不明，不能代表任何总体")
    else:
        parts.append("按此方式挑选的机构，不能代表总体")
    if open_ones and units[0].selection != OUTSIDE:
        parts.append(f"{open_ones} 家计划内机构尚无结果" + ("，区间已按全部可能计入" if lot and rate else ""))
    return "；".join(parts) + "。"

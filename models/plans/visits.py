"""Which visits belong to which part of an issued plan, and what each planned provider's visits found."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from models.engine.duck import Engine
from models.plans.register import PlanRegister

OUTSIDE = "outside"
ZERO = Decimal("0.00")
#: how an extract may write why a provider was visited; anything else leaves a visit to the plan
MODES = {
    **{one: one for one in ("complaint", "risk", "random", "coverage")},
    "举报": "complaint", "举报线索": "complaint", "投诉举报": "complaint", "风险": "risk", "随机": "random",
    "双随机": "random", "轮查": "coverage", OUTSIDE: OUTSIDE, "计划外": OUTSIDE,
}  # fmt: skip


@dataclass
class Visited:
    """One provider of one selection: planned, and what its visits of that selection say; amounts are yuan."""

    year: str
    theme: str
    selection: str
    code: str
    stratum: str | None = None
    expected: Decimal | None = None
    told: int = 0  # visits with a result
    untold: int = 0
    found: Decimal = ZERO
    recovered: Decimal = ZERO

    @property
    def known(self) -> bool:
        return self.told > 0

    @property
    def hit(self) -> bool:
        return self.found > 0


@dataclass
class YearOfVisits:
    """Providers by selection of one issued plan, and the strata of its draws."""

    year: str
    units: list[Visited]
    strata: dict[tuple[str, str], int] = field(default_factory=dict)  # (theme, stratum) -> providers
    scale: float = 1.0  # what the issued plan's expected recoveries had been multiplied by


def visited(engine: Engine, plans: PlanRegister, until: date) -> list[YearOfVisits]:
    """What came of every issued plan up to `until` (inclusive); reads cur.inspection_d and the register of plans.

    A visit belongs to the plan of the year of its day. It counts for the part that planned the provider, unless the
    visit itself names another one: a visit after a complaint says nothing about a lot. All else is `outside`.
    """
    return [_year(engine, plans, year, until) for year in plans.years() if date(int(year), 1, 1) <= until]


def _year(engine: Engine, plans: PlanRegister, year: str, until: date) -> YearOfVisits:
    first, after = date(int(year), 1, 1), date(int(year) + 1, 1, 1)
    calibrated = plans.plan(year).manifest.get("planning", {}).get("calibration")
    made = YearOfVisits(year, [], _strata(plans, year), float(calibrated["ratio"]) if calibrated else 1.0)
    planned = _planned(plans, year)
    made.units = list(planned.values())
    themes = {theme for theme, _ in planned if theme}
    outside: dict[str, Visited] = {}
    rows = engine.query("feedback/inspected", first_day=first, before=min(after, until + timedelta(days=1)))
    for row in rows.iter_rows(named=True):
        unit = _unit_of(row, planned, themes)
        if unit is None:
            unit = outside.setdefault(row["fixmedins_code"], Visited(year, "", OUTSIDE, row["fixmedins_code"]))
        _add(unit, row)
    made.units += [outside[code] for code in sorted(outside)]
    return made


def _unit_of(row: dict[str, Any], planned: dict[tuple[str, str], Visited], themes: set[str]) -> Visited | None:
    code, said = row["fixmedins_code"], str(row["mode"]).strip()
    if said in themes:
        return planned.get((said, code))
    asked = MODES.get(said.lower())
    own = planned.get(("", code))
    if own is None:
        special = [unit for theme in sorted(themes) if (unit := planned.get((theme, code)))]
        own = special[0] if len(special) == 1 else None
    return own if own is not None and asked in (None, own.selection) else None


def _add(unit: Visited, row: dict[str, Any]) -> None:
    if row["found_amount"] is None:
        unit.untold += 1
    else:
        unit.told += 1
        unit.found += row["found_amount"]
    unit.recovered += row["recovered_amount"] or ZERO


def _planned(plans: PlanRegister, year: str) -> dict[tuple[str, str], Visited]:
    """Planned providers by theme (empty: the year's plan) and code, in the order of the plan."""
    ranked = plans.frame(year, "inspection")
    expected = dict(ranked.select("fixmedins_code", "expected_recovery").iter_rows()) if ranked is not None else {}
    found: dict[tuple[str, str], Visited] = {}
    for plan, draw in (("inspection_plan", "inspection_draw"), ("theme_plan", "theme_draw")):
        rows, lots = _themed(plans.frame(year, plan)), _themed(plans.frame(year, draw))
        strata = {(theme, code): name for theme, code, name in lots.select("theme", "fixmedins_code", "stratum").rows()}
        if "planned" in rows.columns:
            rows = rows.filter(pl.col("planned") == 1)
        for theme, code, mode in rows.select("theme", "fixmedins_code", "mode").iter_rows():
            stratum = strata.get((theme, code)) if mode == "random" else None
            found[theme, code] = Visited(year, theme, mode, code, stratum, expected.get(code))
    return found


def _themed(frame: pl.DataFrame | None) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame(schema=dict.fromkeys(("theme", "fixmedins_code", "mode", "stratum"), pl.String))
    return frame if "theme" in frame.columns else frame.with_columns(theme=pl.lit(""))


def _strata(plans: PlanRegister, year: str) -> dict[tuple[str, str], int]:
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for name in ("inspection_draw", "theme_draw"):
        lots = _themed(plans.frame(year, name))
        if "stratum_size" in lots.columns:
            sizes |= {(theme, one): int(size) for theme, one, size in
                      lots.select("theme", "stratum", "stratum_size").unique().sort(pl.all()).iter_rows()}  # fmt: skip
    return dict(sizes)

"""One window's providers in the order of inspection."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.planning import Frame, Plan, make_plan
from models.planning.plan import sequence
from models.planning.units import kind_of
from models.plans.report import Calibration
from models.scores.draws import Recovery, priority, recovery
from models.scores.provider_rates import as_floats
from models.scores.provider_table import Evidence
from models.scores.window import Window


@dataclass(frozen=True)
class Ranked:
    """Active providers by code with `mode`, `rank` and `priority`; the plan, the money, and the generator of draws."""

    year: str
    table: pl.DataFrame
    frame: Frame
    plan: Plan
    found: Recovery
    rng: np.random.Generator

    @property
    def codes(self) -> list[str]:
        return self.frame.codes


def ranked(
    engine: Engine,
    window: Window,
    config: Config,
    evidence: Evidence,
    until: date,
    calibrated: Calibration | None = None,
) -> Ranked | None:
    """Plan and rank the providers of a window; None where nobody is active.

    Complaints count from the window's start to `until`, earlier inspections up to `until`.
    """
    table = evidence.table.filter(pl.col("cases") > 0).sort("fixmedins_code")
    if table.is_empty():
        return None
    frame = _frame(engine, window, table["fixmedins_code"].to_list(), until)
    rng = np.random.default_rng([config.seed, int(window.period)])
    found = recovery(frame.codes, evidence.claims, rng, calibrated)
    stake = as_floats(table, "exposure_amount") - as_floats(table, "finding_amount")
    order = priority(as_floats(table, "risk_score"), found.expected + stake)
    plan = make_plan(frame, order, config.planning, config.seed, window.period)
    rank = sequence(plan.planned, order, plan.lots)
    table = table.with_columns(mode=pl.Series(plan.mode), rank=pl.Series(rank), priority=pl.Series(order))
    return Ranked(window.period, table, frame, plan, found, rng)


def _frame(engine: Engine, window: Window, codes: list[str], until: date) -> Frame:
    attributes = engine.frame(
        "select fixmedins_code, fixmedins_type, hosp_lv, admdvs from core.provider order by fixmedins_code"
    )
    about = {code: rest for code, *rest in attributes.rows()}
    known = [about.get(code, [None, None, None]) for code in codes]
    return Frame(
        codes,
        [kind_of(kind, level) for kind, level, _ in known],
        [district or "" for *_, district in known],
        frozenset(latest(engine, "complaint_d", "received_on", window.start, until)),
        latest(engine, "inspection_d", "inspected_on", date.min, until),
    )


def latest(engine: Engine, table: str, column: str, start: date, until: date) -> dict[str, date]:
    """Latest date by provider in a reference table, within [start, until]."""
    if not engine.exists(f"cur.{table}"):
        return {}
    found = engine.con.execute(
        f"select fixmedins_code, max({column}) from cur.{table} where {column} between $start and $until "
        "group by fixmedins_code order by fixmedins_code",
        {"start": max(start, date(1900, 1, 1)), "until": until},
    )
    return dict(found.fetchall())

"""The annual inspection plan: every active provider once, in one order, with the reasons why."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.plans.report import Calibration
from models.scores import themes
from models.scores.draws import Recovery, rank_interval
from models.scores.last_year import last_year
from models.scores.planned import draw_rows, facts_of, plan_rows, unplannable, warnings_of
from models.scores.provider_rates import as_floats
from models.scores.provider_table import Evidence, gather, store_provider_table
from models.scores.ranking import Ranked, ranked
from models.scores.reasons import look_at, reasons_of, sentence
from models.scores.store import ScoreSummary, columns_of, empty, store, yuan
from models.scores.window import Window, year_window

TABLES = ("score.inspection", "score.inspection_plan", "score.inspection_draw")


def inspection(
    engine: Engine,
    year: str | int,
    config: Config,
    as_of: datetime | None = None,
    calibrated: Calibration | None = None,
) -> ScoreSummary:
    """Make a year's `score.inspection`, `inspection_plan`, `inspection_draw` and `provider_score`.

    Reads the twelve complete months before as-of (default: up to the last month loaded): core.*, money.claim and
    quality.result where they exist, cur.complaint_d, cur.inspection_d; the year before too, where it is loaded.
    `calibrated`: what random visits found per yuan expected; expected recoveries are multiplied by it, and the manifest
    says so. Raises UsageError when nothing is loaded.
    """
    window = year_window(engine, year, as_of)
    with engine.all_or_nothing():
        evidence = gather(engine, window, config)
        rows = {"score.provider_score": store_provider_table(engine, window, evidence)}
        until = as_of.date() if as_of is not None else window.until - timedelta(days=1)
        made = ranked(engine, window, config, evidence, until, calibrated)
        if made is None:
            rows |= {table: store(engine, table, window.period, empty(table)) for table in (*TABLES, *themes.TABLES)}
            return ScoreSummary(window.period, rows)
        frame = _explained(engine, window, config, made, evidence, calibrated)
        lots = draw_rows(made.plan, made.frame, window.period, config.seed)
        for table, some in zip(TABLES, (frame, plan_rows(made, config), lots), strict=True):
            rows[table] = store(engine, table, window.period, some)
        special = themes.themed(engine, window, config, evidence, made)
        for table, some in zip(themes.TABLES, (special.plan, special.draw), strict=True):
            rows[table] = store(engine, table, window.period, some)
    told = [
        *warnings_of(made.plan, config.planning.random_share),
        *unplannable(made.frame, config.planning),
        *special.warnings,
        *([calibrated.sentence] if calibrated else []),
    ]
    facts = facts_of(made.plan, made.frame, config.planning, config.seed, window.period)
    facts |= ({"themes": special.facts} if special.facts else {}) | _calibration(config, calibrated)
    return ScoreSummary(window.period, rows, told, facts)


def _calibration(config: Config, calibrated: Calibration | None) -> dict[str, Any]:
    """What the manifest says of the calibration, only where it was asked for."""
    if not config.planning.calibrate:
        return {}
    return {"calibration": asdict(calibrated) if calibrated else None}


def _money(found: Recovery, most: np.ndarray) -> dict[str, pl.Series]:
    """Expected recovery and its interval, cut at `most`: persons drawn anew may have more than is put forward."""
    low, high = np.minimum(np.percentile(found.draws, [2.5, 97.5], axis=1), most)
    return {
        "expected_recovery": yuan(pl.Series(found.expected.round(2))),
        "expected_recovery_low": yuan(pl.Series(np.minimum(low, found.expected).round(2))),
        "expected_recovery_high": yuan(pl.Series(np.maximum(high, found.expected).round(2))),
    }


def _explained(
    engine: Engine,
    window: Window,
    config: Config,
    made: Ranked,
    evidence: Evidence,
    calibrated: Calibration | None,
) -> pl.DataFrame:
    """The rows of the list: intervals, last year's place, reasons, what to look at."""
    put_forward = as_floats(made.table, "finding_amount")
    most = put_forward if calibrated is None else np.full_like(put_forward, np.inf)  # visits find what no rule lists
    stake = as_floats(made.table, "exposure_amount") - as_floats(made.table, "finding_amount")
    low, high = rank_interval(made.table, made.plan, config.planning.teams, made.found, stake, made.rng)
    rank, before = made.table["rank"].to_numpy(), last_year(engine, window, config)
    table = made.table.with_columns(
        rank_low=pl.Series(np.minimum(low, rank)),
        rank_high=pl.Series(np.maximum(high, rank)),
        rank_last_year=pl.Series([before[c]["rank"] if c in before else None for c in made.codes], dtype=pl.Int64),
        planned=pl.Series(made.plan.planned.astype(np.int64)),
        **_money(made.found, most),
    )
    pulled = look_at(engine, window, evidence)
    rows = list(table.iter_rows(named=True))
    table = table.with_columns(
        reasons=pl.Series([reasons_of(row, before.get(row["fixmedins_code"])) for row in rows]),
        reason=pl.Series([sentence(row, before.get(row["fixmedins_code"])) for row in rows]),
        look_at=pl.Series([pulled(row["fixmedins_code"]) for row in rows]),
    )
    return table.select([name for name in columns_of("score.inspection") if name != "period"]).sort("rank")

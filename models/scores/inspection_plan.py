"""The annual inspection plan: every active provider once, in one order, with the reasons why."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.scores.draws import Recovery, priority, rank_interval, recovery
from models.scores.plan import lot_order, modes, sequence
from models.scores.provider_table import Evidence, as_floats, gather, store_provider_table
from models.scores.reasons import look_at, reasons_of, sentence
from models.scores.store import ScoreSummary, all_or_nothing, columns_of, empty, store, yuan
from models.scores.window import Window, year_window

NOTES = {
    "rank": "先举报，再计划内其余，后计划外，各按风险 / complaints, the rest of the plan, everybody else",
    "risk_score": "由比率得出；次序另按可追回金额加权 0.5–1 / from rates; the order also weighs money",
    "expected_recovery": "Σ 拟追回基金 × 成立可能性（先验置信度）/ sum of fund money times the rule's prior confidence",
    "expected_recovery_low": "95% 区间：成立率与参保人重抽样 / 95% interval: chances and persons resampled",
    "rank_low": "95% 名次区间 / 95% interval of the rank over posterior draws",
    "rank_last_year": "本版本不提供 / not given in this version",
    "random": "可复算：sha256(种子|机构编号) 由小到大 / sha256(seed|fixmedins_code), smallest first",
}


def inspection(engine: Engine, year: str | int, config: Config, as_of: datetime | None = None) -> ScoreSummary:
    """Make the rows of `score.inspection` and the year's `score.provider_score`.

    Reads the twelve complete months before as-of (default: up to the last month loaded): core.*, money.claim and
    quality.result where they exist, cur.complaint_d, cur.inspection_d. Raises UsageError when nothing is loaded.
    """
    window = year_window(engine, year, as_of)
    with all_or_nothing(engine):
        evidence = gather(engine, window, config)
        rows = {"score.provider_score": store_provider_table(engine, window, evidence)}
        frame = _plan(engine, window, config, evidence, as_of)
        rows["score.inspection"] = store(engine, "score.inspection", window.period, frame)
    return ScoreSummary(window.period, rows, NOTES)


def _plan(engine: Engine, window: Window, config: Config, evidence: Evidence, as_of: datetime | None) -> pl.DataFrame:
    table = evidence.table.filter(pl.col("cases") > 0).sort("fixmedins_code")
    if table.is_empty():
        return empty("score.inspection")
    codes = table["fixmedins_code"].to_list()
    until = as_of.date() if as_of is not None else window.until - timedelta(days=1)
    lots, capacity = lot_order(codes, config.seed), config.thresholds.inspection_capacity
    mode = modes(
        codes,
        set(_since(engine, "complaint_d", "received_on", window.start, until)),
        _since(engine, "inspection_d", "inspected_on", date.min, until),
        lots,
        capacity,
        config.thresholds.random_share,
    )
    rng = np.random.default_rng([config.seed, int(window.period)])
    found = recovery(codes, evidence.claims, rng)
    stake = as_floats(table, "exposure_amount") - as_floats(table, "finding_amount")
    order = priority(as_floats(table, "risk_score"), found.expected + stake)
    rank = sequence(mode, order, lots, capacity)
    low, high = rank_interval(table, mode, lots, capacity, found, stake, rng)
    table = table.with_columns(
        mode=pl.Series(mode),
        rank=pl.Series(rank),
        rank_low=pl.Series(np.minimum(low, rank)),
        rank_high=pl.Series(np.maximum(high, rank)),
        rank_last_year=pl.lit(None, pl.Int64),
        planned=pl.Series((rank <= capacity).astype(np.int64)),
        **_money(found),
    )
    return _explained(engine, window, table, evidence)


def _since(engine: Engine, table: str, column: str, start: date, until: date) -> dict[str, date]:
    """Latest date by provider in a reference table, within [start, until]."""
    if not engine.exists(f"cur.{table}"):
        return {}
    found = engine.con.execute(
        f"select fixmedins_code, max({column}) from cur.{table} where {column} between $start and $until "
        "group by fixmedins_code order by fixmedins_code",
        {"start": max(start, date(1900, 1, 1)), "until": until},
    )
    return dict(found.fetchall())


def _money(found: Recovery) -> dict[str, pl.Series]:
    low, high = np.percentile(found.draws, [2.5, 97.5], axis=1)
    return {
        "expected_recovery": yuan(pl.Series(found.expected.round(2))),
        "expected_recovery_low": yuan(pl.Series(np.minimum(low, found.expected).round(2))),
        "expected_recovery_high": yuan(pl.Series(np.maximum(high, found.expected).round(2))),
    }


def _explained(engine: Engine, window: Window, table: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    pulled = look_at(engine, window, evidence)
    reasons, texts, targets = [], [], []
    for row in table.iter_rows(named=True):
        why = reasons_of(row)
        reasons.append(why)
        texts.append(sentence(row))
        targets.append(pulled(row["fixmedins_code"]))
    table = table.with_columns(reasons=pl.Series(reasons), reason=pl.Series(texts), look_at=pl.Series(targets))
    return table.select([name for name in columns_of("score.inspection") if name != "period"]).sort("rank")

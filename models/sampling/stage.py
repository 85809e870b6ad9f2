"""Second review of a quarter: the draw (or the one issued), the results that came back, what they say of the rest."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from models.config import Config
from models.contracts.cases import SECOND_REVIEW
from models.engine.duck import Engine
from models.money.register import Register
from models.periods import month_start, parse_quarter
from models.sampling.draw import LOT, clear, draw
from models.sampling.estimate import covered, estimates, reviewed
from models.sampling.frozen import frozen
from models.sampling.store import CLASSES, STRATA, keep, keep_list, kept

KINDS = {"inpatient": "住院", "outpatient": "门诊"}


@dataclass(frozen=True)
class ReviewSummary:
    """What a period's second review comes to; `workload` is one line for people."""

    period: str
    drawn: int
    decided: int
    usable: int
    workload: str


def second_review(engine: Engine, period: str, config: Config, register: Register) -> ReviewSummary:
    """Make score.review_sample, score.review_estimate, their strata and amount classes for a quarter.

    Reads core.*, cur.decision_d, cur.mdtrt_d, finding.finding and the register: once the quarter's list is issued its
    draw stays, whatever is delivered again. Runs in a transaction of its own.
    """
    quarter = parse_quarter(period)
    with engine.transaction():
        drawn = draw(engine, (quarter.start, quarter.end), config, period)
        drawn = frozen(register, period) or drawn
        keep(engine, period, drawn)
        strata = reviewed(engine, period, drawn.strata)
        made = estimates(strata, covered(engine, period, strata, config))
        keep_list(engine, "review_estimate", period, made)
        clear(engine)
    decided = sum(found is not None for one in strata for *_, found in one.drawn)
    line = workload_line(period, workload(drawn.strata))
    return ReviewSummary(period, drawn.sample.height, decided, int(made["usable"].sum() or 0), line)


def monthly_draw(engine: Engine, month: date, config: Config) -> ReviewSummary:
    """Draw from one month as it is loaded, before its quarter's rules have run; kept under the period YYYYMM.

    How many are drawn from each stratum, and in which order, is the same in the quarter's draw, which leaves out what
    the rules found and takes the next in line instead.
    """
    period = month.strftime("%Y%m")
    with engine.transaction():
        drawn = draw(engine, (month, month_start(month, 1)), config, None)
        keep(engine, period, drawn)
        clear(engine)
    return ReviewSummary(period, drawn.sample.height, 0, 0, workload_line(period, workload(drawn.strata)))


def workload(strata: pl.DataFrame) -> dict[str, dict[str, int]]:
    """By kind: settlements to review, and those that they were drawn from."""
    counted = strata.group_by("kind").agg(pl.col("units").sum(), pl.col("population").sum()).sort("kind")
    return {kind: {"drawn": units, "population": population} for kind, units, population in counted.iter_rows()}


def workload_line(period: str, counts: dict[str, dict[str, int]]) -> str:
    """The workload for people, so that fractions can be cut to the staff."""
    total = sum(one["drawn"] for one in counts.values())
    zh = "，".join(f"{KINDS[kind]} {one['drawn']}（共 {one['population']}）" for kind, one in counts.items())
    en = ", ".join(f"{one['drawn']} of {one['population']} {kind}" for kind, one in counts.items())
    return f"复审抽样 {period}：{total} 份，{zh or '无'} / second review: {en or 'none'}"


def published(engine: Engine, period: str, config: Config) -> dict[str, Any]:
    """What the manifest says of a period's draw, so that anybody can replay it: seed, rule, amount classes, strata.

    Amounts are whole fen. A settlement that passed was drawn exactly if its lot is not beyond its stratum's last_lot.
    """
    strata, classes = kept(engine, STRATA, period), kept(engine, CLASSES, period)
    if strata.is_empty():
        return {}
    return {
        "rule_id": SECOND_REVIEW,
        "lot": f"{LOT}, smallest first, inside month and stratum",
        "seed": config.seed,
        "settings": config.sampling.model_dump(mode="json"),
        "workload": workload(strata),
        "classes": [_plain(row) for row in classes.iter_rows(named=True)],
        "strata": [_plain(row) for row in strata.iter_rows(named=True)],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}

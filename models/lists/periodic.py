"""The lists of one period: taken from the tables, written whole or not at all; supplements once a period is issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from models import due
from models.assessment import annual_assessment
from models.contracts import lists
from models.credit import Asked, credit_doctor, credit_provider
from models.errors import UsageError
from models.fund import fund_watch
from models.lists.clawback import listed, provider_totals
from models.lists.facts import manifest_facts
from models.lists.manifest import write_manifest
from models.lists.replace import replaced_folder
from models.lists.write import written_lists
from models.money.register import Register
from models.money.status import supplement
from models.periods import parse_quarter
from models.plans import PlanRegister, visited
from models.plans.report import calibration, inspection_rates
from models.review import rule_report, team_report
from models.review.rules import quarter_scope, year_scope
from models.session import Session

QUARTERLY = (
    "clawback",
    "provider_score",
    "deviation",
    "indicator",
    "upcoding_provider",
    "upcoding_case",
    "outlier",
    "gathering_group",
    "gathering_member",
    "gathering_case",
    "cohort",
    "person",
    "person_link",
    "person_hub",
    "review_sample",
    "review_estimate",
    "quality",
    "clawback_provider",
    "rule_report",
    "team_report",
    "fund_watch",
)
YEARLY = (
    "inspection",
    "inspection_plan",
    "inspection_draw",
    "inspection_rate",
    "theme_plan",
    "theme_draw",
    "provider_score",
    "rule_report",
    "team_report",
    "credit_provider",
    "credit_doctor",
    "annual_assessment",
)
SOURCES = {
    "clawback": "money.claim",
    "provider_score": "score.provider_score",
    "deviation": "score.deviation",
    "indicator": "score.indicator",
    "upcoding_provider": "score.upcoding_provider",
    "upcoding_case": "score.upcoding_case",
    "outlier": "score.outlier",
    "gathering_group": "score.gathering_group",
    "gathering_member": "score.gathering_member",
    "gathering_case": "score.gathering_case",
    "cohort": "score.cohort",
    "person": "score.person",
    "person_link": "score.person_link",
    "person_hub": "score.person_hub",
    "review_sample": "score.review_sample",
    "review_estimate": "score.review_estimate",
    "quality": "quality.result",
    "inspection": "score.inspection",
    "inspection_plan": "score.inspection_plan",
    "inspection_draw": "score.inspection_draw",
    "theme_plan": "score.theme_plan",
    "theme_draw": "score.theme_draw",
}
MONEY = {"clawback": "fund_amount", "deviation": "amount", "inspection": "expected_recovery"}


@dataclass
class Made:
    """What was written: folder, rows a list, money a list."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    amounts_by_rule: dict[str, Decimal] = field(default_factory=dict)


def frame_of(session: Session, name: str, period: str) -> pl.DataFrame:
    """The rows of one list for one period, in the columns of its contract; errors name the table that is missing."""
    table = SOURCES[name]
    if not session.engine.exists(table):
        raise UsageError(f"{period}: {table} 尚未计算 / is not computed yet. Run `jicha run --quarter {period}`.")
    frame = session.engine.frame(f"select * from {table} where period = $period", {"period": period})
    return frame.select([column.name for column in lists()[name].columns])


def write_quarter(session: Session, period: str) -> Made:
    """Write `<home>/lists/<period>/`, or once that is issued the supplement beside it, if anything changed."""
    register = Register(session.home)
    frames = {name: frame_of(session, name, period) for name in QUARTERLY if name in SOURCES}
    as_of = due.as_of(session)
    claims = listed(frames["clawback"], session.config, as_of)
    frames["clawback"] = claims.rows
    target = session.home.lists / register.next_name(period)
    if register.issued(period):
        frames["clawback"] = supplement(frames["clawback"], register.issued_candidates())
        nothing_new = frames["clawback"].is_empty() and not _results_came_back(session, register, period, frames)
        if nothing_new and not (target / "manifest.json").exists():
            due.remember(session, period)
            return _made(session.home.lists / due.folder_of(session.home, period).name, frames)
    quarter = parse_quarter(period)
    frames |= {
        "clawback_provider": provider_totals(session.engine, claims, period, as_of),
        "rule_report": rule_report(session.engine, session.config, register, quarter_scope(period)),
        "team_report": team_report(session.engine, session.config, register, period, quarter.start, quarter.end),
        "fund_watch": fund_watch(session.engine, period, session.config),
    }
    made = _write(session, target, period, frames, claims.warnings)
    due.remember(session, period)
    return made


def _results_came_back(session: Session, register: Register, period: str, frames: Mapping[str, pl.DataFrame]) -> bool:
    """True where second review says something else than it did with the last issue: that is worth a supplement."""
    told = ["stratum", "n", "sample_amount", "recoverable_amount"]
    now = frames["review_estimate"].select(told).sort("stratum")
    issued = session.home.lists / register.issued(period)[-1].name / "review_estimate.parquet"
    if not issued.exists():
        return bool(now["n"].sum())
    return not pl.read_parquet(issued, columns=told).select(told).sort("stratum").equals(now)


def write_year(session: Session, year: str) -> Made:
    """Make and write the plan of a year: `<home>/lists/<year>/`."""
    from models.scores import inspection  # takes seconds to import

    PlanRegister(session.home).check_open(year)
    bounds = due.window(session)
    if bounds is None:
        raise UsageError(f"{year}: 没有已入库的数据 / nothing is loaded, so there is nothing to plan from.")
    last = datetime.combine(bounds[1] - timedelta(days=1), time(23, 59, 59))
    moment = due.as_of(session)
    until = moment.date() if moment else last.date()
    visits = visited(session.engine, PlanRegister(session.home), until)
    planning = session.config.planning
    known = calibration(visits, planning.calibration_visits) if planning.calibrate else None
    found = inspection(session.engine, year, session.config, last, known)
    register = Register(session.home)
    frames = {name: frame_of(session, name, year) for name in YEARLY if name in SOURCES}
    frames["rule_report"] = rule_report(session.engine, session.config, register, year_scope(year, *bounds))
    frames["team_report"] = team_report(session.engine, session.config, register, year, *bounds)
    frames["inspection_rate"] = inspection_rates(visits)
    told = (session.engine, session.config, register, year, *bounds, until)
    asked = Asked(*told)
    frames["credit_provider"], frames["credit_doctor"] = credit_provider(asked), credit_doctor(asked)
    frames["annual_assessment"] = annual_assessment(*told[:-1], frames["credit_provider"])
    made = _write(session, session.home.lists / year, year, frames, found.warnings, {"planning": found.facts})
    due.remember(session, year)
    return made


def _write(
    session: Session,
    target: Path,
    period: str,
    frames: Mapping[str, pl.DataFrame],
    warnings: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> Made:
    about = {"期间 / period": target.name, "截止 / as of": str(due.as_of(session))}
    with replaced_folder(target) as folder:
        with written_lists(frames, folder, session.config.language, about) as files:
            facts = manifest_facts(session, period)
            facts["warnings"] = [*facts["warnings"], *warnings]
        write_manifest(folder, period=period, lists=files, config=session.config, **facts, **(extra or {}))
    return _made(target, frames)


def _made(folder: Path, frames: Mapping[str, pl.DataFrame]) -> Made:
    made = Made(folder)
    for name, frame in frames.items():
        made.rows[name] = frame.height
        if name in MONEY:
            made.amounts[name] = sum(frame[MONEY[name]].drop_nulls().to_list(), Decimal("0.00"))
    if "clawback" in frames:
        by_rule = frames["clawback"].group_by("rule_id").agg(pl.col("fund_amount").sum()).sort("rule_id")
        made.amounts_by_rule = {str(rule): amount for rule, amount in by_rule.iter_rows()}
    return made

"""The lists of a quarter; once it is issued, the supplement beside it."""

from collections.abc import Mapping

import polars as pl

from models import due, marks
from models.beside import LARGE
from models.fund import fund_watch
from models.lists.clawback import listed, provider_totals
from models.lists.folder import Made, computed, made_of, write_folder
from models.manifest import has_manifest
from models.money.register import Register
from models.money.status import supplement
from models.periods import parse_quarter
from models.review import rule_report, team_report
from models.review.rules import quarter_scope
from models.session import Session


def write_quarter(session: Session, period: str) -> Made:
    """Write `<home>/lists/<period>/`, or once that is issued the supplement beside it, if anything changed."""
    register = Register(session.home)
    frames = computed(session, "quarter", period)
    as_of = due.as_of(session)
    claims = listed(frames["clawback"], session.config, as_of)
    frames["clawback"] = claims.rows
    target = session.home.lists / register.next_name(period)
    if register.issued(period):
        frames["clawback"] = supplement(frames["clawback"], register.issued_candidates())
        nothing_new = frames["clawback"].is_empty() and not _results_came_back(session, register, period, frames)
        if nothing_new and not has_manifest(target):
            marks.remember(session, period)
            return made_of(session.home.lists / due.folder_of(session.home, period).name, frames)

    def reports() -> dict[str, pl.DataFrame]:
        quarter = parse_quarter(period)
        return {
            "clawback_provider": provider_totals(session.engine, claims, period, as_of),
            "rule_report": rule_report(session.engine, session.config, register, quarter_scope(period)),
            "team_report": team_report(session.engine, session.config, register, period, quarter.start, quarter.end),
            "fund_watch": fund_watch(session.engine, period, session.config),
        }

    if session.engine.count("core.fee_line") > LARGE:  # a city's workbooks need the memory now
        session.engine.release()
    made = write_folder(session, target, period, frames, claims.warnings, later=reports)
    marks.remember(session, period)
    return made


def _results_came_back(session: Session, register: Register, period: str, frames: Mapping[str, pl.DataFrame]) -> bool:
    """True where second review says something else than it did with the last issue: that is worth a supplement."""
    told = ["stratum", "n", "sample_amount", "recoverable_amount"]
    now = frames["review_estimate"].select(told).sort("stratum")
    issued = session.home.lists / register.issued(period)[-1].name / "review_estimate.parquet"
    if not issued.exists():
        return bool(now["n"].sum())
    return not pl.read_parquet(issued, columns=told).select(told).sort("stratum").equals(now)

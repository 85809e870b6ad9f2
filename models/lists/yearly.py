"""The plan of a year and what goes with it."""

from datetime import datetime, time, timedelta

from models import due, marks
from models.assessment import annual_assessment
from models.credit import Asked, credit_doctor, credit_provider
from models.errors import UsageError
from models.lists.folder import Made, computed, write_folder
from models.money.register import Register
from models.plans import PlanRegister, visited
from models.plans.report import calibration, inspection_rates
from models.review import rule_report, team_report
from models.review.rules import year_scope
from models.session import Session


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
    frames = computed(session, "year", year)
    frames["rule_report"] = rule_report(session.engine, session.config, register, year_scope(year, *bounds))
    frames["team_report"] = team_report(session.engine, session.config, register, year, *bounds)
    frames["inspection_rate"] = inspection_rates(visits)
    told = (session.engine, session.config, register, year, *bounds, until)
    asked = Asked(*told)
    frames["credit_provider"], frames["credit_doctor"] = credit_provider(asked), credit_doctor(asked)
    frames["annual_assessment"] = annual_assessment(*told[:-1], frames["credit_provider"])
    made = write_folder(session, session.home.lists / year, year, frames, found.warnings, {"planning": found.facts})
    marks.remember(session, year)
    return made

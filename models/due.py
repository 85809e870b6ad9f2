"""Which lists are due: periods whose months are loaded and whose lists are missing or stale; no clock is read."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from models import marks
from models.errors import UsageError
from models.home import Home
from models.periods import Quarter, first_day, month_start, parse_quarter, plan_window, quarter_of
from models.plans.register import PlanRegister
from models.session import Options, Session, open_session

FIRST_YEAR = 2000


@dataclass
class Due:
    """Periods to make, and those whose lists are up to date; of `relisted` quarters only the thresholds changed."""

    quarters: list[Quarter] = field(default_factory=list)
    relisted: set[Quarter] = field(default_factory=set)
    year: int | None = None
    fresh: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def folder_of(home: Home, period: str) -> Path:
    """The folder a person should open: the newest supplement where there is one, else the period's own."""
    supplements = sorted(home.lists.glob(f"{period}-s[0-9][0-9]"))
    return supplements[-1] if supplements else home.lists / period


def loaded_months(session: Session) -> list[str]:
    """Months (YYYYMM) for which setl_d and fee_list_d are loaded."""
    return [str(row[0]) for row in session.engine.query("due/loaded_month").iter_rows()]


def as_of(session: Session) -> datetime | None:
    """The moment the data speak for: as asked, else the last settlement loaded."""
    return session.options.as_of or _last_settled(session)


def _last_settled(session: Session) -> datetime | None:
    """The last settlement loaded; one dated a month or more after all months loaded is mistyped."""
    months = loaded_months(session)
    limit = month_start(first_day(months[-1]), 2) if months else date.max
    rows = session.engine.con.execute(
        "select coalesce(max(setl_time) filter (where setl_time < $limit), max(setl_time)) from cur.setl_d",
        {"limit": limit},
    ).fetchall()
    return rows[0][0] if rows else None


def window(session: Session) -> tuple[date, date] | None:
    """The twelve months of the plan as [from, to), or None when nothing is loaded.

    Without --as-of the last month loaded counts as complete, whatever the hour of its last settlement.
    """
    if session.options.as_of is not None:
        return plan_window(session.options.as_of)
    months = loaded_months(session)
    if not months:
        return None
    end = month_start(first_day(months[-1]), 1)
    return month_start(end, -12), end


def due(options: Options, quarter: str | None = None, year: int | None = None) -> Due:
    """Periods due as of the data (or as of --as-of); `quarter`/`year` ask for just these and what they rest on.

    A list is the same whatever its home made before: where quarters that a period looks back on are loaded but not
    made, or were made of other data, they come first. Raises UsageError when a period asked for has no data at all.
    """
    with open_session(options) as session:
        months = loaded_months(session)
        found = Due()
        if quarter is None and year is None:
            _due_quarters(session, months, found)
            _due_year(session, months, found)
            return found
        asked = [_asked_quarter(session, quarter)] if quarter is not None else []
        looked_back = {before for one in asked for before in _looked_back(one)}
        if year is not None:
            found.year = _asked_year(session, year)
            looked_back |= _quarters_of_plan(session)
        rest_on = {one for one in looked_back if set(one.months) <= set(months) and marks.not_made(session, str(one))}
        found.quarters = sorted({*rest_on, *asked}, key=str)
        if not rest_on:
            found.relisted = {one for one in asked if marks.only_relist(session, str(one))}
        return found


def unmade_before(session: Session, period: str) -> list[str]:
    """Quarters that the lists of a quarter look back on, loaded whole, but not made or made of other data."""
    months = set(loaded_months(session))
    before = [one for one in _looked_back(parse_quarter(period)) if set(one.months) <= months]
    return sorted(str(one) for one in before if marks.not_made(session, str(one)))


def _looked_back(quarter: Quarter) -> list[Quarter]:
    return [quarter.shift(-n) for n in range(1, marks.LOOK_BACK_QUARTERS + 1)]


def _quarters_of_plan(session: Session) -> set[Quarter]:
    bounds = window(session)
    if bounds is None:
        return set()
    months = [month_start(bounds[0], n) for n in range(12)]
    return {one for one in map(quarter_of, months) if one.end <= bounds[1]}


def _asked_year(session: Session, year: int) -> int:
    moment = as_of(session)
    if moment is None or not FIRST_YEAR <= year <= moment.year + 1:
        allowed = f"{FIRST_YEAR}–{moment.year + 1}" if moment else "无 / none: no settlement is loaded"
        raise UsageError(f"{year} 年度计划没有数据 / there are no data for a plan of {year}. Allowed: {allowed}.")
    PlanRegister(session.home).check_open(str(year))
    return year


def _asked_quarter(session: Session, text: str) -> Quarter:
    quarter = parse_quarter(text)
    row = session.engine.con.execute(
        "select count(*) from core.settlement where quarter = $period", {"period": str(quarter)}
    ).fetchone()
    moment = _last_settled(session)
    if not row or row[0] == 0 or moment is None or quarter.start > moment.date():
        raise UsageError(
            f"{quarter} 没有已入库的结算 / no settlement of this quarter is loaded. Deliver its months first."
        )
    return quarter


def _due_quarters(session: Session, months: list[str], found: Due) -> None:
    limit = session.options.as_of
    quarters = sorted({quarter_of(first_day(month)) for month in months})
    for quarter in quarters:
        missing = [month for month in quarter.months if month not in months]
        if missing:
            found.warnings.append(f"{quarter} 未到期：缺 {', '.join(missing)} / not due: months missing")
        elif limit is not None and quarter.end - timedelta(days=1) > limit.date():
            continue
        elif marks.is_fresh(session, str(quarter)):
            found.fresh.append(str(quarter))
        else:
            found.quarters.append(quarter)
            if marks.only_relist(session, str(quarter)):
                found.relisted.add(quarter)


def _due_year(session: Session, months: list[str], found: Due) -> None:
    moment, bounds = as_of(session), window(session)
    if moment is None or bounds is None:
        return
    wanted = [month_start(bounds[0], n).strftime("%Y%m") for n in range(12)]
    if not set(wanted) <= set(months):
        return
    year = moment.year + 1
    issued = str(year) in PlanRegister(session.home).years()
    if issued or (marks.is_fresh(session, str(year)) and not found.quarters):
        found.fresh.append(str(year))
    else:
        found.year = year

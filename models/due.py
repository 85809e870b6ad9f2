"""Which lists are due: periods whose months are loaded and whose lists are missing or stale; no clock is read."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from models.contracts.code import code_version
from models.errors import UsageError
from models.home import Home
from models.money.register import Register
from models.periods import Quarter, month_start, parse_quarter, plan_window
from models.plans.register import PlanRegister
from models.rules.registry import local_digest
from models.session import Options, Session, open_session

LOOK_BACK_QUARTERS = 4
FIRST_YEAR = 2000
_STATE = """create table if not exists meta.list_state (
    period varchar primary key, data_mark varchar, register_mark varchar, as_of varchar
)"""
# without the thresholds; null in a home that older code made
_COMPUTED = "alter table meta.list_state add column if not exists computed_mark varchar"


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
    if session.options.as_of is not None:
        return session.options.as_of
    row = session.engine.con.execute("select max(setl_time) from cur.setl_d").fetchone()
    return row[0] if row else None


def window(session: Session) -> tuple[date, date] | None:
    """The twelve months of the plan as [from, to), or None when nothing is loaded.

    Without --as-of the last month loaded counts as complete, whatever the hour of its last settlement.
    """
    if session.options.as_of is not None:
        return plan_window(session.options.as_of)
    months = loaded_months(session)
    if not months:
        return None
    last = date(int(months[-1][:4]), int(months[-1][4:]), 1)
    end = month_start(last, 1)
    return month_start(end, -12), end


def data_mark(session: Session, period: str, as_of_text: str) -> str:
    """Hash of what the lists of a period depend on, the register aside: files, configuration, code, key, as-of."""
    return _mark(session, period, as_of_text, session.config.sha256())


def _mark(session: Session, period: str, as_of_text: str, config_sha256: str) -> str:
    key = session.engine.con.execute("select value from meta.info where key = 'key_fingerprint'").fetchall()
    facts = {
        "period": period,
        "code": code_version(),
        "local_rules": local_digest(),
        "config": config_sha256,
        "key": [str(row[0]) for row in key],
        "as_of": as_of_text,
        "files": _files(session, period),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _files(session: Session, period: str) -> list[list[str]]:
    wanted = None if len(period) == 4 else {str(parse_quarter(period).shift(-n)) for n in range(LOOK_BACK_QUARTERS + 1)}
    spoken: dict[int, set[str]] = {}
    for file_id, quarter in session.engine.query("due/file_quarter").iter_rows():
        spoken.setdefault(int(file_id), set()).add(str(quarter))
    found = []
    rows = session.engine.con.execute("select file_id, folder, file, table_name, sha256 from meta.file").fetchall()
    for file_id, folder, file, table_name, sha256 in rows:
        about = spoken.get(int(file_id))
        if wanted is None or about is None or about & wanted or not str(folder).isdigit():
            found.append([str(file), str(table_name), str(sha256)])
    return sorted(found)


def remember(session: Session, period: str) -> None:
    """Record that the lists of a period are up to date with what they depend on."""
    session.engine.con.execute(_STATE)
    session.engine.con.execute(_COMPUTED)
    as_of_text = str(session.options.as_of)
    session.engine.con.execute(
        "insert or replace into meta.list_state (period, data_mark, register_mark, as_of, computed_mark) "
        "values ($period, $data, $register, $as_of, $computed)",
        {
            "period": period,
            "data": data_mark(session, period, as_of_text),
            "register": _register_mark(session, period),
            "as_of": as_of_text,
            "computed": _mark(session, period, as_of_text, session.config.computed_sha256()),
        },
    )


def _remembered(session: Session, period: str) -> tuple[str, str, str] | None:
    if not session.engine.exists("meta.list_state"):
        return None
    rows = session.engine.con.execute(
        "select data_mark, register_mark, as_of from meta.list_state where period = $period", {"period": period}
    ).fetchall()
    return (str(rows[0][0]), str(rows[0][1]), str(rows[0][2])) if rows else None


def _computed_same(session: Session, period: str, as_of_text: str) -> bool:
    """Whether what the lists of a period were listed from is what it would be now, whatever the thresholds are."""
    if not (session.home.lists / period / "manifest.json").exists() or not session.engine.exists("meta.list_state"):
        return False
    session.engine.con.execute(_COMPUTED)
    rows = session.engine.con.execute(
        "select computed_mark from meta.list_state where period = $period", {"period": period}
    ).fetchall()
    return bool(rows) and rows[0][0] == _mark(session, period, as_of_text, session.config.computed_sha256())


def _only_relist(session: Session, period: str) -> bool:
    """True where the lists of a quarter are stale by their thresholds alone: its tables stand as they are."""
    known, as_of_text = _remembered(session, period), str(session.options.as_of)
    if known is None or known[1:] != (_register_mark(session, period), as_of_text):
        return False
    return known[0] != data_mark(session, period, as_of_text) and _computed_same(session, period, as_of_text)


def is_fresh(session: Session, period: str) -> bool:
    """True when the folder is there and nothing it depends on has changed."""
    known = _remembered(session, period)
    if known is None or not (session.home.lists / period / "manifest.json").exists():
        return False
    as_of_text = str(session.options.as_of)
    return known == (data_mark(session, period, as_of_text), _register_mark(session, period), as_of_text)


def _register_mark(session: Session, period: str) -> str:
    """Hash of what was issued; a plan rests on the results of earlier plans as well."""
    plans = PlanRegister(session.home).fingerprint(period) if len(period) == 4 else ""
    return Register(session.home).fingerprint() + plans


def why_stale(session: Session, period: str) -> str | None:
    """Why the lists of a period may not be issued as they are, None when they may; asks for data, not the register."""
    known = _remembered(session, period)
    if known is not None and known[0] != data_mark(session, period, known[2]):
        return "数据、配置或程序已变化 / data, configuration or code changed since they were made"
    return None


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
        rest_on = {one for one in looked_back if set(one.months) <= set(months) and _not_made(session, str(one))}
        found.quarters = sorted({*rest_on, *asked}, key=str)
        if not rest_on:
            found.relisted = {one for one in asked if _only_relist(session, str(one))}
        return found


def unmade_before(session: Session, period: str) -> list[str]:
    """Quarters that the lists of a quarter look back on, loaded whole, but not made or made of other data."""
    months = set(loaded_months(session))
    before = [one for one in _looked_back(parse_quarter(period)) if set(one.months) <= months]
    return sorted(str(one) for one in before if _not_made(session, str(one)))


def _looked_back(quarter: Quarter) -> list[Quarter]:
    return [quarter.shift(-n) for n in range(1, LOOK_BACK_QUARTERS + 1)]


def _not_made(session: Session, period: str) -> bool:
    """Whether the lists of a period are missing or of other data; later issues and thresholds do not count."""
    known = _remembered(session, period)
    if known is None or not (session.home.lists / period / "manifest.json").exists():
        return True
    return why_stale(session, period) is not None and not _computed_same(session, period, known[2])


def _quarters_of_plan(session: Session) -> set[Quarter]:
    bounds = window(session)
    if bounds is None:
        return set()
    months = [month_start(bounds[0], n) for n in range(12)]
    quarters = {Quarter(month.year, (month.month + 2) // 3) for month in months}
    return {one for one in quarters if one.end <= bounds[1]}


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
    if not row or row[0] == 0:
        raise UsageError(
            f"{quarter} 没有已入库的结算 / no settlement of this quarter is loaded. Deliver its months first."
        )
    return quarter


def _due_quarters(session: Session, months: list[str], found: Due) -> None:
    limit = session.options.as_of
    quarters = sorted({Quarter(int(m[:4]), (int(m[4:]) + 2) // 3) for m in months})
    for quarter in quarters:
        missing = [month for month in quarter.months if month not in months]
        if missing:
            found.warnings.append(f"{quarter} 未到期：缺 {', '.join(missing)} / not due: months missing")
        elif limit is not None and quarter.end - timedelta(days=1) > limit.date():
            continue
        elif is_fresh(session, str(quarter)):
            found.fresh.append(str(quarter))
        else:
            found.quarters.append(quarter)
            if _only_relist(session, str(quarter)):
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
    if issued or (is_fresh(session, str(year)) and not found.quarters):
        found.fresh.append(str(year))
    else:
        found.year = year

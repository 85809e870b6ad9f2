"""The twelve months a score looks at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.engine.duck import Engine
from models.errors import UsageError
from models.periods import month_start, parse_quarter, parse_year, plan_window, quarter_of


@dataclass(frozen=True)
class Window:
    """Settlements from `start` to before `until` speak for `period` (2025Q1, or a plan year 2026)."""

    period: str
    start: date
    until: date

    @property
    def last_quarter(self) -> str:
        """The last whole quarter of the window: the newest whose own lists can be there."""
        return str(quarter_of(self.until).shift(-1))

    def bounds(self, look_back_days: int = 0) -> dict[str, date]:
        """Parameters of the queries; `look_back` is how far earlier settlements of a case are fetched."""
        return {
            "start": self.start,
            "until": self.until,
            "look_back": self.start - timedelta(days=look_back_days),
        }


def quarter_window(period: str) -> Window:
    """The twelve months up to the end of a quarter; raises UsageError for what is no quarter."""
    quarter = parse_quarter(period)
    return Window(str(quarter), month_start(quarter.end, -12), quarter.end)


def year_window(engine: Engine, year: str | int, as_of: datetime | None = None) -> Window:
    """The twelve complete months before as-of, for the plan of `year`.

    Without as-of the last month that has settlements counts as complete, whatever the hour of its last settlement.
    Raises UsageError when there are no settlements at all.
    """
    period = str(parse_year(str(year)))
    if as_of is not None:
        start, until = plan_window(as_of)
        return Window(period, start, until)
    row = engine.con.execute("select max(month) from core.settlement where source = 'setl_d'").fetchone()
    if row is None or row[0] is None:
        raise UsageError(
            "没有结算数据，无法制定年度计划 / no settlements are loaded, so no plan can be made. Load months first."
        )
    until = month_start(row[0], 1)
    return Window(period, month_start(until, -12), until)


def window_of(engine: Engine, period: str | int, as_of: datetime | None = None) -> Window:
    """The window of a quarter or of a plan year."""
    text = str(period)
    return quarter_window(text) if "Q" in text.upper() else year_window(engine, text, as_of)

"""`jicha issue`."""

import re
from datetime import date, timedelta
from pathlib import Path

import click

from models.periods import parse_quarter
from pipelines.cli.options import home_option, plain_options

PLAN_YEAR = re.compile(r"\d{4}")


@click.command("issue")
@click.argument("quarter", metavar="QUARTER|YEAR")
@home_option
@click.option(
    "--notified-on",
    metavar="YYYY-MM-DD",
    help="告知日期 / day of the notices, from which replies have their time; default: today",
)
def command(quarter: str, home: Path, notified_on: str | None) -> None:
    """冻结已送达的清单，之后的变化成为增补 / freeze the lists as served; later changes become supplements.

    年度计划（如 2026）下发后不再改动 / the plan of a year, such as 2026, stays as it is once issued.
    """
    from models import marks, publish
    from models.errors import UsageError
    from models.home import Home
    from models.money.register import Register
    from models.notices import write_notices
    from models.session import open_session

    if PLAN_YEAR.fullmatch(quarter):
        _issue_plan(quarter, home)
        return
    period = str(parse_quarter(quarter))
    if not Home(home).warehouse.exists():
        raise UsageError(
            f"{period} 没有可下发的清单 / has no lists to issue: {home} holds no data. Run `jicha run` first."
        )
    # a notice is an act of people on a day, so this one date may come from the clock; the register keeps it
    day = _notice_day(notified_on, period)
    with open_session(plain_options(home.resolve()), with_key=False) as session:
        review = session.config.review
        last = review.calendar.after(day, review.reply_days)
        register, stale = Register(session.home), marks.why_stale(session, period)
        name, _ = register.issuable(period, stale)
        notices = write_notices(session.home.lists / name, name, period, day, last, review.reply_days)
        entry = register.issue(period, stale, day, last)
        publish.pin(session.home, entry.name)
    click.echo(f"已冻结 / issued: {entry}，告知 / notified on {day}，答复截止 / replies due {last}")
    click.echo(f"告知书 / notices: {len(notices)} 家 / providers, lists/{entry}/notices")


def _notice_day(text: str | None, period: str) -> date:
    """The day of the notices; one that is no date, lies before the quarter's end or a year ahead is a slip."""
    from models.errors import UsageError

    if text is None:
        return date.today()
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"告知日期写法有误 / not a date: {text!r}. Write it like 2025-05-12.") from None
    first, last = parse_quarter(period).end, date.today() + timedelta(days=366)
    if not first <= day <= last:
        raise UsageError(f"告知日期不合理 / no day for notices of {period}: {text}. Allowed: {first} to {last}.")
    return day


def _issue_plan(year: str, home: Path) -> None:
    from models import marks
    from models.errors import UsageError
    from models.home import Home
    from models.plans import PlanRegister
    from models.session import open_session

    if not Home(home).warehouse.exists():
        raise UsageError(f"{year} 没有年度计划 / has no plan to issue: {home} holds no data. Run `jicha run` first.")
    with open_session(plain_options(home.resolve()), with_key=False) as session:
        entry = PlanRegister(session.home).issue(year, marks.why_stale(session, year))
    click.echo(f"已冻结年度计划 / plan issued: {entry.year}")
    click.echo("检查结果以 inspection_d 交回 / results come back as inspection_d")

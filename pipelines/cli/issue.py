"""`jicha issue`."""

from pathlib import Path

import click

from models.periods import parse_quarter
from pipelines.cli.options import home_option, plain_options


@click.command("issue")
@click.argument("quarter")
@home_option
def command(quarter: str, home: Path) -> None:
    """冻结已送达的清单，之后的变化成为增补 / freeze the lists as served; later changes become supplements."""
    from models import due, publish
    from models.errors import UsageError
    from models.home import Home
    from models.money.register import Register
    from models.session import open_session

    period = str(parse_quarter(quarter))
    if not Home(home).warehouse.exists():
        raise UsageError(
            f"{period} 没有可下发的清单 / has no lists to issue: {home} holds no data. Run `jicha run` first."
        )
    with open_session(plain_options(home.resolve()), with_key=False) as session:
        entry = Register(session.home).issue(period, stale=due.why_stale(session, period))
        publish.pin(session.home, entry.name)
    click.echo(f"已冻结 / issued: {entry}")

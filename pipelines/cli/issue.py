"""`jicha issue`."""

from pathlib import Path

import click

from models import publish
from models.home import Home
from models.periods import parse_quarter
from pipelines.cli.options import home_option


@click.command("issue")
@click.argument("quarter")
@home_option
def command(quarter: str, home: Path) -> None:
    """冻结已送达的清单，之后的变化成为增补 / freeze the lists as served; later changes become supplements."""
    from models.money.register import Register

    place = Home(home.resolve())
    with place.writer_lock():
        entry = Register(place).issue(str(parse_quarter(quarter)))
        publish.pin(place, entry.name)
    click.echo(f"已冻结 / issued: {entry}")

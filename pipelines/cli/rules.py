"""`jicha rules`."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pipelines.cli.options import home_option


@click.command("rules")
@home_option
def command(home: Path) -> None:
    """88 条规则的状态 / the 88 rules: implemented, waiting for knowledge points, or why not."""
    from models import rules
    from models.config import load_config
    from models.engine import open_engine
    from models.home import Home

    place = Home(home.resolve())
    engine = None
    if place.warehouse.exists():
        with place.writer_lock():
            engine = open_engine(place, load_config(place.config_file), read_only=True)
            rows = rules.coverage(engine)
            engine.close()
    else:
        rows = rules.coverage(None)
    table = Table("规则 rule", "名称 name", "状态 status", "命中 hits", "说明 note")
    for row in rows:
        table.add_row(row.rule_id, row.name, row.status, "" if row.hits is None else str(row.hits), row.note)
    Console(width=None).print(table)
    done = sum(row.implemented for row in rows)
    click.echo(f"已实现 / implemented: {done} / {len(rows)}")

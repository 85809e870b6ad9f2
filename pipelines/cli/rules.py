"""`jicha rules`."""

from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pipelines.cli.options import home_option

WIDTH = 160  # where the output is no terminal


@click.command("rules")
@home_option
def command(home: Path) -> None:
    """88 条规则的状态 / the 88 rules: implemented, waiting for knowledge points, or why not."""
    from models import rules
    from models.config import load_config
    from models.engine import open_engine
    from models.home import Home
    from models.rules.registry import use_local_rules

    place = Home(home.resolve())
    use_local_rules(place.rules)
    period = None
    if place.warehouse.exists():
        with place.writer_lock():
            engine = open_engine(place, load_config(place.config_file), read_only=True)
            rows, period = rules.coverage(engine), rules.latest_period(engine)
            engine.close()
    else:
        rows = rules.coverage(None)
    table = Table("规则 rule", "名称 name", "状态 status", f"命中 hits {period or ''}".strip())
    table.add_column("说明 note", overflow="fold")  # a Chinese sentence is one word to it: fold, never cut
    for row in rows:
        table.add_row(row.rule_id, row.name, row.status, "" if row.hits is None else str(row.hits), row.note)
    console = Console()
    Console(width=console.width if console.is_terminal else WIDTH).print(table)
    if period is None:
        click.echo(f"尚无季度清单，故无命中 / no quarter's lists yet, hence no hits: {place.root}")
    done = sum(row.implemented for row in rows)
    click.echo(f"已实现 / implemented: {done} / {len(rows)}")
    for status, counted in sorted(Counter(row.status for row in rows).items()):
        click.echo(f"  {status}: {counted}")
    if period:
        click.echo(f"{period} 命中 / hits: {sum(row.hits or 0 for row in rows)}")

"""`jicha evaluate`."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pipelines.cli.options import DIRECTORY, home_option, key_option


@click.command("evaluate")
@click.option("--truth", required=True, type=DIRECTORY, help="真值目录 / folder of the planted truth")
@home_option
@key_option
def command(truth: Path, home: Path, key_file: Path | None) -> None:
    """对照真值的查全率与查准率 / precision and recall per planted scheme, beside simple baselines."""
    from models.errors import InputRefused
    from models.evaluation import evaluate
    from models.home import Home

    if not truth.is_dir():
        raise InputRefused(f"真值目录不存在 / truth folder not found: {truth}")
    console = Console(width=160, highlight=False)
    for result in evaluate(Home(home.resolve()), truth, key_file):
        table = Table(*result.frame.columns, title=result.title)
        for row in result.frame.iter_rows():
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        console.print(table)

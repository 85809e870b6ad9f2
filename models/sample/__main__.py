"""`python -m models.sample DIR`: write a sample world."""

import sys
from pathlib import Path

import click

from models.errors import JichaError
from models.sample import write_world


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--people", default=20_000, show_default=True)
@click.option("--months", default=15, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--providers", default=70, show_default=True)
@click.option("--first-month", default="202401", show_default=True)
@click.option("--messy/--clean", default=True, show_default=True)
def main(folder: Path, people: int, months: int, seed: int, providers: int, first_month: str, messy: bool) -> None:
    """Write the extracts of an invented county to FOLDER."""
    try:
        summary = write_world(
            folder, people, months, seed, providers, messy, first_month, lambda text: click.echo(text, err=True)
        )
    except JichaError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    for table, rows in summary.rows.items():
        click.echo(f"{table}: {rows}")


if __name__ == "__main__":
    main()

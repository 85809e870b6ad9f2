"""`jicha sample`."""

from pathlib import Path

import click

from pipelines.cli.options import DIRECTORY


@click.command("sample")
@click.argument("folder", metavar="DIR", type=DIRECTORY)
@click.option(
    "--people", type=click.IntRange(100), default=20_000, show_default=True, help="参保人数 / insured persons"
)
@click.option(
    "--months", type=click.IntRange(1, 120), default=15, show_default=True, help="月数 / months from 202401 on"
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="种子：同一种子得到同一县 / same seed, same county"
)
def command(folder: Path, people: int, months: int, seed: int) -> None:
    """虚构一个县的数据 / extracts of an invented county, with planted schemes and the truth."""
    from models.errors import UsageError
    from models.sample import write_world

    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"目录非空 / the folder is not empty: {folder}. Name a new or an empty one.")
    summary = write_world(folder, people=people, months=months, seed=seed)
    click.echo(
        f"{folder}: {summary.months[0]}–{summary.months[-1]}, 结算 / settlements {summary.rows['setl_d']:,}, "
        f"费用明细 / fee lines {summary.rows['fee_list_d']:,}；真值 / truth: {folder / 'truth'}"
    )

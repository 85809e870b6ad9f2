"""`jicha evaluate`."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pipelines.cli.options import DIRECTORY, home_option, key_option

#: first seed of the worlds that the bars are judged on
SEED = 9_000


@click.command("evaluate")
@click.option("--truth", type=DIRECTORY, help="真值目录 / folder of the planted truth")
@click.option("--worlds", type=click.IntRange(0), help="模拟世界个数 / invented hospital worlds with schemes")
@click.option("--gangs", "cities", type=click.IntRange(2), help="就医聚集模拟城市个数 / invented cities with gangs")
@click.option("--counties", type=click.IntRange(1), help="年度计划模拟县个数 / invented counties, ranked for the plan")
@click.option(
    "--people", type=click.IntRange(1000), default=20_000, show_default=True, help="每县参保人数 / of each county"
)
@click.option(
    "--null-worlds",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="没有植入情形的世界个数 / without schemes",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="首个种子 / first seed of the worlds")
@click.option(
    "--spread",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="正常机构之间差异的倍数 / how far honest providers differ",
)
@click.option(
    "--jobs", type=click.IntRange(0), default=0, help="同时计算几个世界（0 = 每核一个） / at a time (0: one a core)"
)
@home_option
@key_option
def command(
    truth: Path | None,
    worlds: int | None,
    cities: int | None,
    counties: int | None,
    people: int,
    null_worlds: int,
    seed: int,
    spread: float,
    jobs: int,
    home: Path,
    key_file: Path | None,
) -> None:
    """对照真值的查全率与查准率 / precision and recall per planted scheme, beside simple baselines.

    --truth: 一个样例县的全部清单 / the lists of one sample county. --worlds: 费用偏差与高编在多个模拟世界上的汇总指标 /
    cost deviation and upcoding pooled over invented worlds; needs no home.
    --counties: 年度计划前十名在多个模拟县上的汇总 / the plan's first ten pooled over invented counties; needs no home.
    --gangs: 就医聚集在多个模拟城市上的汇总指标 / gathering pooled over invented cities; needs no home.
    """
    from models.errors import InputRefused, UsageError
    from models.evaluation import evaluate
    from models.home import Home

    if sum(given is not None for given in (truth, worlds, cities, counties)) != 1:
        raise UsageError(
            "请给出 --truth、--worlds、--gangs、--counties 之一 / "
            "give one of --truth DIR, --worlds N, --gangs N, --counties N."
        )
    console = Console(width=200, highlight=False)
    if worlds is not None:
        from models.evaluation.pooled import pooled

        results = pooled(worlds, null_worlds, seed, progress=_tell, spread=spread, jobs=jobs)
    elif cities is not None:
        from models.evaluation.gangs import gangs

        results = gangs(cities, seed, progress=_tell)
    elif counties is not None:
        from models.evaluation.ranking import ranking

        results = ranking(counties, seed, people, progress=_tell, jobs=jobs)
    else:
        assert truth is not None
        if not truth.is_dir():
            raise InputRefused(f"真值目录不存在 / truth folder not found: {truth}")
        results = evaluate(Home(home.resolve()), truth, key_file)
    for result in results:
        table = Table(*result.frame.columns, title=result.title)
        for row in result.frame.iter_rows():
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        console.print(table)


def _tell(done: int, total: int, text: str) -> None:
    """Progress goes beside the tables, so that they can be kept in a file."""
    click.echo(f"  {done}/{total} {text}", err=True)

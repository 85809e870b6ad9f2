"""`jicha run`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from models.errors import GateBlocked
from models.home import Home
from models.periods import parse_moment, parse_quarter, parse_year
from models.session import Options
from pipelines.cli.options import home_option, key_option, landing_option

if TYPE_CHECKING:
    from pipelines.run import Outcome


@click.command("run")
@landing_option
@home_option
@click.option("--quarter", help="只做这一季度（及其所依据而未做的）/ this quarter (and what it rests on), e.g. 2025Q1")
@click.option("--year", help="只做这一年度计划（及其所依据而未做的）/ this plan (and what it rests on), e.g. 2026")
@click.option("--as-of", "as_of", help="截止时点 / the moment the data speak for; default: the last settlement loaded")
@key_option
@click.option("--accept-quality", metavar="REASON", help="放行质量闸门并记录理由 / pass a quality gate, recorded")
def command(
    landing: Path | None,
    home: Path,
    quarter: str | None,
    year: str | None,
    as_of: str | None,
    key_file: Path | None,
    accept_quality: str | None,
) -> None:
    """入库新数据，并生成到期的清单 / load what is new, then every list that is due."""
    moment = parse_moment(as_of) if as_of else None
    asked = str(parse_quarter(quarter)) if quarter else None, parse_year(year) if year else None
    from pipelines.opening import open_run  # takes a second, which wrong words need not wait for

    console = Console(stderr=True, highlight=False)

    def say(text: str) -> None:
        """What is under way: in place of the last on a terminal, a line each in the log of a scheduled run."""
        if console.is_terminal:
            status.update(text)
        else:
            console.print(f"… {text}", markup=False, soft_wrap=True)

    with console.status("jicha …") as status:
        options = Options(
            landing=landing.resolve() if landing else None,
            home=home.resolve(),
            key_file=key_file.resolve() if key_file else None,
            as_of=moment,
            accept_quality=accept_quality,
            progress=say,
        )
        opening = open_run(options, lambda line: console.print(f"引擎 / engine: {line}", markup=False, soft_wrap=True))
        from pipelines.run import run  # takes seconds, which input that is refused need not wait for

        outcome = run(options, *asked, opening)
    _tell(outcome, console, options)
    if outcome.blocked:
        raise GateBlocked("\n".join(outcome.blocked.values()))
    sys.stdout.flush()


def _tell(outcome: "Outcome", console: Console, options: Options) -> None:
    """What was made and where it is; notes beside it, so that the lines of lists can be kept apart."""
    for line in outcome.warnings:
        console.print(f"注意 / note: {line}", markup=False, soft_wrap=True)
    for line in outcome.switched_off:
        console.print(f"未交付 / not delivered: {line}", markup=False, soft_wrap=True)
    for folder in outcome.made:
        click.echo(f"清单 / lists: {folder}")
    for line in outcome.workload:
        click.echo(line)
    if outcome.made:
        page = Home(options.home).reports / "site" / "index.html"
        click.echo(f"报告网页 / report site: {page} (jicha ui)")
    if outcome.fresh:
        click.echo(f"无变化 / up to date: {', '.join(outcome.fresh)}")
    if not outcome.made and not outcome.fresh and not outcome.blocked:
        click.echo("没有到期的清单 / no list is due: a quarter needs its three months of setl_d and fee_list_d.")

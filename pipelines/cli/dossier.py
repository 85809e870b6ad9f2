"""`jicha dossier`."""

from pathlib import Path

import click

from models.periods import parse_year
from pipelines.cli.options import home_option, plain_options


@click.command("dossier")
@click.argument("codes", metavar="[FIXMEDINS_CODE]...", nargs=-1)
@home_option
@click.option("--year", help="哪一年度计划 / of which plan, e.g. 2026; default: the newest")
def command(codes: tuple[str, ...], home: Path, year: str | None) -> None:
    """检查对象的工作底稿 / dossiers of providers for inspectors; without codes, of the first planned targets.

    写入 HOME/reports/dossiers/<年度>/<机构编号>/；同一快照与清单得到相同的字节 /
    the same snapshot and lists give the same bytes.
    """
    from models import site
    from models.dossier import write_dossiers
    from models.errors import UsageError
    from models.home import Home
    from models.session import open_session

    if not Home(home).warehouse.exists():
        raise UsageError(f"工作目录没有数据 / the home holds no data: {home}. Run `jicha run` first.")
    with open_session(plain_options(home.resolve()), with_key=False) as session:
        asked = str(parse_year(year)) if year else None
        written = write_dossiers(session.home, session.config, list(codes) or None, asked)
        if written.made:
            site.build(session.home)  # its portraits link to the dossiers there are
    for folder in written.made.values():
        click.echo(f"工作底稿 / dossier: {folder}")
    if written.fresh:
        click.echo(f"无变化 / up to date: {', '.join(written.fresh)}")
    if not written.made and not written.fresh:
        click.echo("计划内没有检查对象 / the plan has no target: see planning.team_days, reports.dossiers.")

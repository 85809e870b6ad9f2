"""`jicha check`."""

from pathlib import Path

import click

from models.errors import InputRefused, no_landing
from pipelines.cli.options import DIRECTORY, home_option


@click.command("check")
@click.argument("landing", metavar="DIR", type=DIRECTORY)
@home_option
def command(landing: Path, home: Path) -> None:
    """试读，不改动任何内容 / what would be loaded, quarantined or refused; changes nothing."""
    from models import ingest
    from models.config import load_config
    from models.home import Home
    from models.ingest.misplaced import no_files, where_instead

    if not landing.is_dir():
        raise no_landing(landing)
    report = ingest.check(landing, load_config(Home(home).config_file))
    if not report.files and not report.refused:
        raise InputRefused(no_files(landing.resolve()))
    click.echo(report.text())
    if report.refused:
        advice = where_instead(landing.resolve())
        raise InputRefused(
            f"{len(report.refused)} 个文件将被拒收 / files would be refused (see above)"
            + (f"\n{advice}" if advice else "")
        )

"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from models.session import Options


DIRECTORY = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)

landing_option = click.option(
    "--landing", type=DIRECTORY, envvar="JICHA_LANDING", help="数据目录 / folder of the monthly extracts"
)
home_option = click.option(
    "--home", type=DIRECTORY, envvar="JICHA_HOME", default="home", show_default=True, help="工作目录 / state, lists"
)
key_option = click.option("--key-file", type=FILE, envvar="JICHA_KEY_FILE", help="假名密钥文件 / 64 hex digits")


def plain_options(home: Path, landing: Path | None = None, key_file: Path | None = None) -> "Options":
    """Options of commands that neither load nor list."""
    from models.session import Options

    return Options(landing=landing, home=home, key_file=key_file)

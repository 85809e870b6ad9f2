"""`jicha reveal`."""

from pathlib import Path

import click

from pipelines.cli.options import DIRECTORY, FILE, home_option, key_option


@click.command("reveal")
@click.argument("source", metavar="LIST", type=FILE)
@click.option("--landing", required=True, type=DIRECTORY, help="数据目录 / folder of the monthly extracts")
@click.option("--out", required=True, type=FILE, help="输出 CSV / the file to write; must not exist")
@home_option
@key_option
def command(source: Path, landing: Path, out: Path, home: Path, key_file: Path | None) -> None:
    """还原人员编号（须持密钥，每次使用留痕）/ psn_no beside psn_id, for those who hold the key; every use is logged."""
    from models.errors import UsageError
    from models.home import Home
    from models.reveal import reveal
    from models.session import Options, open_session

    if not Home(home).warehouse.exists():
        raise UsageError(f"工作目录没有数据 / the home holds no data: {home}")
    options = Options(landing=landing.resolve(), home=home.resolve(), key_file=key_file)
    with open_session(options) as session:
        rows = reveal(session, source, out)
    click.echo(f"{out}: {rows} 行 / rows；已记录 / logged")

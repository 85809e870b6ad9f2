"""`jicha ui`."""

import os
import subprocess
import sys
from pathlib import Path

import click

from pipelines.cli.options import home_option, key_option, landing_option


@click.command("ui")
@landing_option
@home_option
@key_option
@click.option("--port", type=int, default=3000, show_default=True)
def command(landing: Path | None, home: Path, key_file: Path | None, port: int) -> None:
    """打开 Dagster 界面（仅本机）/ the Dagster UI, on 127.0.0.1 only."""
    from models.home import Home
    from pipelines.instance import open_instance

    place = Home(home.resolve())
    place.prepare()
    open_instance(place).dispose()
    environment = {**os.environ, "JICHA_HOME": str(place.root), "DAGSTER_HOME": str(place.dagster)}
    if landing:
        environment["JICHA_LANDING"] = str(landing.resolve())
    if key_file:
        environment["JICHA_KEY_FILE"] = str(key_file.resolve())
    workspace = Path(__file__).resolve().parents[2] / "workspace.yaml"
    click.echo(f"http://127.0.0.1:{port}")
    words = ["dev", "--host", "127.0.0.1", "--port", str(port), "--workspace", str(workspace)]
    sys.exit(subprocess.call([sys.executable, "-m", "dagster", *words], env=environment))

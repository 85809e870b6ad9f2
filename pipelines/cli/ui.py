"""`jicha ui`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click

from pipelines.cli.options import home_option, key_option, landing_option


@click.command("ui")
@landing_option
@home_option
@key_option
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Dagster")
@click.option(
    "--site-port",
    type=click.IntRange(1, 65535),
    default=3001,
    show_default=True,
    envvar="JICHA_SITE_PORT",
    help="报告网页 / the report site",
)
def command(landing: Path | None, home: Path, key_file: Path | None, port: int, site_port: int) -> None:
    """打开 Dagster 界面和报告网页（仅本机）/ the Dagster UI and the report site, on 127.0.0.1 only."""
    from models.errors import UsageError
    from models.home import Home
    from models.site.serve import serving
    from pipelines.instance import open_instance
    from pipelines.thinning import thin

    if port == site_port:
        raise UsageError(f"两个端口须不同 / --port and --site-port must differ: both are {port}.")
    place = Home(home.resolve())
    place.prepare()
    instance = open_instance(place)
    for remark in thin(instance):  # runs of the UI and of schedules come through here
        click.echo(remark, err=True)
    instance.dispose()
    environment = {**os.environ, "JICHA_HOME": str(place.root), "DAGSTER_HOME": str(place.dagster)}
    if landing:
        environment["JICHA_LANDING"] = str(landing.resolve())
    if key_file:
        environment["JICHA_KEY_FILE"] = str(key_file.resolve())
    workspace = Path(__file__).resolve().parents[2] / "workspace.yaml"
    environment["JICHA_SITE_PORT"] = str(site_port)
    environment.setdefault("PYTHONWARNINGS", "ignore")  # Dagster remarks on its own beta parts
    words = ["dev", "--host", "127.0.0.1", "--port", str(port), "--workspace", str(workspace)]
    with serving(place.reports, site_port) as site:
        click.echo(f"Dagster http://127.0.0.1:{port}\n报告网页 / report site {site}")
        sys.exit(_stay([sys.executable, "-m", "dagster", *words], environment))


def _stay(words: list[str], environment: dict[str, str]) -> int:
    """Run a program until it ends; whoever stops this process (Ctrl-C, kill, a service manager) stops it as well."""
    with subprocess.Popen(words, env=environment) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            return process.wait()
        except KeyboardInterrupt:  # it got the signal too, and ends its own
            return process.wait()

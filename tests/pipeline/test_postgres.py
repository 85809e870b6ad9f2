"""The example of Dagster's history in PostgreSQL: the settings of a home, and a run kept in a real server.

The second skips without PostgreSQL's programs or the package dagster-postgres, which jicha itself does not need;
`.ci/run` installs both, so that it runs there.
"""

import getpass
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets.common import POOL
from pipelines.instance import SETTINGS

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "dagster-postgres.yaml"


def test_the_example_keeps_the_settings_of_a_home() -> None:
    settings = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert settings.pop("storage").keys() == {"postgres"}
    assert settings == SETTINGS


def _programs() -> Path | None:
    """Where initdb and pg_ctl are: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((one for one in places if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


@contextmanager
def _server(folder: Path, programs: Path) -> Iterator[int]:
    """A PostgreSQL of its own on loopback, whoever runs the tests: the server refuses root."""
    owner = "postgres" if getpass.getuser() == "root" else None
    data = folder / "data"
    folder.chmod(0o755)
    data.mkdir()
    if owner:
        shutil.chown(data, owner)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])

    def do(*words: object) -> None:
        subprocess.run([*map(str, words)], check=True, user=owner, cwd="/", stdout=subprocess.DEVNULL)

    do(programs / "initdb", "-D", data, "-U", "jicha", "-A", "trust", "--no-sync")
    do(programs / "pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", f"-p {port} -k {data} -h 127.0.0.1", "start")
    try:
        yield port
    finally:
        do(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


@dg.asset(pool=POOL)
def written() -> int:
    """Something a run makes."""
    return 1


@pytest.mark.slow
def test_history_in_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed: make postgres")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no initdb and pg_ctl (apt-get install postgresql)")
    with _short_folder() as folder, _server(folder, programs) as port:
        monkeypatch.setenv("JICHA_PG_URL", f"postgresql+psycopg2://jicha@127.0.0.1:{port}/postgres")
        home = folder / "dagster"
        home.mkdir()
        shutil.copy(EXAMPLE, home / "dagster.yaml")
        for turn in (1, 2):  # another process would find what the first one left
            with dg.DagsterInstance.from_config(str(home)) as instance:
                assert dg.materialize([written], instance=instance).success
                assert len(instance.get_runs()) == turn
                assert instance.get_latest_materialization_event(dg.AssetKey("written")) is not None
        assert not list(home.rglob("*.db")), "nothing is kept in files"


@contextmanager
def _short_folder() -> Iterator[Path]:
    """A folder that another user may enter."""
    with tempfile.TemporaryDirectory(prefix="jicha-pg-") as folder:
        yield Path(folder)

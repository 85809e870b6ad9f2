"""A PostgreSQL of the tests' own: Dagster's history in a real server, as docs/scale.md deploys it."""

import getpass
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ADDRESS = "JICHA_PG_URL"


@contextmanager
def dagster_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DAGSTER_HOME with the example's settings and a server behind it.

    Skips without PostgreSQL's programs or the package dagster-postgres, which jicha itself does not need; `.ci/run`
    installs both, so that these tests run there.
    """
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed: make postgres")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no initdb and pg_ctl (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="jicha-pg-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)  # another user may enter
        with _server(folder / "data", programs) as port:
            monkeypatch.setenv(ADDRESS, f"postgresql+psycopg2://jicha@127.0.0.1:{port}/postgres")
            home = folder / "dagster"
            home.mkdir()
            shutil.copy(EXAMPLES / "dagster-postgres.yaml", home / "dagster.yaml")
            yield home


def _programs() -> Path | None:
    """Where initdb and pg_ctl are: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((one for one in places if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


@contextmanager
def _server(data: Path, programs: Path) -> Iterator[int]:
    """Its port on loopback, whoever runs the tests: the server refuses root."""
    owner = "postgres" if getpass.getuser() == "root" else None
    data.mkdir()
    if owner:
        shutil.chown(data, owner)
    port = free_port()

    def do(*words: object) -> None:
        subprocess.run([*map(str, words)], check=True, user=owner, cwd="/", stdout=subprocess.DEVNULL)

    do(programs / "initdb", "-D", data, "-U", "jicha", "-A", "trust", "--no-sync")
    do(programs / "pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", f"-p {port} -k {data} -h 127.0.0.1", "start")
    try:
        yield port
    finally:
        do(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")

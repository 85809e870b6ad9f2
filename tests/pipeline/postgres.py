"""A PostgreSQL of the tests' own: Dagster's history in a real server, as docs/scale.md deploys it."""

import getpass
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.ports import free_port

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ADDRESS = "JICHA_PG_URL"


@contextmanager
def dagster_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DAGSTER_HOME with the example's settings and a server behind it, for tests marked `needs_postgres`."""
    programs = _programs()
    assert programs is not None, "a test that is not marked needs_postgres"
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


def _lacking() -> str:
    """What is missing for these tests, and how to get it; empty where nothing is."""
    if find_spec("dagster_postgres") is None:
        return "dagster-postgres is not installed (make postgres)"
    return "" if _programs() else "PostgreSQL is not installed: no initdb and pg_ctl (apt-get install postgresql)"


# jicha itself needs neither; `.ci/run` installs both, so that these tests run there
needs_postgres = pytest.mark.skipif(bool(_lacking()), reason=_lacking() or "PostgreSQL and its package are there")


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

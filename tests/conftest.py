"""Invented counties and their finished runs, each made once and shared by the tests of every process."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from models.sample import write_world
from tests.pipeline.support import PERIODS, jicha, run, write_key

# tests say the same of the same code; JICHA_RANDOM=1 draws other examples each time, to look for what nobody knows yet
settings.register_profile("same", derandomize=True)
if not os.environ.get("JICHA_RANDOM"):
    settings.load_profile("same")

TESTS = Path(__file__).parent
#: files that take minutes; neighbours need different fixtures, since two processes take them in this order
FIRST = (
    "engines/test_spark_runs.py",
    "engines/test_spark.py",
    "unit/test_cases.py",
    "browser/test_site.py",
    "pipeline/test_kill.py",
    "pipeline/test_notebooks.py",
    "pipeline/test_bytes.py",
    "pipeline/test_synpuf.py",
    "pipeline/test_issue.py",
    "properties/test_money.py",
    "properties/test_rule_oracle.py",
    "properties/test_money_quarters.py",
    "pipeline/test_dossier.py",
    "pipeline/test_cli.py",
    "pipeline/test_truth.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: at the end it would leave the other process idle."""
    place = {TESTS / name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.path, len(FIRST)))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., Path]:
    """A folder below the tests' own that the first process to ask for it makes and the others find."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, finished = shared / name, shared / f"{name}.finished"
        with FileLock(shared / f"{name}.lock"):
            if not finished.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                finished.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def landing(made_once: Callable[..., Path]) -> Path:
    """Extracts of a small county over a year, messy as real ones."""
    return made_once("county", lambda to: write_world(to / "landing", 900, months=12, seed=7, providers=24)) / "landing"


@pytest.fixture(scope="session")
def key_file(made_once: Callable[..., Path]) -> Path:
    return made_once("key", write_key) / "pseudonym.key"


@pytest.fixture(scope="session")
def home(landing: Path, key_file: Path, made_once: Callable[..., Path]) -> Path:
    """A home after one cold run; tests must not write into it."""
    return made_once("first", lambda to: run(landing, to / "home", "--key-file", key_file, by=jicha)) / "home"


@pytest.fixture(scope="session")
def quarter_landing(made_once: Callable[..., Path]) -> Path:
    """Extracts of a few people over one quarter, messy as real ones: for what does not depend on size; read only."""
    return (
        made_once("quarter", lambda to: write_world(to / "landing", 300, months=3, seed=11, providers=14)) / "landing"
    )


@pytest.fixture(scope="session")
def quarter_home(quarter_landing: Path, key_file: Path, made_once: Callable[..., Path]) -> Path:
    """A home after one cold run over the quarter, with its lists and a plan; `../seconds` tells how long; read only."""

    def make(to: Path) -> None:
        started = time.monotonic()
        run(quarter_landing, to / "home", "--key-file", key_file, *PERIODS)
        (to / "seconds").write_text(f"{time.monotonic() - started:.1f}", encoding="ascii")

    return made_once("quarter-home", make) / "home"


@pytest.fixture(scope="session")
def plain_landing(made_once: Callable[..., Path]) -> Path:
    """A quarter without mess: versions of one key differ in updt_time, files are plain UTF-8; read only."""

    def make(to: Path) -> None:
        write_world(to / "landing", 300, months=3, seed=3, providers=14, messy=False)

    return made_once("plain", make) / "landing"


@pytest.fixture(scope="session")
def plain_home(plain_landing: Path, key_file: Path, made_once: Callable[..., Path]) -> Path:
    """A home after one cold run over the plain quarter; read only."""
    return made_once("plain-home", lambda to: run(plain_landing, to / "home", "--key-file", key_file)) / "home"

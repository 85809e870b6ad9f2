"""One small invented county and one finished run, shared by the tests that only look, of every test process."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from models.sample import write_world
from tests.pipeline.support import run, write_key


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
    return made_once("first", lambda to: run(landing, to / "home", "--key-file", key_file)) / "home"

"""One small invented county and one finished run, shared by the tests that only look."""

from pathlib import Path

import pytest

from models.sample import write_world
from tests.pipeline.support import run, write_key


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Extracts of a small county over a year, messy as real ones."""
    folder = tmp_path_factory.mktemp("county") / "landing"
    write_world(folder, people=900, months=12, seed=7, providers=24)
    return folder


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="session")
def home(landing: Path, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one cold run; tests must not write into it."""
    folder = tmp_path_factory.mktemp("first") / "home"
    run(landing, folder, "--key-file", key_file)
    return folder

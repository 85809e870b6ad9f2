"""Running the command line as a user does, and looking at what it left."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.pipeline.forked import forked

KEY = "00112233445566778899aabbccddeeff" * 2
#: the lists that one quarter's extracts give, and a plan, which would wait for twelve months
PERIODS = ("--quarter", "2024Q1", "--year", "2025")


def jicha(*words: object, timeout: float = 800, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `jicha WORDS` in a new interpreter, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli.main", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, **environment},
        check=False,
    )


def run(
    landing: Path, home: Path, *words: object, by: Callable[..., subprocess.CompletedProcess[str]] = forked
) -> subprocess.CompletedProcess[str]:
    """`jicha run` that must succeed; `by=jicha`: in a new interpreter."""
    result = by("run", "--landing", landing, "--home", home, *words)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def write_key(folder: Path) -> Path:
    """A key file with a fixed key, so that two homes agree."""
    path = folder / "pseudonym.key"
    path.write_text(KEY + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


def list_bytes(home: Path) -> dict[str, str]:
    """SHA-256 of every Parquet and CSV below `lists/`, by relative path."""
    files = sorted(p for p in (home / "lists").rglob("*") if p.suffix in {".parquet", ".csv"})
    return {str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def tree_bytes(folder: Path) -> dict[str, str]:
    """SHA-256 and time of change of everything in a folder."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        str(p.relative_to(folder)): f"{hashlib.sha256(p.read_bytes()).hexdigest()} {p.stat().st_mtime_ns}"
        for p in files
    }

"""The version of the code that made a list: package version and a hash of everything that can change a result."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def code_version() -> str:
    """`<package version>+<first 12 hex of the SHA-256 over assets, models, pipelines and sql>`."""
    digest = hashlib.sha256()
    for folder in ("assets", "models", "pipelines", "sql"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".yaml"}:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{version('jicha')}+{digest.hexdigest()[:12]}"

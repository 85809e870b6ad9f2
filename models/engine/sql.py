"""Reading the query files of `sql/`; nothing outside models/ does."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "sql"
_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")
_NAME = re.compile(r"[a-z_][a-z0-9_]*(/[a-z_][a-z0-9_]*)+")


@cache
def sql_text(name: str) -> str:
    """The text of `sql/<name>.sql` without its closing semicolon, e.g. `core/settlement`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a query name: {name!r}")
    return (ROOT / f"{name}.sql").read_text(encoding="utf-8").rstrip().removesuffix(";")


@cache
def sql_parameters(name: str) -> frozenset[str]:
    """Names of the `$parameters` a query binds; comments do not count."""
    code = "\n".join(line.split("--", 1)[0] for line in sql_text(name).splitlines())
    return frozenset(_PARAMETER.findall(code))

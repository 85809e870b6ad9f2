"""Reading the query files of `sql/`, and a bureau's own templates; nothing outside models/ does."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "sql"
_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")
_NAME = re.compile(r"[a-z_][a-z0-9_]*(/[a-z_][a-z0-9_]*)+")


_local: list[Path] = []  # the folder of a bureau's own templates, if there is one


def use_local_templates(folder: Path | None) -> None:
    """From now on `findings/<template>` may also be `<folder>/<template>.sql`; what was read before is forgotten."""
    _local[:] = [folder] if folder else []
    sql_text.cache_clear()
    sql_parameters.cache_clear()


def template_path(template: str) -> Path | None:
    """The file of a template of findings: jicha's own, else the bureau's; None where there is neither."""
    places = [ROOT / "findings", *_local]
    return next((path for path in (place / f"{template}.sql" for place in places) if path.exists()), None)


@cache
def sql_text(name: str) -> str:
    """The text of `sql/<name>.sql` without its closing semicolon, e.g. `core/settlement`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a query name: {name!r}")
    folder, _, rest = name.partition("/")
    path = template_path(rest) if folder == "findings" else None
    return (path or ROOT / f"{name}.sql").read_text(encoding="utf-8").rstrip().removesuffix(";")


@cache
def sql_parameters(name: str) -> frozenset[str]:
    """Names of the `$parameters` a query binds; comments do not count."""
    code = "\n".join(line.split("--", 1)[0] for line in sql_text(name).splitlines())
    return frozenset(_PARAMETER.findall(code))

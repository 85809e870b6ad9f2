"""Reading the query files of `sql/`, and a bureau's own templates; nothing outside models/ does."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2] / "sql"
_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")
_PATTERN = re.compile(r"regexp_matches\((?:[^()]|\([^()]*\))*, \$([a-z_][a-z0-9_]*)\)")
NOTHING = r"\b\B"  # of no codes, no words: what nothing matches
WORDS = "_names"  # ends the name of a list of words that texts may have inside
_NAME = re.compile(r"[a-z_][a-z0-9_]*(/[a-z_][a-z0-9_]*)+")


_local: list[Path] = []  # the folder of a bureau's own templates, if there is one


def use_local_templates(folder: Path | None) -> None:
    """From now on `findings/<template>` may also be `<folder>/<template>.sql`; what was read before is forgotten."""
    _local[:] = [folder] if folder else []
    sql_text.cache_clear()
    sql_parameters.cache_clear()
    _patterns.cache_clear()


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
    return frozenset(_PARAMETER.findall(sql_code(name)))


def sql_values(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the query `name` binds of these parameters; raises ValueError for those that it lacks.

    A list that the query matches as a pattern (`regexp_matches(med_type, $chronic_med_types)`) is bound as one: of
    codes that of these and their sub-codes, of words (`$dialysis_names`, known by the end of the name) that of texts
    with one of them inside.
    """
    wanted = sql_parameters(name)
    if missing := wanted - params.keys():
        raise ValueError(f"query {name} needs parameters {sorted(missing)}")
    patterns = _patterns(name)
    return {
        key: _pattern(key, value) if key in patterns and isinstance(value, list) else value
        for key, value in params.items()
        if key in wanted
    }


def covering(codes: list[str]) -> str:
    """A pattern of the codes and of all under them: 21 covers 2103, for places add digits of their own."""
    stems = _any_of(codes)
    return f"^(?:{stems})" if stems else NOTHING


def _pattern(parameter: str, values: list[str]) -> str:
    return _any_of(values) or NOTHING if parameter.endswith(WORDS) else covering(values)


def _any_of(texts: list[str]) -> str:
    return "|".join(re.escape(text) for text in texts if text)


@cache
def _patterns(name: str) -> frozenset[str]:
    return frozenset(_PATTERN.findall(sql_code(name)))


def sql_code(name: str) -> str:
    """The text of a query without its comments."""
    return "\n".join(line.split("--", 1)[0] for line in sql_text(name).splitlines())

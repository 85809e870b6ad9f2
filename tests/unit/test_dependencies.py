"""Every package that the code imports is named in pyproject.toml: one that only comes with another may go with it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
OWN = {"pipelines", "assets", "models", "tests"}


def _project() -> dict[str, list[str]]:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    return {
        "code": project["dependencies"] + project["optional-dependencies"]["spark"],
        "all": project["dependencies"] + extras,
    }


def _names(requirements: list[str]) -> set[str]:
    return {_plain(re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0]) for one in requirements}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(folder: str) -> set[str]:
    """Top packages that the files of a folder import, wherever in the file."""
    found: set[str] = set()
    for path in (HOUSE / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found |= {one.name.split(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - OWN - set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("folder", "named"), [(one, "code") for one in ("pipelines", "assets", "models")] + [("tests", "all")]
)
def test_what_is_imported_is_named(folder: str, named: str) -> None:
    whose, known = packages_distributions(), _names(_project()[named])
    unnamed = {one for one in _imported(folder) if not known & {_plain(name) for name in whose.get(one, [one])}}
    assert not unnamed, f"{folder}: name in pyproject.toml, then `make lock`: {sorted(unnamed)}"

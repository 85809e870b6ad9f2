"""The manifest beside a folder of lists, read: what it says, and whether the lists still are what it says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from models.errors import JichaError
from models.frozen import file_sha256

FILE = "manifest.json"
NOTICES = "notices"  # workbooks made when the lists are issued


def has_manifest(folder: Path) -> bool:
    """Whether the folder holds lists written whole: the manifest is written last."""
    return (folder / FILE).exists()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, None where there is none; raises JichaError where it cannot be read."""
    path = folder / FILE
    if not has_manifest(folder):
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise JichaError(f"{path} 不是有效的 JSON / is not valid JSON. Remove the folder and run again.") from None
    return dict(found)


def _list_problems(folder: Path, name: str, said: Mapping[str, Any]) -> list[str]:
    problems = []
    for kind in (*said["sha256"], "xlsx"):
        path = folder / f"{name}.{kind}"
        if not path.exists():
            problems.append(f"{path.name}: missing")
        elif kind in said["sha256"] and file_sha256(path) != said["sha256"][kind]:
            problems.append(f"{path.name}: changed since it was written")
        elif kind == "parquet" and pq.read_metadata(path).num_rows != said["rows"]:
            problems.append(f"{path.name}: number of rows differs from the manifest")
    return problems


def verify(folder: Path) -> list[str]:
    """What is wrong with a folder of lists against its manifest, a line each; empty when it is whole and unchanged."""
    said = read_manifest(folder)
    if said is None:
        return [f"{FILE}: missing"]
    problems = [problem for name, one in said["lists"].items() for problem in _list_problems(folder, name, one)]
    known = {FILE, NOTICES} | {f"{name}.{kind}" for name in said["lists"] for kind in ("parquet", "csv", "xlsx")}
    strange = sorted(path.name for path in folder.iterdir() if path.name not in known)
    return problems + [f"{name}: not in the manifest" for name in strange]

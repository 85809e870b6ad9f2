"""The manifest beside the lists: what they were made from, and how to tell that they are whole and up to date."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from models.config import Config
from models.contracts.code import code_version
from models.errors import JichaError
from models.frozen import file_sha256
from models.lists.write import ListFiles

SCHEMA_VERSION = 1
FILE = "manifest.json"
NOTICES = "notices"  # workbooks made when the lists are issued
FATES = ("loaded", "superseded", "cancelled", "quarantined")


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 of everything lists depend on: digests of inputs, configuration, code, as-of, register."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _inputs(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Inputs in the order of their names; a file whose rows do not add up stops the manifest."""
    found = []
    for row in rows:
        one = {**row, "reasons": dict(row.get("reasons") or {})}
        found.append(one)
        sums = sum(int(one[fate]) for fate in FATES)
        if sums != int(one["rows_read"]):
            raise JichaError(
                f"{one['file']}: 读入 {one['rows_read']} 行，去向合计 {sums} 行 / {one['rows_read']} rows read, "
                f"{sums} accounted for. This is a fault of jicha: no row may be lost. Keep the file and report it."
            )
    return sorted(found, key=lambda one: (str(one["file"]), str(one.get("table", ""))))


def write_manifest(
    folder: Path,
    *,
    period: str,
    as_of: datetime | str | None,
    inputs: Iterable[Mapping[str, Any]],
    lists: Mapping[str, ListFiles],
    config: Config,
    key_fingerprint: str,
    seeds: Mapping[str, int] | None = None,
    rule_versions: Mapping[str, Any] | None = None,
    grouping_versions: Sequence[str] = (),
    switched_off: Sequence[str] = (),
    warnings: Sequence[str] = (),
    **extra: Any,
) -> Path:
    """Write `manifest.json`: keys sorted, no clock, so that equal facts give equal bytes; returns its path.

    `inputs`: one mapping a file and table with file, sha256, rows_read, loaded, superseded, cancelled, quarantined,
    reasons (reason -> rows). `extra` keys are added as they are (such as `fingerprint`, which `stale` compares).
    Raises JichaError when the fates of a file's rows do not add up to its rows.
    """
    facts = {
        **extra,
        "period": period,
        "as_of": as_of.isoformat() if isinstance(as_of, datetime) else as_of,
        "code_version": code_version(),
        "config_sha256": config.sha256(),
        "key_fingerprint": key_fingerprint,
        "schema_version": SCHEMA_VERSION,
        "seeds": dict(seeds or {}),
        "rule_versions": dict(rule_versions or {}),
        "grouping_versions": sorted(set(grouping_versions)),
        "inputs": _inputs(inputs),
        "lists": {name: {"rows": made.rows, "sha256": made.sha256} for name, made in lists.items()},
        "switched_off": list(switched_off),
        "warnings": list(warnings),
    }
    path = folder / FILE
    path.write_text(_as_json(facts), encoding="utf-8")
    return path


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, None where there is none; raises JichaError where it cannot be read."""
    path = folder / FILE
    if not path.exists():
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


def stale(folder: Path, mark: str) -> bool:
    """True when the folder is absent, not whole, or made from anything else than the fingerprint `mark` stands for."""
    said = read_manifest(folder)
    if said is None or said.get("fingerprint") != mark:
        return True
    return any(not problem.endswith("not in the manifest") for problem in verify(folder))

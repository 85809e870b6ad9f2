"""The manifest beside the lists, written: what they were made from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from models.config import Config
from models.contracts.code import code_version
from models.errors import JichaError
from models.lists.write import ListFiles
from models.manifest import FILE

SCHEMA_VERSION = 1
FATES = ("loaded", "superseded", "cancelled", "quarantined")


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


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
    reasons (reason -> rows). `extra` keys are added as they are.
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

"""Columns, types and titles of the landing tables, as the contract file declares them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT = Path(__file__).resolve().parent.parent / "contracts" / "tables.yaml"


@cache
def _document() -> Any:
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))


@cache
def tables() -> dict[str, dict[str, dict[str, Any]]]:
    """Table name -> column name -> {type, title, aliases, …}, in the contract's order."""
    spec = _document()
    out: dict[str, dict[str, dict[str, Any]]] = {}
    common = spec["knowledge_columns"]
    for name, table in spec["tables"].items():
        columns = dict(table["columns"])
        if table["kind"] == "kp":
            columns = {
                "rule_id": common["rule_id"],
                "subject_code": common["subject_code"],
                "subject_name": common["subject_name"],
                **columns,
                "valid_from": common["valid_from"],
                "valid_to": common["valid_to"],
                "basis_id": common["basis_id"],
            }
        out[name] = columns
    for name, same in spec.get("same_columns", {}).items():
        out[name] = out[same["as"]]
    return out


@cache
def kinds() -> dict[str, str]:
    """Table name -> `monthly`, `reference` or `kp`."""
    spec = _document()
    out = {name: table["kind"] for name, table in spec["tables"].items()}
    for name, same in spec.get("same_columns", {}).items():
        out[name] = out[same["as"]]
    return out


@cache
def table_titles() -> dict[str, str]:
    """Table name -> Chinese title."""
    spec = _document()
    out = {name: table["title"] for name, table in spec["tables"].items()}
    out.update({name: same["title"] for name, same in spec.get("same_columns", {}).items()})
    return out


@cache
def keys() -> dict[str, list[str]]:
    """Table name -> its key columns."""
    spec = _document()
    out = {name: table["key"] for name, table in spec["tables"].items()}
    out.update({name: out[same["as"]] for name, same in spec.get("same_columns", {}).items()})
    return out

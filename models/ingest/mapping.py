"""`<landing>/mapping.yaml`: how a bureau that names things otherwise delivers the contract's tables."""

import hashlib
import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.contracts import tables
from models.errors import InputRefused
from models.faults import broken_yaml, told

FILE = "mapping.yaml"


class TableMapping(BaseModel):
    """One table: where its rows are, and what its columns are called there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: list[str] = Field(min_length=1)
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    wide: dict[str, list[str]] = {}
    month_from: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "TableMapping":
        if len({len(many) for many in self.wide.values()}) > 1:
            raise ValueError("wide 各列的清单须等长 / the lists under `wide` must be of one length")
        if any(not many for many in self.wide.values()):
            raise ValueError("wide 下有空清单 / a list under `wide` is empty")
        given = [*self.columns, *self.constants, *self.wide]
        twice = sorted({name for name in given if given.count(name) > 1})
        if twice:
            raise ValueError(
                "在 columns、constants、wide 中重复 / given more than once among columns, constants and wide: "
                + ", ".join(twice)
            )
        return self

    def matches(self, file: str) -> bool:
        """Does a path relative to landing belong to this table?"""
        return any(fnmatchcase(file, pattern) for pattern in self.files)

    def sha256(self) -> str:
        """Hash of everything that changes what is read; a file is loaded again when it changes."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Mapping(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: dict[str, TableMapping] = {}

    def feeds(self, file: str) -> dict[str, TableMapping]:
        """The tables a path relative to landing feeds."""
        return {name: one for name, one in self.tables.items() if one.matches(file)}


def read_mapping(landing: Path) -> Mapping:
    """Read `<landing>/mapping.yaml`; a missing file is an empty mapping.

    Raises InputRefused that names every fault at once.
    """
    path = landing / FILE
    if not path.exists():
        return Mapping()
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise InputRefused(f"{FILE} 不是有效的 YAML / is not valid YAML in UTF-8: {broken_yaml(fault)}") from None
    try:
        mapping = Mapping.model_validate(_texts(document))
    except ValidationError as fault:
        raise InputRefused(_message(told(fault, Mapping))) from None
    faults = [line for name, one in mapping.tables.items() for line in _faults(name, one)]
    if faults:
        raise InputRefused(_message(faults))
    return mapping


def _message(lines: list[str]) -> str:
    return f"{FILE} 有误 / has {len(lines)} fault(s):\n" + "\n".join(f"  {line}" for line in lines)


def _texts(value: Any) -> Any:
    """Codes written without quotes (`390`) mean their text."""
    if isinstance(value, dict):
        return {str(key): _texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _faults(name: str, one: TableMapping) -> list[str]:
    table = tables().get(name)
    if table is None:
        return [f"tables.{name}: 没有这张表 / no such table; allowed are {', '.join(tables())}"]
    faults = []
    parts: dict[str, Iterable[str]] = {
        "columns": one.columns, "constants": one.constants, "values": one.values, "wide": one.wide,
    }  # fmt: skip
    for part, columns in parts.items():
        unknown = sorted(set(columns) - set(table.columns))
        if unknown:
            faults.append(
                f"tables.{name}.{part}: 没有这些列 / no such columns {', '.join(unknown)}; "
                f"{name} has {', '.join(table.columns)}"
            )
    if any(Path(pattern).is_absolute() or ".." in Path(pattern).parts for pattern in one.files):
        faults.append(
            f"tables.{name}.files: 路径须相对于数据目录且在其内 / paths are relative to landing and stay inside it"
        )
    if not one.columns and not one.wide:
        faults.append(f"tables.{name}: 没有列 / names no columns; drop the entry if the files follow the contract")
    return faults

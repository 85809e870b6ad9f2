"""The landing contract as data: every table, its key, its columns, their types, titles and aliases."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.contracts.document import read_document

SQL_TYPES = {
    "id": "VARCHAR",
    "code": "VARCHAR",
    "text": "VARCHAR",
    "flag": "VARCHAR",
    "person": "VARCHAR",
    "keyed": "VARCHAR",
    "amount": "DECIMAL(16,2)",
    "price": "DECIMAL(16,6)",
    "quantity": "DECIMAL(16,4)",
    "ratio": "DECIMAL(9,4)",
    "weight": "DECIMAL(14,6)",
    "age": "DECIMAL(6,1)",
    "int": "INTEGER",
    "date": "DATE",
    "time": "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One column of a contract table; `required` = must be there, `filled` = no value may be empty.

    `width` = codes are padded with zeros to it; `also_zero` = further codes of a flag that mean 0; `allowed` = the only
    codes of a column, lower case (delivered in any); `words` = how people write them, in the same order, read alike.
    """

    name: str
    type: str
    title: str
    required: bool = False
    filled: bool = False
    aliases: tuple[str, ...] = ()
    width: int | None = None
    also_zero: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def inside(self) -> str:
        """Name inside the warehouse: identities are replaced, so `psn_no` becomes `psn_id`."""
        return "psn_id" if self.type == "person" else self.name

    @property
    def spoken(self) -> dict[str, str]:
        """Code by the word people write for it."""
        return dict(zip(self.words, self.allowed, strict=True)) if self.words else {}

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One contract table; `kind` is monthly, reference or kp (a knowledge-point table, also reference)."""

    name: str
    title: str
    kind: str
    key: tuple[str, ...]
    columns: dict[str, Column]

    @property
    def key_inside(self) -> tuple[str, ...]:
        return tuple(self.columns[name].inside for name in self.key)


def _column(name: str, spec: dict[str, Any]) -> Column:
    required = bool(spec.get("required", False))
    return Column(
        name=name,
        type=spec["type"],
        title=str(spec["title"]),
        required=required,
        filled=required and bool(spec.get("filled", True)),
        aliases=tuple(spec.get("aliases", ())),
        width=spec.get("width"),
        also_zero=tuple(str(code) for code in spec.get("also_zero", ())),
        allowed=tuple(spec.get("allowed", ())),
        words=tuple(spec.get("words", ())),
    )


def _knowledge_order(own: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    head = {name: shared[name] for name in ("rule_id", "subject_code", "subject_name")}
    tail = {name: spec for name, spec in shared.items() if name not in head}
    return {**head, **own, **tail}


@cache
def tables() -> dict[str, Table]:
    """All contract tables by name, in the order of the contract."""
    document = read_document(Path(__file__).parent / "tables.yaml")
    found: dict[str, Table] = {}
    for name, spec in document["tables"].items():
        columns = spec["columns"]
        if spec["kind"] == "kp":
            columns = _knowledge_order(columns, document["knowledge_columns"])
        found[name] = Table(
            name=name,
            title=spec["title"],
            kind=spec["kind"],
            key=tuple(spec["key"]),
            columns={column: _column(column, one) for column, one in columns.items()},
        )
        for twin, how in document["same_columns"].items():
            if how["as"] == name:
                found[twin] = Table(twin, how["title"], spec["kind"], found[name].key, found[name].columns)
    return found

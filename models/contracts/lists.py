"""The contract of what comes out as data: every list, its columns in order, their types, titles and explanations."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from models.contracts.document import read_document

#: what frames hold columns of these types as
PLAIN_TYPES: dict[str, pl.DataType] = {
    "varchar": pl.String(), "bigint": pl.Int64(), "boolean": pl.Boolean(), "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}  # fmt: skip
_PARAMETRIC = re.compile(r"decimal\((\d+),(\d+)\)|double\((\d+)\)")

SHOW_OF_TYPE = {"varchar": "text", "bigint": "count", "boolean": "flag", "date": "date", "timestamp": "time"}
WIDTHS = {
    "text": 20,
    "code": 16,
    "json": 28,
    "amount": 14,
    "price": 12,
    "quantity": 11,
    "count": 10,
    "share": 10,
    "percentile": 10,
    "score": 10,
    "probability": 10,
    "significance": 10,
    "flag": 8,
    "date": 12,
    "month": 10,
    "time": 16,
}


@dataclass(frozen=True)
class ListColumn:
    """One column of a list; `type` is varchar, bigint, boolean, date, timestamp, decimal(p,s) or double.

    `decimals` is the number of decimals of a decimal, and the number a double is rounded to before it is written.
    `values` = Chinese meaning of codes; `detail` = folded away in Excel.
    """

    name: str
    type: str
    title_zh: str
    title_en: str
    explanation_zh: str
    explanation_en: str
    show: str
    width: int
    decimals: int | None = None
    detail: bool = False
    values: dict[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return self.title_zh if language == "zh" else self.title_en

    def explanation(self, language: str) -> str:
        return self.explanation_zh if language == "zh" else self.explanation_en

    @property
    def sql_type(self) -> str:
        """Type of the column in the warehouse."""
        return self.type.upper()

    @property
    def dtype(self) -> pl.DataType:
        """Type of the column in a frame."""
        if found := _PARAMETRIC.fullmatch(self.type):
            return pl.Decimal(int(found[1]), int(found[2]))
        return PLAIN_TYPES.get(self.type, pl.Float64())


@dataclass(frozen=True)
class ListSpec:
    """One list; `key` identifies a row, `order_by` (column, descending) orders the rows.

    `order_by` may name the product of two columns (`a*b`). `source` is the table it is taken from, None where it is
    made when it is written; `amount` the money that stands for it. `cadence` says in which folders it is.
    """

    name: str
    cadence: tuple[str, ...]
    title_zh: str
    title_en: str
    explanation_zh: str
    explanation_en: str
    key: tuple[str, ...]
    order_by: tuple[tuple[str, bool], ...]
    columns: tuple[ListColumn, ...]
    source: str | None = None
    amount: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the contract."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ListColumn:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"list {self.name} has no column {name}")

    def title(self, language: str) -> str:
        return self.title_zh if language == "zh" else self.title_en

    def explanation(self, language: str) -> str:
        return self.explanation_zh if language == "zh" else self.explanation_en


def _type(text: str) -> tuple[str, int | None]:
    if text in PLAIN_TYPES:
        return text, None
    found = _PARAMETRIC.fullmatch(text)
    if not found:
        raise ValueError(f"lists.yaml: unknown type {text!r}")
    return ("double", int(found[3])) if found[3] else (text, int(found[2]))


def _column(name: str, spec: dict[str, Any]) -> ListColumn:
    kind, decimals = _type(spec["type"])
    show = spec.get("show") or SHOW_OF_TYPE[kind]
    return ListColumn(
        name=name,
        type=kind,
        title_zh=spec["zh_title"],
        title_en=spec["en_title"],
        explanation_zh=spec["zh"],
        explanation_en=spec["en"],
        show=show,
        width=int(spec.get("width", WIDTHS[show])),
        decimals=decimals,
        detail=bool(spec.get("detail", False)),
        values={str(code): str(label) for code, label in spec.get("values", {}).items()},
    )


def _list(name: str, spec: dict[str, Any], shared: dict[str, Any]) -> ListSpec:
    columns = {one: shared[one] if what == "same" else what for one, what in spec["columns"].items()}
    return ListSpec(
        name=name,
        cadence=tuple(part.strip() for part in spec["cadence"].split(",")),
        title_zh=spec["zh_title"],
        title_en=spec["en_title"],
        explanation_zh=spec["zh"],
        explanation_en=spec["en"],
        key=tuple(spec["key"]),
        order_by=tuple((one.removeprefix("-"), one.startswith("-")) for one in spec["order_by"]),
        columns=tuple(_column(one, what) for one, what in columns.items()),
        source=spec.get("source"),
        amount=spec.get("amount"),
    )


CONTRACT = Path(__file__).parent / "lists.yaml"


@cache
def lists() -> dict[str, ListSpec]:
    """All lists by name, in the order of the contract."""
    return read_lists(CONTRACT)


def lists_of(cadence: str) -> tuple[str, ...]:
    """Names of the lists of a folder: `quarter` or `year`."""
    return tuple(name for name, spec in lists().items() if cadence in spec.cadence)


def schema(name: str) -> dict[str, pl.DataType]:
    """Columns and types of a list's rows as frames hold them; KeyError where there is no such list."""
    return {column.name: column.dtype for column in lists()[name].columns}


def as_now(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a list as any version issued it, in the columns of today: what was added since is null."""
    kinds = schema(name)
    added = [pl.lit(None, kind).alias(column) for column, kind in kinds.items() if column not in rows.columns]
    return rows.with_columns(added).select(pl.col(column).cast(kind) for column, kind in kinds.items())


def read_lists(path: Path) -> dict[str, ListSpec]:
    """The tables of a file written like the contract; `same` columns are those that the contract shares."""
    shared = read_document(CONTRACT)["shared"]
    return {name: _list(name, spec, shared) for name, spec in read_document(path)["lists"].items()}

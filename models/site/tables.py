"""Rows of a list as cells of a page: text, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from models.contracts import ListColumn, lists
from models.contracts.words import stratum
from models.lists.bands import banded
from models.quality.titles import check_title, table_title
from models.site.cells import NUMBERS, formatter
from models.site.names import LINKS, Addresses
from models.site.words import rule_title

WIDE = 34  # characters from which a column is given room
LONG = 120  # characters of one text from which its column is given more, so that rows stay low
SHORT = 12  # characters of a hash that a table shows
SHORTENED = frozenset({"psn_id", "candidate_id", "lot"})
#: codes that have a title; the code stays with the pointer
TITLED = {"check_id": check_title, "table": table_title, "stratum": stratum}

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Head:
    """One column of a table on a page."""

    name: str
    title: str
    explanation: str
    kind: str  # number, code, text, text wide, text wide long: how it is set and sorted


class Cell(NamedTuple):
    """One cell: what is shown, the address it leads to, the whole value where it is shortened, how it is set."""

    text: str
    href: str | None
    whole: str | None
    kind: str


@dataclass(frozen=True)
class Table:
    """A table ready for a template."""

    heads: tuple[Head, ...]
    rows: list[tuple[Cell, ...]]


def _kind(column: ListColumn) -> str:
    if column.show in NUMBERS:
        return "number"
    if column.width >= WIDE:
        return "text wide"
    return "code" if column.show in {"code", "date", "month", "time", "flag"} and not column.values else "text"


def _column(column: ListColumn, rows: Rows, language: str, addresses: Addresses) -> list[Cell]:
    """The cells of one column; a name that stands for a code carries the code, for search and for the pointer."""
    kind, tell = _kind(column), formatter(column, language)
    values = [row[column.name] for row in rows]
    texts = ["" if value is None else tell(value) for value in values]
    if column.name == "rule_name" and rows and "rule_id" in rows[0]:
        texts = [rule_title(str(row["rule_id"]), text, language) for row, text in zip(rows, texts, strict=True)]
    if column.name in LINKS:
        page, source = LINKS[column.name]
        keys = [str(row.get(source) or "") for row in rows]
        wholes = [key if key != text else None for key, text in zip(keys, texts, strict=True)]
        hrefs = [addresses.of(page, key) for key in keys]
    else:
        wholes, hrefs = [None] * len(rows), [None] * len(rows)
    if column.name in TITLED:
        kind = "text"
        wholes, texts = [*texts], [TITLED[column.name](text, language) for text in texts]
        wholes = [whole if whole != text else None for whole, text in zip(wholes, texts, strict=True)]
    if kind.startswith("text") and max(map(len, texts), default=0) > LONG:
        kind = "text wide long"
    if column.name == "fixmedins_code" and rows and "fixmedins_name" not in rows[0]:
        texts = [f"{text} {addresses.titles.get(text, '')}".rstrip() for text in texts]
    if column.name in SHORTENED:
        wholes = [text if len(text) > SHORT else None for text in texts]
        texts = [text[:SHORT] + "…" if len(text) > SHORT else text for text in texts]
    return [Cell(*one, kind) for one in zip(texts, hrefs, wholes, strict=True)]


def table(
    name: str,
    rows: pl.DataFrame | Rows,
    language: str,
    addresses: Addresses,
    columns: Sequence[str],
) -> Table:
    """The rows of a list with the columns asked for.

    A frame's confidence is a band until enough decided cases stand behind it, as in Excel; rows that are read already
    are taken as they are.
    """
    spec = lists()[name]
    if isinstance(rows, pl.DataFrame):
        spec, frame = banded(spec, rows, language)
        rows = frame.to_dicts()
    cells = [_column(spec.column(one), rows, language, addresses) for one in columns]
    heads = tuple(_head(spec.column(one), language, given) for one, given in zip(columns, cells, strict=True))
    return Table(heads, list(zip(*cells, strict=True)))


def _head(column: ListColumn, language: str, cells: list[Cell]) -> Head:
    kind = cells[0].kind if cells else _kind(column)
    return Head(column.name, column.title(language), column.explanation(language), kind)

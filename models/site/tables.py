"""Rows of a list as cells of a page: text, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from models.contracts import ListColumn, ListSpec, lists
from models.lists.bands import banded
from models.site.cells import NUMBERS, shown
from models.site.names import LINKS, Addresses

WIDE = 34  # characters from which a column is given room
SHORT = 12  # characters of a hash that a table shows
SHORTENED = frozenset({"psn_id", "candidate_id", "lot"})


@dataclass(frozen=True)
class Head:
    """One column of a table on a page."""

    name: str
    title: str
    explanation: str
    kind: str  # number, code, text, text wide: how it is set and sorted


@dataclass(frozen=True)
class Cell:
    """One cell: what is shown, the address it leads to, the whole value where it is shortened."""

    text: str
    href: str | None = None
    whole: str | None = None


@dataclass(frozen=True)
class Table:
    """A table ready for a template."""

    heads: tuple[Head, ...]
    rows: list[list[Cell]]


def _kind(column: ListColumn) -> str:
    if column.show in NUMBERS:
        return "number"
    if column.width >= WIDE:
        return "text wide"
    return "code" if column.show in {"code", "date", "time", "flag"} and not column.values else "text"


def _cell(text: str, column: str, kind: str | None, key: str, addresses: Addresses) -> Cell:
    """A cell; a name that stands for a code carries the code, for search and for whoever points at it."""
    href = addresses.of(kind, key) if kind else None
    if column in SHORTENED and len(text) > SHORT:
        return Cell(text[:SHORT] + "…", href, text)
    return Cell(text, href, key if kind and key and key != text else None)


def table(
    name: str,
    rows: pl.DataFrame | Sequence[dict[str, Any]],
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
    chosen = [(spec.column(one), *LINKS.get(one, (None, one))) for one in columns]
    return Table(
        _heads(spec, language, tuple(columns)),
        [
            [
                _cell(shown(row[column.name], column, language), column.name, kind, str(row.get(key) or ""), addresses)
                for column, kind, key in chosen
            ]
            for row in rows
        ],
    )


def _heads(spec: ListSpec, language: str, columns: tuple[str, ...]) -> tuple[Head, ...]:
    chosen = [spec.column(one) for one in columns]
    return tuple(Head(one.name, one.title(language), one.explanation(language), _kind(one)) for one in chosen)

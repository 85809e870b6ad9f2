"""A value of a list as text on a page, by the contract's way of showing it."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from models.contracts import ListColumn
from models.contracts.lists import WIDTHS
from models.contracts.words import YES_NO, flat_json, plain

LEAST_SHARE = 0.0001
LEAST_PROBABILITY = 0.0005  # shown as 0.000 it would read as impossible
SMALL = 5  # counts of people below it are not shown outside
_DECIMALS = {
    "amount": 2,
    "price": 4,
    "quantity": 4,
    "count": 0,
    "share": 1,
    "percentile": 1,
    "score": 2,
    "probability": 3,
    "significance": 3,
}
NUMBERS = frozenset(_DECIMALS)
_TRIM = frozenset({"price", "quantity"})


def number(value: Decimal | int | float, show: str) -> str:
    """A number with thousands separators; prices and quantities without closing zeros."""
    if show == "share":
        size = abs(float(value))
        if 0 < size < LEAST_SHARE:
            return f"<{LEAST_SHARE:.2%}" if value > 0 else f">-{LEAST_SHARE:.2%}"
        return f"{value:.2%}" if 0 < size < 100 * LEAST_SHARE else f"{value:.1%}"
    if value < LEAST_PROBABILITY and (show == "significance" or (show == "probability" and value > 0)):
        return "<0.001"  # no significance is 0, it is only too small for the list
    text = f"{value:z,.{_DECIMALS.get(show, 2)}f}"
    return text.rstrip("0").rstrip(".") if show in _TRIM and "." in text else text


def shown(value: Any, column: ListColumn, language: str) -> str:
    """The text of one cell; empty for null."""
    return "" if value is None else formatter(column, language)(value)


def formatter(column: ListColumn, language: str) -> Callable[[Any], str]:
    """How a column's values (never null) become text."""
    yes, no = YES_NO[language]
    if column.type == "boolean" or (column.show == "flag" and column.width == WIDTHS["flag"]):
        return lambda value: {1: yes, 0: no}.get(value, str(value))
    if column.show == "month":
        return lambda value: f"{value:%Y-%m}"
    if column.type == "timestamp":
        return lambda value: f"{value:%Y-%m-%d %H:%M}"
    if column.show in NUMBERS and column.type != "varchar":
        return partial(number, show=column.show)
    if column.show == "json":
        return lambda value: flat_json(str(value), language)
    if column.values:
        words = dict(column.values) if language == "zh" else {code: plain(code) for code in column.values}
        return lambda value: words.get(value, str(value))
    return str


def suppressed(count: int | None) -> str:
    """A count of people for pages meant for outside: below five it only says so."""
    if count is None:
        return ""
    return f"<{SMALL}" if 0 < count < SMALL else f"{count:,}"

"""A value of a list as text on a page, by the contract's way of showing it."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.contracts import ListColumn
from models.contracts.lists import WIDTHS

NUMBERS = frozenset({"amount", "price", "quantity", "count", "share", "percentile", "score", "probability"})
LEAST_SHARE = 0.0001
SMALL = 5  # counts of people below it are not shown outside
_DECIMALS = {"amount": 2, "percentile": 1, "score": 2, "probability": 3, "count": 0, "price": 4, "quantity": 4}
_LETTERS = frozenset({"cmi", "ct", "mr"})
_TRIM = frozenset({"price", "quantity"})


def number(value: Decimal | int | float, show: str) -> str:
    """A number with thousands separators; prices and quantities without closing zeros."""
    if show == "share":
        size = abs(float(value))
        if 0 < size < LEAST_SHARE:
            return f"<{LEAST_SHARE:.2%}" if value > 0 else f">-{LEAST_SHARE:.2%}"
        return f"{value:.2%}" if 0 < size < 100 * LEAST_SHARE else f"{value:.1%}"
    text = f"{value:,.{_DECIMALS.get(show, 2)}f}"
    return text.rstrip("0").rstrip(".") if show in _TRIM and "." in text else text


def _flat(value: Any) -> str:
    """JSON as a reader's line: the texts of reasons, names with values, lists joined."""
    if isinstance(value, dict):
        if "text" in value:
            return str(value["text"])
        return "；".join(f"{name} {_flat(one)}" for name, one in value.items() if one not in (None, [], {}, ""))
    if isinstance(value, list):
        return "；".join(_flat(one) for one in value)
    return "" if value is None else str(value)


def flat_json(text: str) -> str:
    """The line for one JSON cell; text that is no JSON is shown as it is."""
    try:
        return _flat(json.loads(text))
    except ValueError:
        return text


def shown(value: Any, column: ListColumn, language: str) -> str:
    """The text of one cell; empty for null."""
    if value is None:
        return ""
    if isinstance(value, bool) or (column.show == "flag" and column.width == WIDTHS["flag"] and value in {0, 1}):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return number(value, column.show) if column.show in NUMBERS else str(value)
    if column.show == "json":
        return flat_json(str(value))
    if value in column.values:
        return column.values[value] if language == "zh" else plain(str(value))
    return str(value)


def plain(code: str) -> str:
    """A code of ours as English words: ct_share is CT share."""
    return " ".join(word.upper() if word in _LETTERS else word for word in code.split("_"))


def suppressed(count: int | None) -> str:
    """A count of people for pages meant for outside: below five it only says so."""
    if count is None:
        return ""
    return f"<{SMALL}" if 0 < count < SMALL else f"{count:,}"

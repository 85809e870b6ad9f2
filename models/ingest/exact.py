"""The exact reading of one line: slow, and the measure the fast path is tested against."""

import re
from functools import cache

ENCLOSED = "@|"


@cache
def _field(separator: str) -> re.Pattern[str]:
    sep = re.escape(separator)
    return re.compile(rf'"((?:[^"]|"")*+)"(?={sep}|\Z)|@\|(.*?)\|@(?={sep}|\Z)|([^{sep}]*)', re.DOTALL)


def split_line(line: str, separator: str) -> list[str] | str:
    """Fields of one line without its terminator, or the reason why it has none (`unclosed_quote`, `bad_quote`).

    A field that starts with `"` ends at the matching `"` (doubled inside), one that starts with `@|` at `|@`; both
    must be followed by a separator or the end of the line. Quotes elsewhere are text.
    """
    if '"' not in line and ENCLOSED not in line:
        return line.split(separator)
    pattern, fields, place = _field(separator), [], 0
    while True:
        found = pattern.match(line, place)
        assert found is not None
        quoted, enclosed, plain = found.groups()
        if quoted is not None:
            fields.append(quoted.replace('""', '"'))
        elif enclosed is not None:
            fields.append(enclosed)
        elif plain.startswith('"'):
            return "unclosed_quote" if _open(line[place:]) else "bad_quote"
        elif line.startswith(ENCLOSED, place):
            return "unclosed_quote"
        else:
            fields.append(plain)
        place = found.end()
        if place == len(line):
            return fields
        place += len(separator)


def _open(rest: str) -> bool:
    """Does the quote at the start of `rest` never close?"""
    return re.match(r'"(?:[^"]|"")*+"', rest) is None

"""One chunk of text to columns of strings: the fast reader where it is exact, the exact one for all other lines."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from models.ingest import lines as physical
from models.ingest.chunks import MAX_LINE, Chunk, line_feeds
from models.ingest.encoding import Encoding, lines_of, to_utf8
from models.ingest.exact import split_line
from models.ingest.quick import NULLS

_BLOCK = 2 << 20


@dataclass(frozen=True)
class Dialect:
    """How lines split: the separator, the number of fields, the fields wanted (indexes)."""

    separator: str
    width: int
    wanted: tuple[int, ...]

    @property
    def names(self) -> list[str]:
        return [f"c{place}" for place in self.wanted]


@dataclass
class Parsed:
    """Rows of a chunk as strings (columns `c<i>`), their line numbers, the lines without rows, and how many lines.

    `nulls` = values that stand for nothing are null already, unless blanks surround them.
    """

    table: pa.Table
    line_no: np.ndarray
    bad: dict[int, str]
    lines: int
    nulls: bool = False


class Shifted(Exception):
    """The fast reader did not return one row a line: the exact way has to be taken."""


def read_csv(data: bytes, dialect: Dialect, quoted: bool, rows: int) -> pa.Table:
    """The fast reader on whole regular lines; raises Shifted unless it returns exactly `rows` rows."""
    size = _BLOCK
    while True:
        try:
            table = pacsv.read_csv(
                pa.py_buffer(data),
                read_options=pacsv.ReadOptions(
                    column_names=[f"c{place}" for place in range(dialect.width)],
                    block_size=size,
                    use_threads=False,  # the database is at work beside it
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=dialect.separator,
                    quote_char='"' if quoted else False,
                    double_quote=quoted,
                    escape_char=False,
                    newlines_in_values=False,
                    ignore_empty_lines=False,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types={name: pa.string() for name in dialect.names},
                    include_columns=dialect.names,
                    null_values=list(NULLS),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:
            if size > len(data):
                raise Shifted from None
            size = len(data) + 1
            continue
        if table.num_rows != rows:
            raise Shifted
        return table


def parse(chunk: Chunk, encoding: Encoding, dialect: Dialect) -> Parsed:
    """Read one chunk; every physical line becomes a row or a reason."""
    data, undecodable = to_utf8(chunk.data, encoding)
    long = _long_lines(chunk.data, encoding)
    plain = not undecodable and not long and dialect.width > 1
    if plain and _is_plain(data):
        rows = line_feeds(data) + (not data.endswith(b"\n"))
        try:
            table = read_csv(data, dialect, False, rows)
            if not all(column.null_count for column in table.columns):
                return Parsed(table, np.arange(chunk.first, chunk.first + rows), {}, rows, True)
        except Shifted:
            pass  # an empty line may have become a row of nulls, or a line has too few or too many fields
    return _careful(data, chunk.first, dialect, undecodable, long)


def _is_plain(data: bytes) -> bool:
    """No quotes, no NUL, no CR but before LF."""
    if b'"' in data or (b"@" in data and b"@|" in data) or b"\0" in data:
        return False
    return b"\r" not in data or data.count(b"\r") == data.count(b"\r\n")


def _long_lines(data: bytes, encoding: Encoding) -> set[int]:
    """Indexes of lines beyond MAX_LINE; most chunks are cleared by a few searches."""
    half = MAX_LINE // 2
    if all(data.find(encoding.newline, at, at + half) >= 0 for at in range(0, len(data) - half, half)):
        return set()
    return {place for place, line in enumerate(lines_of(data, encoding)) if len(line) > MAX_LINE}


def _careful(data: bytes, first: int, dialect: Dialect, undecodable: set[int], long: set[int]) -> Parsed:
    separator = ord(dialect.separator)
    original = data
    enclosing = b"@" in data
    if enclosing and b'"' not in data and b"@|" in data:
        data = physical.unwrap(data, dialect.separator.encode())
    lines = physical.split(data)
    bad: dict[int, str] = dict.fromkeys(long, "too_long") | dict.fromkeys(undecodable, "bad_encoding")
    if b"\0" in data:
        for place in np.flatnonzero(lines.having(np.flatnonzero(lines.codes == 0))).tolist():
            bad.setdefault(place, "nul_byte")
    slow = physical.irregular(lines, separator) | physical.lone_carriage(lines) | (dialect.width == 1)
    if enclosing and (b"@|" in data or b"|@" in data):
        slow |= _enclosed(lines)
    if not bad and not slow.any() and (lines.stops > lines.starts).all():
        with suppress(Shifted):  # a line has too few or too many fields
            table = read_csv(data, dialect, True, len(lines))
            return Parsed(table, np.arange(first, first + len(lines)), {}, len(lines), True)
    wrong = ~slow & (physical.field_counts(lines, separator) != dialect.width)
    for place in np.flatnonzero(wrong).tolist():
        bad.setdefault(place, _miscounted(lines.line(place), dialect))
    regular = ~slow
    regular[list(bad)] = False
    slow[list(bad)] = False
    try:
        table = read_csv(lines.keep(regular), dialect, True, int(regular.sum())) if regular.any() else None
    except Shifted:
        table, slow = None, slow | regular
        regular = np.zeros(len(lines), bool)
    exact, exact_places = _exact(original, np.flatnonzero(slow).tolist(), dialect, bad)
    parts = [part for part in (table, exact) if part is not None]
    empty = pa.table({name: pa.array([], pa.string()) for name in dialect.names})
    numbers = np.concatenate((np.flatnonzero(regular), np.array(exact_places, np.int64))) + first
    shifted = {first + place: reason for place, reason in bad.items()}
    return Parsed(pa.concat_tables(parts) if parts else empty, numbers, shifted, len(lines), exact is None)


def _enclosed(lines: physical.Lines) -> np.ndarray:
    at, bar = lines.codes == physical.AT, lines.codes == physical.BAR
    both = (at[:-1] & bar[1:]) | (bar[:-1] & at[1:])
    return lines.having(np.flatnonzero(both))


def _miscounted(line: bytes, dialect: Dialect) -> str:
    blank = b" \r\x0b\x0c" if dialect.separator == "\t" else b" \t\r\x0b\x0c"
    return "wrong_field_count" if line.strip(blank) else "blank_line"


def _exact(data: bytes, places: list[int], dialect: Dialect, bad: dict[int, str]) -> tuple[pa.Table | None, list[int]]:
    """Rows of single lines read one by one; lines without a row are added to `bad`."""
    if not places:
        return None, []
    lines = physical.split(data)
    kept: list[int] = []
    columns: list[list[str]] = [[] for _ in dialect.wanted]
    for place in places:
        line = lines.line(place)
        fields = split_line(line.decode(), dialect.separator)
        if isinstance(fields, str):
            bad[place] = fields
        elif len(fields) != dialect.width or (dialect.width == 1 and not line.strip()):
            bad[place] = _miscounted(line, dialect)
        else:
            kept.append(place)
            for column, index in zip(columns, dialect.wanted, strict=True):
                column.append(fields[index])
    if not kept:
        return None, []
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.table(dict(zip(dialect.names, arrays, strict=True))), kept

"""The fast reading of a chunk is the exact reading of its lines, whatever the bytes and wherever chunks are cut."""

import hashlib
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.ingest import chunks
from models.ingest.chunks import Chunk, LongLine, cut
from models.ingest.encoding import Encoding, lines_of
from models.ingest.exact import split_line
from models.ingest.parse import Dialect, parse
from models.ingest.quick import NULLS

CLEAN = Encoding("utf-8", 0, True)
PIECES = ['"', '""', ",", "|", "\t", "@|", "|@", "a", "中", " ", "", "1.50", "\r", "\0", "\n", "\r\n", "'", "\\", "x,y"]
bodies = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
shapes = st.tuples(st.sampled_from([",", "|", "\t"]), st.integers(1, 4))


def by_hand(body: bytes, separator: str, width: int) -> tuple[dict[int, list[str]], dict[int, str]]:
    """Rows and reasons by line number, read one line at a time."""
    rows: dict[int, list[str]] = {}
    bad: dict[int, str] = {}
    for number, raw in enumerate(lines_of(body, CLEAN), 2):
        fields = split_line(raw.decode(), separator)
        blank = not raw.strip(b" \r\x0b\x0c" if separator == "\t" else b" \t\r\x0b\x0c")
        if b"\0" in raw:
            bad[number] = "nul_byte"
        elif isinstance(fields, str):
            bad[number] = fields
        elif len(fields) != width or (width == 1 and blank):
            bad[number] = "blank_line" if blank else "wrong_field_count"
        else:
            rows[number] = fields
    return rows, bad


def nulled(fields: Iterable[str | None]) -> list[str | None]:
    """The fast reader already turns what stands for nothing into nulls."""
    return [None if field in NULLS else field for field in fields]


@settings(max_examples=1500, deadline=None)
@given(bodies, shapes)
@example("|@|@|", ("|", 2))  # an end that nothing began, and a beginning without an end
@example("|@,@|,b", (",", 2))
@example("@|a|@,@|b|@\r\n|@,@|,b", (",", 2))
@example("a,b\n@|a|@,@|b|@\n@|@,@|@\n@|a|@,@|@|b|@\n@|a\n@|a|@,@|b|@", (",", 2))  # enclosed lines between others
def test_fast_reading_is_exact_reading(body: str, shape: tuple[str, int]) -> None:
    separator, width = shape
    data = body.encode()
    parsed = parse(Chunk(data, 2), CLEAN, Dialect(separator, width, tuple(range(width))))
    columns = [parsed.table[f"c{place}"].to_pylist() for place in range(width)]
    found = dict(zip(parsed.line_no.tolist(), map(nulled, zip(*columns, strict=True)), strict=True))
    rows, bad = by_hand(data, separator, width)
    assert found == {number: nulled(fields) for number, fields in rows.items()}
    assert parsed.bad == bad
    assert parsed.lines == len(rows) + len(bad)


@settings(max_examples=300, deadline=None)
@given(
    bodies,
    st.sampled_from([CLEAN, Encoding("gb18030"), Encoding("utf-16-le", 2), Encoding("utf-16-be", 2)]),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(5, 200),
)
def test_chunks_hold_every_line_under_its_number(
    body: str, encoding: Encoding, block: int, size: int, longest: int
) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding.name, b"")
    data = mark + body.encode(encoding.name)
    expected = {
        number: hashlib.sha256(line).hexdigest() for number, line in enumerate(lines_of(data[len(mark) :], encoding), 1)
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chunks, "CHUNK", size)
        patched.setattr(chunks, "MAX_LINE", longest)
        found: dict[int, str] = {}
        for piece in cut((data[at : at + block] for at in range(0, len(data), block)), encoding):
            if isinstance(piece, LongLine):
                found[piece.first] = piece.sha256
                continue
            for number, line in enumerate(lines_of(piece.data, encoding), piece.first):
                found[number] = hashlib.sha256(line).hexdigest()
    assert found == expected

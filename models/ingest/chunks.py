"""Cutting a stream of blocks at line feeds, so that every chunk holds whole physical lines."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.ingest.encoding import Encoding

CHUNK = 8 << 20
_PIECE = 1 << 18
MAX_LINE = 1 << 20  # a longer line is no record of these tables; it is hashed, not kept


@dataclass(frozen=True)
class Chunk:
    """Whole lines; `first` is the number of the first one (the header is line 1)."""

    data: bytes
    first: int


@dataclass(frozen=True)
class LongLine:
    """One line beyond MAX_LINE: only its number and hash are known."""

    first: int
    sha256: str


class _Long:
    """Hash of a line that is still going on; the terminator is kept out of it."""

    def __init__(self, encoding: Encoding) -> None:
        self._hash = hashlib.sha256()
        self._tail = b""
        self._carriage = "\r".encode(encoding.name)

    def feed(self, data: bytes) -> None:
        data = self._tail + data
        keep = len(self._carriage)
        self._hash.update(data[:-keep])
        self._tail = data[-keep:]

    def digest(self) -> str:
        self._hash.update(self._tail.removesuffix(self._carriage))
        return self._hash.hexdigest()


def cut(blocks: Iterator[bytes], encoding: Encoding) -> Iterator[Chunk | LongLine]:
    """Chunks of whole lines from line 1 on, byte-order mark removed; the final line feed makes no line."""
    number, held, total, skip = 1, [b""], 0, encoding.bom
    long: _Long | None = None
    for block in blocks:
        held.append(block)
        total += len(block)
        if skip:
            held, skip = _skipped(held, skip)
        if total < CHUNK or skip:
            continue
        total = 0
        if long is not None:
            data = b"".join(held)
            end = _first_newline(data, encoding)
            if end < 0:
                held = [_feed(long, data, encoding)]
                continue
            long.feed(data[:end])
            yield LongLine(number, long.digest())
            number, long, held = number + 1, None, [data[end + encoding.width :]]
        lines, rest = _split(held, encoding)
        if lines:
            yield Chunk(lines, number)
            number += _count(lines, encoding)
        if len(rest) > MAX_LINE:
            long = _Long(encoding)
            rest = _feed(long, rest, encoding)
        held = [rest]
    yield from _last(b"".join(held), number, long, encoding)


def _last(data: bytes, number: int, long: _Long | None, encoding: Encoding) -> Iterator[Chunk | LongLine]:
    """What is left when the blocks have ended; it may still hold many lines."""
    if long is not None:
        end = _first_newline(data, encoding)
        long.feed(data if end < 0 else data[:end])
        yield LongLine(number, long.digest())
        number, data = number + 1, b"" if end < 0 else data[end + encoding.width :]
    if data:
        yield Chunk(data, number)


def _skipped(held: list[bytes], skip: int) -> tuple[list[bytes], int]:
    data = b"".join(held)
    return ([data], skip) if len(data) < skip else ([data[skip:]], 0)


def _split(held: list[bytes], encoding: Encoding) -> tuple[bytes, bytes]:
    """Whole lines, and the start of the next one; the bytes are copied once."""
    if encoding.width == 1 and (end := held[-1].rfind(b"\n")) >= 0:
        return b"".join((*held[:-1], held[-1][: end + 1])), held[-1][end + 1 :]
    data = b"".join(held)
    end = encoding.last_newline(data)
    return (b"", data) if end < 0 else (data[: end + encoding.width], data[end + encoding.width :])


def _feed(long: _Long, data: bytes, encoding: Encoding) -> bytes:
    """Feed whole code units; returns the odd byte left."""
    whole = len(data) - len(data) % encoding.width
    long.feed(data[:whole])
    return data[whole:]


def _first_newline(data: bytes, encoding: Encoding) -> int:
    if encoding.width == 1:
        return data.find(b"\n")
    places = encoding.newlines(data)
    return int(places[0]) if len(places) else -1


def _count(data: bytes, encoding: Encoding) -> int:
    return line_feeds(data) if encoding.width == 1 else len(encoding.newlines(data))


def line_feeds(data: bytes) -> int:
    """Number of line feeds; counted in pieces that stay in the processor's cache."""
    codes = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(codes[at : at + _PIECE] == 10)) for at in range(0, len(codes), _PIECE))

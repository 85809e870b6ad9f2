"""Cutting a stream of blocks at line feeds, so that every chunk holds whole physical lines."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from models.ingest.encoding import Encoding

CHUNK = 16 << 20
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


def _gather(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Blocks joined up to about `size`, so that chunks are of even size."""
    held: list[bytes] = []
    total = 0
    for block in blocks:
        held.append(block)
        total += len(block)
        if total >= size:
            yield b"".join(held)
            held, total = [], 0
    if held:
        yield b"".join(held)


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


def cut(blocks: Iterator[bytes], encoding: Encoding, size: int = CHUNK) -> Iterator[Chunk | LongLine]:
    """Chunks of whole lines from line 1 on, byte-order mark removed; the final line feed makes no line."""
    number, rest, skip = 1, b"", encoding.bom
    long: _Long | None = None
    for block in _gather(blocks, size):
        data = rest + block
        if skip:
            data, skip = data[skip:], 0
        if long is not None:
            end = _first_newline(data, encoding)
            if end < 0:
                whole = len(data) - len(data) % encoding.width
                long.feed(data[:whole])
                rest = data[whole:]
                continue
            long.feed(data[:end])
            yield LongLine(number, long.digest())
            number, long, data = number + 1, None, data[end + encoding.width :]
        end = encoding.last_newline(data)
        if end >= 0:
            lines = data[: end + encoding.width]
            yield Chunk(lines, number)
            number += _count(lines, encoding)
            data = data[end + encoding.width :]
        if len(data) > MAX_LINE:
            long = _Long(encoding)
            whole = len(data) - len(data) % encoding.width
            long.feed(data[:whole])
            data = data[whole:]
        rest = data
    if long is not None:
        long.feed(rest)
        yield LongLine(number, long.digest())
    elif rest:
        yield Chunk(rest, number)


def _first_newline(data: bytes, encoding: Encoding) -> int:
    if encoding.width == 1:
        return data.find(b"\n")
    places = encoding.newlines(data)
    return int(places[0]) if len(places) else -1


def _count(data: bytes, encoding: Encoding) -> int:
    return data.count(b"\n") if encoding.width == 1 else len(encoding.newlines(data))

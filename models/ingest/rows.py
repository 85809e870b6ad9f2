"""The rows of deliveries, chunk by chunk: strings shaped for the table, and what was unreadable."""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from models.ingest.ahead import ahead
from models.ingest.chunks import Chunk, LongLine, cut
from models.ingest.discover import Delivery
from models.ingest.encoding import Encoding, lines_of
from models.ingest.hashing import Hasher
from models.ingest.parse import Parsed, parse
from models.ingest.scan import Plan
from models.ingest.shape import Shape, Shaped
from models.ingest.sheets import Cells, parquet_batches, row_hash, workbook_batch


@dataclass(frozen=True)
class Fault:
    """A row that is kept out: where it stood, the hash of its bytes, every reason."""

    line_no: int
    sub_no: int
    line_sha256: str
    reasons: tuple[str, ...]


@dataclass
class Batch:
    """Shaped rows of one chunk; `hash_of(line)` gives the hash of a line of this chunk."""

    shaped: Shaped | None
    faults: list[Fault]
    hash_of: Callable[[int], str]

    @property
    def read(self) -> int:
        return len(self.faults) + (self.shaped.rows.num_rows if self.shaped is not None else 0)


@dataclass
class Reading:
    """One delivery on its way into the warehouse; `sha256` is there, if asked for, once its last byte has been read."""

    delivery: Delivery
    plan: Plan
    shape: Shape
    file_id: int
    hashed: bool = False
    sha256: str | None = None


_Piece = Chunk | LongLine | Cells | Parsed


def batches(readings: Iterable[Reading]) -> Generator[tuple[Reading, Batch]]:
    """All rows below the headers, file after file in order, read ahead: also the next file while this one is loaded."""
    pieces = ((reading, piece) for reading in readings for piece in _pieces(reading))
    for reading, batch in ahead(_made, pieces, _size):
        if batch is not None:
            yield reading, batch


def _size(what: tuple[Reading, _Piece]) -> int:
    """Bytes of a piece, about."""
    piece = what[1]
    if isinstance(piece, Chunk):
        return len(piece.data)
    if isinstance(piece, Cells):
        return sum(values.nbytes for values in piece.columns)
    return piece.table.nbytes if isinstance(piece, Parsed) else 0


def _pieces(reading: Reading) -> Iterator[_Piece]:
    source, plan = reading.delivery.source, reading.plan
    if source.format == "parquet":
        yield from parquet_batches(source, plan.dialect)
    elif source.format != "text":
        yield from workbook_batch(source, plan.dialect)
    elif reading.hashed:
        with Hasher() as digest:
            yield from cut(source.blocks(digest.update), plan.scan.encoding)
            reading.sha256 = digest.hexdigest()
    else:
        yield from cut(source.blocks(), plan.scan.encoding)


def _made(what: tuple[Reading, _Piece]) -> tuple[Reading, Batch | None]:
    reading, piece = what
    if isinstance(piece, Cells):
        piece = piece.strings(reading.plan.dialect)
    if isinstance(piece, Parsed):
        return reading, _shaped(piece, reading, _cell_hash(piece))
    return reading, _text(piece, reading)


def _text(piece: Chunk | LongLine, reading: Reading) -> Batch | None:
    if isinstance(piece, LongLine):
        digest = piece.sha256
        return Batch(None, [Fault(piece.first, 0, digest, ("too_long",))], lambda _: digest)
    encoding = reading.plan.scan.encoding
    if piece.first == 1:
        piece = _without_header(piece, encoding)
    if not piece.data:
        return None
    return _shaped(parse(piece, encoding, reading.plan.dialect), reading, _Hashes(piece, encoding))


def _without_header(chunk: Chunk, encoding: Encoding) -> Chunk:
    places = encoding.newlines(chunk.data[: 4 << 20])
    return Chunk(chunk.data[int(places[0]) + encoding.width :] if len(places) else b"", 2)


def _shaped(parsed: Parsed, reading: Reading, hash_of: Callable[[int], str]) -> Batch:
    faults = [Fault(line, 0, hash_of(line), (reason,)) for line, reason in sorted(parsed.bad.items())]
    shaped = reading.shape.chunk(parsed, reading.file_id) if parsed.table.num_rows else None
    return Batch(shaped, faults, hash_of)


class _Hashes:
    """SHA-256 of single lines of a chunk in their original bytes, without terminator."""

    def __init__(self, chunk: Chunk, encoding: Encoding) -> None:
        self._chunk, self._encoding = chunk, encoding
        self._lines: list[bytes] | None = None

    def __call__(self, line_no: int) -> str:
        if self._lines is None:
            self._lines = lines_of(self._chunk.data, self._encoding)
        return hashlib.sha256(self._lines[line_no - self._chunk.first]).hexdigest()


def _cell_hash(parsed: Parsed) -> Callable[[int], str]:
    places = {int(line): place for place, line in enumerate(parsed.line_no)}
    blank = hashlib.sha256(b"").hexdigest()
    return lambda line: row_hash(parsed, places[line]) if line in places else blank

"""The rows of one delivery, chunk by chunk: strings shaped for the table, and what was unreadable."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from models.ingest.ahead import ahead
from models.ingest.chunks import Chunk, LongLine, cut
from models.ingest.discover import Delivery
from models.ingest.encoding import Encoding, lines_of
from models.ingest.parse import Parsed, parse
from models.ingest.scan import Plan
from models.ingest.shape import Shape, Shaped
from models.ingest.sheets import parquet_batches, row_hash, workbook_batch
from models.ingest.sources import Raw


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


def batches(delivery: Delivery, plan: Plan, shape: Shape, file_id: int, raw: Raw | None = None) -> Iterator[Batch]:
    """All rows below the header, in order, read ahead; `raw` sees the bytes of a text file that its hash is made of."""
    if delivery.source.format == "text":
        pieces = cut(delivery.source.blocks(raw), plan.scan.encoding)
        made = ahead(partial(_text, plan=plan, shape=shape, file_id=file_id), pieces)
        yield from (batch for batch in made if batch is not None)
        return
    reader = parquet_batches if delivery.source.format == "parquet" else workbook_batch
    yield from ahead(partial(_cells, shape=shape, file_id=file_id), reader(delivery.source, plan.dialect))


def _cells(parsed: Parsed, shape: Shape, file_id: int) -> Batch:
    return _shaped(parsed, shape, file_id, _cell_hash(parsed))


def _text(piece: Chunk | LongLine, plan: Plan, shape: Shape, file_id: int) -> Batch | None:
    if isinstance(piece, LongLine):
        digest = piece.sha256
        return Batch(None, [Fault(piece.first, 0, digest, ("too_long",))], lambda _: digest)
    if piece.first == 1:
        piece = _without_header(piece, plan.scan.encoding)
    if not piece.data:
        return None
    return _shaped(parse(piece, plan.scan.encoding, plan.dialect), shape, file_id, _Hashes(piece, plan.scan.encoding))


def _without_header(chunk: Chunk, encoding: Encoding) -> Chunk:
    places = encoding.newlines(chunk.data[: 4 << 20])
    return Chunk(chunk.data[int(places[0]) + encoding.width :] if len(places) else b"", 2)


def _shaped(parsed: Parsed, shape: Shape, file_id: int, hash_of: Callable[[int], str]) -> Batch:
    faults = [Fault(line, 0, hash_of(line), (reason,)) for line, reason in sorted(parsed.bad.items())]
    return Batch(shape.chunk(parsed, file_id) if parsed.table.num_rows else None, faults, hash_of)


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

"""The first look at a delivery: hash, integrity, encoding, header. Everything that refuses a file is found here."""

import codecs
from dataclasses import dataclass

from models.ingest.chunks import MAX_LINE
from models.ingest.discover import Delivery
from models.ingest.encoding import Encoding, sniff
from models.ingest.hashing import Hasher
from models.ingest.header import Layout, layout, names_for, split_header
from models.ingest.parse import Dialect
from models.ingest.sheets import open_parquet, parquet_batches, read_workbook
from models.ingest.sources import Source
from models.ingest.summary import Unreadable


@dataclass(frozen=True)
class Scan:
    """What the first look found; `header` in the file's order, `sha256` None where it was left for later."""

    sha256: str | None
    encoding: Encoding
    header: str | tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How one delivery will be read."""

    scan: Scan
    layout: Layout

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.layout.separator, self.layout.width, self.layout.wanted)


def scan(source: Source, hashed: bool = True) -> Scan:
    """Read a file once from end to end; raises Unreadable when it cannot be read as a whole.

    A text file's hash may be left to the reading that follows (`hashed` False: sha256 is None).
    """
    if source.format == "text":
        return _scan_text(source, hashed)
    digest = _hash(source)
    if source.format == "parquet":
        return Scan(digest, Encoding("utf-8"), tuple(open_parquet(source).schema_arrow.names))
    return Scan(digest, Encoding("utf-8"), tuple(read_workbook(source)[0]))


def plan(delivery: Delivery, found: Scan) -> Plan:
    """Match the header with the table of a delivery; raises Unreadable."""
    separator = ","
    header = found.header
    if isinstance(header, str):
        if not header.strip():
            raise Unreadable("首行为空 / line 1 is blank; it must hold the column names")
        expected = [set(names) for names in names_for(delivery.table).values()]
        if delivery.mapping is not None:
            wide = delivery.mapping.wide.values()
            mapped = [*delivery.mapping.columns.values(), *(name for many in wide for name in many)]
            expected.append({name.strip().lower() for name in mapped})
        separator, names = split_header(header, expected)
    else:
        names = list(header)
    made = Plan(found, layout(delivery.table, names, separator, delivery.mapping))
    if delivery.source.format == "parquet":
        for _ in parquet_batches(delivery.source, made.dialect):
            pass  # damaged pages show only when they are read
    return made


def _hash(source: Source) -> str:
    with Hasher() as digest:
        for _ in source.blocks(digest.update):
            pass
        return digest.hexdigest()


def _scan_text(source: Source, hashed: bool) -> Scan:
    start, marked = b"", None
    utf8 = codecs.getincrementaldecoder("utf-8")()
    clean = True
    with Hasher() as digest:
        for block in source.blocks(digest.update if hashed else None):
            if len(start) < 2 * MAX_LINE and not _holds_line(start):
                start += block[: 2 * MAX_LINE]
                marked = sniff(start)
            if clean and not (marked and marked.width == 2):
                clean = _valid(utf8, block)
        sha256 = digest.hexdigest() if hashed else None
    if not start:
        raise Unreadable("空文件 / the file is empty; line 1 must hold the column names")
    if clean:
        clean = _valid(utf8, b"", final=True)
    encoding = _decided(marked, clean)
    return Scan(sha256, encoding, _header(start, encoding))


def _holds_line(start: bytes) -> bool:
    """Is all of line 1 there? A line feed of UTF-16 has two bytes, and its bytes occur inside other characters."""
    marked = sniff(start) or Encoding("utf-8")
    return len(start) >= 4 and len(marked.newlines(start[marked.bom :])) > 0


def _valid(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        if block.isascii() and not final and not decoder.getstate()[0]:
            return True
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _decided(marked: Encoding | None, clean: bool) -> Encoding:
    if marked is None:
        return Encoding("utf-8", 0, True) if clean else Encoding("gb18030")
    if marked.name == "utf-8":
        return Encoding("utf-8", marked.bom, clean)
    return marked


def _header(start: bytes, encoding: Encoding) -> str:
    places = encoding.newlines(start[encoding.bom :])
    end = int(places[0]) if len(places) else len(start) - encoding.bom
    line = start[encoding.bom : encoding.bom + end]
    if len(line) > MAX_LINE:
        raise Unreadable("首行超过 1 MB / line 1 is longer than 1 MB; this is no table of text")
    if encoding.width == 1 and b"\0" in line:
        raise Unreadable(
            "首行含 NUL 字节 / line 1 holds NUL bytes: binary data, or UTF-16 without its mark; save as UTF-8"
        )
    try:
        text = line.decode(encoding.name).removesuffix("\r")
    except UnicodeError:
        raise Unreadable(
            "编码无法识别 / line 1 is neither UTF-8 nor GB18030 (UTF-16 needs its byte-order mark); save as UTF-8"
        ) from None
    if "\r" in text:  # all records would be one column name, and stand where unused columns are named
        raise Unreadable("首行含单独的回车符 / lines end with a carriage return alone; save with LF or CRLF line ends")
    return text

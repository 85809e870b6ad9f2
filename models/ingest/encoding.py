"""Encodings: byte-order mark, else strict UTF-8, else GB18030; every chunk becomes UTF-8."""

import codecs
from dataclasses import dataclass

import numpy as np

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: lines that are decoded together where some line of the chunk does not decode
LINES = 256


@dataclass(frozen=True)
class Encoding:
    """How the text of a file is encoded; `clean` = all of it is known to be valid UTF-8."""

    name: str
    bom: int = 0
    clean: bool = False

    @property
    def width(self) -> int:
        """Bytes of one code unit."""
        return 2 if self.name.startswith("utf-16") else 1

    def newlines(self, data: bytes) -> np.ndarray:
        """Byte offsets of the line feeds."""
        if self.width == 1:
            return np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        kind = "<u2" if self.name.endswith("le") else ">u2"
        return np.flatnonzero(np.frombuffer(data, kind, count=len(data) // 2) == 10) * 2

    @property
    def newline(self) -> bytes:
        return "\n".encode(self.name)

    def last_newline(self, data: bytes) -> int:
        """Offset of the last line feed, -1 without one."""
        if self.width == 1:
            return data.rfind(b"\n")
        places = self.newlines(data)
        return int(places[-1]) if len(places) else -1


def sniff(start: bytes) -> Encoding | None:
    """The encoding a byte-order mark announces, None without one."""
    for mark, name in BOMS:
        if start.startswith(mark):
            return Encoding(name, len(mark))
    return None


def lines_of(data: bytes, encoding: Encoding) -> list[bytes]:
    """Physical lines in the original encoding, terminators (LF, CRLF) removed."""
    ends = encoding.newlines(data)
    starts = [0, *(ends + encoding.width).tolist()]
    stops = [*ends.tolist(), len(data)]
    if starts[-1] >= len(data):
        starts.pop()
        stops.pop()
    carriage = "\r".encode(encoding.name)
    return [data[a:b].removesuffix(carriage) for a, b in zip(starts, stops, strict=True)]


def to_utf8(data: bytes, encoding: Encoding) -> tuple[bytes, set[int]]:
    """A chunk of whole lines as UTF-8, and the indexes of lines that do not decode (left empty)."""
    if encoding.clean:
        return data, set()
    try:
        text = data.decode(encoding.name)
        return (data if encoding.name == "utf-8" else text.encode()), set()
    except UnicodeError:
        pass
    return _decodable(data, encoding)


def _decodable(data: bytes, encoding: Encoding) -> tuple[bytes, set[int]]:
    """As `to_utf8`, where some line does not decode: lines of a part with such a line are decoded one by one."""
    ends = encoding.newlines(data) + encoding.width
    stops = [*ends[LINES - 1 :: LINES].tolist(), len(data)]
    bad: set[int] = set()
    out, start = [], 0
    for part, stop in enumerate(stops):
        try:
            out.append(data[start:stop].decode(encoding.name).encode())
        except UnicodeError:
            for place, line in enumerate(lines_of(data[start:stop], encoding), part * LINES):
                try:
                    out.append(line.decode(encoding.name).encode())
                except UnicodeError:
                    bad.add(place)
                out.append(b"\n")
        start = stop
    return b"".join(out), bad

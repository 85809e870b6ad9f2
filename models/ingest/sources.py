"""Bytes of one delivered file: plain, gzip, or a member of a zip; always in blocks, never whole."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from models.ingest.summary import Unreadable

BLOCK = 4 << 20
_GZIP = 31  # zlib's window bits for a gzip wrapper

Raw = Callable[[bytes], None]


@dataclass(frozen=True)
class Source:
    """Where the bytes of a delivery are; `extension` decides how they are read."""

    path: Path
    extension: str
    member: str | None = None

    @property
    def format(self) -> str:
        """text, parquet or xlsx."""
        return self.extension if self.extension in ("parquet", "xlsx") else "text"

    def blocks(self, raw: Raw | None = None) -> Iterator[bytes]:
        """Decompressed blocks; `raw` sees the bytes the file's hash is made of.

        A zip member is hashed by its content, everything else as it lies on disk.
        Raises Unreadable when the compression is damaged.
        """
        stream = self._zip() if self.member is not None else self._plain()
        if self.extension.endswith(".gz"):
            return _gunzip(_tap(stream, raw))
        return _tap(stream, raw)

    def whole(self) -> BytesIO | Path:
        """For formats that need random access: the path itself, or a member's bytes in memory."""
        return BytesIO(b"".join(self._zip())) if self.member is not None else self.path

    def _plain(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as handle:
                while block := handle.read(BLOCK):
                    yield block
        except OSError as fault:
            raise Unreadable(f"无法打开 / cannot be opened: {fault.strerror}") from None

    def _zip(self) -> Iterator[bytes]:
        assert self.member is not None
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as handle:
                while block := handle.read(BLOCK):
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError):
            raise Unreadable("压缩包损坏 / the zip archive is damaged; pack and deliver it again") from None
        except (RuntimeError, NotImplementedError):
            raise Unreadable("压缩包加密或压缩方法不支持 / encrypted or unknown compression; use plain zip") from None


def _tap(blocks: Iterator[bytes], raw: Raw | None) -> Iterator[bytes]:
    for block in blocks:
        if raw is not None:
            raw(block)
        yield block


def _gunzip(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """All members of a gzip stream; trailing zero padding is allowed, a missing end is not."""
    reader, started = zlib.decompressobj(_GZIP), False
    try:
        for block in blocks:
            data = block
            while data:
                if reader.eof:
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    reader, started = zlib.decompressobj(_GZIP), False
                started = True
                out = reader.decompress(data, BLOCK)
                data = reader.unused_data if reader.eof else reader.unconsumed_tail
                if out:
                    yield out
    except zlib.error:
        raise Unreadable("gzip 损坏 / the gzip data are damaged; pack and deliver the file again") from None
    if started and not reader.eof:
        raise Unreadable("gzip 不完整 / the gzip data end too early; copy the file again") from None

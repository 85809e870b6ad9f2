"""The pseudonym key: made once, kept in the home, known to the warehouse by its fingerprint only."""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from models.engine import Engine
from models.errors import InputRefused
from models.home import Home
from models.ingest import store

_HEX = re.compile(rb"[0-9a-fA-F]{64}")


def pseudonym(key: bytes, psn_no: str) -> str:
    """Lower-case hex of HMAC-SHA256(key, UTF-8 of the trimmed number)."""
    return hmac.digest(key, psn_no.strip().encode(), "sha256").hex()


class Hmac:
    """HMAC-SHA256 of one key; its two inner states are computed once, which makes each value two hashes cheaper."""

    def __init__(self, key: bytes) -> None:
        padded = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def pseudonym(self, trimmed: str) -> str:
        """What `pseudonym` gives for a number that is trimmed already."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(trimmed.encode())
        outer.update(inner.digest())
        return outer.hexdigest()


def fingerprint(key: bytes) -> str:
    """What may be known of a key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(key).hexdigest()[:16]


def read_or_make_key(home: Home, engine: Engine, key_file: Path | None = None) -> bytes:
    """The key of this home; made at its first run, never again.

    Raises InputRefused when the key is missing, unreadable or not the one the warehouse was filled with.
    """
    store.prepare(engine)
    path = key_file or home.key_file
    stored = store.info(engine, "key_fingerprint")
    if path.exists():
        key = _read(path)
    elif key_file is not None:
        raise InputRefused(f"密钥文件不存在 / key file not found: {path}. Check --key-file.")
    elif stored is not None or _has_results(home):
        raise InputRefused(
            f"密钥缺失 / the pseudonym key is missing: {path}\n该目录的数据用 {stored or '另一'} 密钥处理过，"
            "不会重新生成。请恢复该文件或用 --key-file 指定 / this home was filled with a key that is not there; "
            "restore the file or pass --key-file. A new one is never made, it would break every pseudonym."
        )
    else:
        key = _make(path)
    if stored is None:
        store.set_info(engine, "key_fingerprint", fingerprint(key))
    elif stored != fingerprint(key):
        raise InputRefused(
            f"密钥不符 / wrong pseudonym key: {path} has fingerprint {fingerprint(key)}, the warehouse was filled with "
            f"{stored}. Use the key of this home, or another home."
        )
    return key


def _read(path: Path) -> bytes:
    try:
        text = path.read_bytes().strip()
    except OSError as fault:
        raise InputRefused(f"密钥无法读取 / key file cannot be read: {path} ({fault.strerror})") from None
    if not _HEX.fullmatch(text):
        raise InputRefused(f"密钥格式有误 / not a key: {path} must hold 64 hexadecimal digits (32 bytes).")
    return bytes.fromhex(text.decode())


def _make(path: Path) -> bytes:
    """Write a new key so that it is either wholly there or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_bytes(32)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(key.hex() + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
    return key


def _has_results(home: Home) -> bool:
    return any(folder.is_dir() and any(folder.iterdir()) for folder in (home.published, home.lists, home.register))

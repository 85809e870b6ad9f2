"""What was issued: a folder that is written whole or not at all and never changed."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ENTRY = "issued.json"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a folder, by name."""
    return {path.name: file_sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}


def unchanged(path: Path, expected: str) -> bool:
    """Whether a file is there and has the digest it had."""
    return path.exists() and file_sha256(path) == expected


def freeze(target: Path, source: Path, names: Iterable[str], entry: Mapping[str, Any]) -> None:
    """Copy files of `source` and write the entry beside `target`, then move them there in one step."""
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, draft / name)
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, indent=1)
    (draft / ENTRY).write_text(text + "\n", encoding="utf-8")
    for path in sorted(draft.iterdir()):
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    draft.rename(target)

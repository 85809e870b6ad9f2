"""Back from pseudonyms to person numbers, for those who hold the key and the landing files; every use is logged."""

import getpass
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa

from models.engine.duck import memory_engine
from models.errors import InputRefused, UsageError
from models.ingest import store
from models.ingest.changes import look
from models.ingest.discover import discover
from models.ingest.identity import Pseudonyms
from models.ingest.summary import refuse
from models.ingest.units import read
from models.session import Session

LOG = "reveal.log"
PERSON_TABLES = ("psn_info_b", "setl_d", "outmed_setl_d")


class _Looking(Pseudonyms):
    """Remembers the numbers behind the pseudonyms that are looked for."""

    def __init__(self, key: bytes, wanted: frozenset[str]) -> None:
        super().__init__(key)
        self._wanted = wanted
        self.found: dict[str, str] = {}

    def replace(self, identities: pa.Array) -> pa.Array:
        replaced = super().replace(identities)
        for number, psn_id in zip(identities.to_pylist(), replaced.to_pylist(), strict=True):
            if psn_id in self._wanted:
                self.found[psn_id] = number
        return replaced


def reveal(session: Session, source: Path, out: Path) -> int:
    """Write the list `source` (Parquet, with a psn_id column) to `out` (CSV) with psn_no beside psn_id.

    The numbers are read from the landing files; what is not found there stays empty. Appends who, when, which list and
    how many rows to `<home>/register/reveal.log` before anything is written. Returns the number of rows.
    Raises UsageError for a list without psn_id or an `out` that exists or lies in the home, InputRefused for landing
    files that cannot be read.
    """
    frame = _list(source)
    target = out.resolve()
    if target.exists() or session.home.root.resolve() in target.parents:
        raise UsageError(f"输出文件须为新文件且不在工作目录内 / --out must be a new file outside the home: {out}")
    looking = _Looking(session.key, frozenset(frame["psn_id"].drop_nulls().unique().to_list()))
    _scan(session, looking)
    _log(session, source, frame.height)
    numbers = pl.Series("psn_no", [looking.found.get(psn_id) for psn_id in frame["psn_id"]], dtype=pl.String)
    shown = frame.insert_column(frame.get_column_index("psn_id") + 1, numbers)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        shown.write_csv(file, include_bom=True)
    return frame.height


def _list(source: Path) -> pl.DataFrame:
    if not source.is_file():
        raise InputRefused(f"清单文件不存在 / list not found: {source}")
    if source.suffix != ".parquet":
        raise UsageError(f"请给出清单的 Parquet 文件 / name the list's Parquet file, not {source.name}")
    frame = pl.read_parquet(source)
    if "psn_id" not in frame.columns:
        raise UsageError(f"清单没有 psn_id 列 / the list has no psn_id column: {source.name}")
    return frame


def _scan(session: Session, looking: _Looking) -> None:
    found = discover(session.landing)
    parts, refused = look(found, {})
    refuse(refused)
    engine = memory_engine()
    try:
        engine.con.execute("set temp_directory = ''")
        store.prepare(engine)
        for one in found.deliveries:
            if one.table.name in PERSON_TABLES:
                read(engine, parts[(one.file, one.table.name)], 0, looking, False, session.options.progress)
    finally:
        engine.close()


def _log(session: Session, source: Path, rows: int) -> None:
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": getpass.getuser(),
        "list": source.name,
        "list_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "rows": rows,
    }
    with (session.home.register / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")

"""Back from pseudonyms to person numbers, for those who hold the key and the landing files; every use is logged."""

import json
import os
import pwd
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa

from models.engine.duck import memory_engine
from models.errors import InputRefused, UsageError
from models.frozen import file_sha256
from models.ingest import store
from models.ingest.changes import look
from models.ingest.discover import discover
from models.ingest.identity import Pseudonyms
from models.ingest.summary import refuse
from models.ingest.units import read
from models.lists.flat import write_csv
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

    The numbers are read from the landing files; what is not found there stays empty. Cells that a spreadsheet would run
    are inert, as in the lists' own CSV; the file is for its owner alone (mode 0600). Appends who, when, which list, how
    many rows and persons to `<home>/register/reveal.log` before anything is written. Returns the number of rows.
    Raises UsageError for a list without psn_id or an `out` that exists, has no folder or lies in the home or among the
    extracts, InputRefused for a list or landing files that cannot be read.
    """
    frame = _list(source)
    target = _target(session, out)
    looking = _Looking(session.key, frozenset(frame["psn_id"].drop_nulls().unique().to_list()))
    _scan(session, looking)
    _log(session, source, target, frame.height, len(looking.found))
    numbers = pl.Series("psn_no", [looking.found.get(psn_id) for psn_id in frame["psn_id"]], dtype=pl.String)
    shown = frame.insert_column(frame.get_column_index("psn_id") + 1, numbers)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    write_csv(shown, target)
    return frame.height


def _target(session: Session, out: Path) -> Path:
    """Where numbers may be written: a new file in a folder that is there, outside the home and the extracts."""
    target = out.resolve()
    guarded = (session.home.root.resolve(), session.landing.resolve())
    if target.exists() or out.is_symlink() or any(place in target.parents for place in guarded):
        raise UsageError(
            "输出文件须为新文件，且不在工作目录和数据目录内 / --out must be a new file outside the home and the "
            f"landing folder: {out}"
        )
    if not target.parent.is_dir():
        raise UsageError(f"输出文件夹不存在 / the folder of --out does not exist: {target.parent}")
    return target


def _list(source: Path) -> pl.DataFrame:
    if not source.is_file():
        raise InputRefused(f"清单文件不存在 / list not found: {source}")
    if source.suffix != ".parquet":
        raise UsageError(f"请给出清单的 Parquet 文件 / name the list's Parquet file, not {source.name}")
    try:
        frame = pl.read_parquet(source)
    except (pl.exceptions.PolarsError, OSError):
        raise InputRefused(f"清单文件无法读取 / the list cannot be read as Parquet: {source}") from None
    if frame.schema.get("psn_id") != pl.String or "psn_no" in frame.columns:
        raise UsageError(
            f"清单须有 psn_id 列而无 psn_no 列 / the list must have a psn_id column and no psn_no yet: {source.name}"
        )
    return frame


def _scan(session: Session, looking: _Looking) -> None:
    found = discover(session.landing)
    parts, refused = look(found, {})
    refuse(refused)
    engine = memory_engine()
    try:
        engine.con.execute("set temp_directory = ''")
        store.prepare(engine)
        chosen = [parts[one.file, one.table.name] for one in found.deliveries if one.table.name in PERSON_TABLES]
        for _ in read(engine, chosen, looking, False, session.options.progress):
            pass  # what is looked for is noted on the way
    finally:
        engine.close()


def _log(session: Session, source: Path, target: Path, rows: int, persons: int) -> None:
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": _user(),
        "list": source.name,
        "list_sha256": file_sha256(source),
        "out": str(target),
        "rows": rows,
        "persons": persons,
    }
    with (session.home.register / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _user() -> str:
    """Who runs this process by the system's word: what the environment says can be set to any name."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a user the system has no name for, as in containers
        return str(number)

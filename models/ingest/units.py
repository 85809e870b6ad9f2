"""One unit of loading, (folder, table): whole or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from models.engine import Engine
from models.ingest.discover import Delivery
from models.ingest.hashing import Hasher
from models.ingest.identity import Pseudonyms
from models.ingest.rows import Batch, batches
from models.ingest.scan import Plan
from models.ingest.shape import Shape
from models.ingest.sink import Sink, Tally
from models.ingest.stamps import Stamp
from models.ingest.summary import Progress

Unit = tuple[str, str]
_EVERY = 2_000_000  # rows between two words of progress


@dataclass(frozen=True)
class Part:
    """One delivery of a unit, ready to be read."""

    delivery: Delivery
    plan: Plan
    stamp: Stamp


@dataclass(frozen=True)
class Outcome:
    """What reading one delivery gave; the hash means nothing when rows were only counted."""

    tally: Tally
    sha256: str


_Done = tuple[int, Part, Outcome]  # the file's number, what was read, what came of it
_FILE = pa.schema(
    {
        "file_id": pa.int32(), "folder": pa.string(), "file": pa.string(), "table_name": pa.string(),
        "sha256": pa.string(), "rows_read": pa.int64(), "size": pa.int64(), "mtime_ns": pa.int64(),
        "ctime_ns": pa.int64(), "inode": pa.int64(), "scanned_ns": pa.int64(), "mapping_sha256": pa.string(),
        "unknown_columns": pa.list_(pa.string()),
    }
)  # fmt: skip
_REASON = pa.schema(
    {"file_id": pa.int32(), "reason": pa.string(), "rows": pa.int64(), "first_lines": pa.list_(pa.int64())}
)


def read(engine: Engine, part: Part, file_id: int, pseudonyms: Pseudonyms, keep: bool, say: Progress | None) -> Outcome:
    """Read one delivery into `raw.*` (or only count it)."""
    delivery = part.delivery
    shape = Shape(delivery.table, part.plan.layout, delivery.mapping, pseudonyms)
    sink = Sink(engine, delivery.table, file_id, keep)
    sha256 = part.plan.scan.sha256
    with Hasher() as digest:
        raw = digest.update if keep and sha256 is None else None
        coming = batches(delivery, part.plan, shape, file_id, raw)
        sink.take_all(_told(coming, f"{delivery.file} → {delivery.table.name}", say))
        return Outcome(sink.tally, sha256 or digest.hexdigest())


def _told(coming: Iterator[Batch], what: str, say: Progress | None) -> Iterator[Batch]:
    """The same batches, with a word of progress now and then."""
    rows = said = 0
    for batch in coming:
        yield batch
        rows += batch.read
        if say and rows - said >= _EVERY:
            said = rows
            say(f"{what}: {rows:,} 行 / rows")


def load_units(
    engine: Engine, units: Mapping[Unit, list[Part]], pseudonyms: Pseudonyms, say: Progress | None
) -> dict[Unit, Tally]:
    """Put the present files of units into tables that hold nothing of them; the caller holds the transaction."""
    totals: dict[Unit, Tally] = {}
    done: list[_Done] = []
    file_id = _last_id(engine)
    for unit, parts in units.items():
        total = totals[unit] = Tally()
        for part in parts:
            if say:
                say(f"{part.delivery.file} → {part.delivery.table.name}")
            file_id += 1
            outcome = read(engine, part, file_id, pseudonyms, True, say)
            part.stamp.still(part.delivery)
            done.append((file_id, part, outcome))
            total.rows_read += outcome.tally.rows_read
            total.loaded += outcome.tally.loaded
            total.quarantined += outcome.tally.quarantined
    _record(engine, done)
    return totals


def remove(engine: Engine, unit: Unit) -> None:
    """Take a unit out; the caller holds the transaction."""
    folder, table = unit
    bound = {"folder": folder, "table": table}
    chosen = "select file_id from meta.file where folder = $folder and table_name = $table"
    for name in (f"raw.{table}", "meta.quarantine", "meta.quarantine_reason", "meta.row_fate", "meta.lost"):
        engine.con.execute(f"delete from {name} where file_id in ({chosen})", bound)
    engine.con.execute("delete from meta.file where folder = $folder and table_name = $table", bound)


def _last_id(engine: Engine) -> int:
    return int(engine.con.execute("select coalesce(max(file_id), 0) from meta.file").fetchall()[0][0])


def _record(engine: Engine, done: list[_Done]) -> None:
    """Note what was read; one statement for all files, because each costs as much as loading a small one."""
    for _, part, outcome in done:
        tally = outcome.tally
        if tally.rows_read != tally.loaded + tally.quarantined:
            raise AssertionError(
                f"{part.delivery.file}: {tally.rows_read} rows read, some neither loaded nor set aside"
            )
    files = pa.Table.from_pylist([_file(*one) for one in done], _FILE)
    reasons = pa.Table.from_pylist(
        [
            {"file_id": file_id, "reason": reason, "rows": rows, "first_lines": first}
            for file_id, _, outcome in done
            for reason, (rows, first) in sorted(outcome.tally.reasons.items())
        ],
        _REASON,
    )
    assert files.num_rows == len(done)  # both are found by their local names
    engine.con.execute("insert into meta.file by name select * from files")
    if reasons.num_rows:
        engine.con.execute("insert into meta.quarantine_reason by name select * from reasons")


def _file(file_id: int, part: Part, outcome: Outcome) -> dict[str, Any]:
    delivery, stamp = part.delivery, part.stamp
    return {
        "file_id": file_id, "folder": delivery.folder, "file": delivery.file, "table_name": delivery.table.name,
        "sha256": outcome.sha256, "rows_read": outcome.tally.rows_read, "size": stamp.size,
        "mtime_ns": stamp.mtime_ns, "ctime_ns": stamp.ctime_ns, "inode": stamp.inode, "scanned_ns": stamp.scanned_ns,
        "mapping_sha256": delivery.mapping.sha256() if delivery.mapping else None,
        "unknown_columns": list(part.plan.layout.unknown),
    }  # fmt: skip

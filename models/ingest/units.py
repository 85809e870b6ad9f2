"""One unit of loading, (folder, table): whole or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass

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


def load_unit(engine: Engine, parts: list[Part], pseudonyms: Pseudonyms, say: Progress | None) -> Tally:
    """Put the present files of one unit into tables that hold nothing of it; the caller holds the transaction."""
    total = Tally()
    for part in parts:
        if say:
            say(f"{part.delivery.file} → {part.delivery.table.name}")
        file_id = _next_id(engine)
        outcome = read(engine, part, file_id, pseudonyms, True, say)
        part.stamp.still(part.delivery)
        _record(engine, part, file_id, outcome)
        tally = outcome.tally
        total.rows_read += tally.rows_read
        total.loaded += tally.loaded
        total.quarantined += tally.quarantined
    return total


def remove(engine: Engine, unit: Unit) -> None:
    """Take a unit out; the caller holds the transaction."""
    folder, table = unit
    bound = {"folder": folder, "table": table}
    chosen = "select file_id from meta.file where folder = $folder and table_name = $table"
    for name in (f"raw.{table}", "meta.quarantine", "meta.quarantine_reason", "meta.row_fate", "meta.lost"):
        engine.con.execute(f"delete from {name} where file_id in ({chosen})", bound)
    engine.con.execute("delete from meta.file where folder = $folder and table_name = $table", bound)


def _next_id(engine: Engine) -> int:
    return int(engine.con.execute("select coalesce(max(file_id), 0) + 1 from meta.file").fetchall()[0][0])


def _record(engine: Engine, part: Part, file_id: int, outcome: Outcome) -> None:
    tally = outcome.tally
    if tally.rows_read != tally.loaded + tally.quarantined:
        raise AssertionError(f"{part.delivery.file}: {tally.rows_read} rows read, some neither loaded nor set aside")
    delivery, stamp = part.delivery, part.stamp
    engine.con.execute(
        "insert into meta.file values ($id, $folder, $file, $table, $sha, $rows, $size, $mtime, $ctime, $inode, "
        "$scanned, $mapping, $unknown)",
        {
            "id": file_id, "folder": delivery.folder, "file": delivery.file, "table": delivery.table.name,
            "sha": outcome.sha256, "rows": tally.rows_read, "size": stamp.size, "mtime": stamp.mtime_ns,
            "ctime": stamp.ctime_ns, "inode": stamp.inode, "scanned": stamp.scanned_ns,
            "mapping": delivery.mapping.sha256() if delivery.mapping else None,
            "unknown": list(part.plan.layout.unknown),
        },
    )  # fmt: skip
    for reason, (rows, first) in sorted(tally.reasons.items()):
        engine.con.execute(
            "insert into meta.quarantine_reason values ($id, $reason, $rows, $first)",
            {"id": file_id, "reason": reason, "rows": rows, "first": first},
        )

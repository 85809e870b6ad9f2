"""One unit of loading, (folder, table): whole or not at all."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from models.engine import Engine
from models.ingest.discover import Delivery
from models.ingest.identity import Pseudonyms
from models.ingest.rows import Batch, Reading, batches
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
    """What reading one delivery gave; `sha256` is None when rows were only counted and nothing asked for it before."""

    file_id: int
    part: Part
    tally: Tally
    sha256: str | None


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


def read(
    engine: Engine, parts: Sequence[Part], pseudonyms: Pseudonyms, keep: bool, say: Progress | None, first: int = 0
) -> Generator[Outcome]:
    """Read deliveries in turn into `raw.*` (or only count them); their files are numbered from `first`."""
    readings = [
        Reading(
            part.delivery,
            part.plan,
            Shape(part.delivery.table, part.plan.layout, part.delivery.mapping, pseudonyms),
            first + place,
            hashed=keep and part.plan.scan.sha256 is None,
        )
        for place, part in enumerate(parts)
    ]
    with closing(batches(readings)) as coming:
        stream = _InTurn(coming)
        for part, reading in zip(parts, readings, strict=True):
            what = f"{part.delivery.file} → {part.delivery.table.name}"
            if say:
                say(what)
            sink = Sink(engine, part.delivery.table, reading.file_id, keep)
            sink.take_all(_told(stream.of(reading), what, say))
            yield Outcome(reading.file_id, part, sink.tally, part.plan.scan.sha256 or reading.sha256)


class _InTurn:
    """One delivery's batches after the other's, out of one stream that is read ahead."""

    def __init__(self, stream: Iterator[tuple[Reading, Batch]]) -> None:
        self._stream = stream
        self._next = next(stream, None)

    def of(self, reading: Reading) -> Iterator[Batch]:
        """The batches of the delivery whose turn it is; its file has been read to the end when they end."""
        while self._next is not None and self._next[0] is reading:
            yield self._next[1]
            self._next = next(self._stream, None)


def _told(coming: Iterator[Batch], what: str, say: Progress | None) -> Iterator[Batch]:
    """The same batches, with a word of progress now and then."""
    rows = said = 0
    for batch in coming:
        yield batch
        rows += batch.read
        if say and rows - said >= _EVERY:
            said = rows
            say(f"{what}: {rows:,} 行 / rows")


def take(engine: Engine, units: Mapping[Unit, list[Part]], outcomes: Iterator[Outcome]) -> dict[Unit, Tally]:
    """Load the next files of `outcomes`, those of these units, whose tables hold nothing of them.

    The caller holds the transaction.
    """
    totals = {unit: Tally() for unit in units}
    done: list[Outcome] = []
    for unit in (unit for unit, parts in units.items() for _ in parts):
        outcome = next(outcomes)
        outcome.part.stamp.still(outcome.part.delivery)
        done.append(outcome)
        total = totals[unit]
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


def last_id(engine: Engine) -> int:
    """The greatest number of a file that is loaded."""
    return int(engine.con.execute("select coalesce(max(file_id), 0) from meta.file").fetchall()[0][0])


def _record(engine: Engine, done: list[Outcome]) -> None:
    """Note what was read; one statement for all files, because each costs as much as loading a small one."""
    for outcome in done:
        tally = outcome.tally
        if tally.rows_read != tally.loaded + tally.quarantined:
            raise AssertionError(
                f"{outcome.part.delivery.file}: {tally.rows_read} rows read, some neither loaded nor set aside"
            )
    files = pa.Table.from_pylist([_file(one) for one in done], _FILE)
    reasons = pa.Table.from_pylist(
        [
            {"file_id": one.file_id, "reason": reason, "rows": rows, "first_lines": first}
            for one in done
            for reason, (rows, first) in sorted(one.tally.reasons.items())
        ],
        _REASON,
    )
    assert files.num_rows == len(done)  # both are found by their local names
    engine.con.execute("insert into meta.file by name select * from files")
    if reasons.num_rows:
        engine.con.execute("insert into meta.quarantine_reason by name select * from reasons")


def _file(outcome: Outcome) -> dict[str, Any]:
    delivery, stamp = outcome.part.delivery, outcome.part.stamp
    return {
        "file_id": outcome.file_id, "folder": delivery.folder, "file": delivery.file,
        "table_name": delivery.table.name, "sha256": outcome.sha256, "rows_read": outcome.tally.rows_read,
        "size": stamp.size, "mtime_ns": stamp.mtime_ns, "ctime_ns": stamp.ctime_ns, "inode": stamp.inode,
        "scanned_ns": stamp.scanned_ns,
        "mapping_sha256": delivery.mapping.sha256() if delivery.mapping else None,
        "unknown_columns": list(outcome.part.plan.layout.unknown),
    }  # fmt: skip

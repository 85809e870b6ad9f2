"""Where shaped rows go: into `raw.*` (a load), or nowhere, only counted (a check)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby

import pyarrow as pa

from models.contracts import Table
from models.engine import Engine
from models.ingest import typed
from models.ingest.rows import Batch, Fault
from models.ingest.shape import Shaped

FIRST_LINES = 5


@dataclass
class Tally:
    """Counts of one (file, table)."""

    rows_read: int = 0
    loaded: int = 0
    quarantined: int = 0
    reasons: dict[str, tuple[int, list[int]]] = field(default_factory=dict)

    def add(self, faults: list[Fault]) -> None:
        """Count rows kept out."""
        self.quarantined += len(faults)
        for fault in faults:
            for reason in fault.reasons:
                rows, first = self.reasons.get(reason, (0, []))
                self.reasons[reason] = (rows + 1, [*first, fault.line_no] if len(first) < FIRST_LINES else first)


class _Feed:
    """Rows of many batches for the database, which pulls them from threads of its own."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self.rows, self.faults = 0, list[Fault]()
        self.fault: Exception | None = None

    def record_batches(self) -> Iterator[pa.RecordBatch]:
        """Remembers an error of the reading, which the database would only quote."""
        try:
            for batch in self._batches:
                assert batch.shaped is not None
                self.faults += batch.faults
                self.rows += batch.shaped.rows.num_rows
                yield from batch.shaped.rows.to_batches()
        except Exception as fault:
            self.fault = fault
            raise


class Sink:
    """Types the chunks of one (file, table) and tells good rows from bad ones."""

    def __init__(self, engine: Engine, table: Table, file_id: int, keep: bool) -> None:
        self._engine, self._table, self._file_id, self._keep = engine, table, file_id, keep
        self.tally = Tally()

    def take_all(self, batches: Iterable[Batch]) -> None:
        """Load batches in turn; those whose rows are all typed and filled already go to the database as one stream."""
        for plain, some in groupby(batches, self._plain_form):
            if plain is None:
                for batch in some:
                    self._take(batch)
            else:
                self._stream(some)

    def _plain_form(self, batch: Batch) -> typed.Form | None:
        """The form of a batch that nothing can be wrong with; None when rows must be looked at one by one."""
        if not self._keep or batch.shaped is None or typed.may_fail(batch.shaped.form):
            return None
        return batch.shaped.form

    def _stream(self, batches: Iterator[Batch]) -> None:
        """One statement for many batches: the database appends and compresses on all its threads."""
        first = next(batches)
        assert first.shaped is not None
        feed = _Feed(chain([first], batches))
        rows = first.shaped.rows.schema
        # found by its local name, as below
        chunk = pa.RecordBatchReader.from_batches(rows, feed.record_batches())
        try:
            good = int(self._engine.con.execute(typed.insert_good(first.shaped.form)).fetchall()[0][0])
        except Exception as fault:
            raise feed.fault or fault from None
        finally:
            chunk.close()
        if good != feed.rows:
            raise AssertionError(f"{self._table.name}: {feed.rows} rows, {good} loaded")
        self.tally.rows_read += feed.rows + len(feed.faults)
        self.tally.loaded += good
        self._keep_out(feed.faults)

    def _take(self, batch: Batch) -> None:
        """Load one batch; bad rows are set aside with all their reasons."""
        self.tally.rows_read += batch.read
        faults = list(batch.faults)
        if batch.shaped is not None and batch.shaped.rows.num_rows:
            faults += self._typed(batch, batch.shaped)
        self._keep_out(faults)

    def _keep_out(self, faults: list[Fault]) -> None:
        faults.sort(key=lambda fault: (fault.line_no, fault.sub_no))
        self.tally.add(faults)
        if self._keep and faults:
            self._set_aside(faults)

    def _typed(self, batch: Batch, shaped: Shaped) -> list[Fault]:
        # Statements find `chunk` as a local name: a registered one would stay in memory until the transaction ends.
        con, chunk = self._engine.con, shaped.rows
        statement = typed.insert_good(shaped.form) if self._keep else typed.count_good(shaped.form)
        # Planning the wide projection costs more than running it on a small chunk, and on any chunk the optimizer
        # makes the filter compute every cast a second time.
        con.execute("pragma disable_optimizer")
        try:
            good = int(con.execute(statement).fetchall()[0][0])
            self.tally.loaded += good
            if good == chunk.num_rows:
                return []
            bad = con.execute(typed.select_bad(shaped.form)).fetchall()
        finally:
            con.execute("pragma enable_optimizer")
        if good + len(bad) != chunk.num_rows:
            raise AssertionError(f"{self._table.name}: {chunk.num_rows} rows, {good} loaded, {len(bad)} set aside")
        return [Fault(line, sub, batch.hash_of(line), tuple(reasons)) for line, sub, reasons in bad]

    def _set_aside(self, faults: list[Fault]) -> None:
        faulty = pa.table(
            {
                "file_id": pa.array([self._file_id] * len(faults), pa.int32()),
                "line_no": pa.array([fault.line_no for fault in faults], pa.int64()),
                "sub_no": pa.array([fault.sub_no for fault in faults], pa.int32()),
                "line_sha256": pa.array([fault.line_sha256 for fault in faults], pa.string()),
                "reasons": pa.array([list(fault.reasons) for fault in faults], pa.list_(pa.string())),
            }
        )
        assert faulty.num_rows == len(faults)  # found by its local name, as `chunk` above
        self._engine.con.execute("insert into meta.quarantine select * from faulty")

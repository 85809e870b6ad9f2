"""Where shaped rows go: into `raw.*` (a load), or nowhere, only counted (a check)."""

from dataclasses import dataclass, field

import pyarrow as pa

from models.contracts import Table
from models.engine import Engine
from models.ingest import typed
from models.ingest.rows import Batch, Fault
from models.ingest.shape import Shaped

FIRST_LINES = 5
SMALL_CHUNK = 50_000


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


class Sink:
    """Types the chunks of one (file, table) and tells good rows from bad ones."""

    def __init__(self, engine: Engine, table: Table, file_id: int, keep: bool) -> None:
        self._engine, self._table, self._file_id, self._keep = engine, table, file_id, keep
        self.tally = Tally()

    def take(self, batch: Batch) -> None:
        """Load one batch; bad rows are set aside with all their reasons."""
        self.tally.rows_read += batch.read
        faults = list(batch.faults)
        if batch.shaped is not None and batch.shaped.rows.num_rows:
            faults += self._typed(batch, batch.shaped)
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

"""Tables of a home that lie as Parquet in a cluster's warehouse: which, and in which folder.

Every version of a table has a folder of its own, so that a replacement, noted here in the home's database, counts with
the transaction it is part of. To the home's database such a table is a view of its files.
"""

import hashlib
import shutil
import socket
from pathlib import Path
from uuid import uuid4

import duckdb

from models.engine.catalog import drop
from models.errors import UsageError

NOTED = "meta.cluster_table"
# of these, queries ask for the number of a stored row: a pseudo-column of DuckDB, a stored one on a cluster
ROW, NUMBERED = "rowid", ("core.fee_line", "core.diagnosis", "core.operation")


class Away:
    """The notes on tables in the warehouse, kept in the home's database."""

    def __init__(self, con: duckdb.DuckDBPyConnection, warehouse: Path, home: Path) -> None:
        # by where the home is: a copy of a home must not clear away what the first one reads
        place = hashlib.sha256(f"{socket.gethostname()}:{home.resolve()}".encode()).hexdigest()[:16]
        self.folder = warehouse / f"jicha-{place}"
        con.execute(f"create table if not exists {NOTED} (name varchar, folder varchar, query varchar, made boolean)")
        self.refresh(con)

    def refresh(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read the notes again, after a transaction that came to nothing."""
        notes = con.execute(f"select name, folder, query, made from {NOTED}").fetchall()
        self.folders = {name: folder for name, folder, _, _ in notes if folder}
        self.views = {name: query for name, _, query, _ in notes if query}
        self.made = {name for name, _, _, made in notes if made}

    def new_folder(self, name: str) -> str:
        """A folder for a new version of a table; it does not exist yet."""
        return str(self.folder / f"{name}-{uuid4().hex[:12]}")

    def note(
        self,
        con: duckdb.DuckDBPyConnection,
        name: str,
        folder: str | None = None,
        query: str | None = None,
        made: bool = False,
    ) -> None:
        """From now on a table lies in `folder`, or a view is what `query` (the name of a query file) gives.

        `made`: the cluster made it; else it is a copy of a table of the home's database.
        """
        self.forget(con, name)
        con.execute(f"insert into {NOTED} values ($n, $f, $q, $m)", {"n": name, "f": folder, "q": query, "m": made})
        if folder:
            self.folders[name] = folder
        if query:
            self.views[name] = query
        if made:
            self.made.add(name)

    def forget(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """No note of a table or view any more; its files go with `clear`."""
        con.execute(f"delete from {NOTED} where name = $n", {"n": name})
        self.folders.pop(name, None)
        self.views.pop(name, None)
        self.made.discard(name)

    def clear(self) -> None:
        """Delete versions that no note names any more; a version still being read by others goes with the next."""
        named = {Path(folder).name for folder in self.folders.values()}
        for path in self.folder.glob("*-*"):
            if path.name not in named:
                shutil.rmtree(path, ignore_errors=True)


def show(con: duckdb.DuckDBPyConnection, name: str, folder: str) -> None:
    """Make the view by which the home's database reads a table of the warehouse."""
    drop(con, name)
    files = f"{folder}/*.parquet".replace("'", "''")
    columns = f"* exclude ({ROW})" if name in NUMBERED else "*"
    con.execute(f"create view {name} as select {columns} from read_parquet('{files}')")


def come_home(con: duckdb.DuckDBPyConnection) -> None:
    """Where a cluster made tables of this home, take core into its own database and drop the rest, which rules remake.

    Raises UsageError where the warehouse cannot be read.
    """
    known = con.execute("select 1 from duckdb_tables() where schema_name || '.' || table_name = $t", {"t": NOTED})
    if not known.fetchall():
        return
    notes = con.execute(f"select name, folder from {NOTED} where made and folder is not null").fetchall()
    comments = dict(con.execute("select schema_name || '.' || view_name, comment from duckdb_views()").fetchall())
    con.execute("begin")
    try:
        for name, _ in notes:
            if name.startswith("core."):
                con.execute(f"create temp table taken_home as select * from {name}")
            drop(con, name)
            if name.startswith("core."):
                con.execute(f"create table {name} as select * from taken_home")
                con.execute("drop table taken_home")
                if comments.get(name):
                    con.execute(f"comment on table {name} is '{comments[name]}'")
        con.execute(f"drop table {NOTED}")
    except duckdb.Error as fault:
        con.execute("rollback")
        raise UsageError(
            f"核心表存于集群仓库，读不到 / core tables of this home lie in a cluster's warehouse that cannot be read: "
            f"{' '.join(str(fault).split())[:200]}. Make the folder readable, or set engine.kind back to spark; "
            "without either, delete warehouse.duckdb and load the landing again."
        ) from None
    con.execute("commit")
    for _, folder in notes:
        shutil.rmtree(folder, ignore_errors=True)

"""The embedded engine: one DuckDB file, one writer."""

import contextlib
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

from models.config import Config
from models.engine.catalog import drop
from models.engine.spill import FILES
from models.engine.sql import sql_text, sql_values
from models.errors import InputRefused, JichaError, UsageError
from models.home import Home

SCHEMAS = ("meta", "raw", "cur", "core", "finding", "money", "score", "quality")
# the advised con.sql() is refused while an earlier result is open; one more copy of a small result is fine; once
# for the process: `catch_warnings` around each query lets the warning out where two threads query
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
#: what a connection keeps of cached pages when it is told to release memory
CACHED = "32MB"
#: what the planner leaves alone: rows read twice are read twice, for those of a city, kept in between, go to disk
LEFT_OUT = "common_subplan"


class Engine:
    """Runs the query files of `sql/` on one DuckDB connection, every parameter bound.

    `con` is the home's own database, whatever the engine. What core and rules do by the methods below (`replace`,
    `view`, `collect`, `changed`, `rename`, `drop`, `mark`), and what reads fee lines by `query`, `temporary` or
    `replace`, a cluster does in its place (models/engine/spark.py).
    """

    shared = True  # a second connection of the home's database may run queries beside this one

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def query(self, name: str, **params: Any) -> pl.DataFrame:
        """Run `sql/<name>.sql` and return its rows; extra parameters are ignored, missing ones raise ValueError."""
        return self.frame(sql_text(name), sql_values(name, params))

    def frame(self, statement: str, params: dict[str, Any] | None = None) -> pl.DataFrame:
        """Rows of one statement as a polars frame."""
        found = pl.from_arrow(self.con.execute(statement, params or {}).to_arrow_table())
        assert isinstance(found, pl.DataFrame)
        return found

    def replace(self, table: str, name: str, **params: Any) -> int:
        """Make `table` anew from `sql/<name>.sql`; returns its number of rows."""
        self.con.execute(f"create or replace table {table} as {sql_text(name)}", sql_values(name, params))
        return self.count(table)

    def view(self, view: str, name: str) -> None:
        """Make a view of `sql/<name>.sql`, which has no parameters, for queries of this engine."""
        self.drop(view)
        self.con.execute(f"create view {view} as {sql_text(name)}")

    def collect(self, table: str, name: str, **params: Any) -> list[str]:
        """Make `table`, a temporary one of this connection, of the rows of `sql/<name>.sql`; returns its columns."""
        Engine.temporary(self, table, name, **params)
        self.con.execute(f"select * from {table} limit 0")
        return [column[0] for column in self.con.description or []]

    def temporary(self, table: str, name: str, **params: Any) -> None:
        """Make `table`, a temporary one of this connection, of `sql/<name>.sql`, in the home's own database."""
        self.con.execute(f"create or replace temp table {table} as {sql_text(name)}", sql_values(name, params))

    def changed(self, *names: str) -> None:
        """Tell that tables written through `con` (`cur` for all of a schema) have other rows from now on.

        Nothing to do where queries read the same database.
        """

    def insert(self, table: str, name: str, **params: Any) -> None:
        """Append the rows of `sql/<name>.sql` to `table`, matched by column name."""
        self.con.execute(f"insert into {table} by name {sql_text(name)}", sql_values(name, params))

    def count(self, table: str) -> int:
        """Rows of a table."""
        return int(self.con.execute(f"select count(*) from {table}").fetchall()[0][0])

    def exists(self, table: str) -> bool:
        """Whether there is a table or view of this name, as schema.table."""
        schema, name = table.split(".")
        found = self.con.execute(
            "select 1 from information_schema.tables where table_schema = $s and table_name = $n",
            {"s": schema, "n": name},
        )
        return bool(found.fetchall())

    def relations(self) -> set[str]:
        """Every table and view as schema.name: for those who ask for many, `exists` costs as much as this."""
        found = self.con.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_catalog = current_database()"
        )
        return {str(row[0]) for row in found.fetchall()}

    def drop(self, table: str) -> None:
        """Drop a table or view, if there is one."""
        drop(self.con, table)

    def rename(self, table: str, name: str) -> None:
        """Give a table another name in its schema, in place of what has that name."""
        self.drop(f"{table.split('.')[0]}.{name}")
        self.con.execute(f"alter table {table} rename to {name}")

    @contextmanager
    def joins_as_written(self) -> Iterator[None]:
        """Joins put their right side in memory, as written, where the engine would take a wide left side for less."""
        (before,) = self.con.execute("select current_setting('disabled_optimizers')").fetchall()[0]
        left_out = ",".join(filter(None, (before, "build_side_probe_side")))
        self.con.execute("set disabled_optimizers = $left_out", {"left_out": left_out})
        try:
            yield
        finally:
            self.con.execute("set disabled_optimizers = $before", {"before": before})

    def mark(self, table: str, mark: str) -> None:
        """Set the comment of a table; `mark` is hexadecimal."""
        self.con.execute(f"comment on table {table} is '{mark}'")

    def remark(self, table: str) -> str | None:
        """The comment of a table; None where there is no such table or no comment."""
        return self.remarks().get(table)

    def remarks(self) -> dict[str, str]:
        """The comments of all tables that have one, and of views that stand for a table."""
        found = self.con.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() "
            "where database_name = current_database() and comment is not null union all "
            "select schema_name || '.' || view_name, comment from duckdb_views() "
            "where database_name = current_database() and comment is not null and not internal"
        )
        return dict(found.fetchall())

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """The caller's transaction where one is open, else one of its own.

        To begin one inside another would spoil both, so it is asked for first: in an open one two statements see the
        same number.
        """
        first, second = (self.con.execute("select txid_current()").fetchall() for _ in range(2))
        with contextlib.nullcontext() if first == second else self.transaction():
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; not inside another one."""
        self.con.execute("begin")
        try:
            yield
        except BaseException:
            self.con.execute("rollback")
            raise
        self.con.execute("commit")

    def release(self) -> None:
        """Give the memory of cached pages back to the system; what queries still need they read again.

        The limit of the whole database is lowered for a moment: nothing else may run on it, in no other thread.
        """
        (limit,) = self.con.execute("select current_setting('memory_limit')").fetchall()[0]
        # pages in use that cannot be written out stay where they are
        with contextlib.suppress(duckdb.OutOfMemoryException):
            self.con.execute(f"set memory_limit = '{CACHED}'")
        self.con.execute("set memory_limit = $m", {"m": limit})

    def close(self) -> None:
        self.con.close()


def connect(home: Home, config: Config, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the working database of a home with the configured limits.

    Raises UsageError where another program holds it open, InputRefused where the file is no database any more.
    """
    home.prepare()
    try:
        con = duckdb.connect(str(home.warehouse), read_only=read_only)
    except duckdb.Error as fault:
        raise _unopened(home, str(fault)) from None
    if not read_only:  # the file is ours alone now: what was spilled there is of programs that are gone
        for left in home.tmp.glob(FILES):
            left.unlink(missing_ok=True)
    apply_settings(con, home, config)
    if not read_only:
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {schema}")
    return con


def _unopened(home: Home, text: str) -> JichaError:
    if "not set lock" in text:
        held = re.search(r"PID (\d+)", text)
        who = f"，进程 / by process {held[1]}" if held else ""
        return UsageError(
            f"仓库被另一程序打开 / another program holds {home.warehouse} open{who}. "
            "Close it there; to look at data, open a snapshot: HOME/published/latest."
        )
    return InputRefused(
        f"仓库文件打不开 / the warehouse cannot be opened: {home.warehouse}\n  {text.splitlines()[0]}\n"
        "如文件损坏或出自更新的版本 / where it is damaged, or made by a newer version, it can be made again: move it "
        "away and run `jicha run`; keep keys, register, lists, config.yaml and rules where they are."
    )


def memory_engine() -> Engine:
    """An engine without a file, for tests and small computations."""
    con = duckdb.connect(":memory:")
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    return Engine(con)


def apply_settings(con: duckdb.DuckDBPyConnection, home: Home, config: Config) -> None:
    """Limits and safety of a connection: no extension is fetched, spill files are encrypted.

    Encryption comes before the folder: with files of another program in it, it could not be set any more.
    """
    con.execute("set temp_file_encryption = true")
    # without this the embedded crypto module only reads, and a spill fails; the strong one is an extension to download.
    # What is spilled holds pseudonyms only and goes with the process, or with the next one to open the home
    con.execute("set force_mbedtls_unsafe = true")
    con.execute("set temp_directory = $p", {"p": str(home.tmp)})
    con.execute("set autoinstall_known_extensions = false")
    con.execute("set enable_progress_bar = false")
    con.execute(f"set disabled_optimizers = '{LEFT_OUT}'")
    apply_limits(con, config)


def apply_limits(con: duckdb.DuckDBPyConnection, config: Config) -> None:
    """The configured memory and threads of a connection, whose own would be nearly all of the machine's."""
    con.execute("set memory_limit = $m", {"m": config.engine.memory_limit})
    if config.engine.threads:
        con.execute("set threads = $t", {"t": config.engine.threads})

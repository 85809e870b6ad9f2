"""The cluster's engine: core, findings and whatever reads fee lines on Spark, all else in the home's own database.

Tables of `core` and `finding` that query files make become Parquet in a warehouse folder, which the cluster's queries
and, by views, the home's database read alike. What a query reads of other tables is copied there when it first asks.
A query of a later stage that reads fee lines runs there as well and its rows come home: lines are by far the most rows.
pyspark is loaded with the first query (models/engine/cluster.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from models.engine.away import NUMBERED, ROW, Away, show
from models.engine.catalog import drop
from models.engine.cluster import readable, session_of, views_of
from models.engine.duck import Engine
from models.engine.sql import sql_code, sql_text, sql_values
from models.engine.steps import Steps, local_name, steps_of
from models.home import Home
from models.settings_engine import EngineSettings

SCHEMAS = ("core", "finding")  # tables that query files make there are the cluster's
LINES = "core.fee_line"
BROUGHT = "rows_brought_home"


class SparkEngine(Engine):
    """`Engine` whose tables of core and findings a cluster makes; `con` is the home's own database as ever.

    Queries that fail on the cluster raise QueryFailed; a cluster that cannot be opened raises UsageError.
    """

    shared = False

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Home, settings: EngineSettings) -> None:
        super().__init__(con)
        assert settings.warehouse is not None
        self._settings = settings
        self._away = Away(con, settings.warehouse, home.root)
        self._away.clear()
        self._within = False  # a transaction
        self._schemas: dict[str, Any] = {}  # of folders: what is known need not be read from files, which takes a job

    def replace(self, table: str, name: str, **params: Any) -> int:
        """Make `table` anew from `sql/<name>.sql`; returns its number of rows."""
        if table.split(".")[0] not in SCHEMAS:
            return self._replace_here(table, name, params)
        folder = self._away.new_folder(table)
        with readable(table):
            rows = self._rows(name, params)
            if table in NUMBERED:
                from pyspark.sql import functions

                rows = rows.withColumn(ROW, functions.monotonically_increasing_id())
            rows.write.parquet(folder)
            self._schemas[folder] = rows.schema
        with self._noted():
            self._stands(table, folder)
        return self.count(table)

    def query(self, name: str, **params: Any) -> pl.DataFrame:
        if not _reads_lines(name):
            return super().query(name, **params)
        with self._brought(name, params):
            return self.frame(f"select * from {BROUGHT}")

    def temporary(self, table: str, name: str, **params: Any) -> None:
        if not _reads_lines(name):
            super().temporary(table, name, **params)
            return
        with self._brought(name, params):
            self.con.execute(f"create or replace temp table {table} as select * from {BROUGHT}")

    def view(self, view: str, name: str) -> None:
        with self._noted():
            drop(self.con, view)
            self._away.note(self.con, view, query=name)

    def collect(self, table: str, name: str, **params: Any) -> list[str]:
        """The rows of `sql/<name>.sql`, small results only, as a temporary table of the home's database."""
        with readable(name):
            found = self._rows(name, params).toArrow()
        self._fill(f"create or replace temp table {table} as", found)
        return list(found.column_names)

    def changed(self, *names: str) -> None:
        with self._noted():
            for copied in [one for one in self._away.folders if one not in self._away.made]:
                if copied in names or copied.split(".")[0] in names:
                    self._away.forget(self.con, copied)

    def drop(self, table: str) -> None:
        with self._noted():
            drop(self.con, table)
            self._away.forget(self.con, table)

    def rename(self, table: str, name: str) -> None:
        target = f"{table.split('.')[0]}.{name}"
        folder = self._away.folders.get(table)
        if folder is None:
            super().rename(table, name)
            return
        with self._noted():
            drop(self.con, table)
            self._away.forget(self.con, table)
            self._stands(target, folder)

    def mark(self, table: str, mark: str) -> None:
        if table in self._away.made:
            self.con.execute(f"comment on view {table} is '{mark}'")
        else:
            super().mark(table, mark)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, of the cluster's tables too."""
        self._within = True
        try:
            with super().transaction():
                yield
        except BaseException:
            self._away.refresh(self.con)
            raise
        finally:
            self._within = False
            self._away.clear()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Notes and views change together, in the caller's transaction or one of their own."""
        if self._within:
            yield
        else:
            with self.transaction():
                yield

    def _replace_here(self, table: str, name: str, params: dict[str, Any]) -> int:
        """Make a table of the home's own database anew."""
        if not _reads_lines(name):
            return super().replace(table, name, **params)
        with self._brought(name, params):
            self.con.execute(f"create or replace table {table} as select * from {BROUGHT}")
        return self.count(table)

    @contextmanager
    def _brought(self, name: str, params: dict[str, Any]) -> Iterator[None]:
        """The rows of a query that reads fee lines as `BROUGHT`, a temporary table with the types they have at home.

        What it reads of the home's own tables is copied anew: nobody tells when they change.
        """
        steps = steps_of(sql_text(name))
        self.changed(*(table for table in steps.tables if table.split(".")[0] != "cur"))
        with readable(name):
            found = self._rows(name, params).toArrow()
        typed = f"create or replace temp table {BROUGHT} as select * from (\n{sql_text(name)}\n) limit 0"
        self.con.execute(typed, sql_values(name, params))
        try:
            self._fill(f"insert into {BROUGHT}", found)
            yield
        finally:
            self.con.execute(f"drop table {BROUGHT}")

    def _fill(self, begin: str, found: Any) -> None:
        """A statement that begins so, from rows that came from the cluster."""
        self.con.register("rows_of_cluster", found)
        try:
            self.con.execute(f"{begin} select * from rows_of_cluster")
        finally:
            self.con.unregister("rows_of_cluster")

    def _stands(self, table: str, folder: str) -> None:
        show(self.con, table, folder)
        self._away.note(self.con, table, folder, made=True)

    def _rows(self, name: str, params: dict[str, Any]) -> Any:
        """The query file as a frame of the session; its last step has not run yet."""
        steps = steps_of(sql_text(name))
        self._ready(steps.tables)
        session = self._session()
        from pyspark.sql import functions

        bound = {
            key: functions.array(*map(functions.lit, value)) if isinstance(value, list) else value
            for key, value in sql_values(name, params).items()
        }
        for view, statement in steps.before:
            self._step(view, session.sql(statement, args=bound))
        return session.sql(steps.last, args=bound)

    def _step(self, view: str, rows: Any) -> None:
        """Compute rows now, for the steps that follow."""
        folder = self._away.new_folder("step")
        rows.write.parquet(folder)
        self._session().read.schema(rows.schema).parquet(folder).createOrReplaceTempView(view)

    def _session(self) -> Any:
        return session_of(self._settings)

    def _ready(self, tables: frozenset[str]) -> None:
        """Make the session's views of tables that a query is about to read; those not there yet are copied."""
        seen = views_of(self._settings)
        for table in sorted(tables):
            if table in self._away.views:
                self._ready_view(table)
                continue
            if table not in self._away.folders:
                self._copy(table)
            folder = self._away.folders[table]
            if seen.get(table) != folder:
                reader = self._session().read
                if folder in self._schemas:
                    reader = reader.schema(self._schemas[folder])
                reader.parquet(folder).createOrReplaceTempView(local_name(table))
                seen[table] = folder

    def _ready_view(self, view: str) -> None:
        steps: Steps = steps_of(sql_text(self._away.views[view]))
        self._ready(steps.tables)
        made_of = repr([steps, *(self._away.folders.get(one) for one in sorted(steps.tables))])
        seen = views_of(self._settings)
        if seen.get(view) != made_of:
            for step, statement in steps.before:
                self._session().sql(statement).createOrReplaceTempView(step)
            self._session().sql(steps.last).createOrReplaceTempView(local_name(view))
            seen[view] = made_of

    def _copy(self, table: str) -> None:
        """Copy a table of the home's database into the warehouse."""
        folder = self._away.new_folder(table)
        Path(folder).mkdir(parents=True)
        kinds = self.con.execute(f"describe {table}").fetchall()
        wide = ", ".join(f"{name}::decimal(38, 0) as {name}" for name, kind, *_ in kinds if kind == "HUGEINT")
        columns = f"* replace ({wide})" if wide else "*"  # as Parquet, 128-bit integers would be floats
        columns = f"{columns}, {ROW}" if table in NUMBERED else columns
        self.con.execute(
            f"copy (select {columns} from {table}) to '{folder.replace(chr(39), chr(39) * 2)}/part.parquet' "
            "(format parquet)"
        )
        with self._noted():
            self._away.note(self.con, table, folder)


def _reads_lines(name: str) -> bool:
    return LINES in sql_code(name)

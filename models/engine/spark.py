"""The cluster's engine: the query files of `sql/` on Spark, tables as Parquet in a warehouse folder.

pyspark is loaded only when the engine is opened. It is an engine for tables already ingested (`publish_inputs`):
`models.core.build` runs on it; docs/scale.md says what does not.
"""

import os
import shutil
from typing import Any

import polars as pl

from models.engine.duck import SCHEMAS, Engine
from models.engine.sql import sql_text
from models.engine.transpile import to_spark
from models.errors import UsageError

# times without a zone, as DuckDB's; an overflow or a bad cast stops the statement instead of giving null
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
}


class SparkEngine(Engine):
    """The interface of `Engine` without its connection: what asks for `.con` needs the embedded engine."""

    def __init__(self, session: Any, warehouse: str) -> None:
        self._session = session
        self._warehouse = warehouse.rstrip("/")
        for schema in SCHEMAS:
            session.sql(f"create database if not exists {schema}")

    def _rows(self, statement: str, params: dict[str, Any] | None = None) -> Any:
        from pyspark.sql import functions

        bound = {
            name: functions.array(*(functions.lit(one) for one in value)) if isinstance(value, list) else value
            for name, value in (params or {}).items()
        }
        return self._session.sql(to_spark(statement), args=bound)

    def _write(self, table: str, rows: Any, mode: str) -> None:
        path = f"{self._warehouse}/{table.replace('.', '/')}"
        rows.write.mode(mode).format("parquet").option("path", path).saveAsTable(table)

    def frame(self, statement: str, params: dict[str, Any] | None = None) -> pl.DataFrame:
        """Rows of one statement, written for DuckDB, as a polars frame: small results only."""
        found = pl.from_arrow(self._rows(statement, params).toArrow())
        assert isinstance(found, pl.DataFrame)
        return found

    def replace(self, table: str, name: str, **params: Any) -> int:
        """Make `table` anew from `sql/<name>.sql`, which must not read it; returns its number of rows."""
        self._write(table, self._rows(sql_text(name), self._bound(name, params)), "overwrite")
        return self.count(table)

    def insert(self, table: str, name: str, **params: Any) -> None:
        """Append the rows of `sql/<name>.sql` to `table`, matched by column name."""
        rows = self._rows(sql_text(name), self._bound(name, params))
        self._write(table, rows.select(self._session.table(table).columns), "append")

    def load(self, table: str, path: str) -> None:
        """Make `table` anew from a Parquet file or folder that every worker can read."""
        self._write(table, self._session.read.parquet(path), "overwrite")

    def count(self, table: str) -> int:
        return int(self._session.table(table).count())

    def exists(self, table: str) -> bool:
        return bool(self._session.catalog.tableExists(table))

    def drop(self, table: str) -> None:
        self._session.sql(f"drop table if exists {table}")

    def rename(self, table: str, name: str) -> None:
        target = f"{table.split('.')[0]}.{name}"
        self.drop(target)
        self._write(target, self._session.table(table), "overwrite")
        self.drop(table)

    def mark(self, table: str, mark: str) -> None:
        self._session.sql(f"comment on table {table} is '{mark}'")

    def remarks(self) -> dict[str, str]:
        raise UsageError(
            "Spark 引擎不保存标记 / the Spark engine keeps no marks: use the embedded engine for this stage."
        )

    def transaction(self) -> Any:
        raise UsageError("Spark 引擎没有事务 / the Spark engine has no transactions: use the embedded engine.")

    def close(self) -> None:
        self._session.stop()


def open_spark(address: str, warehouse: str, settings: dict[str, str] | None = None) -> SparkEngine:
    """Open a cluster (`spark://…`, `local[n]`) or Spark Connect (`sc://…`); `warehouse` is seen by every worker.

    Raises UsageError where pyspark is not installed, or Java where this process needs it (not for Spark Connect).
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError(
            "没有安装 pyspark / pyspark is not installed: pip install 'jicha[spark]', and Java 17."
        ) from None
    remote = address.startswith("sc://")
    if not remote and "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise UsageError(
            f"没有找到 Java / no Java was found, which {address} needs on this machine: install a Java 17 runtime or "
            "set JAVA_HOME, or give the address of Spark Connect (sc://host:port)."
        )
    builder = SparkSession.builder.appName("jicha")
    builder = builder.remote(address) if remote else builder.master(address)
    for name, value in {**SETTINGS, **(settings or {})}.items():
        builder = builder.config(name, value)
    return SparkEngine(builder.getOrCreate(), warehouse)


def publish_inputs(source: Engine, target: SparkEngine, folder: str) -> list[str]:
    """Copy every `cur.*` table of the embedded engine to the cluster through Parquet below `folder`; their names."""
    names = source.frame("select table_name from information_schema.tables where table_schema = 'cur' order by 1")
    for name in names["table_name"]:
        path = f"{folder}/{name}.parquet"
        source.con.execute(
            f"copy (select * from cur.{name}) to '{path.replace(chr(39), chr(39) * 2)}' (format parquet)"
        )
        target.load(f"cur.{name}", path)
    return list(names["table_name"])

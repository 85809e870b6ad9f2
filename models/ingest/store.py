"""The warehouse's own tables: what was loaded from which file, what was set aside, and the empty raw tables."""

import hashlib
from pathlib import Path

from models.contracts import Table, tables
from models.engine import Engine
from models.errors import InputRefused

SCHEMA_VERSION = 1
SCHEMAS = ("meta", "raw", "cur")

_META = {
    "meta.info": "key varchar, value varchar",
    "meta.file": (
        "file_id integer, folder varchar, file varchar, table_name varchar, sha256 varchar, rows_read bigint, "
        "size bigint, mtime_ns bigint, ctime_ns bigint, inode bigint, scanned_ns bigint, mapping_sha256 varchar, "
        "unknown_columns varchar[]"
    ),
    "meta.quarantine": (
        "file_id integer, line_no bigint, sub_no integer, line_sha256 varchar, reasons varchar[]"
    ),
    "meta.quarantine_reason": "file_id integer, reason varchar, rows bigint, first_lines bigint[]",
    "meta.row_fate": "file_id integer, loaded bigint, superseded bigint, cancelled bigint, quarantined bigint",
    "meta.lost": "table_name varchar, file_id integer, line_no bigint, sub_no integer, fate varchar",
    "meta.quarantine_dirty": "folder varchar",
}  # fmt: skip


def raw_columns(table: Table) -> dict[str, str]:
    """Columns of `raw.<table>`: the contract's, then where the row came from."""
    own = {column.inside: column.sql_type for column in table.columns.values()}
    return own | {"file_id": "integer", "line_no": "bigint", "sub_no": "integer"}


def info(engine: Engine, key: str) -> str | None:
    """A value of meta.info, None when it was never set."""
    rows = engine.con.execute("select value from meta.info where key = $key", {"key": key}).fetchall()
    return str(rows[0][0]) if rows else None


def set_info(engine: Engine, key: str, value: str) -> None:
    """Set a value of meta.info."""
    engine.con.execute("delete from meta.info where key = $key", {"key": key})
    engine.con.execute("insert into meta.info values ($key, $value)", {"key": key, "value": value})


def contract_sha256() -> str:
    """Hash of the landing contract the warehouse was filled by."""
    return hashlib.sha256((Path(__file__).parents[1] / "contracts" / "tables.yaml").read_bytes()).hexdigest()


def prepare(engine: Engine) -> bool:
    """Make the tables of an empty warehouse; rebuild one of an older version or contract (then True).

    Raises InputRefused for a warehouse written by newer code.
    """
    for schema in SCHEMAS:
        engine.con.execute(f"create schema if not exists {schema}")
    engine.con.execute(f"create table if not exists meta.info ({_META['meta.info']})")
    version = info(engine, "schema_version")
    if version is not None and int(version) > SCHEMA_VERSION:
        raise InputRefused(
            f"数据库由更新版本的 jicha 写成 / this home was written by newer code (schema {version}, this code knows "
            f"{SCHEMA_VERSION}). Update jicha, or use another home."
        )
    wanted = (str(SCHEMA_VERSION), contract_sha256())
    if (version, info(engine, "contract_sha256")) == wanted:
        return False
    with engine.transaction():
        for name, columns in _META.items():
            if name != "meta.info":
                engine.con.execute(f"create or replace table {name} ({columns})")
        for table in tables().values():
            columns = ", ".join(f"{name} {kind}" for name, kind in raw_columns(table).items())
            engine.con.execute(f"create or replace table raw.{table.name} ({columns})")
        set_info(engine, "schema_version", wanted[0])
        set_info(engine, "contract_sha256", wanted[1])
        touch(engine)
    return version is not None


def touch(engine: Engine) -> None:
    """Note that raw tables changed, so that `resolve` has work to do."""
    set_info(engine, "generation", str(int(info(engine, "generation") or 0) + 1))

"""Core of small tables that many tests share, built once a process: of the same rows it is the same.

Tests of money look at what comes of core; those of core itself build it each time.
"""

import re
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

from models import core
from models.config import Config
from models.engine.duck import Engine
from models.engine.sql import ROOT

CORE = "database_name = current_database() and schema_name = 'core'"


class _Table(NamedTuple):
    name: str
    made_by: str
    rows: Any


_built: dict[str, list[_Table]] = {}


@cache
def _inputs() -> list[str]:
    """The tables of extracts that the queries of core name."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "core").glob("*.sql")]
    return sorted({name for text in texts for name in re.findall(r"\bcur\.\w+", text)})


def build(engine: Engine, config: Config) -> None:
    """What `core.build` makes: copied where this process has built core of the same rows and parameters before."""
    read = [engine.con.execute(f"select * from {name}").fetchall() for name in _inputs()]
    made_of = repr([config.params, read])
    if made_of not in _built:
        core.build(engine, config)
        _built[made_of] = _tables(engine)
        return
    for table in _built[made_of]:
        engine.con.execute(table.made_by)
        if table.rows is not None:
            engine.con.register("built_rows", table.rows)
            engine.con.execute(f"insert into {table.name} select * from built_rows")
            engine.con.unregister("built_rows")
    engine.mark("core.settlement", uuid4().hex)


def _tables(engine: Engine) -> list[_Table]:
    assert engine.con.execute(f"select * from duckdb_views() where {CORE}").fetchall() == []
    found = engine.con.execute(f"select 'core.' || table_name, sql from duckdb_tables() where {CORE}").fetchall()
    tables = []
    for name, sql in found:
        made_by = sql.replace("CREATE TABLE", "create or replace table", 1)
        assert not re.search("HUGEINT|ENUM", made_by), "what Arrow would not give back as it was"
        rows = engine.con.execute(f"select * from {name}").to_arrow_table()
        tables.append(_Table(name, made_by, rows if rows.num_rows else None))
    return tables

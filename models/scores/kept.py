"""What was made of core, kept until core, query or values change: shared tables, and scores of the same months."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from models.config import Config
from models.contracts.code import code_version
from models.engine.duck import Engine
from models.engine.sql import sql_text, sql_values
from models.scores.window import Window

MADE = "score.made"
_CORE = "core.settlement"  # carries the mark of the last build of core


def keep(engine: Engine, table: str, name: str, values: Mapping[str, Any], of: tuple[str, ...] = ()) -> None:
    """Make `table` of `sql/<name>.sql` unless it is there, made of the same; `of` names kept tables that it reads.

    The table's comment is the digest of what it was made of. Where core has no mark (it was filled, not built) nothing
    tells whether it is still the same, and the table is made anew.
    """
    used = sql_values(name, values)
    digest = _digest(engine, [engine.remark(other) for other in of], sql_text(name), used)
    if digest is not None and engine.remark(table) == digest:
        return
    engine.con.execute(f"create or replace table {table} as {sql_text(name)}", used)
    if digest is not None:
        engine.con.execute(f"comment on table {table} is '{digest}'")


def remember(engine: Engine, table: str, window: Window, config: Config) -> None:
    """Note what the rows of the window's period in a score table were made of; joins the caller's transaction."""
    engine.con.execute(f"create table if not exists {MADE} (table_name varchar, period varchar, digest varchar)")
    row = {"t": table, "p": window.period}
    engine.con.execute(f"delete from {MADE} where table_name = $t and period = $p", row)
    digest = _of_window(engine, window, config)
    if digest is not None:
        engine.con.execute(f"insert into {MADE} values ($t, $p, $d)", {**row, "d": digest})


def same_months(engine: Engine, table: str, window: Window, config: Config) -> str | None:
    """A period whose rows of a score table were made of the window's months, core, configuration and code, if any."""
    digest = _of_window(engine, window, config)
    if digest is None or not engine.exists(MADE):
        return None
    found = engine.con.execute(
        f"select max(period) from {MADE} where table_name = $t and digest = $d", {"t": table, "d": digest}
    ).fetchall()
    return str(found[0][0]) if found[0][0] is not None else None


def _of_window(engine: Engine, window: Window, config: Config) -> str | None:
    return _digest(engine, str(window.start), str(window.until), config.computed_sha256(), _code())


def _digest(engine: Engine, *parts: Any) -> str | None:
    """Digest of core's mark and the parts; None where core has no mark."""
    core = engine.remark(_CORE)
    if core is None:
        return None
    text = json.dumps([core, *parts], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _code() -> str:
    return code_version()

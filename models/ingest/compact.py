"""Writing the warehouse file well: row groups full, space of replaced rows reused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.config import Config
from models.contracts import tables
from models.engine import Engine, open_engine
from models.home import Home

BY_ROW = ("finding.occurrence_key",)  # name rows by their place in the file, which a copy need not keep
FREE_SHARE = 0.12  # of the file; what one re-delivered month of a year leaves free stays for reuse
FREE_BEFORE_CORE = 0.5  # core is made next and takes the room


# The order of stored rows means nothing, so every thread may fill row groups of its own, as long as one statement feeds
# many rows. A row group written as soon as it is full keeps the reading from waiting for five at once, and one
# checkpoint at the end serves all small files.
_FILLING = {"preserve_insertion_order": "false", "write_buffer_row_group_count": "1", "checkpoint_threshold": "1GB"}


@contextmanager
def filling(engine: Engine) -> Iterator[None]:
    """Rows are appended in any order, row group by row group; the settings return afterwards."""
    before = {name: _setting(engine, name) for name in _FILLING}
    _apply(engine, _FILLING)
    try:
        yield
    finally:
        _apply(engine, before)


def _setting(engine: Engine, name: str) -> str:
    return str(engine.con.execute("select current_setting($name)", {"name": name}).fetchall()[0][0])


def _apply(engine: Engine, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        engine.con.execute(f"set {name} = '{value}'")


def settle(engine: Engine, home: Home, config: Config, free_share: float = FREE_SHARE) -> bool:
    """Write everything into the file; where more than `free_share` of it is empty, write it anew (then True).

    Needs to be the only user of `engine`, outside any transaction; the engine's connection is another one afterwards.
    """
    for _ in range(2):  # blocks that one checkpoint stops using are free after the next
        engine.con.execute("checkpoint")
    total, free = _blocks(engine)
    if not home.warehouse.exists() or free + (total - free) * _dead_share(engine) <= free_share * total:
        return False
    draft = home.warehouse.with_name(home.warehouse.name + ".new")
    _remove(draft)
    name = engine.con.execute("select current_database()").fetchall()[0][0]
    for table in BY_ROW:
        engine.drop(table)
    engine.con.execute(f"attach '{str(draft).replace(chr(39), chr(39) * 2)}' as draft")
    engine.con.execute(f'copy from database "{name}" to draft')
    engine.con.execute("checkpoint draft")
    engine.con.execute("detach draft")
    engine.con.close()
    if not _log(home.warehouse).exists():
        draft.replace(home.warehouse)
    _remove(draft)
    engine.con = open_engine(home, config).con
    return True


def _blocks(engine: Engine) -> tuple[int, int]:
    """Blocks of the working database: all, and those nothing uses."""
    row = engine.con.execute(
        "select total_blocks, free_blocks from pragma_database_size() where database_name = current_database()"
    ).fetchall()[0]
    return int(row[0]), int(row[1])


def _dead_share(engine: Engine) -> float:
    """Share of stored rows of `raw.*` that are deleted: a row group keeps them until most of it is gone."""
    stored = live = 0
    for name in tables():
        rows = engine.count(f"raw.{name}")
        if rows:
            live += rows
            found = engine.con.execute(
                f"select sum(count) from pragma_storage_info('raw.{name}') "
                "where column_name = 'file_id' and segment_type = 'INTEGER'"
            ).fetchall()
            stored += int(found[0][0] or rows)
    return 1 - live / stored if stored > live else 0.0


def _log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _remove(database: Path) -> None:
    database.unlink(missing_ok=True)
    _log(database).unlink(missing_ok=True)

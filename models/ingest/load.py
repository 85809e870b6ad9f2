"""Bring the warehouse to what lies in landing now."""

from itertools import groupby
from pathlib import Path

from models.config import Config
from models.contracts import tables
from models.engine import Engine
from models.errors import InputRefused
from models.home import Home
from models.ingest import quarantine, store
from models.ingest.changes import Memory, Parts, again, changed, known, look, restamp
from models.ingest.compact import filling, settle
from models.ingest.discover import Delivery, discover
from models.ingest.identity import Pseudonyms
from models.ingest.misplaced import no_files, where_instead
from models.ingest.sink import Tally
from models.ingest.summary import LoadSummary, Progress, refuse
from models.ingest.units import Part, Unit, load_units, remove


def load(
    engine: Engine,
    landing: Path,
    home: Home,
    key: bytes,
    config: Config,
    folders: list[str] | None = None,
    progress: Progress | None = None,
) -> LoadSummary:
    """(Re)load new and changed deliveries, remove vanished ones; `folders` limits what is looked at.

    The units (folder, table) of a folder are one transaction. Raises InputRefused with every unreadable file at once,
    before anything is changed. Units of folders that are gone from landing are always removed.
    """
    store.prepare(engine)
    found = discover(landing, folders)
    memory = known(engine)
    if memory and not found.deliveries and not discover(landing).deliveries:
        raise InputRefused(no_files(landing))  # rather a disk that is not mounted than a bureau without data
    parts, refused = look(found, memory)
    refuse(refused)
    summary = LoadSummary(warnings=list(found.warnings))
    pseudonyms = Pseudonyms(key)
    units = {unit: list(some) for unit, some in groupby(found.deliveries, key=lambda one: one.unit)}
    for unit in _vanished(memory, set(units), landing, folders):
        with engine.transaction():
            remove(engine, unit)
            quarantine.mark(engine, unit[0])
            store.touch(engine)
        summary.removed_units.append("/".join(unit))
    with filling(engine):
        for _, some in groupby(units.items(), key=lambda one: one[0][0]):
            _folder(engine, dict(some), parts, memory, pseudonyms, summary, progress)
    quarantine.write(engine, home)
    if summary.loaded_units or summary.removed_units:
        settle(engine, home, config)
    _remark(engine, summary)
    return summary


def refuse_unreadable(engine: Engine, landing: Path) -> tuple[int, list[str]]:
    """Look at every new or changed file of landing: how many tables they hold, and remarks on files that are not read.

    Raises InputRefused that names all unreadable files at once.
    """
    store.prepare(engine)
    found = discover(landing)
    parts, refused = look(found, known(engine))
    refuse(refused, where_instead(landing))
    if not found.deliveries:
        raise InputRefused(no_files(landing))
    return len(parts), found.warnings


def _folder(
    engine: Engine,
    units: dict[Unit, list[Delivery]],
    parts: Parts,
    memory: Memory,
    pseudonyms: Pseudonyms,
    summary: LoadSummary,
    progress: Progress | None,
) -> None:
    """Load the units of one folder; one commit for all, because each costs a sync of the disk."""
    with engine.transaction():
        fresh: dict[Unit, list[Part]] = {}
        for unit, deliveries in units.items():
            if ready := _due(engine, unit, deliveries, parts, memory):
                fresh[unit] = ready
            else:
                summary.unchanged_units.append("/".join(unit))
        if not fresh:
            return
        for unit, tally in load_units(engine, fresh, pseudonyms, progress).items():
            _sum_up(summary, unit, tally)
        quarantine.mark(engine, next(iter(units))[0])
        store.touch(engine)


def _due(engine: Engine, unit: Unit, deliveries: list[Delivery], parts: Parts, memory: Memory) -> list[Part]:
    """What to read of a unit, whose earlier rows are taken out; nothing where every file of it is as it was."""
    files = {one.file for one in deliveries}
    before = {file for (file, table), one in memory.items() if (one.folder, table) == unit}
    if files == before and not any(changed(one, parts, memory) for one in deliveries):
        for one in deliveries:
            restamp(engine, parts.get((one.file, unit[1])))
        return []
    if before:
        remove(engine, unit)
    return [parts.get((one.file, unit[1])) or again(one) for one in deliveries]


def _sum_up(summary: LoadSummary, unit: Unit, tally: Tally) -> None:
    summary.loaded_units.append("/".join(unit))
    summary.rows_read += tally.rows_read
    summary.rows_quarantined += tally.quarantined
    summary.rows_by_table[unit[1]] = summary.rows_by_table.get(unit[1], 0) + tally.rows_read


def _vanished(memory: Memory, present: set[Unit], landing: Path, folders: list[str] | None) -> list[Unit]:
    """Units the warehouse holds and landing no longer has."""
    held = {(one.folder, table) for (_, table), one in memory.items()}
    if folders is None:
        return sorted(held - present)
    looked = set(folders)
    there = {delivery.folder for delivery in discover(landing).deliveries}
    return sorted(unit for unit in held - present if unit[0] in looked or unit[0] not in there)


def _remark(engine: Engine, summary: LoadSummary) -> None:
    summary.warnings += remarks(engine)
    there = delivered(engine)
    summary.absent_tables = [name for name in tables() if name not in there]


def delivered(engine: Engine) -> set[str]:
    """The tables of which a file is loaded."""
    return {str(row[0]) for row in engine.con.execute("select distinct table_name from meta.file").fetchall()}


def remarks(engine: Engine) -> list[str]:
    """What people should know of the deliveries now held: columns nothing uses, providers nobody describes."""
    rows = engine.con.execute(
        "select table_name, min(folder), max(folder), list_sort(list_distinct(flatten(list(unknown_columns)))) "
        "from meta.file where len(unknown_columns) > 0 group by table_name order by table_name"
    ).fetchall()
    said = []
    for table, first, last, columns in rows:
        named = ", ".join(name[:60] for name in columns)
        said.append(f"{first if first == last else f'{first}–{last}'}/{table}: 未使用的列 / columns not used: {named}")
    there = delivered(engine)
    if there and "medins_info_b" not in there:
        said.append(
            "reference/medins_info_b: 缺少机构信息 / provider information is not delivered; peers cannot be told apart"
        )
    return said

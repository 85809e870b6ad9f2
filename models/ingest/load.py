"""Bring the warehouse to what lies in landing now."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from models.config import Config
from models.engine import Engine
from models.errors import InputRefused
from models.home import Home
from models.ingest import quarantine, store
from models.ingest.changes import Memory, Parts, again, changed, known, look, restamp
from models.ingest.compact import FREE_BEFORE_CORE, filling, settle
from models.ingest.discover import Delivery, discover
from models.ingest.identity import Pseudonyms
from models.ingest.misplaced import no_files, where_instead
from models.ingest.sink import Tally
from models.ingest.summary import LoadSummary, Progress, refuse
from models.ingest.units import Outcome, Part, Unit, last_id, read, remove, take

Units = dict[Unit, list[Delivery]]
TOGETHER = 256 << 20  # bytes of files


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

    The units (folder, table) of a folder are one transaction, with those of other small folders. Raises InputRefused
    with every unreadable file at once, before anything is changed. Units of folders that are gone from landing are
    always removed.
    """
    store.prepare(engine)
    found = discover(landing, folders)
    memory = known(engine)
    if memory and not found.deliveries and not discover(landing).deliveries:
        raise InputRefused(no_files(landing))  # rather a disk that is not mounted than a bureau without data
    parts, refused = look(found, memory)
    refuse(refused)
    summary = LoadSummary(warnings=list(found.warnings))
    units: Units = {unit: list(some) for unit, some in groupby(found.deliveries, key=lambda one: one.unit)}
    for unit in _vanished(memory, set(units), landing, folders):
        with engine.transaction():
            remove(engine, unit)
            quarantine.mark(engine, unit[0])
            store.touch(engine)
        summary.removed_units.append("/".join(unit))
    fresh = {unit: due for unit, some in units.items() if (due := _due(unit, some, parts, memory))}
    # one stream for all folders: the next folder's files are parsed while this one's are stored and committed
    every = [part for due in fresh.values() for part in due]
    with (
        filling(engine),
        closing(read(engine, every, Pseudonyms(key), True, progress, last_id(engine) + 1)) as outcomes,
    ):
        storing = _Storing(engine, parts, memory, fresh, outcomes, summary)
        for batch in _together(units, fresh):
            with engine.transaction():
                for folder, some in batch:
                    storing.folder(folder, some)
    quarantine.write(engine, home)
    if summary.loaded_units or summary.removed_units:
        settle(engine, home, config, FREE_BEFORE_CORE)
    summary.warnings += remarks(engine)
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


def _together(units: Units, fresh: dict[Unit, list[Part]]) -> Iterator[list[tuple[str, Units]]]:
    """Folders that are stored in one transaction: each costs a sync, and puts rows into the log that fill no row group.

    The folder that fills a transaction ends it, so that an interrupted load keeps most of what it has done.
    """
    some: list[tuple[str, Units]] = []
    size = 0
    for folder, its in groupby(units.items(), key=lambda one: one[0][0]):
        some.append((folder, dict(its)))
        size += sum(part.stamp.size for unit in some[-1][1] for part in fresh.get(unit, ()))
        if size >= TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


@dataclass(frozen=True)
class _Storing:
    """What the folders of one load share; `outcomes` stores the fresh parts in their order as they are asked for."""

    engine: Engine
    parts: Parts
    memory: Memory
    fresh: dict[Unit, list[Part]]
    outcomes: Iterator[Outcome]
    summary: LoadSummary

    def folder(self, folder: str, units: Units) -> None:
        """Store the fresh units of one folder in place of what it had; the caller holds the transaction."""
        mine = {unit: self.fresh[unit] for unit in units if unit in self.fresh}
        held = {(one.folder, table) for (_, table), one in self.memory.items()}
        for unit, deliveries in units.items():
            if unit not in mine:
                self._unchanged(unit, deliveries)
            elif unit in held:
                remove(self.engine, unit)
        if mine:
            for unit, tally in take(self.engine, mine, self.outcomes).items():
                _sum_up(self.summary, unit, tally)
            quarantine.mark(self.engine, folder)
            store.touch(self.engine)

    def _unchanged(self, unit: Unit, deliveries: list[Delivery]) -> None:
        self.summary.unchanged_units.append("/".join(unit))
        for one in deliveries:
            restamp(self.engine, self.parts.get((one.file, unit[1])))


def _due(unit: Unit, deliveries: list[Delivery], parts: Parts, memory: Memory) -> list[Part]:
    """What to read of a unit; nothing where every file of it is as it was."""
    before = {file for (file, table), one in memory.items() if (one.folder, table) == unit}
    if {one.file for one in deliveries} == before and not any(changed(one, parts, memory) for one in deliveries):
        return []
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

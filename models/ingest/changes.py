"""Which deliveries are new or changed, and whether each can be read at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from models.engine import Engine
from models.ingest.discover import Delivery, Found
from models.ingest.scan import Plan, Scan, plan, scan
from models.ingest.sources import Source
from models.ingest.stamps import Stamp, take
from models.ingest.summary import Refusal, Unreadable, refuse
from models.ingest.units import Part

Parts = dict[tuple[str, str], Part]
Memory = dict[tuple[str, str], "Known"]
_Identity = tuple[Source, str, str | None]
# what a process has looked at it need not look at again while size, times and inode are the same
_seen: dict[_Identity, Part] = {}


@dataclass(frozen=True)
class Known:
    """What the warehouse remembers of a file."""

    folder: str
    sha256: str
    mapping_sha256: str | None
    stamp: Stamp


def known(engine: Engine) -> Memory:
    """What was loaded from where."""
    rows: list[tuple[Any, ...]] = engine.con.execute(
        "select folder, file, table_name, sha256, mapping_sha256, size, mtime_ns, ctime_ns, inode, scanned_ns "
        "from meta.file"
    ).fetchall()
    return {(row[1], row[2]): Known(row[0], row[3], row[4], Stamp(*row[5:])) for row in rows}


def look(found: Found, memory: Memory) -> tuple[Parts, list[Refusal]]:
    """Scan every delivery that may have changed; parts by (file, table), and all refusals."""
    refused = list(found.refused)
    fresh: dict[str, list[Delivery]] = {}
    parts: Parts = {}
    for one in found.deliveries:
        before = memory.get((one.file, one.table.name))
        now = take(one.source.path)
        if before and before.mapping_sha256 == _mapping(one) and now.same_file(before.stamp):
            continue
        if (seen := _seen.get(_identity(one))) and now.same_file(seen.stamp) and (seen.plan.scan.sha256 or not before):
            parts[one.file, one.table.name] = replace(seen, delivery=one)
            continue
        fresh.setdefault(one.file, []).append(one)
    with ThreadPoolExecutor(2) as pool:
        for deliveries, outcome in zip(
            fresh.values(), pool.map(partial(_scanned, memory=memory), fresh.values()), strict=True
        ):
            for one, made in zip(deliveries, outcome, strict=True):
                if isinstance(made, Refusal):
                    refused.append(made)
                else:
                    parts[one.file, one.table.name] = _seen[_identity(one)] = made
    return parts, list(dict.fromkeys(refused))


def _mapping(one: Delivery) -> str | None:
    return one.mapping.sha256() if one.mapping else None


def _identity(one: Delivery) -> _Identity:
    return one.source, one.table.name, _mapping(one)


def _scanned(deliveries: list[Delivery], memory: Memory) -> list[Part | Refusal]:
    """One file, scanned once for all the tables it feeds; hashed now only if that may save reading it again."""
    stamp = take(deliveries[0].source.path)
    hashed = len(deliveries) > 1 or any((one.file, one.table.name) in memory for one in deliveries)
    try:
        found: Scan = scan(deliveries[0].source, hashed)
    except Unreadable as fault:
        return [Refusal(one.file, str(fault)) for one in deliveries]
    return [_planned(one, found, stamp) for one in deliveries]


def _planned(one: Delivery, found: Scan, stamp: Stamp) -> Part | Refusal:
    try:
        made: Plan = plan(one, found)
    except Unreadable as fault:
        return Refusal(one.file, f"{one.table.name}: {fault}")
    return Part(one, made, stamp)


def again(one: Delivery) -> Part:
    """An unchanged file of a unit that changed elsewhere has to be read again, too."""
    made = _scanned([one], {})[0]
    if isinstance(made, Refusal):
        refuse([made])
        raise AssertionError
    return made


def changed(one: Delivery, parts: Parts, memory: Memory) -> bool:
    """Is this file new, or its content or mapping other than what was loaded?"""
    before, part = memory.get((one.file, one.table.name)), parts.get((one.file, one.table.name))
    if before is None:
        return True
    return before.mapping_sha256 != _mapping(one) or (part is not None and part.plan.scan.sha256 != before.sha256)


def restamp(engine: Engine, part: Part | None) -> None:
    """A file that was only touched keeps its rows; its new times are remembered."""
    if part is None:
        return
    stamp = part.stamp
    engine.con.execute(
        "update meta.file set size = $size, mtime_ns = $mtime, ctime_ns = $ctime, inode = $inode, "
        "scanned_ns = $scanned where file = $file and table_name = $table",
        {
            "size": stamp.size, "mtime": stamp.mtime_ns, "ctime": stamp.ctime_ns, "inode": stamp.inode,
            "scanned": stamp.scanned_ns, "file": part.delivery.file, "table": part.delivery.table.name,
        },
    )  # fmt: skip

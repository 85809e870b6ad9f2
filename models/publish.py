"""Read-only snapshots: what people, notebooks and reports open; the working database stays its writer's alone."""

import os
import re
import shutil
from pathlib import Path

from models.engine import Engine, sql_text
from models.engine.away import NOTED
from models.errors import JichaError, UsageError
from models.home import Home
from models.marks import SPOKEN
from models.rules.passes import KEPT, VIEWS

READABLE = ("core", "finding", "money", "score", "quality", "meta")  # never raw or cur: they hold every delivery
STORAGE = "v1.5.0"  # a storage version that the database tools people have can open
BLOCK = 65_536  # many small tables take a block a column each; still smaller ones pack text badly
KEEP = 3
LATEST = "latest"
# of the widest table the lines behind findings: all lines, three snapshots of them, would outgrow the home
PART = {"core.fee_line": "setl_id in (select setl_id from finding.finding)"}
# made anew of core whenever they are wanted
LEFT_OUT = frozenset(
    {
        "score.cost_case",
        "score.case_dept",
        "score.planned_stay",
        "score.made",
        NOTED,
        SPOKEN,
        *KEPT,
        *(f"finding.{view}" for view in VIEWS),
    }
)
_TMP = ".tmp-snapshot.duckdb"
_NAME = re.compile(r"[A-Za-z0-9_.]+(-[A-Za-z0-9_.]+)*")
_SNAPSHOT = re.compile(r".+-(\d{6})\.duckdb")


def snapshots(home: Home) -> list[Path]:
    """Snapshots of runs, oldest first; those pinned to issued lists are not among them."""
    found = {path: _SNAPSHOT.fullmatch(path.name) for path in home.published.glob("*.duckdb")}
    numbered = [(int(match[1]), path) for path, match in found.items() if match and not path.is_symlink()]
    return [path for _, path in sorted(numbered)]


def publish(engine: Engine, home: Home, name: str | None = None, keep: int = KEEP) -> Path:
    """Copy the readable tables into a new snapshot, move `latest` onto it and drop the oldest; returns its path.

    `name` (such as a period) begins the file name, by default the last quarter with settlements; a counter ends it, so
    that no name is ever used twice and whoever has an old snapshot open keeps it. The caller holds the writer lock; no
    transaction may be open. Raises JichaError for a name that is no file name.
    """
    label = name or _last_quarter(engine)
    if not _NAME.fullmatch(label):
        raise JichaError(f"快照名称有误 / not a snapshot name: {label!r}. Letters, digits, dots, - and _ only.")
    home.published.mkdir(parents=True, exist_ok=True)
    _remove(home.published / _TMP)
    _copy(engine, home.published / _TMP)
    path = home.published / f"{label}-{_next_number(home):06d}.duckdb"
    half = home.published / _TMP
    half.chmod(half.stat().st_mode & ~0o222)
    half.rename(path)
    _point(home.published / LATEST, path.name)
    for old in snapshots(home)[:-keep]:
        _remove(old)
    return path


def latest(home: Home) -> Path:
    """The newest snapshot; raises UsageError where nothing is published yet."""
    link = home.published / LATEST
    if not link.exists():
        raise UsageError(f"{home.published} 还没有快照 / holds no snapshot yet. Run `jicha run` first.")
    return link.resolve()


def pin(home: Home, issued: str) -> Path:
    """Keep the newest snapshot for good beside the list `issued` (such as 2025Q1 or 2025Q1-s01); returns its path.

    The pinned name is a second name of the same file where the file system can do that, so it costs no space. A list
    pinned before keeps its snapshot.
    """
    target = home.published / f"issued-{issued}.duckdb"
    if target.exists():
        return target
    source, half = latest(home), home.published / f".tmp-{target.name}"
    _remove(half)
    try:
        os.link(source, half)
    except OSError:
        shutil.copy2(source, half)
    half.rename(target)
    return target


def _last_quarter(engine: Engine) -> str:
    if not engine.exists("core.settlement"):
        return "empty"
    row = engine.con.execute("select max(quarter) from core.settlement").fetchone()
    return str(row[0]) if row and row[0] else "empty"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _relations(engine: Engine) -> list[tuple[str, str]]:
    """Tables and views of the readable schemas; a view is copied as a table, what it reads may not be there."""
    named = (name.split(".", 1) for name in sorted(engine.relations()))
    return [(schema, table) for schema, table in named if schema in READABLE]


def _copy(engine: Engine, path: Path) -> None:
    layout = f"storage_version '{STORAGE}', block_size {BLOCK}"
    engine.con.execute(f"attach $path as snapshot ({layout})", {"path": str(path)})
    try:
        for schema in READABLE:
            engine.con.execute(f"create schema snapshot.{schema}")
        relations = _relations(engine)
        found = ("finding", "finding") in relations
        for schema, table in relations:
            there = f"{schema}.{_quoted(table)}"
            if f"{schema}.{table}" in LEFT_OUT:
                continue
            part = PART.get(f"{schema}.{table}") if found else None
            chosen = f" where {part}" if part else ""
            engine.con.execute(f"create table snapshot.{there} as select * from {there}{chosen}")
        if engine.exists("cur.basis_b"):
            engine.con.execute(f"create table snapshot.finding.basis as {sql_text('dossier/basis')}")
        engine.con.execute("checkpoint snapshot")
    except BaseException:
        engine.con.execute("detach snapshot")
        _remove(path)
        raise
    engine.con.execute("detach snapshot")


def _next_number(home: Home) -> int:
    known = snapshots(home)
    found = _SNAPSHOT.fullmatch(known[-1].name) if known else None
    return int(found[1]) + 1 if found else 1


def _point(link: Path, name: str) -> None:
    half = link.with_name(f".tmp-{link.name}")
    half.unlink(missing_ok=True)
    half.symlink_to(name)
    half.replace(link)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)

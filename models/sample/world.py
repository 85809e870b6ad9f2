"""Write an invented county to a folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from models.errors import UsageError
from models.sample import truth, write
from models.sample.badrows import BadRows
from models.sample.build import World, build
from models.sample.deliver import put, write_delivery, write_reference
from models.sample.mess import deliveries
from models.sample.readme import truth_readme
from models.sample.seeds import stream

IDENTITY = ("psn_name", "certno")
NAMED = ("setl_d", "outmed_setl_d", "psn_info_b")


@dataclass
class WorldSummary:
    """What was written: rows per table, months, planted evidence per table of the truth."""

    folder: Path
    months: tuple[str, ...]
    rows: dict[str, int] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)


def write_world(
    out: Path,
    people: int = 20_000,
    months: int = 15,
    seed: int = 1,
    providers: int = 70,
    messy: bool = True,
    first_month: str = "202401",
    progress: Callable[[str], None] | None = None,
) -> WorldSummary:
    """Write the extracts of an invented county to `out`: `<YYYYMM>/`, `reference/` and `truth/`.

    The same arguments give the same bytes. `messy=False` writes plain UTF-8 CSV of the same content.
    Raises UsageError where the world would be too small to hold anything.
    """
    _allowed(out, people, months, providers)
    say = progress or (lambda _: None)
    say("drawing the county")
    world = build(people, months, seed, providers, first_month)
    summary = WorldSummary(out, world.cal.names)
    tables = truth_tables(world)
    if messy:
        tables["bad_rows"] = write_messy(out, world, summary, say, seed)
    else:
        write_clean(out, world, summary, say)
    write.truth(out / "truth", tables)
    (out / "truth" / "README.md").write_text(truth_readme(), encoding="utf-8")
    summary.planted = {name: frame.height for name, frame in tables.items()}
    return summary


def _allowed(out: Path, people: int, months: int, providers: int) -> None:
    """Refuse worlds too small to hold anything, and folders that hold something already."""
    if people < 50 or months < 1 or providers < 8:
        raise UsageError(
            f"样例至少要有50人、1个月、8家机构 / a sample world needs at least 50 people, 1 month and 8 providers: "
            f"asked for {people}, {months}, {providers}."
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"目标目录不为空 / not an empty folder: {out}. Name a new one, or empty it first.")


def write_clean(out: Path, world: World, summary: WorldSummary, say: Callable[[str], None]) -> None:
    """Plain files, one a table and month."""
    for m, name in enumerate(world.cal.names):
        say(f"writing {name}")
        for table, frame in world.monthly.items():
            text = write.as_text(frame.filter(pl.col("month") == m), table, IDENTITY if table in NAMED else ())
            write.plain(out / name / f"{table}.csv", text)
            summary.rows[table] = summary.rows.get(table, 0) + text.height
        (out / name / "_SUCCESS").write_bytes(b"")
    for table, frame in world.reference.items():
        text = write.as_text(frame, table, IDENTITY if table in NAMED else ())
        write.plain(out / "reference" / f"{table}.csv", text)
        summary.rows[table] = text.height
    (out / "reference" / "_SUCCESS").write_bytes(b"")


def write_messy(out: Path, world: World, summary: WorldSummary, say: Callable[[str], None], seed: int) -> pl.DataFrame:
    """Files as bureaus deliver them; returns the list of lines that cannot be loaded."""
    bad, rng = BadRows(), stream(seed, "mess")
    for position, (table, frame) in enumerate(world.monthly.items()):
        say(f"writing {table}")
        for item in deliveries(frame, table, len(world.cal.names), rng):
            folder = world.cal.names[item.month]
            extra = IDENTITY if table in NAMED else ()
            rows = write_delivery(out, folder, position, item, extra, bad, rng)
            summary.rows[table] = summary.rows.get(table, 0) + rows
    for table, frame in world.reference.items():
        summary.rows[table] = write_reference(out, table, frame, IDENTITY if table in NAMED else (), rng)
    for name in (*world.cal.names, "reference"):
        put(out / name / "_SUCCESS", b"")
    return pl.DataFrame(
        sorted(bad.found), schema={"file": pl.String, "line": pl.Int64, "reason": pl.String}, orient="row"
    )


def truth_tables(world: World) -> dict[str, pl.DataFrame]:
    """Every table of the truth."""
    return {
        "lines": truth.planted_lines(world.ledger, world.draft, world.recovered),
        "settlements": truth.planted_settlements(world.ledger, world.draft, world.people, world.providers),
        "identities": truth.identities(world.people),
        **{name: truth.noted(world.draft, name) for name in truth.NOTES},
    }

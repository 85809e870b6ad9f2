"""The whole invented county, from its arguments alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from models.errors import UsageError
from models.sample import coding, inventory, knowledge, kp_tables, reference, tables, write
from models.sample.catalogue import Catalogue
from models.sample.charges import Charges
from models.sample.conflicts import drop_conflicts
from models.sample.draft import Draft
from models.sample.inpatient import random_stays
from models.sample.months import Calendar, calendar
from models.sample.outpatient import Baskets, chronic_visits, dialysis_visits, homes, random_visits
from models.sample.people import People, make_people
from models.sample.providers import Providers, make_providers
from models.sample.seeds import stream
from models.sample.settle import Ledger, settle

IDENTITY = ("psn_name", "certno")


@dataclass
class WorldSummary:
    """What was written: rows per table, months, planted cases per scheme."""

    folder: Path
    months: tuple[str, ...]
    rows: dict[str, int] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)


@dataclass
class World:
    """Everything in memory, before it is written."""

    cal: Calendar
    people: People
    providers: Providers
    catalogue: Catalogue
    draft: Draft
    ledger: Ledger
    monthly: dict[str, pl.DataFrame]
    reference: dict[str, pl.DataFrame]


def build(people: int, months: int, seed: int, providers: int, first_month: str) -> World:
    """Draw the county. All randomness comes from `seed`."""
    cal = calendar(first_month, months)
    folk = make_people(stream(seed, "people"), people, cal)
    places = make_providers(stream(seed, "providers"), providers)
    catalogue = Catalogue(knowledge.ITEMS)
    d = Draft()
    home = homes(stream(seed, "homes"), folk, places)
    random_visits(stream(seed, "visits"), d, folk, places, home, cal)
    dialysis_visits(stream(seed, "dialysis"), d, folk, places, catalogue, cal)
    chronic_visits(stream(seed, "chronic"), d, folk, places, home, cal)
    random_stays(stream(seed, "stays"), d, folk, places, cal)
    drop_conflicts(d, folk)
    Baskets(stream(seed, "baskets"), catalogue, places, folk).fill(d)
    Charges(stream(seed, "charges"), catalogue, places).fill(d)
    ledger = settle(d, cal, folk, places, catalogue, stream(seed, "money"))
    world = World(cal, folk, places, catalogue, d, ledger, {}, {})
    fill_tables(world, seed)
    return world


def fill_tables(w: World, seed: int) -> None:
    """Make the landing's tables from the ledger."""
    flags = {"refd_setl_flag": pl.lit("0"), "vali_flag": pl.lit("1"), "init_sid": pl.lit(-1, pl.Int64)}
    s = w.ledger.settlements
    w.ledger.settlements = s.with_columns(
        **{k: v for k, v in flags.items() if k not in s.columns}, updt_time=pl.col("at") + 3600
    )
    f = w.ledger.lines
    w.ledger.lines = f.with_columns(
        vali_flag=pl.lit("1") if "vali_flag" not in f.columns else pl.col("vali_flag"),
        init_lid=pl.lit(-1, pl.Int64) if "init_lid" not in f.columns else pl.col("init_lid"),
        updt_time=pl.col("at") + 7200,
        month=pl.col("month").fill_null(len(w.cal.names) - 1),
    )
    settlements = tables.setl(w.ledger, w.people, w.providers)
    w.monthly = {
        "setl_d": settlements.filter(~pl.col("external")),
        "outmed_setl_d": settlements.filter(pl.col("external")),
        "fee_list_d": tables.fee_list(w.ledger, w.people, w.providers, w.catalogue),
        "setl_list_diag_d": coding.diagnoses(w.ledger.settlements, w.draft),
        "setl_list_oprn_d": coding.operations(w.ledger.settlements, w.draft),
        "drg_grp_d": tables.drg_grp(w.ledger),
        "mdtrt_d": tables.mdtrt(w.ledger, w.draft.visit_frame(), w.cal.end_day),
        **inventory.inventory(w.ledger, w.draft, w.providers, w.catalogue, w.cal, stream(seed, "inventory")),
        "pre_alert_d": pl.DataFrame(
            {"month": pl.Series([], dtype=pl.Int64), "alert_id": pl.Series([], dtype=pl.String)}
        ),
    }
    empty = {name: pl.DataFrame({}) for name in ("decision_d", "reply_d", "recovered_d")}
    w.reference = {
        "medins_info_b": reference.provider_table(w.providers, w.cal),
        "psn_info_b": reference.people_table(w.people),
        "drg_std": reference.standards(),
        "pay_par": reference.payment_parameters(),
        **reference.small_tables(w.providers, w.cal, w.catalogue),
        **empty,
        **kp_tables.knowledge_tables(w.catalogue),
    }


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
    """
    if people < 50 or months < 1 or providers < 8:
        raise UsageError(
            f"a sample world needs at least 50 people, 1 month and 8 providers; asked for {people}, {months}, {providers}"
        )
    say = progress or (lambda _: None)
    say("drawing the county")
    world = build(people, months, seed, providers, first_month)
    out.mkdir(parents=True, exist_ok=True)
    summary = WorldSummary(out, world.cal.names)
    for m, name in enumerate(world.cal.names):
        say(f"writing {name}")
        for table, frame in world.monthly.items():
            extra = IDENTITY if table in ("setl_d", "outmed_setl_d") else ()
            text = write.as_text(frame.filter(pl.col("month") == m), table, extra)
            write.plain(out / name / f"{table}.csv", text)
            summary.rows[table] = summary.rows.get(table, 0) + text.height
        (out / name / "_SUCCESS").write_bytes(b"")
    for table, frame in world.reference.items():
        text = write.as_text(frame, table, IDENTITY if table == "psn_info_b" else ())
        write.plain(out / "reference" / f"{table}.csv", text)
        summary.rows[table] = text.height
    (out / "reference" / "_SUCCESS").write_bytes(b"")
    return summary

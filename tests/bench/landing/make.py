"""Write a city's months: what happens is drawn by month and chunk, each part goes to its files before the next is made.

    python -m tests.bench.landing OUT [--scale 0.05] [--months 12] [--seed 1] [--formats parquet csv]

The same arguments give the same rows; their order in a file depends on threads. `<OUT>/<format>/` is a landing folder.
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from string import Template

import duckdb

from models.sample.badrows import BadRows
from tests.bench.city import FITTING, MACROS
from tests.bench.landing.reference import VERSION, references
from tests.bench.landing.spec import OUTSIDE, CitySpec
from tests.bench.landing.write import CSV_STYLES, PLAIN, columns_of, write_csv, write_parquet

HERE = Path(__file__).parent
CHUNK = 40_000  # visits
STAY_LINES, VISIT_LINES = 53, 14
MANY = 400  # providers
MEMORY = "2GB"
FORMATS = ("parquet", "csv")
#: monthly tables; each but outmed_setl_d is a query of this folder
MONTHLY = (
    "setl_d", "outmed_setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "drg_grp_d", "mdtrt_d", "purc_d",
    "sel_d", "pre_alert_d",
)  # fmt: skip
SPOILT = ("setl_d", "fee_list_d")


class City:
    """One generation: a connection without a file, and where the parts go."""

    def __init__(self, spec: CitySpec, out: Path, formats: Iterable[str]) -> None:
        self.spec, self.formats, self.bad = spec, tuple(formats), BadRows()
        self.folders = {name: out / name for name in self.formats}
        self.con = duckdb.connect()
        spill = str(out / "tmp")
        self.con.execute(
            f"set memory_limit = '{MEMORY}'; set temp_directory = '{spill}'; set enable_progress_bar = false"
        )
        self.con.execute("set preserve_insertion_order = false")
        starts, bounds = spec.month_starts, spec.bounds
        everybody = round(spec.people * (1 + OUTSIDE))
        self.values: dict[str, object] = {
            "people": spec.people, "everybody": everybody, "providers": spec.providers, "months": spec.months,
            "scale": spec.scale, "begin": starts[0], "first": starts[0], "end": starts[-1], "gangs": spec.gangs,
            "starts": [*bounds], "counts": [*(b - a for a, b in pairwise(bounds)), 20], "chunk": CHUNK,
            "version": VERSION, "stay_lines": STAY_LINES, "visit_lines": VISIT_LINES,
            "dialysis": max(4, spec.people // 2000), "split": 2 if spec.providers >= MANY else spec.providers,
        }  # fmt: skip
        for macro in (*MACROS.strip().split(";"), *self.text("macros").split(";")):
            if macro.strip():
                self.con.execute(macro)

    def text(self, name: str, **more: object) -> str:
        return Template((HERE / f"{name}.sql").read_text(encoding="utf-8")).substitute(self.values, **more)

    def table(self, name: str, text: str) -> None:
        self.con.execute(f"create or replace temp table {name} as {text}")

    def month(self, m: int) -> None:
        """All parts of one month."""
        starts = self.spec.month_starts
        days, base = (starts[m + 1] - starts[m]).days, m * 100_000_000
        self.table("stay", self.text("stay", month_starts=_dates(starts)) if m == 0 else "select * from stay")
        stays = self._one(f"select count(*) from stay where m = {m}")
        people, dialysis = self.spec.people, int(str(self.values["dialysis"]))
        others = max(200, self.spec.visits - stays - 12 * dialysis - people // 11 - 14 * self.spec.gangs)
        monday = (7 - starts[m].weekday()) % 7
        self.values |= {"first": starts[m], "m": m, "base": base, "days": days, "monday": monday, "others": others}
        self.table("visit", self.text("visit"))
        for chunk in range(self._one("select max(chunk) + 1 from visit")):
            self._chunk(m, chunk)

    def _one(self, text: str) -> int:
        return int(self.con.execute(text).fetchall()[0][0])

    def _chunk(self, m: int, chunk: int) -> None:
        source = f"(select *, unnest(range(lines)) as k from visit where chunk = {chunk})"
        self.table("line", f"with {FITTING.format(source=source)}, {self.text('line')}")
        self.table(
            "settlement",
            self.text("settlement").replace("inner join visit", f"inner join (from visit where chunk = {chunk})"),
        )
        rows = "select *, sid as number from settlement"
        self.table("settlement_out", self.text("deliver", rows=rows, older=100, again="true"))
        cancelled = "(select n, part, cancelled from settlement)"
        rows = (f"select l.*, l.lid as number, coalesce(s.cancelled, false) as cancelled "
                f"from line as l left join {cancelled} as s on l.n = s.n and l.part = s.part")  # fmt: skip
        self.table("line_out", self.text("deliver", rows=rows, older=1, again="false"))
        self.table("setl_all", self.text("setl_d"))
        for table in MONTHLY:
            self.table("rows", self._query(table, chunk))
            for (folder,) in self.con.execute("select distinct folder from rows order by 1").fetchall():
                part = f"{table}_{m + 1:02d}{chunk:02d}" + ("late" if folder != m else "")
                self._put(
                    f"select * exclude (folder) from rows where folder = {folder}", table, int(folder), part, chunk
                )

    def _query(self, table: str, chunk: int) -> str:
        if table == "outmed_setl_d":
            return "select * exclude (cls) from setl_all where cls = 5"
        if table == "setl_d":  # with one row in each part that has lost its key
            return ("select * exclude (cls) from setl_all where cls < 5 union all (select * exclude (cls) "
                    "replace (cast(null as varchar) as setl_id) from setl_all where cls < 5 limit 1)")  # fmt: skip
        return self.text(table, chunk=chunk)

    def _put(self, rows: str, table: str, folder: int, part: str, chunk: int) -> None:
        name = "reference" if folder < 0 else self.spec.month_starts[folder].strftime("%Y%m")
        columns = columns_of(self.con, rows, table)
        for kind, root in self.folders.items():
            place = root / name
            place.mkdir(parents=True, exist_ok=True)
            if kind == "parquet":
                write_parquet(self.con, rows, columns, place / f"{part}.parquet")
                continue
            late = part.endswith("late") or folder < 0
            style = PLAIN if late else CSV_STYLES[(folder * 3 + MONTHLY.index(table) * 5) % len(CSV_STYLES)]
            path = place / f"{part}.{style.ext}"
            bad = self.bad if table in SPOILT and not late and chunk == 0 else None
            write_csv(self.con, rows, columns, table, path, style, bad)

    def reference(self) -> None:
        """The reference folder."""
        for table, text in references(self.con, self.spec, {**self.values, "first": self.spec.month_starts[0]}):
            self._put(text, table, -1, table, 0)

    def done(self) -> None:
        """Mark the folders as complete."""
        self.con.close()
        for root in self.folders.values():
            for folder in root.iterdir():
                (folder / "_SUCCESS").write_bytes(b"")


def _dates(days: Iterable[object]) -> str:
    return "[" + ", ".join(f"date '{day}'" for day in days) + "]"


def write_city(spec: CitySpec, out: Path, formats: Iterable[str] = FORMATS) -> None:
    """Write `<out>/parquet` and `<out>/csv`, or one of them."""
    out.mkdir(parents=True, exist_ok=True)
    city = City(spec, out, formats)
    for m in range(spec.months):
        city.month(m)
    city.reference()
    city.done()

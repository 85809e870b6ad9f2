"""How long a year of a city takes to score, and how much memory: cost deviation and upcoding.

    python -m tests.bench.scores [--settlements 7000000] [--stays 1100000] [--months 12] [--threads 2] [--keep DIR]

Builds a warehouse of several invented worlds side by side, scores it in a process of its own with the configured memory
limit, and prints seconds, peak memory and the dearest statements, beside a plain scan of the same tables in the same
process (a busy or slow machine slows both); exit code 1 above 60 s or 4 GB.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from models.config import Config, EngineSettings
from models.engine import open_engine
from models.engine.duck import Engine, memory_engine
from models.home import Home
from tests.bench.child import step

SECONDS, PEAK_GB = 60.0, 4.0
PERIOD = "2025Q2"
WORLDS, HOSPITALS = 10, 80
#: share of outpatient settlements that are about a chronic disease
CHRONIC = 0.35
_IDS = ("setl_id", "mdtrt_id", "psn_id", "bkkp_sn", "fixmedins_code", "first_setl_id", "last_setl_id")
_IDS_OF_PEOPLE = ("chfpdr_code", "dr_code", "oper_dr_code")
TABLES = (
    "core.settlement", "core.stay", "core.fee_line", "core.diagnosis", "core.operation", "core.provider", "cur.mdtrt_d",
    "cur.drg_grp_d",
)  # fmt: skip


def build(home: Path, settlements: int, stays: int, months: int) -> None:
    """Worlds with different seeds in one warehouse; ids carry the number of their world."""
    from models.sample.hospitals import HospitalSpec, fill

    open_engine(Home(home), Config()).close()
    for world in range(WORLDS):
        engine = memory_engine()
        engine.con.execute("set enable_progress_bar = false")
        spec = HospitalSpec(
            seed=70_000 + world, hospitals=HOSPITALS, stays=stays // WORLDS, months=months, period=PERIOD,
            chronic=(settlements - stays) // WORLDS,
        )  # fmt: skip
        fill(engine, spec)
        engine.con.execute(f"attach '{Home(home).warehouse}' as city")
        for table in _tables(engine, world):
            _copy(engine, table, world)
        engine.close()
        print(f"  world {world + 1}/{WORLDS}", file=sys.stderr, flush=True)
    engine = open_engine(Home(home), Config())
    engine.con.execute("comment on table core.settlement is 'bench'")  # as a build of core leaves one
    engine.close()


def _tables(engine: Engine, world: int) -> list[str]:
    """Tables with the world's rows; reference tables and empty ones come once."""
    if world:
        return list(TABLES)
    found = engine.con.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('cur', 'core') and table_catalog = 'memory'"
    ).fetchall()
    return sorted(row[0] for row in found)


def _copy(engine: Engine, table: str, world: int) -> None:
    named = engine.con.execute(f"describe {table}").fetchall()
    columns = []
    for name, *_ in named:
        if name in _IDS or name in _IDS_OF_PEOPLE:
            columns.append(f"'{world}' || {name} as {name}")
        elif name == "dise_codg":
            plain = f"hash(psn_id) % 100 >= {int(100 * CHRONIC)}"
            columns.append(f"case when {plain} then null else dise_codg end as dise_codg")
        else:
            columns.append(name)
    select = f"select {', '.join(columns)} from memory.{table}"
    made = "insert into" if world else "create or replace table"
    engine.con.execute(f"{made} city.{table} {'by name' if world else 'as'} {select}")


class Watched(Engine):
    """Notes how much processor time each statement takes, over all threads."""

    def __init__(self, con: Any) -> None:
        super().__init__(con)
        self.spent: dict[str, float] = defaultdict(float)

    def query(self, name: str, **params: Any) -> Any:
        started = time.process_time()
        found = super().query(name, **params)
        self.spent[name] += time.process_time() - started
        return found

    def replace(self, table: str, name: str, **params: Any) -> int:
        started = time.process_time()
        found = super().replace(table, name, **params)
        self.spent[name] += time.process_time() - started
        return found


def scan(engine: Engine) -> tuple[float, float]:
    """Seconds and processor seconds to read every column of the tables that are scored once."""
    wall, used = time.perf_counter(), time.process_time()
    for table in TABLES:
        engine.con.execute(f"select min(columns(*)) from {table}").fetchall()
    return time.perf_counter() - wall, time.process_time() - used


def score(home: Path, threads: int) -> dict[str, Any]:
    """Score a warehouse in this process: seconds of each score, statements, peak memory in GB, rows written."""
    from models.scores import deviation, upcoding

    config = Config(engine=EngineSettings(threads=threads))
    engine = Watched(open_engine(Home(home), config).con)
    engine.con.execute("drop schema score cascade")
    engine.con.execute("create schema score")
    found: dict[str, Any] = {"settlements": engine.count("core.settlement"), "lines": engine.count("core.fee_line")}
    rows: dict[str, int] = {}
    found["scan_s"], found["scan_cpu_s"] = scan(engine)
    before = time.process_time()
    for name, stage in (("deviation", deviation), ("upcoding", upcoding)):
        started = time.perf_counter()
        rows |= stage(engine, PERIOD, config).rows
        found[f"{name}_s"] = time.perf_counter() - started
        found[f"{name}_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found["cpu_s"] = time.process_time() - before
    engine.close()
    return {**found, "rows": rows, "spent": dict(engine.spent)}


def main() -> int:
    """Measure and print; see the head of this file."""
    options = argparse.ArgumentParser()
    options.add_argument("--settlements", type=int, default=7_000_000)
    options.add_argument("--stays", type=int, default=1_100_000)
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--keep", type=Path)
    options.add_argument("--step", nargs=2)
    chosen = options.parse_args()
    if chosen.step:
        print(json.dumps(score(Path(chosen.step[0]), int(chosen.step[1]))))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.keep or Path(scratch) / "home"
        if not Home(home).warehouse.exists():
            build(home, chosen.settlements, chosen.stays, chosen.months)
        found = step("tests.bench.scores", str(home), str(chosen.threads))
    seconds, peak = found["deviation_s"] + found["upcoding_s"], found["upcoding_gb"]
    print(f"settlements {found['settlements']:,}  fee lines {found['lines']:,}  rows {found['rows']}")
    parts = ", ".join(f"{name} {found[f'{name}_s']:.1f} s" for name in ("deviation", "upcoding"))
    used = f"{found['cpu_s']:.1f} s of processor time"
    print(f"{parts}, together {seconds:.1f} s (bar {SECONDS:g}; {used})  peak {peak:.2f} GB (bar {PEAK_GB:g})")
    wall, cpu = seconds / found["scan_s"], found["cpu_s"] / found["scan_cpu_s"]
    print(f"plain scan of the same tables {found['scan_s']:.1f} s ({found['scan_cpu_s']:.1f} s of processor time): "
          f"scores {wall:.1f} times its seconds, {cpu:.1f} times its processor time")  # fmt: skip
    for name, spent in sorted(found["spent"].items(), key=lambda item: -item[1])[:8]:
        print(f"  {spent:6.1f} s  {name}")
    return int(seconds > SECONDS or peak > PEAK_GB)


if __name__ == "__main__":
    sys.exit(main())

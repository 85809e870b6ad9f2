"""Gathering at a city's volume: seconds and peak memory of the kernel and of SQL, growth, and the naive self-join.

    python -m tests.bench.gathering [--millions 5 20 50] [--sql 5 20] [--naive 1 5] [--threads 2]

Each run is a process of its own, from rows of core.settlement in a DuckDB file to groups, kernels compiled before the
clock starts. Visits are heavy-tailed: 20 million of 1 million people at 2,000 providers, the busiest with about 10,000
a day, ten gangs a million visits among them; people and providers grow with the visits. Beside wall and processor time
stands the time DuckDB needs to scan and sort the same table in the same run, by which machines compare. Exit code 1
above 30 s or 2 GB (kernel at 20 M), 120 s (SQL at 20 M) or a growth exponent of 1.3 (of processor time: other work on
the machine does not count).
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

from models.config import Config
from models.engine.duck import Engine
from models.scores.window import quarter_window
from tests.bench.visits import DAYS, make

SECONDS, GIGABYTES, SQL_SECONDS, EXPONENT = 30.0, 2.0, 120.0, 1.3
NAIVE_LIMIT = 300
MEMORY = {"kernel": "500MB", "sql": "500MB", "scan": "2GB", "naive": "8GB"}
SCAN = """create temp table sorted as select fixmedins_code, psn_id, setl_time from core.settlement
order by fixmedins_code, psn_id, setl_time"""
SAME = 0.5


def run(path: Path, how: str, threads: int) -> dict[str, float]:
    """One run in this process: seconds, peak GB, what was found."""
    from models.gathering.chain import chain
    from models.gathering.pairs_sql import sql_edges
    from models.gathering.visits import read_visits
    from models.gathering.warm import compile_kernels

    if how in {"kernel", "sql"}:
        compile_kernels()
    con = duckdb.connect(str(path), read_only=True)
    con.execute(f"set memory_limit = '{MEMORY[how]}'")
    con.execute(f"set threads = {threads}")
    con.execute(f"set temp_directory = '{path.parent}'")
    engine = Engine(con)
    started, used = time.perf_counter(), time.process_time()
    found: dict[str, float] = {}
    told: list[set[str]] | None = None
    if how == "naive":
        found["pairs"] = naive(con)
    elif how == "scan":
        con.execute(SCAN)
    else:
        visits, names = read_visits(engine, quarter_window("2024Q4"), Config())
        read = time.perf_counter() - started
        edges = sql_edges(engine) if how == "sql" else None
        made = chain(visits, names.ways.to_numpy(), threads, edges)
        busiest = np.bincount(visits.unit.astype(np.int64) * DAYS + visits.day).max()
        found |= {"read": read, "edges": made.edges, "groups": len(made.groups), "busiest": int(busiest)}
        told = [set(names.persons.gather(group.members)) for group in made.groups]
    spent = {"s": time.perf_counter() - started, "cpu_s": time.process_time() - used}
    if told is not None:
        found["gangs_found"], found["of"] = matched(path, told)
    return {**spent, "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, **found}


def matched(path: Path, found: list[set[str]]) -> tuple[int, int]:
    """Irregular gangs of which a group shares half (Jaccard), and how many there are."""
    gangs = [set(members) for members in json.loads(path.with_suffix(".json").read_text())["irregular"]]
    hits = sum(any(len(gang & group) >= SAME * len(gang | group) for group in found) for gang in gangs)
    return hits, len(gangs)


def naive(con: duckdb.DuckDBPyConnection) -> int:
    """Pairs with five same days at one provider, by self-join."""
    return int(
        con.execute(
            """with seen as (
                select distinct psn_id, fixmedins_code, cast(setl_time as date) as day from core.settlement
            )
            select count(*) from (
                select a.psn_id from seen a join seen b
                on a.fixmedins_code = b.fixmedins_code and a.day = b.day and a.psn_id < b.psn_id
                group by a.psn_id, b.psn_id, a.fixmedins_code having count(*) >= 5
            )"""
        ).fetchall()[0][0]
    )


def apart(path: Path, how: str, threads: int) -> dict[str, float] | None:
    """A run in its own process; None when it did not end in time or in memory."""
    command = [sys.executable, "-m", "tests.bench.gathering", "--one", str(path), how, "--threads", str(threads)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=NAIVE_LIMIT if how == "naive" else None, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="*", default=[5, 20, 50])
    parser.add_argument("--sql", type=float, nargs="*", default=[5, 20])
    parser.add_argument("--naive", type=float, nargs="*", default=[1, 5])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--one", nargs=2)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(run(Path(given.one[0]), given.one[1], given.threads)))
        return 0
    wanted = {"scan": given.millions, "kernel": given.millions, "sql": given.sql, "naive": given.naive}
    results: dict[tuple[str, float], dict[str, float] | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sorted({size for sizes in wanted.values() for size in sizes}):
            path = Path(folder) / "visits.duckdb"
            path.unlink(missing_ok=True)
            make(path, size)
            for how, sizes in wanted.items():
                if size in sizes:
                    results[how, size] = apart(path, how, given.threads)
                    print(f"{size:g} M {how}: {_told(results[how, size])}{_ratio(results, how, size)}", flush=True)
    return int(not _met(results))


def _told(result: dict[str, float] | None) -> str:
    if result is None:
        return f"did not end in {NAIVE_LIMIT} s or in memory"
    return ", ".join(
        f"{name} {value:,.2f}" if name == "gb" else f"{name} {value:,.1f}" for name, value in result.items()
    )


def _ratio(results: dict[tuple[str, float], dict[str, float] | None], how: str, size: float) -> str:
    """Time of a run ÷ that of the scan and sort of the same table."""
    one, scan = results.get((how, size)), results.get(("scan", size))
    if how == "scan" or not one or not scan:
        return ""
    return f"; ÷ scan and sort: wall {one['s'] / scan['s']:.1f}, processor {one['cpu_s'] / scan['cpu_s']:.1f}"


def _met(results: dict[tuple[str, float], dict[str, float] | None]) -> bool:
    done = {how: {size: one for (way, size), one in results.items() if way == how and one} for how in ("kernel", "sql")}
    growth = [_growth(how, by_size) for how, by_size in done.items()]
    good = max(growth) <= EXPONENT
    if 20 in done["kernel"]:
        good = good and done["kernel"][20]["s"] <= SECONDS and done["kernel"][20]["gb"] <= GIGABYTES
    return good and (20 not in done["sql"] or done["sql"][20]["s"] <= SQL_SECONDS)


def _growth(how: str, by_size: dict[float, dict[str, float]]) -> float:
    """Exponent by which processor time grew from the smallest to the largest size; 0 of one size."""
    if len(by_size) < 2:
        return 0.0
    low, high = min(by_size), max(by_size)
    exponent = math.log(by_size[high]["cpu_s"] / by_size[low]["cpu_s"]) / math.log(high / low)
    print(f"growth of {how} {low:g} M to {high:g} M: exponent {exponent:.2f}")
    return exponent


if __name__ == "__main__":
    sys.exit(main())

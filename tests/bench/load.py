"""How long a month takes to load, as a multiple of the time DuckDB needs only to read the same files.

    python -m tests.bench.load [--lines 8000000] [--settlements 600000] [--keep DIR]

Prints both times, their ratio and the peak memory of the load; exit code 1 above ratio 4 or 4 GB.
Reading only = every column as text, each consumed by an aggregate, with the same number of threads.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from models.config import Config, EngineSettings
from models.contracts import tables
from models.engine import open_engine
from models.home import Home

RATIO, PEAK_GB = 4.0, 4.0
TURNS = 3
FOLDER = "202501"

_LINE = {
    "bkkp_sn": "'B' || lpad(i::varchar, 12, '0')",
    "setl_id": "'S' || lpad((i % $settlements)::varchar, 10, '0')",
    "mdtrt_id": "'M' || lpad((i % $settlements)::varchar, 10, '0')",
    "psn_no": "'4401' || lpad(((i % $settlements) * 7919 % 300000)::varchar, 14, '0')",
    "fee_ocur_time": "strftime(timestamp '2025-01-01' + to_minutes((i * 31 % 43000)::integer), '%Y-%m-%d %H:%M:%S')",
    "med_list_codg": "'XA02BC' || lpad((i * 17 % 3000)::varchar, 14, '0')",
    "hilist_code": "'C' || (i * 17 % 3000)",
    "hilist_name": "'阿莫西林胶囊' || (i * 17 % 3000)",
    "medins_list_codg": "'H' || (i * 13 % 9000)",
    "list_type": "'101'",
    "med_chrgitm_type": "lpad((1 + i % 14)::varchar, 2, '0')",
    "chrgitm_lv": "'01'",
    "cnt": "((1 + i % 9)::decimal(16,4))",
    "pric": "((i * 37 % 90000) / 100)::decimal(16,6)",
    "det_item_fee_sumamt": "((i * 41 % 900000) / 100)::decimal(16,2)",
    "bilg_dept_codg": "'A' || (i % 40)",
    "bilg_dr_codg": "'D' || (i * 3 % 4000)",
    "rxno": "'RX' || (i // 3)",
    "vali_flag": "case when i % 300 = 0 then '0' else '1' end",
    "updt_time": "'2025-02-01 00:00:00'",
}
_SETTLEMENT = {
    "setl_id": "'S' || lpad(i::varchar, 10, '0')",
    "mdtrt_id": "'M' || lpad(i::varchar, 10, '0')",
    "psn_no": "'4401' || lpad((i * 7919 % 300000)::varchar, 14, '0')",
    "setl_time": "strftime(timestamp '2025-01-01' + to_minutes((i * 31 % 43000)::integer), '%Y-%m-%d %H:%M:%S')",
    "vali_flag": "'1'",
    "refd_setl_flag": "'0'",
}
_BY_TYPE = {
    "date": "'2025-01-10'", "time": "'2025-01-10 10:00:00'", "flag": "'0'", "code": "'11'", "text": "'某某医院'",
    "id": "'H' || (i % 97)",
}  # fmt: skip


def _column(own: dict[str, str], name: str, kind: str) -> str:
    return f"{own.get(name) or _BY_TYPE.get(kind) or '((i * 43 % 900000) / 100)::decimal(16,2)'} as {name}"


def write_stand_in(landing: Path, lines: int, settlements: int) -> None:
    """A month of the right size and plain content."""
    folder = landing / FOLDER
    folder.mkdir(parents=True)
    with duckdb.connect() as con:
        for table, own, rows in (("fee_list_d", _LINE, lines), ("setl_d", _SETTLEMENT, settlements)):
            picked = ", ".join(_column(own, c.name, c.type) for c in tables()[table].columns.values())
            picked = picked.replace("$settlements", str(settlements))
            con.execute(f"copy (select {picked} from range({rows}) r(i)) to '{folder / table}.csv' (header)")


def write_month(landing: Path, lines: int, settlements: int) -> None:
    """A month of the sample world where it can write one, else the stand-in."""
    try:
        from models.sample import bench
    except ImportError:
        write_stand_in(landing, lines, settlements)
    else:
        bench.write_month(landing, settlements=settlements, lines=lines)


def read_only(landing: Path, threads: int) -> float:
    """Seconds DuckDB takes to read every column of every file as text."""
    started = time.perf_counter()
    with duckdb.connect() as con:
        con.execute(f"set threads = {threads}")
        for path in sorted(landing.rglob("*.csv*")):
            source = f"read_csv('{path}', all_varchar=true, header=true)"
            names = [row[0] for row in con.execute(f"describe select * from {source}").fetchall()]
            consumed = ", ".join(f'max("{name}")' for name in names)
            con.execute(f"select {consumed} from {source}").fetchall()
    return time.perf_counter() - started


def load_once(landing: Path, home: Path, threads: int) -> dict[str, float]:
    """Load into a fresh home in this process: seconds, rows, peak memory in GB."""
    from models import ingest
    from models.ingest.keys import read_or_make_key

    config = Config(engine=EngineSettings(threads=threads, memory_limit="2GB"))
    started = time.perf_counter()
    engine = open_engine(Home(home), config)
    summary = ingest.load(engine, landing, Home(home), read_or_make_key(Home(home), engine), config)
    loaded = time.perf_counter() - started
    ingest.resolve(engine)
    resolved = time.perf_counter() - started
    engine.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"load_s": loaded, "with_resolve_s": resolved, "rows": summary.rows_read, "peak_gb": peak}


def _child(what: str, *arguments: str) -> dict[str, float]:
    """Each measurement in a process of its own, so that one's memory is not the other's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", "--step", what, *arguments],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure and print; see the head of this file."""
    options = argparse.ArgumentParser()
    options.add_argument("--lines", type=int, default=8_000_000)
    options.add_argument("--settlements", type=int, default=600_000)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--keep", type=Path)
    options.add_argument("--step", nargs="+")
    chosen = options.parse_args()
    if chosen.step:
        what, landing, *rest = chosen.step
        if what == "read":
            print(json.dumps({"read_s": read_only(Path(landing), int(rest[0]))}))
        else:
            print(json.dumps(load_once(Path(landing), Path(rest[0]), int(rest[1]))))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        landing = chosen.keep or Path(scratch) / "landing"
        if not landing.exists():
            write_month(landing, chosen.lines, chosen.settlements)
        threads = str(chosen.threads)
        reads, loads = [], []
        for turn in range(TURNS):  # the machine's other work only ever adds time: the shorter of each counts
            reads.append(_child("read", str(landing), threads)["read_s"])
            home = Path(scratch) / f"home{turn}"
            loads.append(_child("load", str(landing), str(home), threads))
            size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
            shutil.rmtree(home)
    load = min(loads, key=lambda one: one["load_s"])
    load["peak_gb"] = max(one["peak_gb"] for one in loads)
    ratio = load["load_s"] / min(reads)
    print(f"rows {load['rows']:,.0f}  read only {min(reads):.1f} s  load {load['load_s']:.1f} s "
          f"(with resolve {load['with_resolve_s']:.1f} s)  ratio {ratio:.2f} (bar {RATIO:g})  "
          f"peak {load['peak_gb']:.2f} GB (bar {PEAK_GB:g})  home {size / 1e9:.2f} GB")  # fmt: skip
    return int(ratio > RATIO or load["peak_gb"] > PEAK_GB)


if __name__ == "__main__":
    sys.exit(main())

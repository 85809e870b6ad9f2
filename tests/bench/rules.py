"""How long all rules take over a city's year, and how much memory.

    python -m tests.bench.rules [--lines 100000000] [--points 250000] [--threads 2] [--memory 4GB] [--catalogue]
        [--keep DIR]

Builds an invented city (`tests.bench.city`) and runs every rule over its four quarters at once in a process of its own.
Prints seconds, peak memory and the dearest passes (processor seconds), beside one plain scan of the same fee lines in
the same process (a busy or slow machine slows both); exit code 1 above 240 s or 6 GB. A city's year is 97.7 million
lines, and this run looks at all of them as its periods: a quarter's own run, which looks at its quarter and what its
windows reach back to, is shorter (`--periods 2025Q4`). `--catalogue` leaves out the screens beside the catalogue.
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
from models.home import Home
from models.rules import run
from models.rules.registry import registry
from tests.bench.child import step
from tests.bench.city import YEAR, fill

SECONDS, PEAK_GB = 240.0, 6.0
PERIODS = [f"{YEAR}Q{quarter}" for quarter in (1, 2, 3, 4)]


def watched(spent: dict[str, float], name: str) -> None:
    """From now on a function of models.rules.run notes the processor seconds it takes, by template."""
    inner = getattr(run, name)

    def outer(*given: Any) -> Any:
        started = time.process_time()
        found = inner(*given)
        rules = given[1] if name == "_find" else []
        label = f"{rules[0].template} ({rules[0].rule_id}, {len(rules)} rules)" if rules else f"[{name}]"
        spent[label] += time.process_time() - started
        return found

    setattr(run, name, outer)


def measure(home: Path, threads: int, memory: str, periods: list[str], catalogue: bool) -> dict[str, Any]:
    """Run all rules on a warehouse in this process."""
    config = Config(engine=EngineSettings(threads=threads, memory_limit=memory))
    engine = open_engine(Home(home), config)
    engine.con.execute("drop schema finding cascade")
    engine.con.execute("create schema finding")
    found: dict[str, Any] = {"lines": engine.count("core.fee_line")}
    started = time.perf_counter()
    engine.con.execute("select min(columns(*)) from core.fee_line").fetchall()
    found["scan_s"] = time.perf_counter() - started
    spent: dict[str, float] = defaultdict(float)
    for name in ("prepare_run", "make_shared", "_find"):
        watched(spent, name)
    started, used = time.perf_counter(), time.process_time()
    ids = [rule.rule_id for rule in registry() if rule.implemented and rule.rule_id.startswith("R")]
    results = run.run_rules(engine, ids if catalogue else None, config, periods)
    found |= {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - used}
    found |= {"peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, "rules": len(results)}
    found["failed"] = {rule_id: result.error for rule_id, result in results.items() if result.error}
    found["rows"] = {rule_id: result.rows for rule_id, result in results.items()}
    points = engine.frame(
        "select table_name from information_schema.tables "
        "where table_schema = 'finding' and starts_with(table_name, 'kp_')"
    )
    found["points"] = sum(engine.count(f"finding.{table}") for table in points["table_name"])
    engine.close()
    return {**found, "spent": dict(spent)}


def main() -> int:
    """Measure and print; see the head of this file."""
    options = argparse.ArgumentParser()
    options.add_argument("--lines", type=int, default=100_000_000)
    options.add_argument("--points", type=int, default=250_000)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--memory", default="4GB")
    options.add_argument("--periods", nargs="+", default=PERIODS)
    options.add_argument("--catalogue", action="store_true")
    options.add_argument("--keep", type=Path)
    options.add_argument("--step", type=Path)
    chosen = options.parse_args()
    if chosen.step:
        print(json.dumps(measure(chosen.step, chosen.threads, chosen.memory, chosen.periods, chosen.catalogue)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.keep or Path(scratch) / "home"
        if not Home(home).warehouse.exists():
            engine = open_engine(Home(home), Config(engine=EngineSettings(threads=chosen.threads)))
            fill(engine, chosen.lines, chosen.points)
            engine.close()
        found = step(
            "tests.bench.rules",
            str(home),
            "--threads",
            str(chosen.threads),
            "--memory",
            chosen.memory,
            "--periods",
            *chosen.periods,
            *(["--catalogue"] if chosen.catalogue else []),
        )
    print(f"fee lines {found['lines']:,}  knowledge points {found['points']:,}  rules {found['rules']}  "
          f"findings {sum(found['rows'].values()):,}  quarters {' '.join(chosen.periods)}")  # fmt: skip
    print(f"{found['wall_s']:.1f} s (bar {SECONDS:g}; {found['cpu_s']:.1f} s of processor time)  "
          f"peak {found['peak_gb']:.2f} GB (bar {PEAK_GB:g})")  # fmt: skip
    print(f"plain scan of the same lines {found['scan_s']:.1f} s: rules {found['wall_s'] / found['scan_s']:.1f} times")
    for name, seconds in sorted(found["spent"].items(), key=lambda item: -item[1]):
        print(f"  {seconds:6.1f} s  {name}")
    for rule_id, error in found["failed"].items():
        print(f"  failed {rule_id}: {error}")
    return int(bool(found["failed"]) or found["wall_s"] > SECONDS or found["peak_gb"] > PEAK_GB)


if __name__ == "__main__":
    sys.exit(main())

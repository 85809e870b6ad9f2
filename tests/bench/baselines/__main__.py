"""The obvious ways beside jicha's own, on the same core tables.

    python -m tests.bench.baselines [--scale 0.01] [--points 250000] [--ways own polars pandas spark] [--keep DIR]

Writes a city (`tests.bench.landing`), loads it, and lets each way do each task in a process of its own on two cores:
wall and processor seconds, peak memory, and what was found. Counts of the ten rules must be equal; deviation and pairs
are other definitions (jicha's deviation shrinks, has intervals and three levels; its groups are those beyond chance):
there the baselines are compared with each other. A way that fails (memory, no Java) is told and does not stop the rest.
"""

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

from models import core, ingest
from models.config import Config, EngineSettings
from models.engine import open_engine
from models.home import Home
from models.ingest.keys import read_or_make_key
from tests.bench.baselines.work import TASKS, export
from tests.bench.landing import CitySpec, write_city
from tests.bench.watch import Watched, watch

WAYS = {"own": "own", "polars": "in_polars", "pandas": "in_pandas", "spark": "in_spark"}
GIGABYTE = 1e9


def prepare(root: Path, spec: CitySpec) -> Path:
    """A home with core tables, and the same as Parquet for the others."""
    write_city(spec, root / "city", ("parquet",))
    home, config = Home(root / "home"), Config(engine=EngineSettings(threads=2))
    engine = open_engine(home, config)
    ingest.load(engine, root / "city" / "parquet", home, read_or_make_key(home, engine), config)
    ingest.resolve(engine)
    core.build(engine, config)
    export(engine, root / "tables")
    print(f"{engine.count('core.settlement'):,} settlements, {engine.count('core.fee_line'):,} fee lines", flush=True)
    engine.close()
    return root / "tables"


def measure(way: str, task: str, folder: Path) -> tuple[Watched, dict[str, int]]:
    """One task one way."""
    words = [sys.executable, "-W", "ignore", "-m", "tests.bench.baselines", "--step", way, task, str(folder)]
    watched = watch(words)
    if watched.code:
        return watched, {}
    return watched, json.loads(watched.output.splitlines()[-1])


def main() -> int:
    """Measure and print; 1 where counts that must be equal are not."""
    options = argparse.ArgumentParser()
    options.add_argument("--scale", type=float, default=0.01)
    options.add_argument("--points", type=int, default=250_000)
    options.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    options.add_argument("--keep", type=Path)
    options.add_argument("--step", nargs=3)
    chosen = options.parse_args()
    if chosen.step:
        way, task, folder = chosen.step
        module = importlib.import_module(f"tests.bench.baselines.{WAYS[way]}")
        print(json.dumps(getattr(module, task)(Path(folder))))
        return 0
    unequal = []
    with tempfile.TemporaryDirectory(dir=chosen.keep) as scratch:
        folder = prepare(Path(scratch), CitySpec(chosen.scale, points=chosen.points))
        print(f"{'wall s':>8} {'cpu s':>8} {'memory GB':>10} {'÷ jicha cpu':>12} {'÷ memory':>9}  task, way")
        for task in TASKS:
            base: Watched | None = None
            told: dict[str, dict[str, int]] = {}
            for way in chosen.ways:
                watched, found = measure(way, task, folder)
                base = base or watched
                told[way] = found
                said = (
                    "failed: " + watched.output.strip()[-120:]
                    if watched.code
                    else json.dumps(found, ensure_ascii=False)
                )
                print(f"{watched.wall:8.1f} {watched.cpu:8.1f} {watched.together / GIGABYTE:10.2f} "
                      f"{watched.cpu / base.cpu:12.2f} {watched.together / base.together:9.2f}  {task}, {way}: {said}",
                      flush=True)  # fmt: skip
            compared = [found for way, found in told.items() if found and (task == "rules" or way != "own")]
            if any(found != compared[0] for found in compared[1:]):
                unequal.append(task)
    print(f"counts differ: {', '.join(unequal)}" if unequal else "counts that have one definition are equal")
    return int(bool(unequal))


if __name__ == "__main__":
    sys.exit(main())

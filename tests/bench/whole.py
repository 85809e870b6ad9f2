"""A city's year from files to all lists, on two cores within 8 GB.

    python -m tests.bench.whole [--scale 0.02] [--no-growth] [--points 250000] [--memory 4GB] [--keep DIR] [--csv FILE]

Writes an invented city (`tests.bench.landing`; scale 1: 5.9 M visits, 7.0 M settlements, 97.7 M fee lines), runs
`jicha run` on it, each measurement in processes of its own: from CSV and from Parquet against the time DuckDB needs
only to read the same files; at a quarter, half and twice the size; with one month more, one month delivered again, and
new thresholds. Wall time is what this machine gave: on one with other work the processor time tells more.
Exit code 1 where a bar is missed.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from tests.bench.landing.spec import CitySpec
from tests.bench.watch import Step, Watched, steps_of, watch
from tests.bench.whole_report import (
    Verdict,
    exponent,
    print_reading,
    print_sizes,
    print_steps,
    print_verdicts,
    write_csv,
)

THREADS, GIGABYTE = 2, 1e9
CSV_RATIO, PARQUET_RATIO, PEAK_GB, EXPONENT, MONTH_SHARE, THRESHOLD_S = 4.0, 8.0, 8.0, 1.1, 1 / 8, 10.0
SIZES = (0.25, 0.5, 1.0, 2.0)


@dataclass
class Run:
    """One measured run of jicha: name, size, what it took, its steps, and what only reading its files takes.

    `listed` = seconds after which the last folder of lists stood; the snapshot and the site follow it.
    """

    name: str
    scale: float
    watched: Watched
    steps: dict[str, Step]
    reading: dict[str, float]
    listed: float


class Bench:
    """Landings and homes below one scratch folder."""

    def __init__(self, root: Path, memory: str, points: int) -> None:
        self.root, self.memory, self.points = root, memory, points

    def landing(self, scale: float, formats: Sequence[str], months: int) -> Path:
        """A city of that size; says what writing it took."""
        out = self.root / f"city{scale:g}"
        if not out.exists():
            words = [str(out), "--scale", str(scale), "--months", str(months), "--points", str(self.points)]
            made = _good(watch([sys.executable, "-m", "tests.bench.landing", *words, "--formats", *formats]))
            size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
            say(f"written: scale {scale:g}, {months} months, {size / GIGABYTE:.2f} GB of files in {made.wall:.0f} s "
                f"({made.cpu:.0f} s of processor time, peak {made.peak / GIGABYTE:.2f} GB)")  # fmt: skip
        return out

    def reading(self, landing: Path) -> dict[str, float]:
        """What only reading the files takes: the shorter of two."""
        words = [sys.executable, "-m", "tests.bench.reading", str(landing), "--threads", str(THREADS)]
        found = [json.loads(_good(watch(words)).output.splitlines()[-1]) for _ in range(2)]
        return min(found, key=lambda one: one["wall"])

    def home(self, name: str, thresholds: dict[str, float] | None = None) -> Path:
        """A home with the limits of the bench."""
        home = self.root / name
        home.mkdir(parents=True, exist_ok=True)
        config = {"engine": {"threads": THREADS, "memory_limit": self.memory}, "thresholds": thresholds or {}}
        (home / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        return home

    def run(self, name: str, scale: float, landing: Path, home: Path, *more: str, read: bool = False) -> Run:
        """`jicha run`, watched."""
        words = ["-m", "pipelines.cli.main", "run", "--landing", str(landing), "--home", str(home), *more]
        watched = _good(watch([sys.executable, *words], home / "tmp"))
        reading = self.reading(landing) if read else {}
        found = Run(name, scale, watched, steps_of(watched, home), reading, listed(home, watched))
        print_steps(f"{name}, scale {scale:g}", watched, found.steps)
        return found


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _good(watched: Watched) -> Watched:
    if watched.code:
        raise SystemExit(f"a measured command failed with {watched.code}:\n{watched.output[-3000:]}")
    return watched


def listed(home: Path, watched: Watched) -> float:
    """Seconds from the start of a command until the last folder of lists that it made stood."""
    stood = [path.stat().st_mtime for path in (home / "lists").glob("*/manifest.json")]
    return max(stood) - watched.samples[0].at


def hold_back(landing: Path) -> tuple[Path, Path]:
    """Take the last month out of a landing: where it is now, where it belongs."""
    last = max(folder for folder in landing.iterdir() if folder.name.isdigit())
    kept = landing.parent / f"later-{landing.name}" / last.name
    kept.parent.mkdir(exist_ok=True)
    return Path(shutil.move(last, kept)), last


def deliver_again(landing: Path) -> None:
    """The last month's settlements once more in other bytes, as a bureau that sends a month twice does."""
    last = max(folder for folder in landing.iterdir() if folder.name.isdigit())
    for path in sorted(last.glob("setl_d_*.parquet")):
        rewritten = path.with_suffix(".new")
        with duckdb.connect() as con:
            con.execute(f"copy (select * from '{path}') to '{rewritten}' (format parquet, compression snappy)")
        rewritten.replace(path)


def whole(bench: Bench, scale: float, growth: bool) -> tuple[list[Run], list[Verdict]]:
    """All measurements at a size; the runs, and the verdicts on the bars."""
    city = bench.landing(scale, ("csv", "parquet"), months=13)
    held = {kind: hold_back(city / kind) for kind in ("csv", "parquet")}
    text = bench.run("from CSV", scale, city / "csv", bench.home("home-csv"), read=True)
    home = bench.home("home-parquet")
    typed = bench.run("from Parquet", scale, city / "parquet", home, read=True)
    shutil.rmtree(bench.root / "home-csv")
    bench.home("home-parquet", {"minimum_amount": 50})
    limits = bench.run("new thresholds, last quarter", scale, city / "parquet", home, "--quarter", "2025Q4")
    bench.home("home-parquet")
    shutil.move(*held["parquet"])
    month = bench.run("one month more", scale, city / "parquet", home)
    deliver_again(city / "parquet")
    repeated = bench.run("that month delivered again", scale, city / "parquet", home)
    shutil.rmtree(home)
    runs = [text, typed, repeated, limits, month]
    sizes = [typed]
    for factor in SIZES if growth else ():
        if factor != 1:
            smaller = bench.landing(scale * factor, ("parquet",), months=12)
            made = bench.home(f"home{factor:g}")
            name = f"from Parquet, {factor:g} of the size"
            sizes.append(bench.run(name, scale * factor, smaller / "parquet", made, read=True))
            shutil.rmtree(smaller)
            shutil.rmtree(made)
    sizes.sort(key=lambda one: one.scale)
    return [*runs, *(one for one in sizes if one is not typed)], verdicts(runs, sizes)


def verdicts(runs: list[Run], sizes: list[Run]) -> list[Verdict]:
    """Every bar of the issue and what was measured."""
    text, typed, repeated, limits, month = runs
    found: list[Verdict] = []
    for run, bar in ((text, CSV_RATIO), (typed, PARQUET_RATIO)):
        ratio, cpu = run.watched.wall / run.reading["wall"], run.watched.cpu / run.reading["cpu"]
        found.append(Verdict(f"whole ÷ reading, {run.name}", ratio, bar, f"processor time {cpu:.1f}"))
    peak = max(one.watched.together for one in [*runs, *sizes]) / GIGABYTE
    found.append(Verdict("largest memory, GB, all processes together", peak, PEAK_GB, ""))
    if len(sizes) > 1:
        of_wall = exponent([(one.reading["rows"], one.watched.wall) for one in sizes])
        of_cpu = exponent([(one.reading["rows"], one.watched.cpu) for one in sizes])
        found.append(Verdict("growth, exponent of processor time", of_cpu, EXPONENT, f"wall {of_wall:.2f}"))
    for run in (month, repeated):
        share = run.watched.cpu / typed.watched.cpu
        walls = run.watched.wall / typed.watched.wall
        asked = MONTH_SHARE if run is month else None
        found.append(Verdict(f"{run.name} ÷ the year, processor time", share, asked, f"wall {walls:.3f}"))
        loading = sum(step.cpu for name, step in run.steps.items() if name.startswith("load: "))
        beside = "the steps of the job that the landing sensor starts; the rest is lists that became due"
        found.append(
            Verdict(f"{run.name}, loading and core alone ÷ the year", loading / typed.watched.cpu, None, beside)
        )
    found.append(
        Verdict(
            f"{limits.name}, s until the lists stood",
            limits.listed,
            THRESHOLD_S,
            f"with snapshot and site {limits.watched.wall:.1f}, processor time {limits.watched.cpu:.1f}",
        )
    )
    spilled = max(one.watched.spilled for one in [*runs, *sizes]) / GIGABYTE
    found.append(Verdict("spilled to disk, GB at most", spilled, None, "nothing" if spilled == 0 else "see the steps"))
    return found


def main() -> int:
    """Measure and print; see the head of this file."""
    options = argparse.ArgumentParser()
    options.add_argument("--scale", type=float, default=0.02)
    options.add_argument("--no-growth", action="store_true")
    options.add_argument("--points", type=int, default=250_000)
    options.add_argument("--memory", default="4GB")
    options.add_argument("--keep", type=Path)
    options.add_argument("--csv", type=Path)
    chosen = options.parse_args()
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    spec = CitySpec(chosen.scale)
    print(f"a city of scale {chosen.scale:g}: {spec.people:,} insured, {spec.providers:,} providers, 12 months; "
          f"{THREADS} threads, engine limit {chosen.memory}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory(dir=chosen.keep) as scratch:
        runs, found = whole(Bench(Path(scratch), chosen.memory, chosen.points), chosen.scale, not chosen.no_growth)
    print_reading([run for run in runs if run.reading])
    print_sizes([run for run in runs if run.reading and "CSV" not in run.name])
    print_verdicts(found)
    if chosen.csv:
        write_csv(chosen.csv, runs, found)
    return int(any(not one.kept for one in found))


if __name__ == "__main__":
    sys.exit(main())

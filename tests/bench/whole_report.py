"""What `tests.bench.whole` prints: steps, sizes, bars."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from tests.bench.watch import Step, Watched

GIGABYTE = 1e9


class Measured(Protocol):
    """A run as the bench measures it."""

    @property
    def name(self) -> str: ...
    @property
    def scale(self) -> float: ...
    @property
    def watched(self) -> Watched: ...
    @property
    def steps(self) -> dict[str, Step]: ...
    @property
    def reading(self) -> dict[str, float]: ...


@dataclass(frozen=True)
class Verdict:
    """One figure, its bar (at most; None: told only), and what stands beside it."""

    what: str
    value: float
    bar: float | None
    beside: str

    @property
    def kept(self) -> bool:
        return self.bar is None or self.value <= self.bar


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Slope of the logarithms: seconds grow as rows to this power."""
    rows, seconds = (np.log(np.array(column)) for column in zip(*points, strict=True))
    return float(np.polyfit(rows, seconds, 1)[0])


def print_steps(name: str, watched: Watched, steps: dict[str, Step]) -> None:
    """The steps of one run, the dearest first."""
    print(f"\n{name}: wall {watched.wall:.1f} s, processor {watched.cpu:.1f} s, peak of the largest process "
          f"{watched.peak / GIGABYTE:.2f} GB, all together {watched.together / GIGABYTE:.2f} GB")  # fmt: skip
    print(f"  {'wall s':>8} {'cpu s':>8} {'share':>6} {'memory GB':>10} {'spilled GB':>11}  step")
    for step, taken in sorted(steps.items(), key=lambda item: -item[1].cpu):
        if taken.cpu >= watched.cpu / 200:
            share = taken.cpu / watched.cpu
            print(f"  {taken.wall:8.1f} {taken.cpu:8.1f} {share:6.1%} {taken.memory / GIGABYTE:10.2f} "
                  f"{taken.spilled / GIGABYTE:11.2f}  {step}", flush=True)  # fmt: skip


def print_reading(runs: Sequence[Measured]) -> None:
    """Runs beside plain reading of the same files."""
    print(
        f"\n{'rows':>12} {'GB':>7} {'read s':>8} {'cpu s':>8} {'whole s':>8} {'cpu s':>8} {'ratio':>6} {'cpu':>6}  run"
    )
    for run in runs:
        read = run.reading
        print(f"{read['rows']:12,.0f} {read['bytes'] / GIGABYTE:7.2f} {read['wall']:8.1f} {read['cpu']:8.1f} "
              f"{run.watched.wall:8.1f} {run.watched.cpu:8.1f} {run.watched.wall / read['wall']:6.1f} "
              f"{run.watched.cpu / read['cpu']:6.1f}  {run.name}")  # fmt: skip


def print_sizes(runs: Sequence[Measured]) -> None:
    """Processor seconds of each step by size, and its exponent."""
    ordered = sorted(runs, key=lambda one: one.scale)
    if len(ordered) < 2:
        return
    rows = [one.reading["rows"] for one in ordered]
    heads = " ".join(f"{one.scale:>9g}" for one in ordered)
    print(f"\nprocessor seconds by scale\n  {heads} exponent  step")
    names = sorted(ordered[-1].steps, key=lambda name: -ordered[-1].steps[name].cpu)
    for name in names:
        seconds = [one.steps.get(name, Step()).cpu for one in ordered]
        if seconds[-1] >= ordered[-1].watched.cpu / 200:
            slope = exponent(list(zip(rows, seconds, strict=True))) if min(seconds) > 0 else float("nan")
            print(f"  {' '.join(f'{value:9.1f}' for value in seconds)} {slope:8.2f}  {name}")


def print_verdicts(found: Sequence[Verdict]) -> None:
    """The bars."""
    print()
    for one in found:
        bar = "" if one.bar is None else f"(bar {one.bar:.3g}: {'kept' if one.kept else 'MISSED'})"
        beside = f"; {one.beside}" if one.beside else ""
        print(f"{one.what}: {one.value:.3g} {bar}{beside}")


def write_csv(path: Path, runs: Sequence[Measured], found: Sequence[Verdict]) -> None:
    """The same for machines: a row a run and step, a row a bar."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("run", "scale", "step", "wall_s", "cpu_s", "memory_gb", "spilled_gb"))
        for run in runs:
            whole = Step(run.watched.wall, run.watched.cpu, run.watched.together, run.watched.spilled)
            for name, step in {"whole": whole, **run.steps}.items():
                memory, spilled = step.memory / GIGABYTE, step.spilled / GIGABYTE
                out.writerow(
                    (run.name, run.scale, name, *(round(v, 3) for v in (step.wall, step.cpu, memory, spilled)))
                )
            if run.reading:
                out.writerow(
                    (run.name, run.scale, "reading", round(run.reading["wall"], 3), round(run.reading["cpu"], 3))
                )
        out.writerows((one.what, "", "bar", one.bar, round(one.value, 4), one.beside) for one in found)

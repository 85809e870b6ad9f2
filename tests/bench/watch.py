"""A command watched from outside: its wall and processor time, memory and spill, by the steps of Dagster's history.

What a step took is what the whole process took between its start and its end: what runs beside it (a score in a thread,
an import) counts to the step that was on.
"""

import bisect
import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

EVERY = 0.1
CORES = 2
BETWEEN = "(between steps: start, imports, history)"


@dataclass
class Sample:
    """One look: seconds since the epoch, processor seconds so far, bytes in memory, bytes in the spill folder."""

    at: float
    cpu: float
    memory: int
    spilled: int


@dataclass
class Watched:
    """What a command took in all, and the looks at it: `peak` of its largest process (VmHWM), `together` of all."""

    wall: float
    cpu: float
    peak: int
    together: int
    spilled: int
    code: int
    output: str
    samples: list[Sample] = field(default_factory=list)

    def _cpu_at(self, moment: float) -> float:
        times = [one.at for one in self.samples]
        right = min(bisect.bisect_left(times, moment), len(times) - 1)
        left = max(right - 1, 0)
        a, b = self.samples[left], self.samples[right]
        if b.at <= a.at:
            return b.cpu
        share = min(max((moment - a.at) / (b.at - a.at), 0.0), 1.0)
        return a.cpu + share * (b.cpu - a.cpu)

    def between(self, start: float, end: float) -> "Step":
        """What was taken in an interval."""
        inside = [one for one in self.samples if start - EVERY <= one.at <= end + EVERY]
        memory = max((one.memory for one in inside), default=0)
        spilled = max((one.spilled for one in inside), default=0)
        return Step(end - start, self._cpu_at(end) - self._cpu_at(start), memory, spilled)


@dataclass
class Step:
    """Wall and processor seconds, largest memory and spill in bytes."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    spilled: int = 0

    def add(self, other: "Step") -> None:
        self.wall, self.cpu = self.wall + other.wall, self.cpu + other.cpu
        self.memory, self.spilled = max(self.memory, other.memory), max(self.spilled, other.spilled)


def _look(process: psutil.Process, seen: dict[int, float], spill: Path | None) -> tuple[Sample, int]:
    """One sample, and the highest water mark of a single process."""
    memory, peak = 0, 0
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
            seen[one.pid] = max(seen.get(one.pid, 0.0), times.user + times.system)
            memory += one.memory_info().rss
            peak = max(peak, _high_water(one.pid))
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            continue
    return Sample(time.time(), sum(seen.values()), memory, _size(spill)), peak


def _high_water(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _size(folder: Path | None) -> int:
    total = 0
    try:
        for entry in os.scandir(folder) if folder else ():
            total += entry.stat().st_size
    except FileNotFoundError:
        pass
    return total


def watch(words: Sequence[str], spill: Path | None = None) -> Watched:
    """Run a command on two cores and watch it until it ends."""
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    done = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )  # fmt: skip
    samples, peaks = [Sample(started, 0.0, 0, 0)], [0]
    ended = threading.Event()

    def keep_looking() -> None:
        seen: dict[int, float] = {}
        process = psutil.Process(done.pid)
        while not ended.wait(EVERY):
            try:
                sample, peak = _look(process, seen, spill)
            except psutil.NoSuchProcess:
                return
            samples.append(sample)
            peaks.append(peak)

    looker = threading.Thread(target=keep_looking, daemon=True)
    looker.start()
    output = done.communicate()[0]
    ended.set()
    looker.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    cpu = max(cpu, samples[-1].cpu)  # a process that its parent did not wait for was only seen
    return Watched(
        time.time() - started, cpu, max(peaks), max(one.memory for one in samples), max(one.spilled for one in samples),
        done.returncode, output, samples,
    )  # fmt: skip


def steps_of(watched: Watched, home: Path) -> dict[str, Step]:
    """Steps in Dagster's history of a home that ran while a command was watched, by name, and what lay between them."""
    from models.home import Home
    from pipelines.instance import open_instance

    first, last = watched.samples[0].at, watched.samples[-1].at
    found: dict[str, Step] = {}
    covered = Step()
    instance = open_instance(Home(home))
    try:
        for record in instance.get_run_records():
            for step in instance.get_run_step_stats(record.dagster_run.run_id):
                if step.start_time is None or step.end_time is None or not first <= step.start_time <= last:
                    continue
                taken = watched.between(step.start_time, step.end_time)
                found.setdefault(f"{record.dagster_run.job_name}: {step.step_key}", Step()).add(taken)
                covered.add(taken)
    finally:
        instance.dispose()
    found[BETWEEN] = Step(watched.wall - covered.wall, watched.cpu - covered.cpu)
    return found

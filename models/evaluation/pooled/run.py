"""Runs the worlds and pools what they say."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from models.config import Config
from models.errors import UsageError
from models.evaluation.measures import Result
from models.evaluation.pooled.coding_facts import coding_facts
from models.evaluation.pooled.cost_facts import cost_facts, null_facts
from models.evaluation.pooled.report import bars_table, role_table
from models.evaluation.pooled.worlds import Facts, scored, varied
from models.sample.hospitals import HospitalSpec

Progress = Callable[[int, int, str], None]
#: worlds without schemes have seeds of their own, far from those with
NULL_OFFSET = 500_000


def pooled(
    worlds: int, null_worlds: int, seed: int, config: Config | None = None, progress: Progress | None = None,
    spread: float = 1.0, jobs: int = 0,
) -> list[Result]:  # fmt: skip
    """Deviation and upcoding over `worlds` planted worlds (seeds seed, seed+1, …) and `null_worlds` without schemes.

    `spread` multiplies how far honest hospitals differ; `jobs` worlds are scored at a time, each in its own process (0:
    one a processor, at most four). The tables do not depend on it. Returns the table of bars and one by role. Raises
    UsageError when no world is asked for.
    """
    if worlds < 0 or null_worlds < 0 or not worlds + null_worlds:
        raise UsageError("至少要一个世界 / at least one world is needed: --worlds 10 --null-worlds 50")
    config, tell = config or Config(), progress or (lambda done, total, text: None)
    specs = [varied(seed + place, True, spread) for place in range(worlds)]
    specs += [varied(seed + NULL_OFFSET + place, False, spread) for place in range(null_worlds)]
    found: dict[int, Facts] = {}
    workers = min(jobs or min(os.cpu_count() or 1, 4), len(specs))
    # spawned, not forked: the libraries below have threads of their own
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(_world, place, spec, config): place for place, spec in enumerate(specs)}
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            tell(len(found), len(specs), f"seed {specs[waiting[done]].seed}")
    facts = Facts()
    for place in range(len(specs)):
        facts.pairs += found[place].pairs
        facts.roles += found[place].roles
    return [bars_table(facts, worlds, null_worlds, seed), role_table(facts)]


def _world(place: int, spec: HospitalSpec, config: Config) -> Facts:
    """The measures of one world."""
    facts, found = Facts(), scored(spec, config)
    if spec.planted:
        coding_facts(facts, place, found, config.thresholds.q_value)
        cost_facts(facts, place, found, config.thresholds.q_value)
    else:
        null_facts(facts, place, found, config.thresholds.q_value)
    return facts

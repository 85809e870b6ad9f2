"""Runs the worlds and pools what they say."""

from collections.abc import Callable

from models.config import Config
from models.errors import UsageError
from models.evaluation.measures import Result
from models.evaluation.pooled.coding_facts import coding_facts
from models.evaluation.pooled.cost_facts import cost_facts, null_facts
from models.evaluation.pooled.report import bars_table, role_table
from models.evaluation.pooled.worlds import Facts, scored, varied

Progress = Callable[[int, int, str], None]
#: worlds without schemes have seeds of their own, far from those with
NULL_OFFSET = 500_000


def pooled(
    worlds: int, null_worlds: int, seed: int, config: Config | None = None, progress: Progress | None = None,
    spread: float = 1.0,
) -> list[Result]:  # fmt: skip
    """Deviation and upcoding over `worlds` planted worlds (seeds seed, seed+1, …) and `null_worlds` without schemes.

    `spread` multiplies how far honest hospitals differ. Returns the table of bars and one by role. Raises UsageError
    when no world is asked for.
    """
    if worlds < 0 or null_worlds < 0 or not worlds + null_worlds:
        raise UsageError("至少要一个世界 / at least one world is needed: --worlds 10 --null-worlds 50")
    config, tell = config or Config(), progress or (lambda done, total, text: None)
    facts, total = Facts(), worlds + null_worlds
    for place in range(total):
        planted = place < worlds
        spec = varied(seed + place if planted else seed + NULL_OFFSET + place - worlds, planted, spread)
        found = scored(spec, config)
        if planted:
            coding_facts(facts, place, found, config.thresholds.q_value)
            cost_facts(facts, place, found, config.thresholds.q_value)
        else:
            null_facts(facts, place, found, config.thresholds.q_value)
        tell(place + 1, total, f"seed {spec.seed}")
    return [bars_table(facts, worlds, null_worlds, seed), role_table(facts)]

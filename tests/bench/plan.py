"""How long the year's plan of a province takes: lots, HiGHS, teams.

    python -m tests.bench.plan [--providers 35000] [--teams 200] [--days 200]

Prints seconds of processor time for the whole plan and for its parts, with and without quotas of 100 districts.
"""

import argparse
import time
from datetime import date

import numpy as np

from models.planning import Frame, make_plan
from models.planning import plan as parts
from models.settings_planning import Planning

SHARES = {"tertiary": 0.01, "secondary": 0.04, "primary": 0.15, "ungraded": 0.35, "pharmacy": 0.45}
DISTRICTS = 100


def frame_of(providers: int, seed: int) -> tuple[Frame, np.ndarray]:
    """A province: most providers small, one in two hundred complained of, half of them visited before."""
    rng = np.random.default_rng(seed)
    codes = [f"H{i:06d}" for i in range(providers)]
    kinds = rng.choice(list(SHARES), providers, p=list(SHARES.values()))
    districts = [f"{330_000 + int(d)}" for d in rng.integers(0, DISTRICTS, providers)]
    complained = frozenset(codes[int(i)] for i in rng.choice(providers, providers // 200, replace=False))
    visited = {code: date(2020, 1, 1) for code in codes[::2]}
    return Frame(codes, [str(kind) for kind in kinds], districts, complained, visited), rng.gamma(2, 12, providers)


def measured(frame: Frame, priority: np.ndarray, planning: Planning) -> dict[str, float]:
    """Processor seconds of the plan and its parts, and how many are planned."""
    spent: dict[str, float] = {}

    def timed(name: str) -> None:
        whole = getattr(parts, name)

        def call(*given: object, **more: object) -> object:
            start = time.process_time()
            try:
                return whole(*given, **more)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - start

        setattr(parts, name, call)

    kept = {name: getattr(parts, name) for name in ("draw", "solve", "assign")}
    for name in kept:
        timed(name)
    start = time.process_time()
    try:
        made = make_plan(frame, np.minimum(priority, 100), planning, 1, "2026")
    finally:
        for name, whole in kept.items():
            setattr(parts, name, whole)
    return {**spent, "plan": time.process_time() - start, "planned": float(made.planned.sum())}


def main() -> None:
    """Print a line a setting."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--providers", type=int, default=35_000)
    options.add_argument("--teams", type=int, default=200)
    options.add_argument("--days", type=int, default=100)
    given = options.parse_args()
    frame, priority = frame_of(given.providers, 1)
    for visits in (0, 20):
        planning = Planning.model_validate({"teams": given.teams, "team_days": given.days, "district_visits": visits})
        found = measured(frame, priority, planning)
        told = ", ".join(f"{name} {value:.1f} s" for name, value in found.items() if name != "planned")
        print(f"{given.providers:,} providers, quota {visits} a district: {found['planned']:.0f} planned; {told}")


if __name__ == "__main__":
    main()

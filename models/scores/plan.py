"""The order of inspection: who comes by complaint, by risk, by lot and by turn, within the year's capacity."""

import hashlib
from datetime import date

import numpy as np

#: share of the capacity for those not visited for longest, where visits are recorded at all
COVERAGE_SHARE = 0.1


def lot_order(codes: list[str], seed: int) -> np.ndarray:
    """Indices in the order of the public draw: SHA-256 of `seed|fixmedins_code`, smallest first; replayable."""
    drawn = [hashlib.sha256(f"{seed}|{code}".encode()).hexdigest() for code in codes]
    return np.array(sorted(range(len(codes)), key=drawn.__getitem__), dtype=np.int64)


def modes(
    codes: list[str],
    complained: set[str],
    last_visit: dict[str, date],
    lots: np.ndarray,
    capacity: int,
    random_share: float,
) -> list[str]:
    """Mode of each provider: complaint, random, coverage or risk.

    Lots are drawn before risk is looked at and from everybody without a complaint, so that what is found there speaks
    for all. Coverage takes those visited longest ago (never first); it is empty where no visit is on record.
    """
    mode = ["complaint" if code in complained else "risk" for code in codes]
    room = max(capacity - mode.count("complaint"), 0)
    by_lot = min(round(capacity * random_share), room)
    free = [i for i in lots if mode[i] == "risk"]
    for i in free[:by_lot]:
        mode[i] = "random"
    by_turn = min(int(capacity * COVERAGE_SHARE), room - by_lot) if last_visit else 0
    waiting = sorted(
        (place for place in range(len(free)) if mode[free[place]] == "risk"),
        key=lambda place: (last_visit.get(codes[free[place]], date.min), place),
    )
    for place in waiting[:by_turn]:
        mode[free[place]] = "coverage"
    return mode


def sequence(mode: list[str], priority: np.ndarray, lots: np.ndarray, capacity: int) -> np.ndarray:
    """Rank (1 first) of each provider: complaints, then the rest of the plan, then everybody else.

    Inside a block the higher priority comes first, so a provider drawn by lot that also stands out is visited early;
    ties go by the draw.
    """
    place_in_draw = np.empty(len(mode), dtype=np.int64)
    place_in_draw[lots] = np.arange(len(mode))
    kind = np.array(mode)
    order = np.lexsort((place_in_draw, -priority))
    complaint, risk = order[kind[order] == "complaint"], order[kind[order] == "risk"]
    drawn = order[(kind[order] == "random") | (kind[order] == "coverage")]
    room = max(capacity - len(complaint) - len(drawn), 0)
    chosen = np.zeros(len(mode), dtype=bool)
    chosen[risk[:room]] = chosen[drawn] = True
    line = np.concatenate([complaint, order[chosen[order]], risk[room:]])
    rank = np.empty(len(mode), dtype=np.int64)
    rank[line] = np.arange(1, len(mode) + 1)
    return rank

"""People who keep a rhythm that others at the unit were found to keep: one rhythm is tested then, not thousands."""

import numpy as np

from models.gathering.visits import Ints, Visits

LEAST_KEEPERS, LEAST_HITS = 3, 4
#: chance joiners a rhythm is allowed, over all people of the unit
JOINERS = 0.1


def adopt(visits: Visits, period: Ints, phase: Ints) -> None:
    """Mark further visits as scheduled, in place.

    For each rhythm of a week or longer that three people of a unit keep, the unscheduled visits of everybody there are
    tested on its days and the days beside: the Chernoff bound of m of n at chance (2w + 1) / period must be below
    0.1 / people of the unit.
    """
    start = visits.starts()
    for unit, q, f in _patterns(visits, period, phase):
        low, high = start[unit], start[unit + 1]
        rows = low + np.flatnonzero(period[low:high] == 0)
        if not len(rows):
            continue
        people, who = np.unique(visits.person[rows], return_inverse=True)
        need = np.log(len(people) / JOINERS)
        total = np.bincount(who)
        for w in (0, 1):
            hit = (visits.day[rows].astype(np.int64) - f + w) % q <= 2 * w
            m = np.bincount(who[hit], minlength=len(people))
            keeps = (m >= LEAST_HITS) & (_bound(m, total, (2 * w + 1) / q) > need)
            chosen = rows[hit & keeps[who]]
            period[chosen], phase[chosen] = q, f
            if len(chosen):
                break


def _patterns(visits: Visits, period: Ints, phase: Ints) -> list[tuple[int, int, int]]:
    """Unit, period and phase of the rhythms of enough people, those of most people first."""
    rows = np.flatnonzero(period >= 7)
    keepers = np.unique(np.stack([visits.unit[rows], period[rows], phase[rows], visits.person[rows]]), axis=1)
    patterns, count = np.unique(keepers[:3], axis=1, return_counts=True)
    enough = np.flatnonzero(count >= LEAST_KEEPERS)
    order = enough[np.argsort(-count[enough], kind="stable")]
    return [(int(u), int(q), int(f)) for u, q, f in patterns[:, order].T]


def _bound(m: Ints, n: Ints, p: float) -> np.ndarray:
    """−ln of the Chernoff bound of m or more of n at chance p (0 where m is no more than expected)."""
    r = m / n
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.where(r > 0, r * np.log(r / p), 0.0)
        less = np.where(r < 1, (1 - r) * np.log((1 - r) / (1 - p)), 0.0)
    return np.where(r > p, n * (more + less), 0.0)

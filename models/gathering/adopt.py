"""People who keep a rhythm that others at the unit were found to keep: a few windows are tested then, not thousands."""

import numpy as np

from models.gathering.visits import Ints, Visits

LEAST_KEEPERS, LEAST_HITS = 3, 4
#: chance joiners a rhythm is allowed, over all people of the unit
JOINERS = 0.1
#: windows tried: first day from the middle day of the rhythm, and days
WINDOWS = ((0, 1), (0, 2), (-1, 2), (-1, 3))


def adopt(visits: Visits, period: Ints, phase: Ints) -> None:
    """Mark further visits as scheduled, in place.

    For each rhythm of a week or longer that three people of a unit keep, the unscheduled visits of everybody there are
    tested on windows of one to three days around its middle day, each person on the one that fits best: the Chernoff
    bound of m of n at chance days / period must be below 0.1 / (windows · people of the unit).
    """
    start = visits.starts()
    for unit, q, f in _patterns(visits, period, phase):
        low, high = start[unit], start[unit + 1]
        rows = low + np.flatnonzero(period[low:high] == 0)
        if not len(rows):
            continue
        people, who = np.unique(visits.person[rows], return_inverse=True)
        total = np.bincount(who)
        day = (visits.day[rows].astype(np.int64) - f) % q
        hits = [(day - first) % q < days for first, days in WINDOWS]
        bounds = []
        for hit, (_, days) in zip(hits, WINDOWS, strict=True):
            m = np.bincount(who[hit], minlength=len(people))
            bounds.append(np.where(m >= LEAST_HITS, _bound(m, total, days / q), 0.0))
        keeps = np.max(bounds, axis=0) > np.log(len(people) * len(WINDOWS) / JOINERS)
        chosen = rows[np.choose(np.argmax(bounds, axis=0)[who], hits) & keeps[who]]
        period[chosen], phase[chosen] = q, f


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

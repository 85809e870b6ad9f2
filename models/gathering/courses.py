"""Courses of treatment: who comes several times a week for weeks meets others in treatment without any arrangement.

The chance of meeting that makes pairs spreads a person's visits over the whole window; those of acupuncture,
rehabilitation or radiotherapy lie in a few weeks, on certain weekdays. Here each member's own course says how likely he
is to come on a day.
"""

import numpy as np

from models.gathering.visits import Ints, Visits

#: a pause of more days ends a course; visits of one at least, and in two weeks
PAUSE, LEAST_VISITS, FORTNIGHTLY = 10, 8, 3
#: share of a member's presence that his courses must make expected
EXPLAINED = 0.75


def course_share(own: Visits, rows: Ints, joint: Ints) -> float:
    """Share of those at the meetings for whom their own courses at the unit explain it.

    `rows` = all rows of `own` of the members, `joint` = those of them at the meetings. A member is expected on a day as
    often as he came on that weekday during his course; explained is whose courses make three quarters of his presence
    expected. People who arrange their dates keep no weekdays: they come together far more often than any of them comes
    on such a day. By member, for a gang may hide among patients.
    """
    met = np.unique(np.stack([own.unit[joint], own.day[joint]]).astype(np.int64), axis=1)
    order = rows[np.lexsort((own.day[rows], own.person[rows], own.unit[rows]))]
    unit, person, day = (column[order].astype(np.int64) for column in (own.unit, own.person, own.day))
    members = np.unique(person)  # counted among themselves: groups are many, and so are people
    seen = np.bincount(np.searchsorted(members, own.person[joint].astype(np.int64)), minlength=len(members))
    expected = np.zeros(len(members))
    place = np.searchsorted(members, person)
    fresh = (np.diff(unit) != 0) | (np.diff(person) != 0) | (np.diff(day) > PAUSE)
    ends = np.append(np.flatnonzero(fresh) + 1, len(order))
    for low, high in zip(np.append(0, ends[:-1]), ends, strict=True):
        expected[place[low]] += _expected(day[low:high], met[1][met[0] == unit[low]])
    here = seen > 0
    return float((expected[here] >= EXPLAINED * seen[here]).mean()) if here.any() else 0.0


def _expected(course: Ints, dates: Ints) -> float:
    """How often one is expected on the dates, by the share of each weekday of his course on which he came."""
    first, last = int(course[0]), int(course[-1])
    if len(course) < LEAST_VISITS or len(course) * 14 < FORTNIGHTLY * (last - first + 1):
        return 0.0
    came = np.bincount(course % 7, minlength=7)
    there = np.bincount(np.arange(first, last + 1) % 7, minlength=7)
    inside = dates[(dates >= first) & (dates <= last)] % 7
    return float((came[inside] / there[inside]).sum())

"""Stays that are planted: split readmissions, two at once, visits inside a stay.

And planned readmissions, which are honest.
"""

import numpy as np

from models.sample.groups import FAMILIES, FAMILY_INDEX
from models.sample.months import DAY
from models.sample.providers import SECONDARY, TERTIARY, TOWNSHIP
from models.sample.schemes.persons import outpatient_in_stay
from models.sample.schemes.scene import Scene

SPLIT_FAMILIES = ("ES2", "FR4", "BR2", "KS1")


def stay(
    s: Scene,
    person: int,
    provider: int,
    family: str,
    begin: int,
    days: int,
    origin: str,
    tier: int = 0,
    discharge: str = "1",
    at: int | None = None,
) -> int:
    """One planted stay, settled at its end where no moment is given; returns its vid."""
    f = FAMILY_INDEX[family]
    digit = tier or max(FAMILIES[f].weights)
    end = begin + days
    vid = s.draft.add_visits(
        person=np.array([person]),
        provider=np.array([provider]),
        med_type=FAMILIES[f].med_type,
        begin=np.array([begin]),
        end=np.array([end]),
        at=end * DAY + 10 * 3600 + 60 * (person % 300) if at is None else at,
        fam=f,
        tier=digit,
        true_tier=digit,
        origin=origin,
        dscg_way=discharge,
        basket=False,
    )
    return int(vid[0])


def _start(s: Scene, room: int) -> int:
    return int(s.rng.integers(s.cal.first_day + 1, max(s.cal.first_day + 2, s.cal.end_day - room)))


def split(s: Scene) -> None:
    """One illness billed as two or three stays.

    Out and in again within three days, same hospital, same main diagnosis.
    """
    for n, p in enumerate(s.actors(2 + s.scale, s.age() > 52)):
        family = SPLIT_FAMILIES[n % 4]
        provider = s.hospital(SECONDARY, TOWNSHIP)
        parts = 2 + n % 2
        day = _start(s, parts * 9 + 3)
        for k in range(parts):
            days = 5 + (n + k) % 3
            vid = stay(s, int(p), provider, family, day, days, "split")
            if k:
                s.draft.note("settlement_marks", scheme="split", vid=vid)
            day += days + 1 + (n + k) % 3


def overlaps(s: Scene) -> None:
    """Two stays at once in different hospitals, and outpatient visits inside a stay."""
    for n, p in enumerate(s.actors(1 + s.scale // 2, s.age() > 52)):
        day = _start(s, 16)
        stay(s, int(p), s.hospital(SECONDARY), "ES2", day, 8, "overlap")
        vid = stay(s, int(p), s.hospital(TOWNSHIP), "FR4", day + 2 + n % 3, 7, "overlap")
        s.draft.note("settlement_marks", scheme="overlap_stay", vid=vid)
    for p in s.actors(1 + s.scale, s.age() > 52):
        day = _start(s, 12)
        vid = stay(s, int(p), s.hospital(SECONDARY, TERTIARY), "BR2", day, 9, "stay_of_actor")
        outpatient_in_stay(s, (int(p), day, day + 9, vid))


def planned(s: Scene) -> None:
    """Look-alikes.

    Chemotherapy every three weeks, transfers between hospitals, a visit on the very day of admission.
    """
    roles = s.providers.of_role("chemo")
    provider = int(roles[0]) if len(roles) else s.hospital(TERTIARY)
    for p in s.actors(2 + s.scale, (s.age() > 36) & (s.age() < 84)):
        first = _start(s, 90)
        for day in range(first, min(s.cal.end_day - 4, first + 21 * 5), 21):
            vid = stay(s, int(p), provider, "RE1", day, 3, "chemo")
            s.charge(vid, "D403", 1, (day + 1) * DAY + 9 * 3600)
        s.draft.note("persons", scheme="lookalike_chemo", psn_no=s.psn(int(p)), expected="每三周化疗", month="")
    for p in s.actors(1 + s.scale // 2, s.age() > 56):
        day = _start(s, 20)
        stay(s, int(p), s.hospital(TOWNSHIP), "FR2", day, 3, "transfer")
        stay(s, int(p), s.hospital(TERTIARY), "FR2", day + 3, 9, "transfer")
        s.draft.note("persons", scheme="lookalike_transfer", psn_no=s.psn(int(p)), expected="转院", month="")
    for p in s.actors(1 + s.scale // 2, s.age() > 56):
        day = _start(s, 14)
        place = s.hospital(SECONDARY)
        s.visit(int(p), place, day, "same_day", at=day * DAY + 8 * 3600 + 900)
        stay(s, int(p), place, "ET1", day, 8, "same_day")
        s.draft.note("persons", scheme="lookalike_same_day", psn_no=s.psn(int(p)), expected="入院当日门诊", month="")

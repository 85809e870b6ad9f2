"""Stays that come too often or for too little, and those that only look so."""

from models.sample.groups import FAMILIES, FAMILY_INDEX
from models.sample.months import DAY
from models.sample.providers import SECONDARY, TERTIARY, TOWNSHIP
from models.sample.schemes.scene import Scene
from models.sample.schemes.stays import stay

ROUND = ("ES2", "FR2", "KS1", "GU1", "LU1")
LIMIT = 4  # the stay within 90 days that reaches the limit
LIGHT = ("ES3", "GW1", "IU2")
EXAMS = ("S203", "S205", "S201", "S208")


def _start(s: Scene, room: int) -> int:
    return int(s.rng.integers(s.cal.first_day + 1, max(s.cal.first_day + 2, s.cal.end_day - room)))


def frequent(s: Scene) -> None:
    """Four or five stays within 90 days at two or three hospitals, each for another disease."""
    for n, p in enumerate(s.actors(2 + s.scale // 2, s.age() > 52)):
        places = [s.hospital(SECONDARY), s.hospital(TOWNSHIP), s.hospital(SECONDARY, TERTIARY)]
        times, step = LIMIT + n % 2, 17 + n % 3
        day = _start(s, times * step)
        for k in range(times):
            vid = stay(s, int(p), places[(k + n) % 3], ROUND[(k + n) % 5], day + k * step, 4 + k % 2, "frequent_stay")
            if k + 1 >= LIMIT:
                s.draft.note("settlement_marks", scheme="R52", vid=vid)


def seldom(s: Scene) -> None:
    """Look-alikes: three stays in 90 days, two transfers that are four bills, long care paid by the day."""
    kinds = (
        ("三次住院", "lookalike_three_stays"),
        ("两次转院", "lookalike_two_transfers"),
        ("按床日", "lookalike_by_day"),
    )
    for n, p in enumerate(s.actors(3 + s.scale // 2, (s.age() > 56) & (s.age() < 68))):
        text, scheme = kinds[n % 3]
        day = _start(s, 90)
        if n % 3 == 0:
            for k in range(3):
                stay(s, int(p), s.hospital(SECONDARY), ROUND[k], day + k * 25, 4, "seldom")
        elif n % 3 == 1:
            for k in range(2):
                first = day + k * 40
                vid = stay(s, int(p), s.hospital(TOWNSHIP), ROUND[1 + k], first, 2, "seldom", discharge="2")
                stay(s, int(p), s.hospital(TERTIARY), ROUND[1 + k], first + 2 + vid % 2, 7, "seldom")
        else:
            place = s.hospital(SECONDARY)
            for k in range(4):
                stay(s, int(p), place, "TR1", day + k * 21, 4, "seldom")
        s.draft.note("persons", scheme=scheme, psn_no=s.psn(int(p)), expected=text, month="")


def _short(s: Scene, person: int, provider: int, n: int, discharge: str = "1") -> tuple[int, int]:
    """Two days in hospital for what is treated as an outpatient; returns visit and day."""
    day = _start(s, 6)
    family = LIGHT[n % 3]
    assert FAMILIES[FAMILY_INDEX[family]].share == 0
    vid = stay(s, person, provider, family, day, 1 + n % 3, "low_standard", discharge=discharge)
    return vid, day


def low_standard(s: Scene) -> None:
    """Two days of examinations and a bed; beside them short stays that treat, that watch closely, that pass on."""
    age = s.age()
    place = (s.hospital(TOWNSHIP), s.hospital(SECONDARY))
    for n, p in enumerate(s.actors(3 + 2 * s.scale, (age > 20) & (age < 75))):
        vid, day = _short(s, int(p), place[n % 2], n)
        _examine(s, vid, day, n)
        s.draft.lean.add(vid)
        s.draft.note("settlement_marks", scheme="R53", vid=vid)
    for n, p in enumerate(s.actors(3 + s.scale, (age > 20) & (age < 75))):
        provider = s.hospital(TOWNSHIP, SECONDARY)
        vid, day = _short(s, int(p), provider, n, discharge="2" if n % 3 == 2 else "1")
        if n % 3:
            _examine(s, vid, day, n)
            s.draft.lean.add(vid)
        if n % 3 == 1:
            s.charge(vid, "S23", 1, day * DAY + 12 * 3600)
        text = ("有治疗的短期住院", "一级护理的短期住院", "检查后转院")[n % 3]
        s.draft.note("persons", scheme="lookalike_short_stay", psn_no=s.psn(int(p)), expected=text, month="")


def _examine(s: Scene, vid: int, day: int, n: int) -> None:
    for k in range(2 + n % 2):
        s.charge(vid, EXAMS[(n + k) % 4], 1, day * DAY + (10 + k) * 3600)

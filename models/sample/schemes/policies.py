"""Visits, companions, interactions, amounts, days, doses, discounts, lines of therapy, large prescriptions.

Visits made for the purpose, so that nothing else touches the count and no refund takes a partner away.
"""

from models.sample.draft import Mark
from models.sample.months import DAY, date_parts
from models.sample.providers import CLINIC, SECONDARY, TERTIARY, TOWNSHIP
from models.sample.schemes.scene import Scene

ORIGIN = "policy"
Line = tuple[str, int, int, Mark | None]  # item, day after the first, quantity, what it shows


def _whole(rule: str) -> Mark:
    return Mark((rule,))


def _part(rule: str, num: int, den: int) -> Mark:
    return Mark((rule,), "part", num=num, den=den)


#: the lines of one person at one provider, a visit a day: first what breaks a rule, then what just keeps it
SERIES: tuple[tuple[Line, ...], ...] = (
    (("D509", 0, 1, _whole("R13")), ("S301", 0, 1, None)),
    (("D514", 0, 2, _whole("R64")),),
    (("D514", 0, 1, None), ("S521", 0, 1, None)),
    (("D514", 0, 1, None), ("S520", 0, 1, None), ("D514", 1, 1, _whole("R64"))),
    (("D512", 0, 1, _whole("R74")), ("D103", 2, 1, None)),
    (("D103", 0, 1, None), ("D512", 3, 1, _whole("R74"))),
    (("D103", 0, 1, None), ("D512", 4, 1, None)),
    (("S519", 0, 2, None), ("S519", 3, 1, _part("R28", 40, 180))),
    (("S519", 0, 2, None),),
    (("D518", 0, 2, None), ("D518", 5, 1, _whole("R10"))),
    (("D518", 0, 1, None), ("D518", 4, 2, _part("R10", 1, 2))),
    (("D518", 0, 1, None), ("D518", 6, 1, None)),
    (("S404", 0, 1, None), ("S402", 0, 1, _part("R15", 1, 2))),
    (("S404", 0, 1, None), ("S402", 1, 1, None)),
    (("S403", 0, 2, _part("R15", 1, 4)),),
    (("D519", 0, 1, _part("R68", 1, 2)),),
    (("D520", 0, 2, None),),
)


def series(s: Scene) -> None:
    """Every series of lines, for a few people each, inside one month."""
    for lines in SERIES:
        for p in s.actors(1 + s.scale // 3):
            provider = s.hospital(SECONDARY, TERTIARY, TOWNSHIP)
            _charge(s, int(p), provider, _early(s), lines)


def _early(s: Scene) -> int:
    """A day from which a week stays inside its month and the world."""
    days = s.days(60, 9)
    early = days[date_parts(days)[2] <= 20]
    return int(s.rng.choice(early if len(early) else days))


def _charge(s: Scene, person: int, provider: int, start: int, lines: tuple[Line, ...]) -> None:
    visits: dict[int, int] = {}
    for k, (key, offset, cnt, mark) in enumerate(lines):
        day = start + offset
        if day not in visits:
            visits[day] = s.visit(person, provider, day, ORIGIN, at=day * DAY + 15 * 3600)
        number = s.draft.new_mark(mark) if mark else 0
        s.charge(visits[day], key, cnt, day * DAY + 8 * 3600 + 300 * k, number)


def second_line(s: Scene) -> None:
    """R05: a second-line drug after none of the first line, and after one at another provider."""
    if s.cal.end_day - s.cal.first_day < 230:
        return
    for n, p in enumerate(s.actors(2 + s.scale)):
        day = int(s.rng.integers(s.cal.first_day + 195, s.cal.end_day - 5))
        if n % 2:
            before = int(s.rng.integers(s.cal.first_day + 5, day))
            _charge(s, int(p), s.hospital(CLINIC), before, (("D522", 0, 1, None),))
        mark = None if n % 2 else _whole("R05")
        _charge(s, int(p), s.hospital(TOWNSHIP, SECONDARY), day, (("D521", 0, 1, mark),))


def records(s: Scene) -> None:
    """R76: a prescription of herbs above the limit, and one below it. R36: a line dated after its settlement."""
    for n, p in enumerate(s.actors(2 + s.scale // 2)):
        day = _early(s)
        vid = s.visit(int(p), s.hospital(CLINIC, TOWNSHIP), day, ORIGIN, at=day * DAY + 15 * 3600)
        s.charge(vid, "D308", 400 if n % 2 else 600, day * DAY + 9 * 3600)
        if not n % 2:
            s.draft.note("settlement_marks", scheme="R76", vid=vid)
    for n, p in enumerate(s.actors(2 + s.scale // 2)):
        day = _early(s)
        vid = s.visit(int(p), s.hospital(CLINIC, TOWNSHIP), day, ORIGIN, at=day * DAY + 15 * 3600)
        s.charge(vid, "S302", 1, (day + 1 + n % 2) * DAY + 9 * 3600)
        if n % 2:
            s.draft.note("settlement_marks", scheme="R36", vid=vid)


SCHEMES = (series, second_line, records)

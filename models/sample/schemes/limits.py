"""Prices, frequencies and items that exclude each other.

Visits made for the purpose, so that nothing else touches the count.
"""

import numpy as np

from models.sample.catalogue import YUAN
from models.sample.draft import Mark
from models.sample.months import DAY, date_parts, full_years, weekday
from models.sample.providers import CLINIC, SECONDARY, TERTIARY, TOWNSHIP
from models.sample.schemes.scene import Scene


def _monday(s: Scene) -> int:
    """A Monday whose week lies in one month, and whose month has three more weeks' visits before it ends."""
    days = np.arange(s.cal.first_day, s.cal.end_day - 24)
    good = days[(weekday(days) == 0) & (date_parts(days)[2] <= 6)]
    if not len(good):
        days = np.arange(s.cal.first_day, s.cal.end_day - 15)
        good = days[weekday(days) == 0]
    return int(s.rng.choice(good))


def prices(s: Scene) -> None:
    """R14: above the cap, exactly at it, above a cap of another level, above it where the person bore the excess."""
    violations = (
        ("S508", 120, 100, (SECONDARY, TOWNSHIP)),
        ("S508", 100.5, 100, (CLINIC,)),
        ("C506", 130, 110, (SECONDARY,)),
        ("S509", 75, 60, (SECONDARY,)),
    )
    for key, price, cap, classes in violations:
        for p in s.actors(1 + s.scale // 2):
            provider = _with_level(s, classes, "05" if key == "S509" else "")
            day = int(s.days(1, 5)[0])
            vid = s.visit(int(p), provider, day, "price")
            mark = s.draft.new_mark(Mark(("R14",), "price", int(cap * YUAN)))
            s.charge(vid, key, 1 + int(p) % 3, day * DAY + 8 * 3600, mark, int(price * YUAN))
    legal = (
        ("S508", 100.0, (SECONDARY, TERTIARY)),
        ("S509", 75.0, (TERTIARY, TOWNSHIP)),
        ("S509", 60.0, (SECONDARY,)),
        ("C507", 130.0, (SECONDARY, TERTIARY)),
        ("C506", 110.0, (SECONDARY,)),
    )
    for key, amount, classes in legal:
        for p in s.actors(1 + s.scale // 2):
            day = int(s.days(1, 5)[0])
            vid = s.visit(int(p), s.hospital(*classes), day, "price")
            s.charge(vid, key, 1 + int(p) % 3, day * DAY + 8 * 3600, 0, int(amount * YUAN))


def _with_level(s: Scene, classes: tuple[int, ...], level: str) -> int:
    among = s.providers.of_class(*classes)
    if level:
        among = among[s.providers.hosp_lv[among] == level]
    return int(s.rng.choice(among))


#: item, rule, how many are payable, and the offsets in days and quantities of the lines: first those that
#: break the rule, then those that just keep it
COUNTS: tuple[tuple[str, str, int, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]], ...] = (
    ("S510", "R27", 2, ((0, 1), (0, 2)), ((0, 1), (0, 1), (1, 2))),
    ("S511", "R31", 3, ((0, 1), (1, 1), (2, 1), (4, 2)), ((0, 1), (2, 2))),
    ("S518", "R31", 4, ((0, 2), (2, 2), (4, 1)), ((0, 2), (14, 2))),
)


def frequencies(s: Scene) -> None:
    """R27 a day, R31 a week and a month.

    Over the limit, exactly at it, and the limit reached twice at two providers.
    """
    for key, rule, limit, bad, good in COUNTS:
        for lines, planted in ((bad, True), (good, False), (good, False)):
            for p in s.actors(1 + s.scale // 2):
                provider = s.hospital(CLINIC, TOWNSHIP)
                start = _monday(s)
                mark = s.draft.new_mark(Mark((rule,), "frequency", max_cnt=limit)) if planted else 0
                _series(s, int(p), provider, start, key, lines, mark)
                if not planted:
                    _series(s, int(p), _other(s, provider), start, key, lines, 0)
    for p in s.actors(1 + s.scale // 2):  # a visit's limit, reached within one visit and exceeded in another
        for day, cnts in zip(s.days(2, 5), ((3, 4), (3, 2)), strict=False):
            vid = s.visit(int(p), s.hospital(SECONDARY, TOWNSHIP), int(day), "frequency")
            mark = s.draft.new_mark(Mark(("R86",), "frequency", max_cnt=5)) if sum(cnts) > 5 else 0
            for k, cnt in enumerate(cnts):
                s.charge(vid, "C504", cnt, int(day) * DAY + 8 * 3600 + 300 * k, mark)


def _series(
    s: Scene, person: int, provider: int, start: int, key: str, lines: tuple[tuple[int, int], ...], mark: int
) -> None:
    visits: dict[int, int] = {}
    for k, (offset, cnt) in enumerate(lines):
        day = start + offset
        if day not in visits:
            visits[day] = s.visit(person, provider, day, "frequency", at=day * DAY + (10 + k) * 3600)
        s.charge(visits[day], key, cnt, day * DAY + 8 * 3600 + 420 * k, mark)


def _other(s: Scene, provider: int) -> int:
    """Another hospital than this one; a small county may have just one plain clinic."""
    if len(s.plain(CLINIC, TOWNSHIP)) < 2:
        rest = s.providers.of_class(CLINIC, TOWNSHIP, SECONDARY, TERTIARY)
        return int(rest[rest != provider][0])
    while True:
        other = s.hospital(CLINIC, TOWNSHIP)
        if other != provider:
            return other


EXCLUSIVE = (
    ("R25", "S512", "S513", "day"),
    ("R26", "S515", "S514", "visit"),
    ("R30", "C505", "S516", "visit"),
    ("R69", "D511", "D510", "day"),
)


def exclusives(s: Scene) -> None:
    """Two items charged together; and, payable, on another day, at another provider, to another person."""
    for rule, subject, other, scope in EXCLUSIVE:
        for n, p in enumerate(s.actors(1 + s.scale)):
            day, provider = int(s.days(1, 6)[0]), s.hospital(CLINIC, TOWNSHIP, SECONDARY)
            vid = s.visit(int(p), provider, day, "exclusive")
            partner = vid
            if scope == "day" and n % 3 == 2:
                partner = s.visit(int(p), provider, day, "exclusive", at=day * DAY + 17 * 3600)
            mark = s.draft.new_mark(Mark((rule,)))
            s.charge(vid, subject, 1, day * DAY + 8 * 3600, mark)
            s.charge(partner, other, 1, day * DAY + 8 * 3600 + 300)
        for n, p in enumerate(s.actors(2 + s.scale)):
            day, provider = int(s.days(1, 6)[0]), s.hospital(CLINIC, TOWNSHIP)
            first = s.visit(int(p), provider, day, "exclusive")
            if n % 2:
                second = s.visit(int(p), provider, day + 1, "exclusive")
            else:
                second = s.visit(int(p), _other(s, provider), day, "exclusive")
            s.charge(first, subject, 1, day * DAY + 8 * 3600)
            s.charge(second, other, 1, (day + n % 2) * DAY + 8 * 3600 + 300)


#: age at which something changes, item, rule ('' = payable that day), days from the birthday
BIRTHDAYS = (
    (15, "D504", "", -1),
    (15, "D504", "R07", 0),
    (15, "D505", "", -1),
    (15, "S504", "R19", 0),
    (15, "S506", "", -1),
    (15, "C503", "R33", 0),
    (18, "D506", "", 0),
    (18, "D506", "R66", -1),
    (65, "D507", "", -1),
    (65, "D507", "R72", 0),
    (40, "S505", "", 0),
    (40, "S505", "R29", -1),
    (75, "S505", "", -1),
    (1, "D503", "", -1),
    (1, "C502", "R32", 0),
    (1, "S503", "R18", 0),
)


def birthdays(s: Scene) -> None:
    """The last day an item is payable and the first it is not, on people whose birthday falls into the world."""
    for age, key, rule, shift in BIRTHDAYS:
        year, month, day = date_parts(s.people.birth)
        safe = (month != 2) | (day < 28)
        date = _date(year + age, month, np.minimum(day, 28))
        able = safe & (day <= 28) & (date > s.cal.first_day + 2) & (date < s.cal.end_day - 2)
        for p in s.actors(1, able):
            on = int(date[p]) + shift
            reached = int(full_years(s.people.birth[[p]], np.array([on]))[0])
            if reached != age + shift:
                continue
            vid = s.visit(int(p), s.hospital(TOWNSHIP, SECONDARY), on, "birthday")
            s.charge(vid, key, 1, on * DAY + 8 * 3600, s.draft.new_mark(Mark((rule,))) if rule else 0)


def _date(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    months = (year - 1970) * 12 + month - 1
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1

"""People whose visits do not fit a life: too many, too much, in two places at once, after death."""

from models.sample.months import DAY
from models.sample.providers import CLINIC, PHARMACY, TOWNSHIP
from models.sample.schemes.scene import Scene

HOARDED = "D402"  # 10 days a pack


def frequent(s: Scene) -> None:
    """24 to 30 outpatient visits in one month over several places, up to five a day."""
    for p in s.actors(2 + s.scale // 2, s.age() > 30):
        month = int(s.rng.integers(0, len(s.cal.names)))
        start, end = int(s.cal.starts[month]), int(s.cal.starts[month + 1])
        total = int(s.rng.integers(24, 31))
        crowded = int(s.rng.integers(start + 5, end - 5))
        days = [crowded] * 5 + [int(d) for d in s.rng.integers(start, end, total - 5)]
        for k, day in enumerate(sorted(days)):
            provider = int(s.home[p, (1, 2, 3, 4)[k % 4]])
            s.visit(int(p), provider, day, "frequent", at=day * DAY + (8 + k % 9) * 3600 + 60 * (k % 50))
        s.draft.note(
            "persons",
            scheme="frequent_outpatient",
            psn_no=s.psn(int(p)),
            expected=f"{total}次/月",
            month=s.cal.names[month],
        )


def hoarding(s: Scene) -> None:
    """About 47 packs of a ten-day oncology drug in four months, from many places.

    A patient who needs it buys three a month.
    """
    shops = s.providers.of_class(PHARMACY, CLINIC)
    span = min(120, s.cal.end_day - s.cal.first_day - 2)
    for p in s.actors(1 + s.scale // 3, s.age() > 40):
        start = int(s.rng.integers(s.cal.first_day, s.cal.end_day - span))
        packs = 0
        for k in range(max(6, span // 5)):
            cnt = 2 + int(k % 4 == 3)
            day = start + k * span // max(6, span // 5)
            shop = int(shops[(k * 3 + int(p)) % len(shops)])
            at = int(s.moment(day))
            vid = s.visit(int(p), shop, day, "hoarding", "41" if s.providers.cls[shop] == PHARMACY else "11", at)
            s.charge(vid, HOARDED, cnt, at - 200)
            packs += cnt
        s.draft.note("persons", scheme="hoarding", psn_no=s.psn(int(p)), expected=f"{packs}盒/{span}天", month="")
    for p in s.actors(1 + s.scale // 3, s.age() > 40):
        shop = int(s.home[p, 0])
        for day in range(s.cal.first_day + 3, s.cal.end_day, 30):
            at = int(s.moment(day))
            vid = s.visit(int(p), shop, day, "treatment", "41", at)
            s.charge(vid, HOARDED, 3, at - 200)
        s.draft.note("persons", scheme="lookalike_treatment", psn_no=s.psn(int(p)), expected="3盒/30天", month="")


def outpatient_in_stay(s: Scene, stay: tuple[int, int, int, int]) -> None:
    """A visit elsewhere in the middle of a stay; `stay` is person, begin, end, vid."""
    person, begin, end, _ = stay
    day = (begin + end) // 2
    vid = s.visit(person, s.hospital(CLINIC, TOWNSHIP), day, "outpatient_in_stay")
    s.draft.note("settlement_marks", scheme="outpatient_in_stay", vid=vid)


def after_death(s: Scene) -> None:
    """Visits of people who are dead: months later, at a pharmacy and a clinic."""
    for p in s.actors(1 + s.scale // 3, s.age() > 66):
        death = int(s.rng.integers(s.cal.first_day + 2, max(s.cal.first_day + 3, s.cal.end_day - 40)))
        s.people.death[p] = death
        for k, provider in enumerate((int(s.home[p, 0]), int(s.home[p, 1]))):
            day = min(death + 9 + 11 * k, s.cal.end_day - 1)
            vid = s.visit(int(p), provider, day, "after_death", "41" if k == 0 else "11")
            s.draft.note("settlement_marks", scheme="after_death", vid=vid)

"""Purchases that do not fit a need, and the errands, schedules and doses that only look like it."""

import numpy as np

from models.sample.months import DAY
from models.sample.providers import CLINIC, PHARMACY, SECONDARY, TERTIARY, TOWNSHIP
from models.sample.schemes.scene import Scene
from models.sample.schemes.stays import stay

SHOPPED = "D7"  # six days a pack
CHRONIC = "D102"  # thirty days a pack


def frequent_purchase(s: Scene) -> None:
    """22 to 28 purchases in one month at several pharmacies, four of them on one day."""
    shops = s.providers.of_class(PHARMACY)
    for p in s.actors(1 + s.scale // 2, s.age() > 30):
        month = int(s.rng.integers(0, len(s.cal.names)))
        start, end = int(s.cal.starts[month]), int(s.cal.starts[month + 1])
        total = int(s.rng.integers(22, 29))
        days = [int(s.rng.integers(start + 3, end - 3))] * 4 + [int(d) for d in s.rng.integers(start, end, total - 4)]
        for k, day in enumerate(sorted(days)):
            shop = int(shops[(int(p) + k % 5) % len(shops)])
            s.visit(int(p), shop, day, "frequent", "41", day * DAY + (9 + k % 10) * 3600 + 60 * (k % 50))
        _note(s, "frequent_purchase", int(p), f"{total}次/月", s.cal.names[month])


def many_providers(s: Scene) -> None:
    """One drug from six to eight providers in one month; beside it people who have it from three."""
    places = s.providers.of_class(PHARMACY, CLINIC, TOWNSHIP, SECONDARY)
    for scheme, low, high in (("many_providers", 6, 8), ("lookalike_few_providers", 3, 3)):
        for p in s.actors(1 + s.scale // 3, s.age() > 25):
            count = min(int(s.rng.integers(low, high + 1)), len(places))
            month = int(s.rng.integers(0, len(s.cal.names)))
            days = s.rng.integers(int(s.cal.starts[month]), int(s.cal.starts[month + 1]), count)
            chosen = s.rng.choice(places, count, replace=False)
            for place, day in zip(chosen, np.sort(days), strict=True):
                pharmacy = s.providers.cls[place] == PHARMACY
                _bought(s, int(p), int(place), int(day), SHOPPED, 1, "41" if pharmacy else "11")
            _note(s, scheme, int(p), f"{count}家/月", s.cal.names[month])


def doses(s: Scene) -> None:
    """Look-alikes of hoarding: two packs a month for a doubled dose, three packs for twelve weeks."""
    for scheme, packs, step, text in (
        ("lookalike_double_dose", 2, 30, "加倍用药"),
        ("lookalike_long_prescription", 3, 84, "长期处方"),
    ):
        for p in s.actors(1 + s.scale // 3, s.age() > 40):
            shop = int(s.home[p, 0])
            for day in range(s.cal.first_day + 2 + int(p) % 7, s.cal.end_day, step):
                _bought(s, int(p), shop, day, CHRONIC, packs, "14", dise=0)
            _note(s, scheme, int(p), text)


def around_stays(s: Scene) -> None:
    """Look-alikes of visits inside a stay: an emergency, medicine fetched by the family, a night before admission."""
    for p in s.actors(1 + s.scale // 3, s.age() > 56):
        day = _start(s)
        stay(s, int(p), s.hospital(TOWNSHIP, SECONDARY), "ET1", day, 8, "around_stay")
        at = int(s.moment(day + 4))
        _bought(s, int(p), s.hospital(TERTIARY), day + 4, "D205", 1, "13", at=at)
        _note(s, "lookalike_emergency", int(p), "住院期间急诊")
    for p in s.actors(1 + s.scale // 3, s.age() > 56):
        day = _start(s)
        stay(s, int(p), s.hospital(SECONDARY), "FR4", day, 9, "around_stay")
        _bought(s, int(p), int(s.home[p, 0]), day + 3, CHRONIC, 1, "14", dise=0)
        _note(s, "lookalike_fetched", int(p), "家属代取慢特病药")
    for p in s.actors(1 + s.scale // 3, s.age() > 56):
        day = _start(s)
        stay(s, int(p), s.hospital(SECONDARY), "BR2", day, 9, "around_stay")
        _bought(s, int(p), s.hospital(TERTIARY), day - 1, "D205", 1, "11", end=day, at=day * DAY + 1500)
        _note(s, "lookalike_night", int(p), "入院前夜就诊跨零点")


def last_stays(s: Scene) -> None:
    """Look-alike of services after death: a stay that ends with the death and is settled days later."""
    for p in s.actors(1 + s.scale // 3, s.age() > 70):
        day = _start(s)
        end = day + 6
        s.people.death[p] = end
        when = end * DAY + 4 * DAY + 10 * 3600
        stay(s, int(p), s.hospital(SECONDARY), "FR2", day, 6, "last_stay", discharge="5", at=when)
        _note(s, "lookalike_last_stay", int(p), "死亡出院后结算")


def dialysis(s: Scene) -> None:
    """Look-alikes of frequent visits: the patients of the dialysis centre, three times a week."""
    for p in np.flatnonzero(s.people.dialysis):
        _note(s, "lookalike_dialysis", int(p), "每周三次透析")


def _bought(
    s: Scene, person: int, provider: int, day: int, key: str, cnt: int, med_type: str, *, dise: int = -1,
    end: int = 0, at: int = 0,
) -> None:  # fmt: skip
    """One visit that charges one drug and nothing else."""
    when = at or int(s.moment(day))
    vid = s.draft.add_visits(
        person=np.array([person]), provider=np.array([provider]), med_type=med_type, begin=np.array([day]),
        end=np.array([end or day]), at=np.array([when]), dise=dise, origin="errand", basket=False,
    )  # fmt: skip
    s.charge(int(vid[0]), key, cnt, when - 300)


def _start(s: Scene) -> int:
    return int(s.rng.integers(s.cal.first_day + 2, max(s.cal.first_day + 3, s.cal.end_day - 16)))


def _note(s: Scene, scheme: str, person: int, text: str, month: str = "") -> None:
    s.draft.note("persons", scheme=scheme, psn_no=s.psn(person), expected=text, month=month)


SCHEMES = (frequent_purchase, many_providers, doses, around_stays, last_stays, dialysis)

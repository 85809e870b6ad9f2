"""Gangs: people who bring their cards to one place on agreed dates, between visits of their own."""

from dataclasses import dataclass

import numpy as np

from models.sample.visits.place import DAYS, City, Ints, add

JITTERS = ("hour", "hours", "day", "one_day")


@dataclass(frozen=True)
class Gang:
    """`jitter`: hour, hours, day (any time of it), one_day (some come the day after); `rhythm`: days, 0 = irregular."""

    members: Ints
    provider: int
    dates: Ints
    attendance: float
    jitter: str
    rhythm: int
    busy: bool


def gangs(city: City) -> list[Gang]:
    """5–40 people, 6–30 dates in 4 to 11 months, 70–95% present, 40% in the busiest hospitals, one in ten regular."""
    rng = city.rng
    adults = rng.permutation(np.flatnonzero((city.age > 22) & (city.frail < 4)))
    made, used = [], 0
    for g in range(city.spec.gangs):
        size = int(np.exp(rng.uniform(np.log(5), np.log(41))))
        members = adults[used : used + size]
        used += size
        if len(members) < size:
            break
        made.append(_gang(city, members, g))
    return made


def _gang(city: City, members: Ints, g: int) -> Gang:
    rng = city.rng
    busy = bool(rng.random() < 0.4)
    hospitals = max(3, len(city.weight) // 50)
    provider = int(rng.integers(0, hospitals) if busy else rng.integers(hospitals, len(city.weight)))
    rhythm = int(rng.choice([7, 14, 28])) if g % 10 == 9 else 0
    dates = _rhythm_dates(rng, rhythm) if rhythm else _dates(rng)
    jitter = str(rng.choice(JITTERS, p=[0.3, 0.3, 0.2, 0.2]))
    attendance = float(rng.uniform(0.7, 0.95))
    for day in dates:
        there = members[rng.random(len(members)) < attendance]
        spread = {"hour": 60, "hours": 180, "day": 480, "one_day": 480}[jitter]
        begin = int(rng.integers(480, 1000 - min(spread, 480)))
        later = rng.integers(0, 2, len(there)) if jitter == "one_day" else 0
        add(
            city,
            there,
            provider,
            day + np.zeros(len(there), dtype=int) + later,
            begin + rng.integers(0, spread, len(there)),
        )
    for share, place in ((3, None), (1.5, provider)):  # camouflage: elsewhere, and at the same provider
        person = np.repeat(members, rng.poisson(share, len(members)))
        where = (
            rng.choice(len(city.weight), len(person), p=city.weight) if place is None else np.full(len(person), place)
        )
        add(city, person, where, rng.integers(0, DAYS, len(person)))
    return Gang(members, provider, dates, attendance, jitter, rhythm, busy)


def _dates(rng: np.random.Generator) -> Ints:
    span = int(rng.integers(120, 330))
    start = int(rng.integers(0, DAYS - span))
    days = start + np.arange(span)
    days = days[days % 7 < 6]
    return np.sort(rng.choice(days, int(rng.integers(6, 31)), replace=False))


def _rhythm_dates(rng: np.random.Generator, rhythm: int) -> Ints:
    count = int(rng.integers(10, min(30, DAYS // rhythm)))
    start = int(rng.integers(0, DAYS - rhythm * (count - 1)))
    return start + rhythm * np.arange(count)

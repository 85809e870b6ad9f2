"""Those who come together and may: families, dialysis shifts, chronic clinics, screening days, events."""

import numpy as np

from models.sample.visits.place import DAYS, City, Ints, add

DIALYSIS, PRESSURE, SCREENING = "M07803", "M03900", "Z00.001"


def families(city: City) -> list[Ints]:
    """One household in forty of three or more goes together, 5 to 14 times a year, some to two providers."""
    rng = city.rng
    house, first, size = np.unique(city.household, return_index=True, return_counts=True)
    chosen = rng.choice(np.flatnonzero(size >= 3), max(4, len(house) // 40), replace=False)
    kept = []
    for h in chosen:
        members = np.arange(first[h], first[h] + size[h])
        places = [int(city.home[members[0]]), int(rng.choice(len(city.weight), p=city.weight))]
        for day in rng.choice(DAYS, int(rng.integers(5, 15)), replace=False):
            there = members[rng.random(len(members)) < 0.85]
            minute = int(rng.integers(490, 1000)) + rng.integers(0, 12, len(there))
            add(city, there, places[int(rng.random() < 0.25)], np.full(len(there), day), minute)
        kept.append(members)
    return kept


def dialysis(city: City) -> Ints:
    """Three shifts a week in two or three centres; on holidays a whole shift moves by a day."""
    rng, n = city.rng, city.spec.people
    patients = rng.choice(n, max(30, n // 900), replace=False)
    for centre, own in enumerate(np.array_split(patients, 2 if n < 40_000 else 3)):
        shift = rng.integers(0, 4, len(own))
        for s in range(4):
            people = own[shift == s]
            base = np.array([0, 2, 4]) if s % 2 == 0 else np.array([1, 3, 5])
            day = (np.arange(53)[:, None] * 7 + base).ravel()
            moved = day + np.where(rng.random(len(day)) < 0.03, 1, 0)
            grid_day, grid_person = np.meshgrid(moved, people, indexing="ij")
            there = rng.random(grid_day.shape) < 0.96
            minute = (450 if s < 2 else 750) + rng.integers(0, 40, int(there.sum()))
            add(city, grid_person[there], centre, grid_day[there], minute, "14", DIALYSIS)
    return patients


def chronic_clinics(city: City) -> list[Ints]:
    """Clinics with a fixed day, weekly to monthly, and village rounds whose dates are announced each time."""
    rng = city.rng
    kept = []
    old = np.flatnonzero(city.age > 50)
    for clinic in range(max(6, city.spec.people // 4000)):
        members = rng.choice(old, int(rng.integers(15, 80)), replace=False)
        provider = int(rng.integers(0, len(city.weight)))
        period = int(rng.choice([7, 14, 28]))
        dates = np.arange(int(rng.integers(0, period)), DAYS, period)
        if clinic % 3 == 2:
            dates = np.sort(rng.choice(np.arange(DAYS), int(rng.integers(8, 20)), replace=False))
        there = rng.random((len(dates), len(members))) < rng.uniform(0.65, 0.95)
        day, person = np.meshgrid(dates, members, indexing="ij")
        minute = 480 + rng.integers(0, 200, int(there.sum()))
        add(city, person[there], provider, day[there], minute, "14", PRESSURE)
        kept.append(members)
    return kept


def screening(city: City) -> None:
    """The village's elders on three to five check-up days at the township hospital."""
    rng = city.rng
    for village in rng.choice(city.village.max() + 1, 3, replace=False):
        elders = np.flatnonzero((city.village == village) & (city.age > 55))
        provider = int(rng.integers(3, max(5, len(city.weight) // 6)))
        for day in rng.choice(DAYS, int(rng.integers(3, 6)), replace=False):
            there = elders[rng.random(len(elders)) < 0.7]
            add(city, there, provider, np.full(len(there), day), 450 + rng.integers(0, 180, len(there)), "", SCREENING)


def events(city: City) -> None:
    """A shared course of two to three weeks, and single days: a poisoned meal, an accident."""
    rng, n = city.rng, city.spec.people
    for _ in range(5):
        people = rng.choice(n, int(rng.integers(8, 30)), replace=False)
        start, provider = int(rng.integers(0, DAYS - 25)), int(rng.integers(0, len(city.weight)))
        for day in start + rng.choice(20, int(rng.integers(5, 12)), replace=False):
            there = people[rng.random(len(people)) < 0.85]
            add(city, there, provider, np.full(len(there), day), 500 + rng.integers(0, 200, len(there)))
    for _ in range(5):
        people = rng.choice(n, int(rng.integers(20, 90)), replace=False)
        add(city, people, int(rng.integers(0, 5)), np.full(len(people), int(rng.integers(0, DAYS))))

"""People, households, providers and the plain visits of a city."""

from dataclasses import dataclass
from datetime import date

import numpy as np

START = date(2024, 1, 1)
DAYS = 366
Ints = np.ndarray


@dataclass(frozen=True)
class CitySpec:
    """One city: the same spec gives the same rows. `gangs` may be 0; `registry` = households are registered; `visits` =
    visits a year of a person of average health, before courses, rhythms, families, clinics and gangs."""

    seed: int
    people: int = 30_000
    gangs: int = 40
    registry: bool = True
    visits: float = 9.0


@dataclass
class City:
    """`weight` = draw of a provider (heavy-tailed), `kind` = 0 hospital, 1 clinic, 2 pharmacy; busy ones first."""

    spec: CitySpec
    rng: np.random.Generator
    household: Ints
    age: Ints
    village: Ints
    employer: Ints
    home: Ints
    frail: np.ndarray
    weight: np.ndarray
    kind: Ints
    day_weight: np.ndarray  # providers × days
    parts: list["Part"]


@dataclass(frozen=True)
class Part:
    """Visits of one origin. `code`: '' or a diagnosis; `med`: kind of care; minute −1 = an hour of the day's own."""

    person: Ints
    provider: Ints
    day: Ints
    minute: Ints
    med: str
    code: str


def make_city(spec: CitySpec, rng: np.random.Generator) -> City:
    """People in households and villages, providers with heavy tails, opening days by provider."""
    n = spec.people
    sizes = rng.choice([1, 2, 3, 4, 5, 6], n, p=[0.2, 0.27, 0.24, 0.16, 0.08, 0.05])
    household = np.repeat(np.arange(n), sizes)[:n]
    place = np.arange(n) - np.searchsorted(household, household)
    age = np.where(place >= 2, rng.integers(0, 22, n), rng.integers(24, 60, n))
    age = np.where(place >= 4, rng.integers(60, 86, n), age)
    age = np.where((sizes[household] <= 2) & (rng.random(n) < 0.5), rng.integers(50, 90, n), age)
    villages = max(8, n // 900)
    village = rng.integers(0, villages, household.max() + 1)[household]
    employer = np.where((age > 20) & (age < 60) & (rng.random(n) < 0.4), rng.integers(0, n // 60, n), -1)
    providers = max(40, n // 250)
    weight = np.arange(1, providers + 1) ** -1.0
    weight /= weight.sum()
    kind = np.where(np.arange(providers) < providers // 8, 0, np.where(rng.random(providers) < 0.6, 1, 2))
    near = rng.integers(providers // 8, providers, villages)
    home = np.where(rng.random(n) < 0.7, near[village], rng.choice(providers, n, p=weight))
    week = np.array([1.25, 1.1, 1, 1, 1, 0.6, 0.35])
    closed = rng.random((providers, 1)) < 0.25
    open_days = np.where(closed & (np.arange(7) >= 5), 0.02, week)
    season = 1 + 0.2 * np.cos(2 * np.pi * (np.arange(DAYS) - 20) / DAYS)
    day_weight = open_days[:, np.arange(DAYS) % 7] * season * rng.lognormal(0, 0.12, (providers, DAYS))
    holidays = np.concatenate([np.arange(40, 48), np.arange(121, 126), np.arange(274, 281)])
    day_weight[:, holidays] *= 0.4
    frail = rng.gamma(1.2, 1 / 1.2, n) * np.where(age > 60, 1.9, 0.8)
    return City(spec, rng, household, age, village, employer, home, frail, weight, kind, day_weight, [])


def add(
    city: City, person: Ints, provider: Ints | int, day: Ints, minute: Ints | int = -1, med: str = "", code: str = ""
) -> None:
    """Keep visits whose day is inside the year."""
    day = np.asarray(day)
    inside = (day >= 0) & (day < DAYS)
    full = [np.broadcast_to(np.asarray(x), day.shape)[inside] for x in (person, provider, day, minute)]
    city.parts.append(Part(full[0], full[1], full[2], full[3], med, code))


def draw_days(city: City, provider: Ints) -> Ints:
    """A day for every visit, by the opening days and the season of its provider."""
    days = np.empty(len(provider), dtype=np.int64)
    order = np.argsort(provider, kind="stable")
    names, first = np.unique(provider[order], return_index=True)
    for name, rows in zip(names, np.split(order, first[1:]), strict=True):
        total = np.cumsum(city.day_weight[name])
        days[rows] = np.searchsorted(total, city.rng.random(len(rows)) * total[-1])
    return np.minimum(days, DAYS - 1)


def background(city: City) -> None:
    """Everybody's own visits: 11 a year on average, half at the usual provider; courses; fixed-weekday people."""
    rng, n = city.rng, city.spec.people
    count = rng.poisson(city.spec.visits * city.frail)
    person = np.repeat(np.arange(n), count)
    anywhere = rng.choice(len(city.weight), len(person), p=city.weight)
    provider = np.where(rng.random(len(person)) < 0.5, city.home[person], anywhere)
    add(city, person, provider, draw_days(city, provider))
    ill = rng.choice(n, n // 25, replace=False)  # a course: daily for one to two weeks
    length = rng.integers(4, 13, len(ill))
    at = rng.integers(0, DAYS, len(ill))
    day = np.repeat(at, length) + np.concatenate([np.arange(k) for k in length])
    add(city, np.repeat(ill, length), np.repeat(city.home[ill], length), day)
    regular = rng.choice(n, n // 60, replace=False)  # always the same weekday
    weekday = rng.integers(0, 6, len(regular))
    times = rng.integers(10, 30, len(regular))
    weeks = np.concatenate([rng.choice(52, k, replace=False) for k in times])
    add(city, np.repeat(regular, times), np.repeat(city.home[regular], times), weeks * 7 + np.repeat(weekday, times))

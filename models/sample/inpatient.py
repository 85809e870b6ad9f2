"""Stays: who is admitted where and for what, how severe the case is, what is billed, and the charges of the stay."""

import numpy as np

from models.sample.draft import Draft
from models.sample.groups import FAMILIES, FAMILY_INDEX
from models.sample.months import DAY, Calendar, draw_days, full_years
from models.sample.people import People
from models.sample.providers import SECONDARY, TERTIARY, TOWNSHIP, Providers

STAYS_PER_PERSON_MONTH = 0.0225
MIN_GAP = 36  # days between honest stays of a person: no readmission window in use reaches it
TIER_ODDS = {TERTIARY: (0.16, 0.36), SECONDARY: (0.09, 0.30), TOWNSHIP: (0.04, 0.20)}
UPCODED_SHARE = 0.5


def _tiers(rng: np.random.Generator, family: int, cls: np.ndarray, role: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Severity digit of each case, likelier the higher the level and the age; the severe hospital really is severe."""
    weights = FAMILIES[family].weights
    if 9 in weights:
        return np.full(len(cls), 9)
    top = np.array([TIER_ODDS[c][0] for c in cls]) + np.where(age > 70, 0.05, 0)
    mid = np.array([TIER_ODDS[c][1] for c in cls]) + np.where(age > 70, 0.06, 0)
    top, mid = np.where(role == "severe", 0.34, top), np.where(role == "severe", 0.40, mid)
    u = rng.random(len(cls))
    tier = np.select([u < top, u < top + mid], [1, 3], 5)
    return np.where((tier == 1) & (1 not in weights), 3, tier)


def _billed(rng: np.random.Generator, family: int, tier: np.ndarray, role: np.ndarray) -> np.ndarray:
    """Severity billed: upcoders move half of the lesser cases to the top of the family."""
    if 9 in FAMILIES[family].weights:
        return tier
    top = min(FAMILIES[family].weights)
    move = np.isin(role, ("upcoder", "padding")) & (tier > top) & (rng.random(len(tier)) < UPCODED_SHARE)
    return np.where(move, top, tier)


def random_stays(rng: np.random.Generator, d: Draft, people: People, providers: Providers, cal: Calendar) -> None:
    """Honest stays (and the upcoders' own), then thinned so that no two of a person come close."""
    total = len(people) * len(cal.names) * STAYS_PER_PERSON_MONTH
    drawn: list[tuple[np.ndarray, ...]] = []
    age0 = full_years(people.birth, np.full(len(people), cal.first_day))
    for f, spec in enumerate(FAMILIES):
        able = ~people.actor & ~people.dialysis & (age0 >= spec.ages[0]) & (age0 <= spec.ages[1])
        if spec.ages == (0, 0):
            able = ~people.actor & (people.birth > cal.first_day - 200)
        if spec.sex:
            able &= people.gend == spec.sex
        among = np.flatnonzero(able)
        places = providers.of_class(*spec.classes)
        places = places[providers.beds[places] > 0]
        n = int(total * spec.share + 0.5)
        if not n or not len(among) or not len(places):
            continue
        weight = providers.weight[places]
        person = rng.choice(among, n)
        provider = rng.choice(places, n, p=weight / weight.sum())
        begin = draw_days(rng, cal, n)
        if spec.ages == (0, 0):
            begin = people.birth[person] + rng.integers(2, 26, n)
        cls, role = providers.cls[provider], providers.role[provider]
        tier = _tiers(rng, f, cls, role, age0[person])
        billed = _billed(rng, f, tier, role)
        billed = np.where(providers.paymtd[provider] == "3", tier, billed)
        stretch = np.select([tier == 1, tier == 3], [1.45, 1.15], 1.0)
        los = np.maximum(1, np.round(spec.los * stretch * rng.lognormal(0, 0.22, n))).astype(np.int64)
        drawn.append((person, provider, begin, begin + los, np.full(n, f), billed, tier))
    if drawn:
        add_stays(rng, d, people, cal, [np.concatenate(c) for c in zip(*drawn, strict=True)])


def _spaced(person: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Mask of stays at least MIN_GAP days after the last kept one of the same person."""
    keep = np.zeros(len(person), dtype=bool)
    last: dict[int, int] = {}
    for i in np.lexsort((begin, person)):
        p = int(person[i])
        if begin[i] - last.get(p, -10_000) >= MIN_GAP:
            keep[i] = True
            last[p] = int(end[i])
    return keep


def add_stays(rng: np.random.Generator, d: Draft, people: People, cal: Calendar, columns: list[np.ndarray]) -> None:
    """Turn drawn stays into visits.

    Deaths, discharge ways, stays still open at the end of the world, interim settlements.
    """
    person, provider, begin, end, fam, billed, tier = columns
    death = people.death[person]
    ok = (
        (begin >= cal.first_day)
        & (begin > people.birth[person])
        & (begin < cal.end_day - 1)
        & ((death == 0) | (end < death))
    )
    person, provider, begin, end, fam, billed, tier = (c[ok] for c in columns)
    keep = _spaced(person, begin, end)
    person, provider, begin, end, fam, billed, tier = (
        c[keep] for c in (person, provider, begin, end, fam, billed, tier)
    )
    n = len(person)
    at = end * DAY + (9 * 3600 + rng.integers(0, 8 * 3600, n))
    settled = at < cal.end_day * DAY
    family_type = np.array([spec.med_type for spec in FAMILIES])
    trauma = family_type[fam] == "22"
    long = (fam == FAMILY_INDEX["TR1"]) & (end - begin > 30)
    dies = (tier == 1) & (people.death[person] == 0) & (rng.random(n) < 0.02) & settled
    people.death[person[dies]] = end[dies]
    d.add_visits(
        person=person,
        provider=provider,
        med_type=family_type[fam],
        begin=begin,
        end=end,
        at=at,
        fam=fam,
        tier=billed,
        true_tier=tier,
        pay_loc=np.where(people.outside[person], np.where(person % 2 == 0, "3", "4"), "2"),
        ttp=trauma & (rng.random(n) < 0.25),
        dscg_way=np.where(dies, "5", np.where(rng.random(n) < 0.03, "2", np.where(rng.random(n) < 0.02, "4", "1"))),
        basket=False,
        settled=settled,
        cut=np.where(long & settled, begin + 28, 0),
    )

"""Gangs that come together, and those who may: families and shared rhythms."""

import numpy as np

from models.sample.providers import CLINIC, PHARMACY, SECONDARY, TOWNSHIP
from models.sample.schemes.scene import Scene


def gangs(s: Scene) -> None:
    """5–15 people, 6–20 joint dates at one provider, most of them present, within an hour and a half."""
    count = max(1, min(10, len(s.people) // 1900))
    for g in range(count):
        size = int(s.rng.integers(5, 16)) if len(s.people) > 1000 else 5
        members = s.actors(size, (s.age() > 25) & (s.people.chronic < 0))
        if len(members) < 5:
            return
        provider = s.hospital((CLINIC, PHARMACY, TOWNSHIP, SECONDARY)[g % 4])
        dates = _dates(s, int(s.rng.integers(6, 21)))
        group = f"G{g + 1:03d}"
        kept: dict[int, list[str]] = {int(p): [] for p in members}
        pharmacy = s.providers.cls[provider] == PHARMACY
        for day in dates:
            start = 8.2 + 6 * s.rng.random()
            for p in members:
                if s.rng.random() < 0.86:
                    at = int(s.moment(int(day), start, 1.5))
                    s.visit(int(p), provider, int(day), "gathering", "41" if pharmacy else "11", at)
                    kept[int(p)].append(s.date(int(day)))
        for p, days in kept.items():
            s.draft.note(
                "groups",
                scheme="gathering",
                group_id=group,
                psn_no=s.psn(p),
                fixmedins_code=s.code(provider),
                dates="|".join(days),
            )


def _dates(s: Scene, n: int) -> np.ndarray:
    """n working days inside four to ten months of the world's last year."""
    first = max(s.cal.first_day, s.cal.end_day - 365)
    span = min(int(s.rng.integers(120, 300)), s.cal.end_day - first)
    start = int(s.rng.integers(first, s.cal.end_day - span + 1))
    days = np.arange(start, start + span)
    days = days[(days + 3) % 7 < 6]
    return np.sort(s.rng.choice(days, min(n, len(days)), replace=False))


def families(s: Scene) -> None:
    """Look-alike: households that go to the clinic together."""
    roles = s.providers.of_role("family")
    provider = int(roles[0]) if len(roles) else s.hospital(CLINIC)
    house, size = np.unique(s.people.household[~s.people.outside], return_counts=True)
    big = house[size >= 4]
    for n, h in enumerate(s.rng.choice(big, min(len(big), 2 + s.scale // 2), replace=False)):
        members = [
            int(p) for p in np.flatnonzero((s.people.household == h) & (s.people.death == 0) & ~s.people.outside)
        ][:5]
        kept: dict[int, list[str]] = {p: [] for p in members}
        for day in s.days(int(s.rng.integers(6, 9))):
            for p in members:
                if s.people.birth[p] < day - 30:
                    s.visit(p, provider, int(day), "", "11", int(s.moment(int(day), 9 + n % 3, 0.5)))
                    kept[p].append(s.date(int(day)))
        for p, days in kept.items():
            s.draft.note(
                "groups",
                scheme="family",
                group_id=f"F{n + 1:03d}",
                psn_no=s.psn(p),
                fixmedins_code=s.code(provider),
                dates="|".join(days),
            )


def schedules(s: Scene) -> None:
    """Note the look-alikes that other parts already made: dialysis shifts and clinics with a fixed rhythm."""
    for role, text in (("dialysis", "透析排班"), ("rhythm", "慢病固定周期")):
        for provider in s.providers.of_role(role):
            s.draft.note("providers", scheme=f"lookalike_{role}", fixmedins_code=s.code(int(provider)), expected=text)

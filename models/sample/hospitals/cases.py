"""Cases: who comes to which hospital with what, how ill, at whose hands, and what is recorded about it."""

from dataclasses import dataclass

import numpy as np

from models.sample.hospitals.catalogue import DEPARTMENT, RESPIRATORY, Catalogue, F, Floats, Ints
from models.sample.hospitals.diagnoses import dearest, draw_diagnoses
from models.sample.hospitals.roles import Schemes
from models.sample.hospitals.roster import CLASS_SEVERITY, DIP, Roster

CHUNK = 200_000
DEPARTMENTS = 12
#: share of honest cases recorded one level too high by mistake
MISTAKES = 0.004


@dataclass(frozen=True)
class Seasons:
    """Shared shocks: every hospital feels them in the same month."""

    flu: Floats  # M: extra share of respiratory families
    cost: Floats  # M: log cost of everything
    drug_price: Floats  # M: log price of drugs
    class_cost: Floats  # class×M
    severity: Floats  # M: log odds (weather, recording campaigns)
    version: Ints  # M: grouping version in force


@dataclass
class Cases:
    """One entry a case; all arrays have one length."""

    hospital: Ints
    month: Ints
    family: Ints
    age: Ints
    male: Ints
    level: Ints  # what the patient had (0, 1, 2)
    within: Floats  # how severe inside the level
    department: Ints
    doctor: Ints
    los: Ints
    true: Ints  # level of the group that the patient belongs to
    billed: Ints
    diagnosis: Ints  # number of the main diagnosis among those of the family
    coded: Ints  # that on the bill
    scheme: Ints  # 0 honest, 1 mistake, 2 planted

    def __len__(self) -> int:
        return len(self.hospital)


def make_seasons(rng: np.random.Generator, months: int, first_month: int, change: int) -> Seasons:
    """Draw a world's shared shocks; `first_month`: calendar month of its start, `change`: that of version 2."""
    calendar = (first_month - 1 + np.arange(months)) % 12 + 1
    number = np.arange(months)
    cut = int(rng.integers(months // 3, months))
    step = int(rng.integers(months // 3, months))
    classes = rng.normal(0, 0.04, 3)[:, None] * (number >= step)[None, :]
    return Seasons(
        flu=np.where(np.isin(calendar, (12, 1, 2)), rng.uniform(0.4, 1.2), 0.0),
        cost=rng.normal(0, 0.02, months) + 0.002 * number,
        drug_price=np.where(number >= cut, np.log(rng.uniform(0.8, 0.92)), 0.0),
        class_cost=classes,
        severity=rng.normal(0, 0.04, months) + np.where(number >= change, rng.uniform(0.0, 0.2), 0.0),
        version=(number >= change).astype(np.int64),
    )


def draw(
    rng: np.random.Generator, hospital: Ints, month: Ints, roster: Roster, catalogue: Catalogue, seasons: Seasons,
    schemes: Schemes,
) -> Cases:  # fmt: skip
    """Draw one case for every given (hospital, month); recording is honest so far."""
    n = len(hospital)
    family = np.empty(n, np.int64)
    for low in range(0, n, CHUNK):
        part = slice(low, low + CHUNK)
        family[part] = _families(rng, hospital[part], month[part], roster, seasons, schemes)
    age = np.clip(np.round(rng.normal(catalogue.age[family], 15)), 0, 99).astype(np.int64)
    eta = (
        CLASS_SEVERITY[roster.cls[hospital]]
        + roster.severity[hospital]
        + roster.severity_family[hospital, family]
        + seasons.severity[month]
        + 0.15 * seasons.flu[month] * RESPIRATORY[family]
        + 0.018 * (age - catalogue.age[family])
    )
    latent = eta + rng.logistic(0, 1, n)
    cut = catalogue.cut[family]
    level = (latent > cut[:, 0]).astype(np.int64) + (latent > cut[:, 1])
    floor = np.select([level == 2, level == 1], [cut[:, 1], cut[:, 0]], eta - 1.5)
    los = catalogue.los[family] * np.exp(0.14 * level + roster.los[hospital] + rng.normal(0, 0.35, n))
    true = np.minimum(level, catalogue.top[roster.method[hospital], seasons.version[month], family])
    diagnosis = draw_diagnoses(rng, hospital, family, roster, catalogue)
    return Cases(
        hospital=hospital,
        month=month,
        family=family,
        age=age,
        male=(rng.random(n) < catalogue.male[family]).astype(np.int64),
        level=level,
        within=np.clip(latent - floor, -2, 3),
        department=DEPARTMENT[family],
        doctor=_doctors(rng, roster.doctors[hospital]),
        los=np.clip(np.round(los), 1, 90).astype(np.int64),
        true=true,
        billed=_recorded(rng, level, true, hospital, month, roster, catalogue, seasons, family),
        diagnosis=diagnosis,
        coded=diagnosis.copy(),
        scheme=np.zeros(n, np.int64),
    )


def _families(
    rng: np.random.Generator, hospital: Ints, month: Ints, roster: Roster, seasons: Seasons, schemes: Schemes
) -> Ints:
    """Family of each case by the hospital's mix, the season and departments that changed hands."""
    chance = roster.mix[hospital] * (1 + seasons.flu[month][:, None] * RESPIRATORY[None, :])
    for one, (since, mix) in schemes.takeover.items():
        chance[(hospital == one) & (month >= since)] = mix
    edge = np.cumsum(chance, axis=1)
    picked = (edge < (rng.random(len(hospital)) * edge[:, -1])[:, None]).sum(axis=1)
    return np.minimum(picked, F - 1)


def _doctors(rng: np.random.Generator, among: Ints) -> Ints:
    """Number of the doctor inside the department; the first ones treat more."""
    return np.asarray((among * rng.random(len(among)) ** 1.4).astype(np.int64))


def _recorded(
    rng: np.random.Generator, level: Ints, true: Ints, hospital: Ints, month: Ints, roster: Roster,
    catalogue: Catalogue, seasons: Seasons, family: Ints,
) -> Ints:  # fmt: skip
    """Level that an honest hospital bills: complications are sometimes not written down, rarely one too many is."""
    n = len(level)
    under = roster.under[hospital, month] * np.where(roster.method[hospital] == DIP, 0.3, 1.0)
    written = level - ((level > 0) & (rng.random(n) < under))
    top = catalogue.top[roster.method[hospital], seasons.version[month], family]
    billed = np.minimum(written, top)
    slip = (rng.random(n) < MISTAKES) & (billed == true) & (billed < top)
    return np.asarray(billed + slip)


def upcode(
    rng: np.random.Generator, cases: Cases, roster: Roster, catalogue: Catalogue, seasons: Seasons, schemes: Schemes,
    window: int,
) -> None:  # fmt: skip
    """Raise the billed level, or the main diagnosis, where a scheme wants it. Marks mistakes and planted cases.

    Most go up one level; a diagnosis becomes the dearest of its category.
    """
    top = catalogue.top[roster.method[cases.hospital], seasons.version[cases.month], cases.family]
    dearer = dearest(catalogue)[cases.family, cases.diagnosis]
    room = np.where(schemes.diagnosis[cases.hospital] == 1, dearer != cases.diagnosis, cases.billed < top)
    for one in np.flatnonzero(schemes.upcodes > 0).tolist():
        mine = np.flatnonzero((cases.hospital == one) & (cases.month >= schemes.onset[one]))
        able = mine[room[mine] & (cases.billed[mine] == cases.true[mine])]
        if one in schemes.families:
            able = able[np.isin(cases.family[able], schemes.families[one])]
        recent = (cases.month[mine] >= window).sum()
        chance = min(0.9, schemes.upcodes[one] * recent / max((cases.month[able] >= window).sum(), 1))
        moved = able[rng.random(len(able)) < chance]
        cases.scheme[moved] = 2
        if schemes.diagnosis[one]:
            cases.coded[moved] = dearer[moved]
            continue
        step = np.where(rng.random(len(moved)) < 0.7, 1, 2)
        cases.billed[moved] = np.minimum(cases.billed[moved] + step, top[moved])
    cases.scheme[(cases.billed > cases.true) & (cases.scheme == 0)] = 1


assert DEPARTMENT.max() < DEPARTMENTS

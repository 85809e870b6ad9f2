"""Planted roles: which hospital plays which, and what that does to its parameters."""

from dataclasses import dataclass, field

import numpy as np

from models.sample.hospitals.catalogue import DEPARTMENT, Catalogue, F, Floats, Ints
from models.sample.hospitals.roster import DIP, DRG, SECONDARY, TERTIARY, Roster
from models.sample.hospitals.spec import DIP_UPCODERS, SPENDERS, UPCODERS, HospitalSpec

#: how often each role is played where there is room
CAST = {
    "upcoder_uniform": 2, "upcoder_family": 1, "upcoder_onset": 1, "upcoder_code": 1, "upcoder_padding": 1,
    "upcoder_dip": 1, "upcoder_diagnosis": 1, "severe": 1, "thrifty": 1, "new": 1, "took_over": 1, "overspend": 1,
    "underspend": 1, "overspend_mild": 1, "underspend_mild": 1, "dept_over": 1, "doctor_over": 1, "mid_honest": 4,
}  # fmt: skip
#: least cases of the last twelve months at which a role is given
_LEAST = {"severe": 400.0, "dept_over": 400.0, "doctor_over": 400.0}
_LEAST_ANY = 180.0
#: these roles move what a hospital spends on its groups, and with it the norm of its class. In an area few do: at most
#: one in so many of the hospitals of a class that are paid in the same way plays one of them
_MOVES_COST = {*UPCODERS, *SPENDERS, "thrifty"}
ONE_IN = 8
#: cost of who spends more or less, against a hospital without any effect of its own. Honest hospitals differ by 0.12 in
#: logarithms, the furthest of 80 stand at 0.3 and in a dozen worlds at 0.43: the clear ones begin beyond (0.47, four
#: standard deviations); the mild ones are inside, where costs alone tell nobody apart for sure
_FACTOR = {
    "thrifty": (0.65, 0.75), "overspend": (1.6, 2.0), "underspend": (0.5, 0.625),
    "overspend_mild": (1.25, 1.5), "underspend_mild": (0.6, 0.75),
}  # fmt: skip
#: upcoded share of all cases: re-abstraction of records found 12.9%; up to half
LEAST_SHARE, MOST_SHARE = 0.129, 0.5


@dataclass
class Schemes:
    """What the planted hospitals do. Arrays by hospital; months counted from 0."""

    upcodes: Floats  # wanted share of cases from the onset on; 0 = honest
    onset: Ints
    families: dict[int, Ints] = field(default_factory=dict)  # upcodes only these
    favourite: dict[int, str] = field(default_factory=dict)  # writes always this secondary code
    padding: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    diagnosis: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # raises it instead of the level
    cost: Floats = field(default_factory=lambda: np.zeros(0))  # log factor on every charge
    takeover: dict[int, tuple[int, Floats]] = field(default_factory=dict)  # month, mix from then on
    department: dict[int, tuple[int, float]] = field(default_factory=dict)  # department, log factor
    doctor: dict[int, tuple[int, int, float]] = field(default_factory=dict)  # department, number, log factor


def cast(rng: np.random.Generator, spec: HospitalSpec, roster: Roster, catalogue: Catalogue) -> Schemes:
    """Give out the roles (nothing in a world without schemes) and change the roster accordingly."""
    total = len(roster.cls)
    made = Schemes(np.zeros(total), np.zeros(total, np.int64))
    made.padding, made.diagnosis, made.cost = np.zeros(total, np.int64), np.zeros(total, np.int64), np.zeros(total)
    if not spec.planted:
        return made
    roles = [role for role, times in CAST.items() for _ in range(times)]
    for role in rng.permutation(roles).tolist():  # where room runs out, no role is always the one that misses
        one = _choose(rng, role, roster)
        if one is not None:
            roster.role[one] = role
            _play(rng, role, one, spec, roster, catalogue, made)
    return made


def _has_room(roster: Roster) -> np.ndarray:
    """Whether the hospital's class, paid as it is, may hold one more whose costs are moved."""
    kind = roster.cls * 2 + roster.method
    real = np.arange(len(kind)) < roster.count
    moved = np.isin(np.array(roster.role), sorted(_MOVES_COST))
    able = np.bincount(kind[real & (roster.special == 0)], minlength=6)
    return np.asarray((np.bincount(kind[moved], minlength=6) + 1 <= np.maximum(able // ONE_IN, 1))[kind])


def _choose(rng: np.random.Generator, role: str, roster: Roster) -> int | None:
    """A hospital that can play the role: general, still honest, with enough cases (and peers paid the same way)."""
    yearly = roster.size * 12
    free = (np.array(roster.role) == "honest") & (roster.special == 0) & (yearly >= _LEAST.get(role, _LEAST_ANY))
    free &= roster.method == (DIP if role in DIP_UPCODERS else DRG)
    if role in _MOVES_COST:
        free &= _has_room(roster)
    if role == "severe":
        free &= roster.cls == TERTIARY
    if role == "thrifty":
        free &= roster.cls <= SECONDARY
    if role == "mid_honest":
        low, high = np.quantile(yearly[: roster.count], [0.4, 0.75])
        free &= (yearly >= low) & (yearly <= high)
    some = np.flatnonzero(free)
    return int(rng.choice(some)) if len(some) else None


def _play(
    rng: np.random.Generator,
    role: str,
    one: int,
    spec: HospitalSpec,
    roster: Roster,
    catalogue: Catalogue,
    made: Schemes,
) -> None:
    window = spec.window
    if role.startswith("upcoder"):
        _upcode(rng, role, one, spec, roster, catalogue, made)
    elif role == "severe":
        roster.severity[one] += 0.9
    elif role in _FACTOR:
        roster.cost[one] = 0.0  # the factor says where the hospital stands, not how far it moved
        made.cost[one] = np.log(rng.uniform(*_FACTOR[role]))
    elif role == "new":
        roster.active_from[one] = window + int(rng.integers(0, 4))
    elif role == "took_over":
        made.takeover[one] = (window + int(rng.integers(3, 9)), _enlarged(rng, roster.mix[one]))
    elif role in ("dept_over", "doctor_over"):
        busiest = int(np.bincount(DEPARTMENT, weights=roster.mix[one], minlength=12).argmax())
        lift = np.log(rng.uniform(1.4, 1.7))
        if role == "dept_over":
            made.department[one] = (busiest, lift)
        else:
            roster.doctors[one] = max(int(roster.doctors[one]), 3)
            made.doctor[one] = (busiest, 1, lift)


def _enlarged(rng: np.random.Generator, mix: Floats) -> Floats:
    """The case mix after a department of another hospital came in: it brings two fifths of the cases."""
    department = int(rng.choice([3, 4, 6, 7, 8]))
    came = np.where(department == DEPARTMENT, rng.lognormal(0, 0.5, F), 0.0)
    return np.asarray(0.6 * mix + 0.4 * came / came.sum())


def _upcode(
    rng: np.random.Generator,
    role: str,
    one: int,
    spec: HospitalSpec,
    roster: Roster,
    catalogue: Catalogue,
    made: Schemes,
) -> None:
    made.upcodes[one] = rng.uniform(LEAST_SHARE, MOST_SHARE)
    made.onset[one] = 0 if rng.random() < 0.6 else int(rng.integers(0, spec.window + 1))
    roster.under[one] *= 0.3
    if role == "upcoder_family":
        tiers = catalogue.top[DRG].max(0) > 0
        favourites = np.argsort(-roster.mix[one] * tiers)[: int(rng.integers(2, 5))]
        made.families[one] = favourites
        made.upcodes[one] = rng.uniform(LEAST_SHARE, 0.25)
    elif role == "upcoder_onset":
        made.onset[one] = spec.window + int(rng.integers(4, 8))
        made.upcodes[one] = rng.uniform(0.25, MOST_SHARE)
    elif role == "upcoder_code":
        made.favourite[one] = ""  # chosen where codes are written
    elif role == "upcoder_padding":
        made.padding[one] = 1
    elif role == "upcoder_diagnosis":
        made.diagnosis[one] = 1

"""The hospitals: class, size, way of payment, and what makes each of them differ honestly from the others."""

from dataclasses import dataclass

import numpy as np

from models.sample.hospitals.catalogue import CLASSES, DEPARTMENT, RESPIRATORY, SURGICAL, Catalogue, F, Floats, Ints
from models.sample.hospitals.spec import HospitalSpec

TERTIARY, SECONDARY, PRIMARY = 0, 1, 2
LEVELS = (("02", "03"), ("05", "06"), ("08", "09"))
_SIZE = np.array([5.0, 2.0, 0.6])
CLASS_COST = np.array([0.24, 0.0, -0.2])
CLASS_SEVERITY = np.array([0.35, 0.0, -0.35])
DRG, DIP = 0, 1
#: standard deviations between honest hospitals: log cost, log odds of severity, relative tier gap, log length of stay
_SPREAD = np.array([0.09, 0.28, 0.15, 0.08])
_TOGETHER = np.array([[1, 0.3, 0.1, 0.4], [0.3, 1, 0.2, 0.3], [0.1, 0.2, 1, 0.0], [0.4, 0.3, 0.0, 1]])


@dataclass
class Roster:
    """Hospitals 0..count-1, then one without effects for every class and method (`typical`)."""

    count: int
    cls: Ints
    method: Ints
    special: Ints  # 1 = orthopaedic hospital
    size: Floats  # expected stays a month at full activity
    level: list[str]
    private: Ints
    cost: Floats
    severity: Floats
    slope: Floats
    los: Floats
    cost_family: Floats  # H×F
    severity_family: Floats  # H×F
    lean_family: Floats  # H×F: log odds of one step dearer among the main diagnoses of a family
    style: Floats  # H×C: log use of each charge class
    mix: Floats  # H×F: case mix
    under: Floats  # H×M: chance that a complication is not recorded
    drift: Floats  # H×M: log cost in time
    chronic: Floats  # log cost of outpatient care
    secondary: Floats  # mean number of minor secondary diagnoses written down
    doctors: Ints  # doctors per department
    unit_cost: Floats  # H×departments
    active_from: Ints  # first month
    role: list[str]

    @property
    def typical(self) -> Ints:
        return np.arange(self.count, len(self.cls))


def make_roster(rng: np.random.Generator, spec: HospitalSpec, catalogue: Catalogue) -> Roster:
    """Draw the honest hospitals of a world."""
    n, months = spec.hospitals, spec.months
    cls = rng.permutation(np.repeat([0, 1, 2], _shares(n)))
    method = _methods(rng, cls, spec.dip_share)
    special = ((cls == SECONDARY) & (rng.random(n) < 0.08)).astype(np.int64)
    cls, method = np.r_[cls, 0, 1, 2, 0, 1, 2], np.r_[method, 0, 0, 0, 1, 1, 1]
    special = np.r_[special, np.zeros(6, np.int64)]
    total = len(cls)
    real = ((np.arange(total) < n) * spec.spread).astype(np.float64)
    effects = rng.multivariate_normal(np.zeros(4), _TOGETHER, total) * _SPREAD * real[:, None]
    size = _SIZE[cls] * rng.lognormal(0, 0.95, total) * (real > 0)
    under = rng.beta(2, 14, total) * (1 + 0.3 * (cls == PRIMARY))
    walk = np.cumsum(rng.normal(0, 0.012, (total, months)), axis=1) * real[:, None]
    mix = catalogue.share * rng.lognormal(0, 0.7, (total, F)) ** (real > 0)[:, None] * _able(cls, special)
    return Roster(
        count=n,
        cls=cls,
        method=method,
        special=special,
        size=size / size.sum() * spec.stays / months,
        level=[LEVELS[c][int(rng.random() < 0.5)] for c in cls],
        private=(rng.random(total) < 0.25).astype(np.int64),
        cost=effects[:, 0],
        severity=effects[:, 1],
        slope=effects[:, 2],
        los=effects[:, 3],
        cost_family=rng.normal(0, 0.08, (total, F)) * real[:, None],
        severity_family=rng.normal(0, 0.22, (total, F)) * real[:, None],
        style=rng.normal(0, 0.13, (total, len(CLASSES))) * real[:, None],
        mix=mix / mix.sum(1, keepdims=True),
        under=_recording(rng, np.where(real > 0, under, 0.125), months, real),
        drift=walk - walk[:, -12:].mean(1, keepdims=True),
        chronic=0.5 * effects[:, 0] + rng.normal(0, 0.12, total) * real,
        secondary=rng.gamma(4, 0.5, total),
        doctors=np.maximum(1, np.round(size / max(size.mean(), 1e-9) * 3)).astype(np.int64).clip(1, 12),
        unit_cost=rng.normal(0, 0.05, (total, 12)) * real[:, None],
        active_from=np.zeros(total, np.int64),
        role=["honest"] * n + ["typical"] * 6,
        lean_family=rng.normal(0, 0.22, (total, F)) * real[:, None],
    )


def _shares(n: int) -> list[int]:
    top, middle = round(0.2 * n), round(0.4 * n)
    return [top, middle, n - top - middle]


def _methods(rng: np.random.Generator, cls: Ints, dip_share: float) -> Ints:
    """DIP for a share of each class below the tertiary one, so that either has peers."""
    method = np.zeros(len(cls), np.int64)
    for one in (SECONDARY, PRIMARY):
        inside = np.flatnonzero(cls == one)
        method[rng.choice(inside, round(dip_share * 1.25 * len(inside)), replace=False)] = DIP
    return method


def _able(cls: Ints, special: Ints) -> Floats:
    """Who treats what: primary hospitals operate little, an orthopaedic one treats bones above all."""
    able = np.ones((len(cls), F))
    able[(cls == PRIMARY)[:, None] & SURGICAL[None, :]] = 0.04
    able[(cls == TERTIARY)[:, None] & RESPIRATORY[None, :]] = 0.8
    bones = DEPARTMENT == 7
    able[(special == 1)[:, None] & ~bones[None, :]] = 0.03
    return able


def _recording(rng: np.random.Generator, under: Floats, months: int, real: Floats) -> Floats:
    """Chance of a complication left out, in time: one hospital in seven learns to write them down at some moment."""
    out = np.repeat(under[:, None], months, axis=1)
    learns = (rng.random(len(under)) < 1 / 7) & (real > 0)
    at = rng.integers(0, months, len(under))
    better = learns[:, None] & (np.arange(months)[None, :] >= at[:, None])
    return np.where(better, out * 0.4, out)

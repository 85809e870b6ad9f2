"""What a case costs, by charge class: price level, practice style, complications, heavy tails, shared shocks."""

import numpy as np

from models.sample.hospitals.cases import Cases, Seasons
from models.sample.hospitals.catalogue import CLASSES, COMPLICATION, PROCEDURE, Catalogue, Floats, Ints
from models.sample.hospitals.roles import Schemes
from models.sample.hospitals.roster import CLASS_COST, DIP, Roster

_DRUGS = CLASSES.index("09")
_BY_DAY = np.array([1.0, 0.6, 0.1, 0.25, 0.5, 0.0, 0.9, 0.3, 0.6, 0.6, 0.4])


def expected_charges(cases: Cases, roster: Roster, catalogue: Catalogue, seasons: Seasons, schemes: Schemes) -> Floats:
    """Charges by class (yuan, n×C) without chance: what this hospital charges for such a patient."""
    h, f = cases.hospital, cases.family
    used = _resources_level(cases, schemes)
    gap = catalogue.gap[f, used] * (1 + roster.slope[h])
    gain = np.where((roster.method[h] == DIP)[:, None], PROCEDURE, COMPLICATION)
    profile = catalogue.profile[f]
    gain = gain / (profile * gain).sum(1, keepdims=True)  # so that the gap is about that of the whole case
    log = np.log(profile) + gap[:, None] * np.minimum(gain, 2.5) + roster.style[h]
    log[:, _DRUGS] += seasons.drug_price[cases.month]
    return np.exp(log + _case_level(cases, roster, catalogue, seasons, schemes)[:, None])


def _resources_level(cases: Cases, schemes: Schemes) -> Ints:
    """The level whose care is charged: the patient's, and that billed where charges are padded."""
    padded = (schemes.padding[cases.hospital] == 1) & (cases.scheme == 2)
    return np.where(padded, np.maximum(cases.billed, cases.level), cases.level)


def _case_level(cases: Cases, roster: Roster, catalogue: Catalogue, seasons: Seasons, schemes: Schemes) -> Floats:
    h, f, m = cases.hospital, cases.family, cases.month
    log = (
        catalogue.base[f]
        + catalogue.dearer[f, cases.diagnosis]
        + CLASS_COST[roster.cls[h]]
        + roster.cost[h]
        + roster.cost_family[h, f]
        + roster.drift[h, m]
        + roster.unit_cost[h, cases.department]
        + 0.05 * np.sin(1.7 * h + 2.9 * cases.department + 5.3 * cases.doctor) * (h < roster.count)  # doctors differ
        + schemes.cost[h]
        + seasons.cost[m]
        + seasons.class_cost[roster.cls[h], m]
        + 0.06 * cases.within
        + 0.002 * (cases.age - catalogue.age[f])
    )
    for one, (department, lift) in schemes.department.items():
        log = log + lift * ((h == one) & (cases.department == department))
    for one, (department, doctor, lift) in schemes.doctor.items():
        log = log + lift * ((h == one) & (cases.department == department) & (cases.doctor == doctor))
    return np.asarray(log)


def charge(rng: np.random.Generator, cases: Cases, expected: Floats, catalogue: Catalogue) -> Floats:
    """Charges by class with chance, in whole fen (as float): heavy-tailed case effect, noise by class, stay."""
    n = len(cases)
    tail = 0.3 * rng.standard_t(4, n)
    stay = np.log(cases.los / catalogue.los[cases.family])
    noise = rng.normal(0, 0.35, (n, len(CLASSES))) + np.clip(tail, -1.8, 2.6)[:, None] + 0.4 * stay[:, None] * _BY_DAY
    return np.round(np.maximum(expected * np.exp(noise), 0) * 100)

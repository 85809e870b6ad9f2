"""Main diagnoses inside a family: what each costs, who has which, and the dearest that could be written instead."""

import numpy as np

from models.sample.hospitals.catalogue import DIAGNOSES, Catalogue, F, Floats, Ints
from models.sample.hospitals.roster import Roster

_MOST = max(len(of) for of in DIAGNOSES)
#: F×3: which diagnoses a family has, and their ICD category
THERE = np.arange(_MOST) < np.array([len(of) for of in DIAGNOSES])[:, None]
CATEGORY = np.array([[*(code[:3] for code in of), *[""] * (_MOST - len(of))] for of in DIAGNOSES])


def draw_diagnoses(
    rng: np.random.Generator, hospital: Ints, family: Ints, roster: Roster, catalogue: Catalogue
) -> Ints:
    """Main diagnosis of each case; a hospital with iller patients has more of the dearer ones, and each its own mix."""
    lean = roster.lean_family[hospital, family] + 0.5 * roster.severity[hospital]
    place = np.argsort(np.argsort(np.where(THERE, catalogue.dearer, np.inf), axis=1), axis=1)
    chance = rng.gumbel(size=(len(hospital), _MOST)) + lean[:, None] * place[family]
    chance[~THERE[family]] = -np.inf
    return np.asarray(chance.argmax(axis=1))


def dearest(catalogue: Catalogue) -> Ints:
    """F×3: the dearest diagnosis of the same ICD category, often the diagnosis itself."""
    same = (CATEGORY[:, :, None] == CATEGORY[:, None, :]) & THERE[:, None, :]
    cost = np.where(same, catalogue.dearer[:, None, :], -np.inf)
    return np.asarray(np.where(THERE, cost.argmax(axis=2), 0))


def weight_factor(catalogue: Catalogue, family: Ints, diagnosis: Ints) -> Floats:
    """What a DIP group weighs more by its diagnosis: as much as it costs more."""
    return np.asarray(np.exp(catalogue.dearer[family, diagnosis]))


assert THERE.shape[0] == F

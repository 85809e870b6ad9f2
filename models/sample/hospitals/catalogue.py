"""Families of cases: what they are, how often severe, what a case costs and on what. Drawn anew for every world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: charge classes: bed, consultation, imaging, laboratory, treatment, operation, nursing, materials, drugs, ...
CLASSES = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "14")
_MEDICAL = (0.07, 0.03, 0.13, 0.15, 0.13, 0.002, 0.06, 0.06, 0.29, 0.06, 0.02)
_SURGICAL = (0.05, 0.02, 0.09, 0.10, 0.07, 0.21, 0.05, 0.20, 0.17, 0.02, 0.02)
#: how a complication moves each class, and how a dearer procedure does
COMPLICATION = np.array([0.8, 0.5, 0.7, 1.2, 1.6, 0.3, 1.3, 0.7, 1.2, 0.2, 0.6])
PROCEDURE = np.array([0.5, 0.4, 0.5, 0.6, 0.9, 2.6, 0.8, 2.0, 0.7, 0.1, 0.8])
#: family code, departments' number, main diagnoses, usual operation ('' = none), operations of dearer DIP variants
_FAMILIES = (
    ("BR2", 1, ("I63.900", "I63.300", "I63.500"), "", ("99.1000", "39.7400")),
    ("BX2", 1, ("G45.900", "G45.000", "G51.000"), "", ("04.8100", "")),
    ("CB3", 2, ("H25.900", "H25.100", "H26.900"), "13.4100", ("13.7100", "")),
    ("DT2", 2, ("H66.900", "H66.000", "J32.900"), "", ("22.0100", "20.0100")),
    ("ES2", 3, ("J18.900", "J18.000", "J15.900"), "", ("33.2400", "96.7101")),
    ("ET1", 3, ("J44.100", "J44.000"), "", ("93.9000", "96.7201")),
    ("ER2", 3, ("J90.x00", "J93.900"), "", ("34.0400", "34.2100")),
    ("FR2", 4, ("I50.900", "I50.100"), "", ("89.6400", "37.7801")),
    ("FR4", 4, ("I20.900", "I20.000", "I25.103"), "", ("88.5500", "36.0600")),
    ("FV2", 4, ("I10.x00", "I11.900"), "", ("", "")),
    ("GB2", 6, ("C18.900", "C20.x00"), "45.7300", ("45.7600", "48.5100")),
    ("GD2", 6, ("K35.800", "K35.300"), "47.0900", ("47.0100", "")),
    ("GU1", 5, ("K92.200", "K25.400", "K25.000"), "", ("45.1300", "44.4300")),
    ("GW1", 5, ("K29.500", "K29.000", "K52.900"), "", ("45.1600", "")),
    ("HC3", 6, ("K80.100", "K80.000"), "51.2200", ("51.2300", "51.8800")),
    ("HS2", 5, ("K74.600", "K70.300"), "", ("54.9100", "")),
    ("IC2", 7, ("M17.900", "M16.900"), "81.5400", ("81.5500", "")),
    ("IF2", 7, ("S52.500", "S42.200"), "79.1200", ("79.3200", "")),
    ("IU2", 7, ("M51.200", "M51.100", "M54.500"), "", ("80.5100", "03.9100")),
    ("KS1", 8, ("E11.900", "E11.500", "E10.900"), "", ("86.2200", "")),
    ("LU1", 8, ("N39.000", "N10.x00"), "", ("59.8x00", "")),
    ("LR1", 8, ("N18.900", "N18.000", "N17.900"), "", ("39.9500", "38.9500")),
    ("LJ1", 6, ("N20.000", "N20.100"), "98.5100", ("56.0x01", "55.0300")),
    ("MC1", 6, ("N40.x00", "N42.900"), "60.2100", ("60.2900", "")),
    ("NC1", 9, ("D25.900", "D27.x00"), "68.2900", ("68.3100", "68.4100")),
    ("OB1", 9, ("O82.000", "O34.200"), "74.1x00", ("", "")),
    ("QR1", 8, ("D64.900", "D50.900"), "", ("41.3100", "")),
    ("RE1", 10, ("Z51.100", "C34.900"), "", ("99.2500", "")),
    ("SR1", 3, ("A41.900", "A41.500", "B34.900"), "", ("", "")),
    ("VR1", 7, ("S06.000", "S06.300", "T07.x00"), "", ("86.5900", "")),
)  # fmt: skip
CODES = tuple(row[0] for row in _FAMILIES)
DEPARTMENT = np.array([row[1] for row in _FAMILIES])
DIAGNOSES = tuple(row[2] for row in _FAMILIES)
OPERATION = tuple(row[3] for row in _FAMILIES)
VARIANTS = tuple(row[4] for row in _FAMILIES)
SURGICAL = np.array([row[3] != "" for row in _FAMILIES])
RESPIRATORY = np.array([code[0] == "E" for code in CODES])
F = len(CODES)


@dataclass(frozen=True)
class Catalogue:
    """The families of one world. Levels are 0, 1, 2: of complications (DRG) or of procedures (DIP)."""

    share: Floats  # F: of all cases
    base: Floats  # F: log cost of a plain case at a secondary hospital
    gap: Floats  # F×3: log cost of each level over the plain one
    profile: Floats  # F×C: shares of the charge classes
    cut: Floats  # F×2: thresholds of the latent severity
    los: Floats  # F
    age: Floats  # F
    male: Floats  # F
    top: Ints  # method(DRG, DIP) × version(2) × F: highest level that has a group of its own; 0 = undifferentiated
    weight: Floats  # method × version × F × 3
    dearer: Floats  # F×3: log cost of each main diagnosis over the mean one; 0 where a family has no third
    label: tuple[tuple[str, ...], tuple[str, ...]]  # family code under each version


def make_catalogue(rng: np.random.Generator) -> Catalogue:
    """Draw a world's families."""
    base = np.where(SURGICAL, rng.normal(9.45, 0.4, F), rng.normal(8.75, 0.32, F))
    # so that an upcoded case is paid about 45% more, as re-abstracted records say
    first = rng.uniform(0.26, 0.50, F)
    gap = np.stack([np.zeros(F), first, first + rng.uniform(0.28, 0.54, F)], axis=1)
    profile = np.where(SURGICAL[:, None], _SURGICAL, _MEDICAL) * rng.lognormal(0, 0.3, (F, len(CLASSES)))
    any_cc, mcc = rng.uniform(0.22, 0.50, F), rng.uniform(0.05, 0.18, F)
    cut = np.log(1 / np.stack([any_cc, mcc], axis=1) - 1)
    top = _tops(rng)
    share = rng.lognormal(0, 0.8, F)
    true_weight = np.exp(base[:, None] + gap)
    weight = true_weight * rng.lognormal(0, 0.05, (2, 2, F, 3))
    weight = np.maximum.accumulate(weight, axis=3) / np.average(true_weight.mean(1), weights=share)
    return Catalogue(
        share=share / share.sum(),
        base=base,
        gap=gap,
        profile=profile / profile.sum(1, keepdims=True),
        cut=cut,
        los=np.exp(rng.normal(1.95, 0.25, F)),
        age=rng.uniform(38, 72, F),
        male=np.where(np.isin(DEPARTMENT, [9]), 0.0, rng.uniform(0.4, 0.62, F)),
        top=top,
        weight=weight,
        dearer=_dearer(rng),
        label=(CODES, _renamed(rng)),
    )


def _dearer(rng: np.random.Generator) -> Floats:
    """Main diagnoses of a family cost a quarter to a half more one than the other, in any order; 1 is their mean."""
    count = np.array([len(of) for of in DIAGNOSES])
    order = rng.permuted(np.tile(np.arange(3), (F, 1)), axis=1)
    order[count == 2, :2] = rng.permuted(np.tile(np.arange(2), (int((count == 2).sum()), 1)), axis=1)
    cost = np.exp(order * rng.uniform(0.22, 0.4, (F, 1)))
    there = np.arange(3) < count[:, None]
    return np.asarray(np.where(there, np.log(cost / np.average(cost, axis=1, weights=there)[:, None]), 0.0))


def _tops(rng: np.random.Generator) -> Ints:
    """Highest level with a group of its own, by method and version: three tiers, two, or one undifferentiated group."""
    drg = rng.choice([0, 1, 2], F, p=[0.17, 0.28, 0.55])
    merged = np.where((drg == 2) & (rng.random(F) < 0.15), 1, drg)
    steps = np.array([sum(op != "" for op in ops) for ops in VARIANTS])
    return np.stack([np.stack([drg, merged]), np.stack([steps, steps])])


def _renamed(rng: np.random.Generator) -> tuple[str, ...]:
    """Codes under the second version: some families get another serial."""
    moved = rng.random(F) < 0.3
    return tuple(
        f"{code[:2]}{(int(code[2]) + 5) % 10}" if move else code for code, move in zip(CODES, moved, strict=True)
    )

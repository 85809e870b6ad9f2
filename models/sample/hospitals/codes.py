"""Codes of the world: hospitals, persons, departments, doctors, groups, diagnoses, operations. All set-based."""

import numpy as np
import polars as pl

from models.sample.hospitals.cases import Cases, Seasons
from models.sample.hospitals.catalogue import CODES, DIAGNOSES, OPERATION, VARIANTS, Catalogue, Ints
from models.sample.hospitals.roster import DIP, Roster

VERSIONS = (("CHS-DRG1.1", "CHS-DRG2.0"), ("DIP1.0", "DIP2.0"))
#: secondary diagnoses: level they carry under DRG (2 = MCC, 1 = CC, 0 = none), item that treating them charges
SECONDARY = (
    ("A41.800", 2), ("J96.000", 2), ("N17.901", 2), ("R57.000", 2), ("I21.900", 2), ("K72.000", 2), ("G93.100", 2),
    ("J80.x00", 2), ("E87.600", 1), ("D62.x00", 1), ("J90.x02", 1), ("E11.700", 1), ("I48.x00", 1), ("E46.x00", 1),
    ("I50.908", 1), ("N39.008", 1), ("L89.100", 1), ("J98.101", 1), ("K56.700", 1), ("D69.600", 1), ("E87.100", 1),
    ("I82.800", 1), ("F05.900", 1), ("G40.900", 1), ("I10.x09", 0), ("E78.500", 0), ("M47.900", 0), ("H52.000", 0),
    ("K29.508", 0), ("J06.800", 0), ("N28.100", 0), ("K76.000", 0), ("E04.100", 0), ("I70.900", 0), ("M81.900", 0),
)  # fmt: skip
SECONDARY_CODE = np.array([code for code, _ in SECONDARY])
_MAIN = np.array([[*of, *[""] * (max(map(len, DIAGNOSES)) - len(of))] for of in DIAGNOSES])
BY_LEVEL = tuple(np.flatnonzero([level == one for _, level in SECONDARY]) for one in (0, 1, 2))


def number(prefix: str, values: np.ndarray, width: int) -> pl.Series:
    """`prefix` and zero-padded numbers."""
    return pl.select(pl.concat_str([pl.lit(prefix), pl.Series(values).cast(pl.String).str.zfill(width)])).to_series()


def provider_code(hospital: Ints) -> pl.Series:
    """Codes of hospitals by their number."""
    return number("H3399", hospital, 6)


def department_code(department: Ints) -> pl.Series:
    """Codes of departments, the same ones in every hospital."""
    return number("K", department, 2)


def doctor_code(hospital: Ints, department: Ints, doctor: Ints) -> pl.Series:
    """A doctor works in one department of one hospital."""
    return number("D", (hospital * 100 + department) * 100 + doctor, 9)


def person_code(person: Ints) -> pl.Series:
    """Pseudonyms: 64 hexadecimal digits, all different."""
    mixed = (person.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(0xD1B54A32D192ED03)
    high = pl.Series(mixed).cast(pl.String).str.zfill(20)
    low = pl.Series(person).cast(pl.String).str.zfill(44)
    return pl.select(pl.concat_str([high, low])).to_series()


def main_diagnosis(cases: Cases, number: Ints) -> np.ndarray:
    """Code of the main diagnosis with that number in the family."""
    return np.asarray(_MAIN[cases.family, number])


def operation(cases: Cases, level: Ints, roster: Roster) -> np.ndarray:
    """Main operation coded: the family's, or under DIP that of the dearer variant; '' = none."""
    plain = np.array(OPERATION)
    steps = np.array([[own, *dearer] for own, dearer in zip(OPERATION, VARIANTS, strict=True)])
    dip = roster.method[cases.hospital] == DIP
    return np.where(dip, steps[cases.family, level], plain[cases.family])


def group(
    cases: Cases, level: Ints, diagnosis: np.ndarray, roster: Roster, catalogue: Catalogue, seasons: Seasons
) -> pl.Series:
    """Group code: family and severity digit, or main diagnosis (four characters) and operation."""
    method, version = roster.method[cases.hospital], seasons.version[cases.month]
    digits = np.where(catalogue.top[method, version, cases.family] == 0, "9", np.array(["5", "3", "1"])[level])
    drg = np.char.add(np.array(catalogue.label)[version, cases.family], digits)
    op = operation(cases, level, roster)
    dip = np.char.add(np.char.add(diagnosis.astype("<U5"), ":"), op)
    return pl.Series(np.where(method == DIP, dip, drg))


assert len(set(CODES)) == len(CODES)

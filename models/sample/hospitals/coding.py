"""Secondary diagnoses and operations of the settlement list, and the items that treating a complication charges."""

import numpy as np
import polars as pl

from models.sample.hospitals import codes
from models.sample.hospitals.cases import Cases
from models.sample.hospitals.catalogue import F, Ints
from models.sample.hospitals.roles import Schemes
from models.sample.hospitals.roster import DIP, Roster

#: share of real complications whose treatment shows in the charges; of pretended ones
TREATED, PRETENDED = 0.9, 0.12
SECOND = 0.45  # share of cases with complications that have two of them


def secondary(rng: np.random.Generator, cases: Cases, roster: Roster, schemes: Schemes) -> pl.DataFrame:
    """One row a secondary diagnosis: case, code, order, treated. Under DIP complications carry nothing."""
    n = len(cases)
    drg = roster.method[cases.hospital] != DIP
    # what is written down: all there is, or what the bill says where it was forgotten or mistaken
    as_is = ~drg | (cases.scheme == 2) | (cases.billed == cases.true)
    real = np.where(as_is, cases.level, cases.billed)
    parts = [_complications(rng, cases, np.flatnonzero(real > 0), real)]
    more = np.flatnonzero((real > 0) & (rng.random(n) < SECOND))
    parts.append(_complications(rng, cases, more, np.where(real == 2, rng.integers(1, 3, n), 1)))
    parts.append(_added(rng, cases, np.flatnonzero((cases.scheme == 2) & drg), schemes))
    count = rng.poisson(roster.secondary[cases.hospital])
    owner = np.repeat(np.arange(n), count)
    minor = codes.BY_LEVEL[0][rng.integers(0, len(codes.BY_LEVEL[0]), len(owner))]
    parts.append((owner, minor, np.zeros(len(owner), bool)))
    owner, code, treated = (np.concatenate(column) for column in zip(*parts, strict=True))
    frame = pl.DataFrame({"case": owner, "code": code, "treated": treated, "drawn": np.arange(len(owner))})
    kept = frame.sort("case", "drawn").unique(["case", "code"], keep="first", maintain_order=True)
    return kept.with_columns(order=pl.int_range(pl.len()).over("case") + 2).drop("drawn")


def _complications(rng: np.random.Generator, cases: Cases, who: Ints, level: Ints) -> tuple[Ints, Ints, np.ndarray]:
    """Real complications of `who`: a family has its usual ones."""
    out = np.empty(len(who), np.int64)
    for one in (1, 2):
        among = codes.BY_LEVEL[one]
        inside = np.flatnonzero(level[who] == one)
        usual = (cases.family[who[inside]] * 7 + (rng.random(len(inside)) ** 2 * len(among)).astype(np.int64)) % len(
            among
        )
        out[inside] = among[usual]
    return who, out, rng.random(len(who)) < TREATED


def _added(rng: np.random.Generator, cases: Cases, who: Ints, schemes: Schemes) -> tuple[Ints, Ints, np.ndarray]:
    """The one code that lifts a planted case; some hospitals have a favourite, padding ones charge for it."""
    out = np.empty(len(who), np.int64)
    favourite = rng.integers(0, 100, F * 4)
    for one in (1, 2):
        among = codes.BY_LEVEL[one]
        inside = np.flatnonzero(cases.billed[who] == one)
        pick = rng.integers(0, len(among), len(inside))
        for hospital in schemes.favourite:
            mine = cases.hospital[who[inside]] == hospital
            pick[mine] = favourite[one + hospital % F] % len(among)
        out[inside] = among[pick]
    padded = schemes.padding[cases.hospital[who]] == 1
    return who, out, rng.random(len(who)) < np.where(padded, TREATED, PRETENDED)


def treatment_item(code: Ints) -> np.ndarray:
    """Item that treats a secondary diagnosis (index into codes.SECONDARY)."""
    return np.char.add("T", np.char.replace(codes.SECONDARY_CODE[code], ".", ""))

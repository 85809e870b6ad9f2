"""Strata of the draw: amount classes of a month, providers that share strata, how many to draw from each."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from models.config import Sampling

#: ends of amount classes are numbers of this series times a power of ten (R10, ISO 3), so that people can quote them
SERIES = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800)
LADDER = np.array([step * 10**power for power in range(8) for step in SERIES], dtype=np.int64)  # fen


@dataclass(frozen=True)
class Cell:
    """A provider's settlements of one kind in one amount class of a month; `units` counts those with a finding too."""

    month: date
    kind: str
    fixmedins_code: str
    level: str
    amount_class: int
    units: int


@dataclass(frozen=True)
class Placed:
    """The stratum that a cell belongs to, and how many to draw from that stratum."""

    cell: Cell
    stratum: str
    take: int


def boundaries(fen: np.ndarray, classes: int) -> list[int]:
    """Ends between amount classes by the cumulative square root of frequency times width (Dalenius and Hodges 1959).

    `fen` are the amounts of all settlements of a kind in a month; fewer ends than `classes - 1` where they are alike.
    """
    counts = np.bincount(np.searchsorted(LADDER, fen, side="right"), minlength=len(LADDER) + 1)[:-1]
    widths = np.diff(LADDER, prepend=0)
    height = np.cumsum(np.sqrt(counts * widths))
    if not len(fen) or height[-1] == 0:
        return []
    wanted = height[-1] * np.arange(1, classes) / classes
    nearest = np.unique(np.abs(height[:, None] - wanted).argmin(axis=0))
    ends = LADDER[nearest]
    return [int(end) for end in ends if fen.min() < end <= fen.max()]


def fraction(settings: Sampling, name: str) -> Fraction:
    """The sampling fraction of a stratum: the longest name configured that begins its own, else its kind's."""
    parts = name.split("|")
    for length in range(len(parts), 0, -1):
        asked = settings.fractions.get("|".join(parts[:length]))
        if asked is not None:
            return Fraction(str(asked))
    usual = settings.inpatient_fraction if parts[0] == "inpatient" else settings.outpatient_fraction
    return Fraction(str(usual))


def place(cells: Sequence[Cell], settings: Sampling) -> list[Placed]:
    """Put every cell into a stratum `kind|provider|classes` or, where providers share, `kind|level …|classes`.

    Neighbouring amount classes are put together until each has enough settlements, so that the minimum of each stratum
    does not swell the workload of small providers. How many to draw follows the fraction of everything paid, found or
    not, so that it is fixed when the month is loaded.
    """
    return [one for group in _groups(cells, settings) for one in _cut(*group, settings)]


def _groups(cells: Sequence[Cell], settings: Sampling) -> Iterator[tuple[str, list[Cell]]]:
    totals: dict[tuple[date, str, str], int] = {}
    for cell in cells:
        key = (cell.month, cell.kind, cell.fixmedins_code)
        totals[key] = totals.get(key, 0) + cell.units
    groups: dict[tuple[date, str], list[Cell]] = {}
    for cell in cells:
        own = f"{cell.kind}|{cell.fixmedins_code}"
        below = settings.inpatient_shared_below if cell.kind == "inpatient" else settings.outpatient_shared_below
        expected = fraction(settings, own) * totals[cell.month, cell.kind, cell.fixmedins_code]
        name = own if expected >= below or own in settings.fractions else f"{cell.kind}|level {cell.level}"
        groups.setdefault((cell.month, name), []).append(cell)
    for (_, name), members in sorted(groups.items()):
        yield name, members


def _cut(name: str, cells: list[Cell], settings: Sampling) -> list[Placed]:
    units: dict[int, int] = {}
    for cell in cells:
        units[cell.amount_class] = units.get(cell.amount_class, 0) + cell.units
    parts: list[list[int]] = [[]]
    for number in sorted(units):
        if sum(units[one] for one in parts[-1]) >= settings.class_settlements:
            parts.append([])
        parts[-1].append(number)
    if len(parts) > 1 and sum(units[one] for one in parts[-1]) < settings.class_settlements:
        last = parts.pop()
        parts[-1] += last
    placed = []
    for part in parts:
        label = str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}"
        stratum = f"{name}|{label}"
        take = max(settings.minimum, math.ceil(fraction(settings, stratum) * sum(units[one] for one in part)))
        placed += [Placed(cell, stratum, take) for cell in cells if cell.amount_class in part]
    return placed

"""How often the limits would hold: the draw simulated on the area's own amounts with planted errors, seeded."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from models.sampling.estimators import LEVEL, stratum_total, stratum_variance

FRAMES = 4  # planted populations a scenario
DRAWS = 250  # samples of each
#: how many errors nearest in amount a planted one may be like
ALIKE = 5
#: where errors come together: this share of the strata has them all
CONCENTRATED = 0.1


@dataclass(frozen=True)
class Cell:
    """One stratum of a month: what was paid for each of its settlements, how many are drawn, its name."""

    amounts: np.ndarray
    units: int
    name: str


@dataclass(frozen=True)
class Pattern:
    """How errors look: the share of settlements in error, and the shares of the amount that are wrong.

    Rates, and errors of their own (`own`: rows of what was paid, in order, and the share of it that was wrong), are
    told of strata or of whatever strata are part of (provider, kind, empty for all); the nearest counts. A settlement
    in error is like one of the `ALIKE` errors nearest in amount: in the share of it that is wrong, or (`same_amount`)
    in the amount that is wrong, no more than its own. The same 50 yuan of nearly every stay are less skewed than any
    share of the stays' amounts, and a limit holds them less often.
    """

    rate: Mapping[str, float]
    shares: np.ndarray
    own: Mapping[str, np.ndarray] = field(default_factory=dict)
    same_amount: bool = False

    def planted(self, name: str, amounts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What is wrong of these amounts of a stratum."""
        own = _nearest(self.own, name)
        if own is None:
            return amounts * rng.choice(self.shares, len(amounts))
        first = np.clip(np.searchsorted(own[:, 0], amounts) - ALIKE // 2, 0, max(len(own) - ALIKE, 0))
        paid, share = own[first + rng.integers(0, min(ALIKE, len(own)), len(amounts))].T
        return share * (np.minimum(paid, amounts) if self.same_amount else amounts)


@dataclass(frozen=True)
class Coverage:
    """The share of samples whose lower limit, and whose two-sided interval, held the truth."""

    lower: float
    interval: float


#: while no decisions say otherwise: anything from a tenth to the whole of the amount
SHARES = np.linspace(0.1, 1.0, 10)


Figure = TypeVar("Figure")


def wider(name: str) -> list[str]:
    """A stratum's name and the names of what it is part of, the nearest first, empty for all at last."""
    parts = name.split("|")
    return ["|".join(parts[:length]) for length in range(len(parts), -1, -1)]


def _nearest(figures: Mapping[str, Figure], name: str) -> Figure | None:
    return next((figures[one] for one in wider(name) if one in figures), None)


def generator(seed: int, name: str) -> np.random.Generator:
    """Random numbers of their own for a name (such as a period), the same in every run."""
    digest = hashlib.sha256(f"{seed}|{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def simulate(
    cells: Sequence[Cell],
    rows: Mapping[str, Sequence[int]],
    patterns: Sequence[Pattern],
    rng: np.random.Generator,
    frames: int = FRAMES,
    draws: int = DRAWS,
) -> dict[str, Coverage]:
    """The lowest coverage of each row (name -> its cells) over the patterns, each spread out and concentrated.

    Every planted population is drawn from `draws` times; the limit is never less than what the sample itself holds.
    """
    lowest = {name: Coverage(1.0, 1.0) for name in rows}
    for pattern in patterns:
        for concentrated in (False, True):
            held = {name: np.zeros(2) for name in rows}
            for _ in range(frames):
                _count(held, _draws(cells, _rates(cells, pattern, concentrated, rng), pattern, rng, draws), rows)
            for name, sums in held.items():
                lower, interval = sums / (frames * draws)
                known = lowest[name]
                lowest[name] = Coverage(min(known.lower, float(lower)), min(known.interval, float(interval)))
    return lowest


def _rates(cells: Sequence[Cell], pattern: Pattern, concentrated: bool, rng: np.random.Generator) -> np.ndarray:
    rate = np.array([_nearest(pattern.rate, cell.name) or 0.0 for cell in cells])
    if not concentrated:
        return rate
    hit = rng.random(len(cells)) < CONCENTRATED
    return np.where(hit, np.minimum(rate / CONCENTRATED, 1.0), 0.0)


@dataclass(frozen=True)
class _Drawn:
    """Planted truth of each cell, and by draw and cell: estimated total, variance, amount in the sample."""

    truth: np.ndarray
    total: np.ndarray
    variance: np.ndarray
    found: np.ndarray
    units: np.ndarray


def _draws(cells: Sequence[Cell], rates: np.ndarray, pattern: Pattern, rng: np.random.Generator, draws: int) -> _Drawn:
    truth = np.zeros(len(cells))
    y = np.zeros((draws, len(cells)))
    yy = np.zeros((draws, len(cells)))
    for place, (cell, rate) in enumerate(zip(cells, rates, strict=True)):
        wrong = np.flatnonzero(rng.random(len(cell.amounts)) < rate)
        if not len(wrong):
            continue
        planted = pattern.planted(cell.name, cell.amounts[wrong], rng)
        truth[place] = planted.sum()
        y[:, place], yy[:, place] = _samples(planted, len(cell.amounts), cell.units, rng, draws)
    size = np.array([float(len(cell.amounts)) for cell in cells])
    units = np.array([float(cell.units) for cell in cells])
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(units < size, stratum_variance(size, units, y, yy), 0.0)
    return _Drawn(truth, stratum_total(size, units, y), np.maximum(variance, 0.0), y, units)


def _samples(
    planted: np.ndarray, size: int, units: int, rng: np.random.Generator, draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sums and sums of squares of simple random samples; only settlements in error need to be looked at."""
    hits = rng.hypergeometric(len(planted), size - len(planted), units, draws)
    order = rng.random((draws, len(planted))).argsort(axis=1)
    chosen = planted[order] * (np.arange(len(planted)) < hits[:, None])
    return chosen.sum(axis=1), (chosen**2).sum(axis=1)


def _count(held: dict[str, np.ndarray], drawn: _Drawn, rows: Mapping[str, Sequence[int]]) -> None:
    from scipy.special import stdtrit  # takes a while to import, and a load needs none

    for name, places in rows.items():
        at = np.asarray(places)
        variance, units = drawn.variance[:, at], drawn.units[at]
        spread = variance.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = np.where(variance > 0, variance**2 / (units - 1), 0.0).sum(axis=1)
            degrees = np.where(spread > 0, spread**2 / weights, max((units - 1).sum(), 1.0))
        half = stdtrit(degrees, 0.5 + LEVEL / 2) * np.sqrt(spread)
        total, truth = drawn.total[:, at].sum(axis=1), drawn.truth[at].sum()
        # sums in another order differ in the last bits: a limit equal to the truth holds
        slack = 1e-9 * truth + 1e-9
        low = np.maximum(total - half, drawn.found[:, at].sum(axis=1)) <= truth + slack
        held[name] += (int(low.sum()), int((low & (total + half >= truth - slack)).sum()))

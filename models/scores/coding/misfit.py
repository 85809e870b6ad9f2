"""Resources do not fit: the share of a provider's dear cases whose resources look like a cheaper level of the family.

Honest dear cases too look cheap now and then; what counts is how many more than at peers. If a share m of the dear
cases belongs lower, the mean chance of "cheaper" moves from that of peers' dear cases by m times the distance to
peers' cheap ones.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.scores.coding.cases import CLASS, FAMILY, codes_of, sums
from models.scores.coding.profile import Profiles
from models.scores.coding.resources import LEVELS, cheaper_chance
from models.scores.peers import vote

#: cases of a family and level at peers that the mean over all families is worth
PRIOR_CASES = 30.0
LEAST_DISTANCE = 0.05
#: own cases that the variance at peers is worth
PRIOR_OWN = 10.0


@dataclass(frozen=True)
class Misfit:
    """By case: chance of a cheaper level from resources alone; by provider: the frame of `provider_misfit`."""

    chance: np.ndarray
    likelihood: np.ndarray
    mix: np.ndarray
    providers: pl.DataFrame


def misfit(cases: pl.DataFrame, profiles: Profiles, likelihood: np.ndarray) -> Misfit:
    """Chances of the cases and, per class and provider, `misfit` (share of dear cases), its `noise` (variance),
    `dear`.
    """
    level = cases["level"].to_numpy()
    family = codes_of(cases, FAMILY)
    provider = codes_of(cases, ["fixmedins_code"])
    votes = _votes(family, provider)
    mix = _mix(level, family, provider, votes)
    chance = cheaper_chance(likelihood, level, mix)
    parts = [_part(step, cases, likelihood, mix, family, provider, votes, chance) for step in range(1, LEVELS)]
    surplus, distance = (np.nansum(np.stack([part[which] for part in parts]), axis=0) for which in (0, 1))
    base = np.where(level == 0, parts[0][2], np.nan)
    return Misfit(chance, likelihood, mix, _by_provider(cases, surplus, distance, base, profiles))


def _votes(family: np.ndarray, provider: np.ndarray) -> np.ndarray:
    cell = np.unique(family * (provider.max() + 1) + provider, return_inverse=True)[1]
    size = np.bincount(cell).astype(float)
    return (vote(size) / size)[cell]


def _mix(level: np.ndarray, family: np.ndarray, provider: np.ndarray, votes: np.ndarray) -> np.ndarray:
    """Shares of the levels in the family at the other providers, by case."""
    columns = [_others(votes * (level == one), family, provider) for one in range(LEVELS)]
    found = np.maximum(np.stack(columns, axis=1), 0)
    return found / np.maximum(found.sum(1, keepdims=True), 1e-12)


def _others(values: np.ndarray, group: np.ndarray, provider: np.ndarray) -> np.ndarray:
    """Sum over the group without the case's own provider, by case."""
    cell = np.unique(group * (provider.max() + 1) + provider, return_inverse=True)[1]
    return sums(group, values, group.max() + 1)[group] - sums(cell, values, cell.max() + 1)[cell]


def _part(
    step: int,
    cases: pl.DataFrame,
    likelihood: np.ndarray,
    mix: np.ndarray,
    family: np.ndarray,
    provider: np.ndarray,
    votes: np.ndarray,
    chance: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For cases billed at `step`: chance less that at peers' cases of the level, distance to peers' cheaper cases.

    Third: for cheaper cases their own chance against that level (what an upcoded case would show).
    """
    level = cases["level"].to_numpy()
    as_if = cheaper_chance(likelihood, np.full(len(level), step), mix)
    dear, cheap = (level == step) & ~np.isnan(chance), (level < step) & ~np.isnan(as_if)
    cheap &= cases["levels"].to_numpy() > step
    kind = codes_of(cases, ["grp_type"])
    top = _reference(np.where(dear, chance, 0), dear, family, kind, provider, votes)
    low = _reference(np.where(cheap, as_if, 0), cheap, family, kind, provider, votes)
    surplus = np.where(dear, chance - top, np.nan)
    distance = np.where(dear, np.maximum(low - top, LEAST_DISTANCE), np.nan)
    return surplus, distance, np.where(cheap, as_if - low, np.nan)


def _reference(
    value: np.ndarray, use: np.ndarray, family: np.ndarray, kind: np.ndarray, provider: np.ndarray, votes: np.ndarray
) -> np.ndarray:
    """Mean at the other providers in the family, drawn to the mean over all families of the kind, by case."""
    weight = votes * use
    wide = _others(value * weight, kind, provider) / np.maximum(_others(weight, kind, provider), 1e-12)
    total, count = _others(value * weight, family, provider), _others(weight, family, provider)
    prior = PRIOR_CASES * float(votes.mean())
    return np.asarray((total + prior * wide) / (count + prior))


def _by_provider(
    cases: pl.DataFrame, surplus: np.ndarray, distance: np.ndarray, base: np.ndarray, profiles: Profiles
) -> pl.DataFrame:
    """Weighted by distance: families whose levels resources tell apart speak louder."""
    head = cases.select(*CLASS, "fixmedins_code").unique(maintain_order=True).sort(*CLASS, "fixmedins_code")
    member, size = codes_of(cases, [*CLASS, "fixmedins_code"]), head.height
    dear = distance > 0
    gain = np.where(dear, np.nan_to_num(surplus) * distance, 0.0)
    square = np.where(dear, distance**2, 0.0)
    weight = sums(member, square, size)
    share = np.divide(sums(member, gain, size), weight, out=np.full(size, np.nan), where=weight > 0)
    rest = np.where(dear, (np.nan_to_num(surplus) - np.nan_to_num(share)[member] * distance) * distance, 0.0)
    common = float(np.sum(rest**2) / max(np.sum(square), 1e-12))  # variance per unit of weight, at everybody
    count = sums(member, dear.astype(float), size)
    own = sums(member, rest**2, size)
    spread = (own + PRIOR_OWN * common * weight / np.maximum(count, 1)) / (1 + PRIOR_OWN / np.maximum(count, 1))
    known = ~np.isnan(base)
    level_error = np.nanvar(base) / np.maximum(_first(member, profiles.base_cases, size), 1.0) if known.any() else 0.0
    mean_distance = np.divide(
        weight, sums(member, np.where(dear, distance, 0), size), out=np.ones(size), where=weight > 0
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = spread / weight**2 + level_error / mean_distance**2
    return head.with_columns(
        dear=pl.Series(count.astype(np.int64)),
        misfit=pl.Series(share).fill_nan(None),
        noise=pl.Series(np.where(weight > 0, noise, np.nan)).fill_nan(None),
    )


def _first(member: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    found = np.zeros(size)
    found[member[::-1]] = values[::-1]
    return found

"""A department or doctor against the rest of its own hospital: the hospital's own level of cost is taken off.

A mixed model: mean log cost of a unit's group = norm of the peers + level of the hospital + the hospital's own way with
the group + the unit's effect + noise. What is expected of a unit in a group is the empirical Bayes prediction from the
*other* units of its hospital: their level over all groups, moved towards what they spend on the same group as far as
their cases there can be trusted.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.scores.cost_norms import GROUP
from models.scores.cost_rows import UNIT, floats
from models.scores.peers import Floats, Norm, leave_one_out_midmean, vote
from models.scores.spread import spread_between

#: other units that the level of a hospital must rest on: of fewer, one that stands out cannot be told from the rest
LEAST_UNITS = 3
INSIDE = ("inside_effect", "inside_noise", "inside_factor", "inside_units", "inside_cases")


def group_variance(rows: pl.DataFrame, least_cases: int) -> dict[bool, float]:
    """Variance, in logarithms, of a hospital's groups around its own level; for stays (False), outpatient (True).

    Input: comparable provider rows of `cost_rows.group_rows`; only groups with `least_cases` and more tell it.
    """
    usable = rows.filter(pl.col("comparable") & (pl.col("cases") >= least_cases) & (pl.col("expected") > 0))
    level = (pl.col("expected") * pl.col("effect")).sum() / pl.col("expected").sum()
    usable = usable.with_columns(apart=pl.col("effect") - level.over("fixmedins_code", "grp_type"))
    found = {}
    for outpatient in (False, True):
        some = usable.filter((pl.col("grp_type") == "DISE") == outpatient)
        apart, own, noise, factor = floats(some, "apart", "own_noise", "noise", "factor")
        found[outpatient] = spread_between(apart, own + noise, factor)
    return found


def inside_rows(rows: pl.DataFrame, variance: dict[bool, float]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every unit against the rest of its hospital: its groups together, and each comparable group.

    Input: `cost_rows.group_rows` of one level, ordered by unit; `group_variance`. Output: the unit (and the group) with
    inside_effect (log ratio), inside_noise (its error but for what honest units differ), inside_factor (times the
    variance between honest units, that part which the others bring in), inside_units and inside_cases (the others').
    """
    known = rows.filter(pl.col("comparable") & pl.col("effect").is_not_null())
    if known.is_empty():
        nothing = known.select(*UNIT, *GROUP[1:], *(pl.col("effect").alias(name) for name in INSIDE))
        return nothing.drop(GROUP[1:]), nothing
    known = known.with_columns(unit=pl.struct(UNIT).rle_id())
    effect, own, factor, noise, cases = floats(known, "effect", "own_noise", "factor", "noise", "cases")
    between = np.where((known["grp_type"] == "DISE").to_numpy(), variance[True], variance[False])
    groups = _Groups(known["unit"].to_numpy().astype(np.int64), effect, own, between * (1 + factor) + noise)
    same = _same_group(known, effect, own, cases)
    first = known.group_by("unit", maintain_order=True).agg(pl.col(UNIT).first(), pl.col("cases").sum())
    rest = _hospital(first, groups)
    trust = between / np.maximum(between + same.noise, 1e-12)  # none where nobody else treats the group: noise ∞
    apart = effect - trust * same.centre - (1 - trust) * rest.norm.centre[groups.unit]
    error = own + trust * between * (1 - trust) + (1 - trust) ** 2 * groups.family
    # a unit's part in the rest, squared: of a mixture at most the mixture of the squares
    brought = trust * same.spread_factor + (1 - trust) * rest.norm.spread_factor[groups.unit]
    whole = {"inside_units": rest.units, "inside_cases": rest.cases}
    weight = groups.weights(error)
    left = groups.total(weight * (1 - trust))
    together = first.drop("unit", "cases").with_columns(
        inside_effect=groups.total(weight * apart),
        inside_noise=groups.total(weight**2 * error) + left**2 * rest.norm.noise,
        inside_factor=groups.total(weight * brought),
        **whole,
    )
    single = known.select(*UNIT, *GROUP[1:]).with_columns(
        inside_effect=apart,
        inside_noise=error + (1 - trust) ** 2 * rest.norm.noise[groups.unit],
        inside_factor=brought,
        **{name: values[groups.unit] for name, values in whole.items()},
    )
    return together, single


@dataclass(frozen=True)
class _Groups:
    """The groups of all units, a row each: number of the unit, effect against peers, errors."""

    unit: NDArray[np.int64]
    effect: Floats
    own: Floats  # sampling noise of the unit's cases
    family: Floats  # a hospital's own way with the group, and the noise of the peers' norm

    def total(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.unit, weights=values))

    def weights(self, error: Floats) -> Floats:
        """Shares of a unit's groups by precision, summing to one."""
        return np.asarray((1 / error) / self.total(1 / error)[self.unit])


@dataclass(frozen=True)
class _Rest:
    """Per unit: the level of its hospital's other units, how many they are and their cases."""

    norm: Norm
    units: Floats
    cases: Floats


def _same_group(known: pl.DataFrame, effect: Floats, own: Floats, cases: Floats) -> Norm:
    """What the others of the hospital spend on the same group; with infinite noise where nobody else treats it."""
    cell = known.select(pl.struct("fixmedins_code", *GROUP).rank("dense"))[:, 0].to_numpy().astype(np.int64) - 1
    norm = leave_one_out_midmean(effect, vote(cases), own, cell)
    there = np.isfinite(norm.centre)
    return Norm(
        np.where(there, norm.centre, 0.0),
        np.where(there, norm.spread_factor, 0.0),
        np.where(there, norm.noise, np.inf),
    )


def _hospital(first: pl.DataFrame, groups: _Groups) -> _Rest:
    """The level of each unit's hospital without the unit: the middle of the other units' own levels against peers."""
    error = groups.own + groups.family
    weight = groups.weights(error)
    level, noise = groups.total(weight * groups.effect), groups.total(weight**2 * error)
    cell = first.select(pl.struct("fixmedins_code", "grp_type").rank("dense"))[:, 0].to_numpy().astype(np.int64) - 1
    cases = first["cases"].cast(pl.Float64).to_numpy()
    norm = leave_one_out_midmean(level, vote(cases), noise, cell)
    return _Rest(norm, np.bincount(cell)[cell] - 1.0, np.bincount(cell, weights=cases)[cell] - cases)

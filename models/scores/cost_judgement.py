"""How far a unit's costs lie from its norm: ratio with interval, z, p, before any correction for many comparisons."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from models.scores.cost_inside import LEAST_UNITS
from models.scores.cost_rows import TESTED, floats
from models.scores.peers import Floats, shrink, two_sided_p
from models.scores.spread import EFFICIENCY, spread_between, spread_of_others

#: how many providers' worth the spread of all classes counts in a class's own. One τ² for all is the usual random
#: effect (Spiegelhalter 2005): a class of a few dozen hardly knows its own, and where several of a class stand out its
#: own estimate hides them. A class of hundreds, as a city's primary hospitals, mostly speaks for itself
ALIKE = 200.0


def judge(rows: pl.DataFrame, least_cases: int) -> pl.DataFrame:
    """Add ratio, ratio_low, ratio_high, z, p_value, noise_share, assessable, direction to rows of one kind (groups, or
    together).

    Input: columns of `cost_rows.group_rows`, of totals TESTED as well. The ratio is shrunk, its interval is not: it
    holds sampling noise of the unit and of its norm, not the honest differences between units, which enter z
    (Spiegelhalter 2005: a random effect against overdispersion). Totals are tested by TESTED; where that lies on the
    other side of the norm than the ratio there is no reason to ask: p is 1. p is null where a row is not assessable.
    `noise_share` is the part of z's variance that no honest difference makes.
    """
    effect, own, factor, noise, peers, cases = floats(rows, "effect", "own_noise", "factor", "noise", "peers", "cases")
    assessable = rows["comparable"].to_numpy() & (cases >= least_cases)
    spread = heterogeneity(rows, effect, own + noise, factor, assessable)
    norm = spread.providers * factor + noise
    error2 = own + norm
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = error2**2 / (norm**2 / np.maximum(peers - 1, 1))
    if set(TESTED) <= set(rows.columns):
        tested, own, factor, noise = floats(rows, *TESTED)
        of_test = heterogeneity(rows, tested, own + noise, factor, assessable)
        z, p, noise_share = _significance(tested, own, factor, noise, of_test)
        p = np.where(tested * effect > 0, p, 1.0)
    else:
        z, p, noise_share = _significance(effect, own, factor, noise, spread)
    reach = stats.t.ppf(0.975, np.clip(np.nan_to_num(freedom, nan=3, posinf=1e6), 3, 1e6)) * np.sqrt(error2)
    found = {
        "ratio": np.exp(shrink(effect, spread.units, error2)).round(4),
        "ratio_low": np.exp(effect - reach).round(4),
        "ratio_high": np.exp(effect + reach).round(4),
        "z": z.round(4),
        "p_value": np.where(assessable, p, np.nan),
        "noise_share": noise_share,
    }
    return rows.drop(TESTED, strict=False).with_columns(
        **{name: pl.Series(values).fill_nan(None) for name, values in found.items()},
        assessable=pl.Series(assessable),
        direction=pl.when(pl.col("effect") > 0).then(pl.lit("over")).when(pl.col("effect") <= 0).then(pl.lit("under")),
    )


def _significance(
    effect: Floats, own: Floats, factor: Floats, noise: Floats, spread: "Spread"
) -> tuple[Floats, Floats, Floats]:
    """z and two-sided p of effects against the spread of honest units and the errors of unit and norm; their share."""
    error2 = own + spread.providers * factor + noise
    whole = spread.units + error2
    with np.errstate(divide="ignore", invalid="ignore"):
        z = effect / np.sqrt(whole)
        freedom = spread.freedom * (whole / spread.whole) ** 2
        share = error2 / whole
    return z, two_sided_p(z, np.nan_to_num(freedom, nan=3, posinf=1e6)), share


def judge_inside(rows: pl.DataFrame, least_cases: int) -> pl.DataFrame:
    """Let departments and doctors stand for themselves, not for their hospital.

    Input: `judge`d rows of one kind with the columns of `cost_inside.inside_rows` (null: no such comparison). Where the
    rest of the hospital is LEAST_UNITS units and `least_cases` cases, z and p_value become those of the unit inside its
    hospital, with a spread of their own, `own_ratio` (shrunk) is told, and `reference` is `own`; elsewhere it is
    `peers`. A unit that is dear for its hospital but not for its peers, or cheap, gives no reason to ask: p is 1.
    """
    inside, noise, factor, units, others, effect, cases = floats(
        rows, "inside_effect", "inside_noise", "inside_factor", "inside_units", "inside_cases", "effect", "cases"
    )
    known = (units >= LEAST_UNITS) & (others >= least_cases) & np.isfinite(inside)
    inside, factor, noise = (np.where(known, x, fill) for x, fill in ((inside, 0.0), (factor, 0.0), (noise, 1.0)))
    assessable = known & rows["assessable"].to_numpy() & (cases >= least_cases)
    spread = heterogeneity(rows, inside, noise, factor, assessable, inside=True)
    whole = spread.units * (1 + factor) + noise
    z = inside / np.sqrt(whole)
    freedom = np.nan_to_num(spread.freedom * (whole / spread.whole) ** 2, nan=3, posinf=1e6)
    p = np.where(inside * np.nan_to_num(effect) > 0, two_sided_p(z, freedom), 1.0)
    own_ratio = np.exp(shrink(inside, spread.units, whole - spread.units))
    own = pl.Series(known)
    return rows.with_columns(
        z=pl.when(own).then(pl.Series(z.round(4))).otherwise("z"),
        p_value=pl.when(own).then(pl.Series(np.where(assessable, p, np.nan)).fill_nan(None)).otherwise("p_value"),
        own_ratio=pl.when(own).then(pl.Series(own_ratio.round(4))),
        reference=pl.when(own).then(pl.lit("own")).otherwise(pl.lit("peers")),
    )


@dataclass(frozen=True)
class Spread:
    """Per row: variance between units (own provider left out), between providers, degrees of freedom of the first."""

    units: Floats
    providers: Floats
    whole: Floats  # typical whole variance (spread and noise) of the units that told the spread
    freedom: Floats


def heterogeneity(
    rows: pl.DataFrame, effect: Floats, noise: Floats, factor: Floats, usable: NDArray[np.bool_], inside: bool = False
) -> Spread:
    """How far honest units differ, by level, care (stays, or outpatient diseases) and class, from rows to be judged.

    A class's own variance, by type of group, is drawn to that of all classes and of DRG and DIP together, ALIKE
    providers strong (an empirical Bayes variance, Smyth 2004); rows too small to be judged take it too. What tells the
    spread is whole variances, so that one estimated at zero is as uncertain as any other (Satterthwaite's freedom is
    that of `whole`). Freedom counts providers, not units (those of one are alike), but where their
    level is taken off (`inside`), units less providers; outliers' lost votes cost some.
    """
    unit = rows.select(pl.struct("fixmedins_code", "unit_code").rank("dense"))[:, 0].to_numpy() if inside else None
    who = rows["fixmedins_code"].rank("dense").cast(pl.Int64).to_numpy() - 1
    units, providers, whole_of, freedom = (np.zeros(len(effect)) for _ in range(4))
    plain: dict[tuple[str, ...], float] = {}
    rows = rows.with_columns(outpatient=(pl.col("grp_type") == "DISE").cast(pl.String))
    for name, level_rows in _places(rows, ["outpatient", "level"]):
        used = level_rows[usable[level_rows]]
        wide, common = _of_others(effect, noise, factor, who, used, level_rows)
        everyone = _votes(who, unit, used)
        for key, part in _places(rows[level_rows], ["grp_type", "peer_group"]):
            index = level_rows[part]
            there = index[usable[index]]
            members = _votes(who, unit, there)
            own, alone = _of_others(effect, noise, factor, who, there, index)
            units[index] = _drawn(own, members, wide[part])
            freedom[index] = EFFICIENCY * max(min(members + ALIKE, everyone) - 1, 1)
            scale = np.maximum(units[there] * (1 + factor[there]) + noise[there], 1e-12)
            whole_of[index] = 1 / (1 / scale).mean() if len(there) else np.inf
            plain[name[1], *key] = float(_drawn(np.array(alone), members, np.array(common)))
    for (kind, group), index in _places(rows, ["grp_type", "peer_group"]):
        providers[index] = plain.get(("provider", kind, group), 0.0)
    return Spread(units, providers, whole_of, freedom)


def _votes(who: NDArray[np.int64], unit: NDArray[np.int64] | None, used: NDArray[np.int64]) -> int:
    """How many independent deviations the used rows make: providers, or units less providers."""
    providers = len(np.unique(who[used]))
    return providers if unit is None else len(np.unique(unit[used])) - providers


def _drawn(own: Floats, members: int, wide: Floats) -> Floats:
    """A class's variance drawn to that of all; a class of three or fewer tells nothing of its own."""
    members = members if members > 3 else 0
    return np.asarray((members * own + ALIKE * wide) / (members + ALIKE))


def _of_others(
    effect: Floats,
    noise: Floats,
    factor: Floats,
    who: NDArray[np.int64],
    used: NDArray[np.int64],
    wanted: NDArray[np.int64],
) -> tuple[Floats, float]:
    """Variance that each wanted row is held against, from the used rows of others; and that of all used rows."""
    whole = spread_between(effect[used], noise[used], factor[used])
    names, place = np.unique(who[used], return_inverse=True)
    out = np.full(len(wanted), whole)
    if len(names):
        left_out = spread_of_others(effect[used], noise[used], factor[used], place)
        at = np.clip(np.searchsorted(names, who[wanted]), 0, len(names) - 1)
        mine = names[at] == who[wanted]
        out[mine] = left_out[at[mine]]
    return out, whole


def _places(rows: pl.DataFrame, key: list[str]) -> list[tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Every combination of values with the places of its rows, in a fixed order."""
    found = rows.select(key).with_row_index("at").group_by(key).agg("at").sort(key)
    return [(tuple(row[:-1]), np.sort(np.array(row[-1], dtype=np.int64))) for row in found.iter_rows()]

"""One number a provider against its class: robust centre, variance between honest providers, z, one-sided p,
shrunk value.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from models.scores.peers import (
    PRIOR_MEMBERS,
    between_variance,
    blended_variance,
    leave_one_out_midmean,
    shrink,
    vote,
)


@dataclass(frozen=True)
class Standing:
    """By provider; `value` is the distance from the peers' centre, NaN without any; z and p are NaN if not
    assessable.
    """

    value: np.ndarray
    error: np.ndarray  # standard error of chance alone
    z: np.ndarray
    p: np.ndarray  # one-sided: above
    shrunk: np.ndarray
    total: np.ndarray  # standard error with the variance between honest providers


def standing(
    value: np.ndarray, noise: np.ndarray, cases: np.ndarray, group: np.ndarray, least_cases: float, least_members: int,
    least_variance: float,
) -> Standing:  # fmt: skip
    """Place values (with sampling variances) inside their groups.

    The centre is the mean of the middle half of the others, so that up to a quarter of upcoding peers do not move it;
    the variance between providers is estimated with clipped squares (Spiegelhalter 2005), drawn to that of all
    groups; p by Student's t, as few peers tell a variance badly. `least_variance` is assumed at least when values are
    shrunk. Below `least_cases` or `least_members` peers a provider is placed and shrunk, for ranking, but not tested.
    """
    known = ~np.isnan(value) & ~np.isnan(noise) & (cases > 0)
    usable = known & (cases >= least_cases)
    off, factor, error2 = (np.full(len(value), np.nan) for _ in range(3))
    members = np.zeros(len(value))
    for one in np.unique(group):
        inside = np.flatnonzero((group == one) & known)
        if len(inside) < 2:
            continue
        norm = leave_one_out_midmean(value[inside], vote(cases[inside]), noise[inside])
        off[inside] = value[inside] - norm.centre
        factor[inside], error2[inside] = norm.spread_factor, noise[inside] + norm.noise
        members[inside] = usable[inside].sum()
    known &= ~np.isnan(off)
    usable &= known & (members - 1 >= least_members)
    tau2 = _variances(off, error2, factor, group, usable)
    spread = tau2 * (1 + np.nan_to_num(factor))
    total = spread + error2
    wide = min(PRIOR_MEMBERS, float(usable.sum()))
    freedom = total**2 / np.maximum(spread**2 / np.maximum(members - 1 + wide, 1), 1e-12)
    with np.errstate(invalid="ignore"):
        z = off / np.sqrt(total)
    p = stats.t.sf(z, np.maximum(np.nan_to_num(freedom, nan=2.0), 2.0))
    held = np.maximum(tau2, least_variance)
    error = error2 + held * np.nan_to_num(factor)
    # limited translation keeps a proven outlier near its value; what is not tested is drawn in all the way
    shrunk = np.where(usable, shrink(off, held, error), off * held / (held + error))
    return Standing(
        off, np.sqrt(error2), np.where(usable, z, np.nan), np.where(usable, p, np.nan), shrunk, np.sqrt(total)
    )


def _variances(
    off: np.ndarray, error2: np.ndarray, factor: np.ndarray, group: np.ndarray, known: np.ndarray
) -> np.ndarray:
    wide = between_variance(off[known], error2[known], factor[known])
    tau2 = np.zeros(len(off))
    for one in np.unique(group):
        inside = np.flatnonzero((group == one) & known)
        own = between_variance(off[inside], error2[inside], factor[inside])
        tau2[group == one] = blended_variance(own, len(inside), wide)
    return tau2

"""Correction for many comparisons in families of tests: selective inference after Benjamini and Bogomolov (2014)."""

import numpy as np
from numpy.typing import NDArray

from models.scores.peers import Floats


def selective(p: Floats, family: NDArray[np.int64], dependent: bool = False, weight: Floats | None = None) -> Floats:
    """q-values over numbered families, NaN where p is NaN.

    A family's p is that of Simes; families are selected by Benjamini–Hochberg among families, and inside a selected one
    Benjamini–Hochberg runs at the level α · R / F, R being the families selected (Benjamini and Bogomolov 2014). With
    nothing to find anywhere the chance of any q ≤ α in all families together is α, and where something is found the
    mean false-discovery rate of the selected families is α. With `dependent` the steps are those of
    Benjamini–Yekutieli, which hold under any dependence. The q-value of a test is the smallest α at which it is found.
    `weight` says for each number of a family which share of α it may spend (as Benjamini and Hochberg 1997 weight
    tests); shares of families without any p fall to the others. Left out, all have the same. No family is tested at
    more than α.
    """
    there = np.unique(family[~np.isnan(p)])
    q = np.full(len(p), np.nan)
    if not len(there):
        return q
    share = np.ones(len(there)) if weight is None else weight[there]
    share = share / share.sum()
    inside = []
    for one in there:
        index = np.flatnonzero((family == one) & ~np.isnan(p))
        inside.append((index, _step_up(p[index], dependent)))
    rank = np.arange(1, len(there) + 1)
    harmonic = (1 / rank).sum() if dependent else 1.0
    level = np.minimum(share[:, None] * rank[None, :] / harmonic, 1.0)  # part of α for a family among so many selected
    simes = np.array([own.min() for _, own in inside])
    # from which α at least k are selected: the k-th smallest α at which families pass where so many are
    least = np.sort(simes[:, None] / level, axis=0)[rank - 1, rank - 1]
    least = np.minimum.accumulate(least[::-1])[::-1]
    for (index, own), part in zip(inside, level, strict=True):
        q[index] = np.minimum(np.maximum(least[None, :], own[:, None] / part[None, :]).min(axis=1), 1.0)
    return q


def _step_up(p: Floats, dependent: bool) -> Floats:
    """Benjamini–Hochberg (or –Yekutieli) adjusted p-values, not cut at one."""
    m = len(p)
    order = np.argsort(p, kind="stable")
    scale = m / np.arange(1, m + 1) * ((1 / np.arange(1, m + 1)).sum() if dependent else 1.0)
    adjusted = np.minimum.accumulate((p[order] * scale)[::-1])[::-1]
    out = np.empty(m)
    out[order] = adjusted
    return out

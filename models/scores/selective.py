"""Correction for many comparisons in families of tests: selective inference after Benjamini and Bogomolov (2014)."""

import numpy as np
from numpy.typing import NDArray

from models.scores.peers import Floats


def selective(p: Floats, family: NDArray[np.int64], dependent: bool = False) -> Floats:
    """q-values over numbered families, NaN where p is NaN.

    A family's p is that of Simes; families are selected by Benjamini–Hochberg among families, and inside a selected one
    Benjamini–Hochberg runs at the level α · R / F, R being the families selected (Benjamini and Bogomolov 2014). With
    nothing to find anywhere the chance of any q ≤ α in all families together is α, and where something is found the
    mean false-discovery rate of the selected families is α. With `dependent` the steps are those of
    Benjamini–Yekutieli, which hold under any dependence. The q-value of a test is the smallest α at which it is found.
    """
    there = np.unique(family[~np.isnan(p)])
    q = np.full(len(p), np.nan)
    if not len(there):
        return q
    inside = {}
    for one in there:
        index = np.flatnonzero((family == one) & ~np.isnan(p))
        inside[one] = (index, _step_up(p[index], dependent))
    count = len(there)
    simes = np.array([inside[one][1].min() for one in there])
    harmonic = (1 / np.arange(1, count + 1)).sum() if dependent else 1.0
    rank = np.arange(1, count + 1)
    levels = np.minimum.accumulate((np.sort(simes) * count * harmonic / rank)[::-1])[
        ::-1
    ]  # α from which k are selected
    for one in there:
        index, own = inside[one]
        least = np.maximum(levels[None, :], own[:, None] * count * harmonic / rank[None, :]).min(axis=1)
        q[index] = np.minimum(least, 1.0)
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

"""Bunching: more cases just past a payment threshold than a smooth line through their neighbours would have there.

Low multiple: from there on the full standard is paid. High multiple: from there on the excess is paid on top. Days:
up to a limit the stay stays in its group (Jürges and Köberlein 2015 find birth weights bunched in the same way).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from models.scores.coding.cases import codes_of

#: width of a bin, in logarithms of cost over standard; bins either side of a threshold
WIDTH = 0.04
SIDE = 8
#: days after which bureaus commonly take a stay out of its group or look at it one by one
STAY_LIMITS = (30, 60)
#: cases around a threshold below which nothing can be said
LEAST_CASES = 20


@dataclass(frozen=True)
class _Threshold:
    bins: np.ndarray  # bin of each case relative to the threshold; far ones are ignored
    wanted: tuple[int, ...]  # bins where excess mass would pay


def bunching(cases: pl.DataFrame, priced: pl.DataFrame) -> pl.DataFrame:
    """Per provider: `bunching`, the largest z over thresholds after paying for the choice (0 = none), null with few
    cases.

    `priced`: rows of `scores/tier_threshold`.
    """
    provider = codes_of(cases, ["fixmedins_code"])
    codes = cases.select("fixmedins_code").unique(maintain_order=True)["fixmedins_code"]
    priced = cases.select("setl_id").join(priced, on="setl_id", how="left", maintain_order="left")
    ratio, low, high = (
        priced[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in ("ratio", "low_mult", "high_mult")
    )
    days = cases["days"].to_numpy()
    thresholds = [_Threshold(_bins(ratio, low), (0, 1)), _Threshold(_bins(ratio, high), (0, 1))]
    thresholds += [_Threshold(days - limit, (-1, 0)) for limit in STAY_LIMITS]
    z = np.stack([_excess(one, provider, len(codes)) for one in thresholds], axis=1)
    tried = (~np.isnan(z)).sum(1)
    best = np.where(tried > 0, np.nanmax(np.where(np.isnan(z), -np.inf, z), axis=1), np.nan)
    p = np.minimum(tried * stats.norm.sf(best), 0.5)
    value = np.where(tried > 0, np.maximum(stats.norm.isf(p), 0.0), np.nan)
    return pl.DataFrame({"fixmedins_code": codes, "bunching": np.round(value, 6)}).with_columns(
        pl.col("bunching").fill_nan(None)
    )


def _bins(ratio: np.ndarray, multiple: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        place = np.floor(np.log(ratio / np.where(multiple > 0, multiple, np.nan)) / WIDTH)
    return np.where(np.isnan(place), 1e6, place)


def _excess(threshold: _Threshold, provider: np.ndarray, providers: int) -> np.ndarray:
    """z of each provider: root of the count in the wanted bins against a parabola through the other bins."""
    places = np.arange(-SIDE, SIDE)
    near = np.abs(threshold.bins + 0.5) < SIDE
    cell = provider[near] * len(places) + (threshold.bins[near] + SIDE).astype(np.int64)
    counts = np.bincount(cell, minlength=providers * len(places)).reshape(providers, -1).astype(float)
    wanted = np.isin(places, threshold.wanted)
    x = np.stack([np.ones(len(places)), places / SIDE, (places / SIDE) ** 2], axis=1)
    weights = x[wanted].sum(0) @ np.linalg.pinv(x[~wanted])
    expected = np.maximum(counts[:, ~wanted] @ weights, 0.25)
    wobble = (counts[:, ~wanted] * weights**2).sum(1)
    observed = counts[:, wanted].sum(1)
    z = 2 * (np.sqrt(observed + 0.375) - np.sqrt(expected + 0.375)) / np.sqrt(1 + wobble / (expected + 0.375))
    return np.where(counts.sum(1) >= LEAST_CASES, z, np.nan)

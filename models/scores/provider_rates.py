"""Rates of providers: shrunk, their usual size and their place among peers, by `peer_group`."""

import numpy as np
import polars as pl


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64)


def rate(top: str, bottom: str) -> pl.Expr:
    """One column over another; null where the second is not positive."""
    return pl.when(_number(bottom) > 0).then(_number(top).fill_null(0) / _number(bottom))


def shrunk_rate(top: str, bottom: str) -> pl.Expr:
    """Rate drawn to that of the peers (itself left out) by a quarter of their median size."""
    up, down = _number(top).fill_null(0), _number(bottom).fill_null(0)
    others = down.sum().over("peer_group") - down
    peer_rate = pl.when(others > 0).then((up.sum().over("peer_group") - up) / others).otherwise(0.0)
    prior = pl.when(down > 0).then(down).median().over("peer_group") * 0.25
    return pl.when(down > 0).then((up + prior * peer_rate) / (down + prior))


def usual_rate(table: pl.DataFrame, least_peers: int) -> pl.Series:
    """`finding_norm`: median finding rate of the peers, the provider itself left out; null with too few of them."""
    rates = table.select("peer_group", rate=rate("finding_amount", "fund_amount"))
    norms = np.full(table.height, np.nan)
    for _, own in rates.with_row_index("place").drop_nulls("rate").group_by("peer_group"):
        if own.height > least_peers:
            norms[own["place"].to_numpy()] = median_of_others(own["rate"].to_numpy())
    return pl.Series("finding_norm", norms).fill_nan(None)


def median_of_others(values: np.ndarray) -> np.ndarray:
    """Of each value (two at least) the median of the others."""
    order = np.argsort(values, kind="stable")
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    line, others = values[order], len(values) - 1
    low, high = (others - 1) // 2, others // 2  # places of the median in the line without the value
    return np.asarray((line[low + (place <= low)] + line[high + (place <= high)]) / 2)


def percentile(column: str, least_peers: int) -> pl.Expr:
    """Mid-rank percentile (0–100) among those of the peer group that have a value; null with too few others."""
    value = pl.col(column)
    known = value.count().over("peer_group")
    place = ((value.rank("average").over("peer_group") - 0.5) / known * 100).round(2)
    return pl.when(known > least_peers).then(place)


def as_floats(table: pl.DataFrame, name: str, missing: float = 0.0) -> np.ndarray:
    """One column as floats, with a value for what is missing."""
    return table[name].cast(pl.Float64).fill_null(missing).fill_nan(missing).to_numpy()

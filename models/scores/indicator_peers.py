"""Where a provider stands among its peers in a quarter, itself left out."""

import numpy as np
import polars as pl

from models.scores.provider_rates import median_of_others

CELL = ["indicator", "quarter", "peer_group"]


def among_peers(rows: pl.DataFrame, least_peers: int, least_cases: int) -> pl.DataFrame:
    """Add peers, peer_percentile (0–100: share of peers below, ties half) and peer_median to long rows.

    Input: value, cases, peer_group, kind (weights of one grouping version are compared with their like only; it becomes
    part of the peer group's name). Providers with fewer cases than `least_cases` in the quarter are nobody's peers and
    get no percentile; nor does anyone with fewer than `least_peers` peers.
    """
    rows = rows.with_columns(peer_group=pl.col("peer_group") + pl.col("kind")).sort(*CELL, "fixmedins_code")
    counted = pl.col("value").is_not_null() & (pl.col("cases") >= least_cases)
    rows = rows.with_columns(held=pl.when(counted).then("value"))
    others = pl.col("held").count().over(CELL).cast(pl.Int64) - counted.cast(pl.Int64)
    rows = rows.with_columns(peers=others, place=pl.col("held").rank("average").over(CELL))
    enough = counted & (pl.col("peers") >= least_peers)
    return rows.with_columns(
        peer_percentile=pl.when(enough).then(((pl.col("place") - 1) / pl.col("peers") * 100).round(2)),
        peer_median=pl.when(enough).then(_medians(rows)),
    )


def _medians(rows: pl.DataFrame) -> pl.Series:
    """Median of the others' values in each cell."""
    cell = rows.select(pl.struct(CELL).rle_id())[:, 0].to_numpy()
    value = rows["held"].to_numpy()
    out = np.full(len(value), np.nan)
    for part in np.split(np.arange(len(value)), np.flatnonzero(np.diff(cell)) + 1):
        there = part[~np.isnan(value[part])]
        if len(there) > 1:
            out[there] = median_of_others(value[there])
    return pl.Series("peer_median", out).fill_nan(None).round(6)

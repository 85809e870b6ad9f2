"""What peers spend on a group: one norm for every provider and group, without the provider itself."""

import numpy as np
import polars as pl

from models.scores.peers import leave_one_out_midmean, vote

GROUP = ["grp_type", "grp_ver", "grp_code"]
_PRIOR_CASES = 10.0


def cost_norms(units: pl.DataFrame, config_min_providers: int, config_min_cases: int) -> pl.DataFrame:
    """Norms of the provider rows of `scores/unit_cost`.

    Input: cases, months, log_sum, log_square, held_cost (yuan), peer_group, wide_group.
    Output: one row a (provider, group): centre (mean log cost of peers), factor and noise (its uncertainty, see
    peers.Norm), variance (within providers, log scale), per_month (what a month, or a stay, costs at peers, yuan),
    peers, peer_cases, comparable. Where the peer group is too small the wider group (hospitals, pharmacies) gives a
    descriptive norm and `comparable` is false. A provider's own costs enter neither centre nor per_month.
    """
    if units.is_empty():
        return pl.DataFrame()
    near = _norms_within(units, "peer_group")
    enough = (near["peers"] >= config_min_providers) & (near["peer_cases"] >= config_min_cases)
    wide = _norms_within(units, "wide_group")
    keys = ["fixmedins_code", *GROUP]
    both = near.with_columns(enough.alias("comparable")).join(wide, on=keys, suffix="_wide")
    chosen = [
        pl.when("comparable").then(pl.col(name)).otherwise(pl.col(f"{name}_wide")).alias(name)
        for name in ("centre", "factor", "noise", "variance", "per_month", "peers", "peer_cases")
    ]
    return both.select(*keys, "comparable", *chosen).sort(keys)


def _norms_within(rows: pl.DataFrame, peer_column: str) -> pl.DataFrame:
    rows = rows.sort(peer_column, *GROUP, "fixmedins_code")
    cell = rows.select(pl.struct(peer_column, *GROUP).rle_id())[:, 0].to_numpy()
    number = {name: rows[name].cast(pl.Float64).to_numpy() for name in ("cases", "months", "log_sum", "held_cost")}
    n, mean = number["cases"], number["log_sum"] / number["cases"]
    square = rows["log_square"].cast(pl.Float64).to_numpy()
    variance = _within_variance(cell, rows["grp_type"].to_numpy(), n, np.maximum(square - n * mean * mean, 0))
    noise = variance / n
    norm = leave_one_out_midmean(mean, vote(n), noise, cell.astype(np.int64))
    base = number["months"] * np.exp(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = (_others(cell, number["held_cost"])) / _others(cell, base)
    members = np.bincount(cell)[cell]
    return rows.select("fixmedins_code", *GROUP).with_columns(
        centre=pl.Series(norm.centre),
        factor=pl.Series(norm.spread_factor),
        noise=pl.Series(norm.noise),
        variance=pl.Series(variance),
        per_month=pl.Series(np.exp(norm.centre) * skew),
        peers=pl.Series(members - 1),
        peer_cases=pl.Series(_others(cell, n).round().astype(np.int64)),
    )


def _others(cell: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum over the other members of the cell."""
    return np.asarray(np.bincount(cell, weights=values)[cell] - values)


def _within_variance(cell: np.ndarray, kind: np.ndarray, n: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Variance of log cost inside providers, pooled over the cell and drawn to that of all groups of the type."""
    codes = np.unique(kind, return_inverse=True)[1]
    freedom = n - 1
    overall = np.bincount(codes, weights=squares) / np.maximum(np.bincount(codes, weights=freedom), 1)
    overall = np.maximum(overall, 1e-6)[codes]
    pooled = np.bincount(cell, weights=squares)[cell]
    return np.asarray((pooled + _PRIOR_CASES * overall) / (np.bincount(cell, weights=freedom)[cell] + _PRIOR_CASES))

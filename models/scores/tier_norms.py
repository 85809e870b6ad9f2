"""How often peers bill a top tier of a family for patients of the same age and sex, without the provider itself."""

import numpy as np
import polars as pl

from models.scores.peers import vote

FAMILY = ["peer_group", "grp_ver", "adrg"]
#: cases of the whole family that a stratum of age and sex is worth before its own speak
PRIOR_CASES = 20.0


def expected_top(strata: pl.DataFrame, least_providers: int, least_cases: int) -> pl.DataFrame:
    """Add `expected` (share of top tiers at peers) to the rows of `scores/tier_stratum`.

    Each provider has a vote that grows with its cases but does not let a giant set the norm. Families with fewer than
    `least_providers` peers or `least_cases` cases at peers, or where peers bill only one tier, are left out.
    """
    sizes = strata.group_by([*FAMILY, "fixmedins_code"]).agg(family_cases=pl.col("cases").sum())
    rows = strata.join(sizes, on=[*FAMILY, "fixmedins_code"])
    size = rows["family_cases"].cast(pl.Float64).to_numpy()
    weight = vote(size) / size
    rows = rows.with_columns(
        voted=pl.Series(weight) * pl.col("cases"),
        voted_top=pl.Series(weight) * pl.col("top_cases"),
        vote=pl.Series(weight),
    )
    family = rows.group_by([*FAMILY, "fixmedins_code"]).agg(
        own_voted=pl.col("voted").sum(), own_top=pl.col("voted_top").sum(), own_cases=pl.col("cases").sum()
    )
    family = family.sort(*FAMILY, "fixmedins_code").with_columns(
        peer_share=_others("own_top", FAMILY) / _others("own_voted", FAMILY),
        peers=pl.len().over(FAMILY) - 1,
        peer_cases=_others("own_cases", FAMILY),
    )
    kept = family.filter(
        (pl.col("peers") >= least_providers)
        & (pl.col("peer_cases") >= least_cases)
        & (pl.col("peer_share") > 1e-9)
        & (pl.col("peer_share") < 1 - 1e-9)
    ).drop("own_voted", "own_top", "own_cases")
    stratum = [*FAMILY, "age_band", "gend"]
    rows = rows.sort(*stratum, "fixmedins_code").with_columns(
        others=_others("voted", stratum), others_top=_others("voted_top", stratum)
    )
    rows = rows.join(kept, on=[*FAMILY, "fixmedins_code"], how="inner")
    # votes are below one a case, so the prior is scaled by the typical vote of a case in the family
    prior = PRIOR_CASES * pl.col("vote").median().over(FAMILY)
    expected = (pl.col("others_top").clip(0) + prior * pl.col("peer_share")) / (pl.col("others").clip(0) + prior)
    return rows.with_columns(expected=expected.clip(1e-6, 1 - 1e-6)).sort(*stratum, "fixmedins_code")


def _others(column: str, over: list[str]) -> pl.Expr:
    return pl.col(column).sum().over(over) - pl.col(column)


def peer_uncertainty(votes: np.ndarray, information: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Uncertainty of each provider's norm in one class: factor of the variance between peers, sampling noise."""
    rest = votes.sum() - votes
    square = (votes**2).sum() - votes**2
    sampling = (votes**2 / information).sum() - votes**2 / information
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(square / rest**2), np.nan_to_num(sampling / rest**2)

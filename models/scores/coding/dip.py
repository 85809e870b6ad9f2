"""DIP: a case's weight split into the part of its diagnosis and the part of its treatment, each against peers.

Treatment part: log weight over the cheapest variant of the same main diagnosis. Diagnostic part: log weight of that
cheapest variant, compared among the diagnoses of one category (three characters). Case for case, one's own cases left
out.
"""

import numpy as np
import polars as pl

from models.scores.coding.cases import CLASS, codes_of, sums
from models.scores.peers import vote


def dip_shift(cases: pl.DataFrame, least_providers: int, least_cases: int) -> pl.DataFrame:
    """Per class and provider: dip_weight_shift = dip_diagnosis_shift + dip_treatment_shift (mean log weight a case).

    Input: `tiered_cases`. Only diagnoses (or categories) with enough peers count; providers below `least_cases` are
    left out.
    """
    rows = cases.filter((pl.col("grp_type") == "DIP") & (pl.col("mean_wt") > 0)).with_columns(
        cheapest=pl.col("mean_wt").min().over("grp_ver", "family").log(), category=pl.col("family").str.slice(0, 3)
    )
    if rows.is_empty():
        return rows.select(*CLASS, "fixmedins_code")
    member = codes_of(rows, [*CLASS, "fixmedins_code"])
    head = rows.select(*CLASS, "fixmedins_code").unique().sort(*CLASS, "fixmedins_code")
    treatment = rows["mean_wt"].log().to_numpy() - rows["cheapest"].to_numpy()
    parts = {
        "dip_diagnosis_shift": (rows["cheapest"].to_numpy(), codes_of(rows, [*CLASS, "grp_ver", "category"])),
        "dip_treatment_shift": (treatment, codes_of(rows, [*CLASS, "grp_ver", "family"])),
    }
    count = sums(member, None, head.height)
    for name, (value, cell) in parts.items():
        above = _above_peers(value, cell, member, least_providers, least_cases)
        mean = sums(member, np.nan_to_num(above), head.height) / np.maximum(count, 1)
        head = head.with_columns(pl.Series(name, np.where(count >= least_cases, mean.round(6), np.nan)).fill_nan(None))
    return head.with_columns(dip_weight_shift=(pl.col("dip_diagnosis_shift") + pl.col("dip_treatment_shift")).round(6))


def _above_peers(
    value: np.ndarray, cell: np.ndarray, member: np.ndarray, least_providers: int, least_cases: int
) -> np.ndarray:
    """Value less the mean of the others in the cell, each with a vote; NaN where there are too few others."""
    own, place = np.unique(cell * (member.max() + 1) + member, return_inverse=True)
    size = np.bincount(place).astype(float)
    weight = (vote(size) / size)[place]
    cells, small = int(cell.max()) + 1, len(own)
    total = sums(cell, weight * value, cells)[cell] - sums(place, weight * value, small)[place]
    worth = sums(cell, weight, cells)[cell] - sums(place, weight, small)[place]
    providers = np.bincount((own // (member.max() + 1)).astype(np.int64), minlength=cells)[cell] - 1
    others = sums(cell, None, cells)[cell] - size[place]
    enough = (providers >= least_providers) & (others >= least_cases) & (worth > 0)
    return np.where(enough, value - total / np.maximum(worth, 1e-12), np.nan)

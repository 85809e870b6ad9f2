"""Change over time: a rise of the provider's own level of coding against its peers' common path, inside one version.

Dafny (2005) reads upcoding from its response to a change. Here each month's cases are compared with what peers bill
for the same families and patients, the peers' own month taken out, and the best step upwards is searched; the search
is paid for.
"""

import numpy as np
import polars as pl
from scipy import stats

from models.engine.duck import Engine
from models.scores.coding.cases import CLASS, FAMILY, codes_of, sums
from models.scores.coding.share import LEVELS, STRATUM
from models.scores.peers import vote

#: months and cases that either side of a step must have
LEAST_MONTHS = 2
LEAST_CASES = 20
#: who appears in the window, later than this many months after the data begin, is new and has no earlier path
LATE_MONTHS = 1
#: an onset is named from this z on (one-sided 95%)
NAMED_FROM = 1.645
_CLIP = 4.0


def change_over_time(engine: Engine, cases: pl.DataFrame, strata: pl.DataFrame) -> pl.DataFrame:
    """Per class and provider: change_over_time (z after the search, 0 = no rise) and change_onset ('2024-09' or null).

    Inputs: `tiered_cases`, `expected_levels`, core.settlement. Null for new providers and where no step has enough on
    both sides.
    """
    path = _path(cases, strata)
    if path.is_empty():
        return path.select(*CLASS, "fixmedins_code", change_over_time=pl.lit(0.0), change_onset=pl.lit(""))
    path = path.join(_settled(engine, cases), on="fixmedins_code", how="semi", maintain_order="left")
    inflation = _inflation(path)
    found = []
    for key, rows in path.group_by([*CLASS, "fixmedins_code"], maintain_order=True):
        best, onset = 1.1, None
        for _, part in rows.group_by("grp_ver", maintain_order=True):
            p, month = _best_step(part, inflation)
            if p < best:
                best, onset = p, month
        if best <= 1:
            z = max(float(stats.norm.isf(min(best, 0.5))), 0.0)
            found.append((*key, round(z, 6), str(onset)[:7] if z >= NAMED_FROM else None))
    schema = {**dict.fromkeys((*CLASS, "fixmedins_code"), pl.String), "change_over_time": pl.Float64}
    return pl.DataFrame(found, schema={**schema, "change_onset": pl.String}, orient="row")


def _settled(engine: Engine, cases: pl.DataFrame) -> pl.DataFrame:
    """Providers that were there before the window, or from its beginning where the data begin with it."""
    seen = engine.query("scores/tier_first_month")
    start = cases["month"].min()
    early = pl.max_horizontal(pl.col("data_begin").dt.offset_by(f"{LATE_MONTHS}mo"), pl.lit(start).dt.offset_by("-1mo"))
    return seen.filter(pl.col("first_month") <= early).select("fixmedins_code")


def _path(cases: pl.DataFrame, strata: pl.DataFrame) -> pl.DataFrame:
    """One row a provider, version and month: surplus of levels over peers in that month, its variance, cases."""
    key = [*CLASS, *FAMILY[1:], "fixmedins_code", *STRATUM]
    count = sum(pl.col(f"n{n}") for n in range(LEVELS))
    mean = sum(pl.col(f"e{n}") * n for n in range(LEVELS)) / count
    square = sum(pl.col(f"e{n}") * n * n for n in range(LEVELS)) / count
    norm = strata.select(*key, mean=mean, variance=square - mean**2)
    rows = cases.select(*key, "level", "month").join(norm, on=key, how="inner", maintain_order="left")
    order = [*CLASS, "grp_ver", "month", "fixmedins_code"]
    if rows.is_empty():
        return rows.select(order)
    head = rows.select(order).unique().sort(order)
    cell = codes_of(rows, order)
    surplus = sums(cell, (rows["level"] - rows["mean"]).to_numpy(), head.height)
    variance = sums(cell, rows["variance"].to_numpy(), head.height)
    number = sums(cell, None, head.height)
    common = _others(surplus, variance, number, codes_of(head, order[:-1]))
    return head.with_columns(
        surplus=pl.Series(surplus - common * variance), variance=pl.Series(variance), number=pl.Series(number)
    ).sort(*CLASS, "fixmedins_code", "grp_ver", "month")


def _others(surplus: np.ndarray, variance: np.ndarray, number: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Effect that the others show in the same month (log odds a level), each with a vote."""
    weight = vote(number) / np.maximum(number, 1)
    size = int(month.max()) + 1
    above = sums(month, weight * surplus, size)[month] - weight * surplus
    below = sums(month, weight * variance, size)[month] - weight * variance
    return np.where(below > 1e-9, above / np.maximum(below, 1e-9), 0.0)


def _inflation(path: pl.DataFrame) -> float:
    """How much more months vary around a provider's own mean than chance would have them (at least 1; clipped)."""
    member = codes_of(path, [*CLASS, "fixmedins_code", "grp_ver"])
    surplus, variance = path["surplus"].to_numpy(), path["variance"].to_numpy()
    size = int(member.max()) + 1
    own = sums(member, surplus, size) / np.maximum(sums(member, variance, size), 1e-9)
    square = (surplus - own[member] * variance) ** 2 / np.maximum(variance, 1e-9)
    freedom = np.maximum(len(square) - size, 1)
    return max(1.0, float(np.minimum(square, _CLIP).sum() / freedom))


def _best_step(part: pl.DataFrame, inflation: float) -> tuple[float, object]:
    """Smallest p of a step upwards over all admissible months (Bonferroni over them), and the month it begins."""
    surplus, variance, number = (part[c].to_numpy() for c in ("surplus", "variance", "number"))
    risen, weighed, seen = np.cumsum(surplus), np.cumsum(variance), np.cumsum(number)
    places = np.arange(LEAST_MONTHS, part.height - LEAST_MONTHS + 1)
    places = places[(seen[places - 1] >= LEAST_CASES) & (seen[-1] - seen[places - 1] >= LEAST_CASES)]
    if not len(places):
        return 1.1, None
    low, high = weighed[places - 1], weighed[-1] - weighed[places - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        step = (risen[-1] - risen[places - 1]) / high - risen[places - 1] / low
        z = np.nan_to_num(step / np.sqrt(inflation * (1 / low + 1 / high)), nan=-9.0)
    best = int(np.argmax(np.round(z, 9)))
    return min(1.0, len(places) * float(stats.norm.sf(z[best]))), part["month"][int(places[best])]

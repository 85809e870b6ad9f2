"""What the excess of dear levels weighs and costs, by provider: excess cases times what each level weighs and is
priced at.
"""

import polars as pl

from models.scores.coding.cases import CLASS, FAMILY
from models.scores.coding.share import LEVELS

_GROUP = [*CLASS, *FAMILY[1:]]


def at_stake(cases: pl.DataFrame, strata: pl.DataFrame) -> pl.DataFrame:
    """Per class and provider: excess_wt and at_stake (yuan, float) of its levels beyond expectation.

    Inputs: `tiered_cases`, `expected_levels`. Excess and deficit of families net each other; a provider below
    expectation has nothing at stake, and nobody more than was paid for its dear cases. Estimated, never claimed.
    """
    excess = _excess(strata)
    steps = _level_means(cases)
    rows = excess.join(steps, on=[*_GROUP, "fixmedins_code", "level"], how="left")
    dear = pl.col("level") > 0
    order = [*CLASS, "fixmedins_code"]
    totals = (
        rows.sort(*order, *FAMILY[1:], "level")
        .group_by(order, maintain_order=True)
        .agg(
            excess_wt=(pl.col("excess") * pl.col("mean_wt")).sum(),
            known_wt=pl.col("mean_wt").is_not_null().any(),
            stake=(pl.col("excess") * pl.col("mean_std")).sum(),
            known_std=pl.col("mean_std").is_not_null().any(),
            more=pl.col("excess").filter(dear).sum() > 0,
            paid=pl.col("paid").filter(dear).sum(),
        )
    )
    held = pl.min_horizontal(pl.col("stake").clip(0.0), pl.col("paid"))
    return totals.select(
        *order,
        excess_wt=pl.when("known_wt").then("excess_wt"),
        at_stake=pl.when(~pl.col("more")).then(0.0).when("known_std").then(held),
    )


def _excess(strata: pl.DataFrame) -> pl.DataFrame:
    parts = [
        strata.select(*_GROUP, "fixmedins_code", level=pl.lit(n, pl.Int64), excess=pl.col(f"n{n}") - pl.col(f"e{n}"))
        for n in range(LEVELS)
    ]
    rows = pl.concat(parts).sort(*_GROUP, "fixmedins_code", "level")
    return rows.group_by([*_GROUP, "fixmedins_code", "level"], maintain_order=True).agg(pl.col("excess").sum())


def _level_means(cases: pl.DataFrame) -> pl.DataFrame:
    """Mean weight and standard of each level at a provider; where it has none of a level, at its whole class."""
    tiered = cases.filter(pl.col("levels") > 1)
    sums = [
        pl.col("wt").cast(pl.Decimal(24, 6)).sum(), pl.col("wt").count().alias("wt_cases"),
        pl.col("pay_std").cast(pl.Decimal(24, 2)).sum(), pl.col("pay_std").count().alias("std_cases"),
    ]  # fmt: skip
    area = tiered.group_by([*_GROUP, "level"]).agg(sums)
    own = tiered.group_by([*_GROUP, "fixmedins_code", "level"]).agg(*sums, pl.col("paid").cast(pl.Decimal(24, 2)).sum())
    everyone = tiered.select(*_GROUP, "fixmedins_code").unique().join(area, on=_GROUP)
    both = everyone.join(own, on=[*_GROUP, "fixmedins_code", "level"], how="left", suffix="_own")
    return both.select(
        *_GROUP, "fixmedins_code", "level", mean_wt=_mean("wt", "wt_cases"), mean_std=_mean("pay_std", "std_cases"),
        paid=pl.col("paid").cast(pl.Float64).fill_null(0.0),
    )  # fmt: skip


def _mean(total: str, count: str) -> pl.Expr:
    own = pl.col(f"{total}_own").cast(pl.Float64) / pl.col(f"{count}_own")
    area = pl.col(total).cast(pl.Float64) / pl.col(count)
    return pl.when(pl.col(f"{count}_own") > 0).then(own).when(pl.col(count) > 0).then(area)

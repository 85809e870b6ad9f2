"""What the excess of top tiers weighs and costs: differences between a family's tiers, never more than was paid."""

import polars as pl

from models.scores.tier_norms import FAMILY

_PROVIDER_FAMILY = [*FAMILY, "fixmedins_code"]


def tier_means(tiers: pl.DataFrame) -> pl.DataFrame:
    """Mean weight, payment standard of each tier at a provider; where it has none of a tier, at its whole peer group.

    Input: rows of `scores/tier_sum`. Output: one row a (provider, family, tier) for all tiers the peer group bills.
    """
    sums = [pl.col(c).cast(pl.Float64).sum() for c in ("wt", "wt_cases", "pay_std", "std_cases")]
    area = tiers.group_by([*FAMILY, "tier"]).agg(sums)
    everyone = tiers.select(_PROVIDER_FAMILY).unique().join(area, on=FAMILY)
    own = tiers.select([*_PROVIDER_FAMILY, "tier", *(pl.col(c.meta.output_name()).cast(pl.Float64) for c in sums)])
    both = everyone.join(own, on=[*_PROVIDER_FAMILY, "tier"], how="left", suffix="_own")
    return both.select(
        *_PROVIDER_FAMILY,
        "tier",
        mean_wt=_mean("wt", "wt_cases"),
        mean_std=_mean("pay_std", "std_cases"),
    ).sort(*_PROVIDER_FAMILY, "tier")


def _mean(total: str, count: str) -> pl.Expr:
    own = pl.col(f"{total}_own") / pl.col(f"{count}_own")
    area = pl.col(total) / pl.col(count)
    return pl.when(pl.col(f"{count}_own") > 0).then(own).when(pl.col(count) > 0).then(area)


def at_stake(strata: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    """Per provider: excess_wt and at_stake (yuan, float) of its top cases beyond expectation.

    Excess and deficit of families net each other; a provider below expectation has nothing at stake. Payment
    differences are those between the provider's mean top case and the family's lowest tier.
    """
    excess = strata.group_by(_PROVIDER_FAMILY).agg(
        excess=(pl.col("top_cases") - pl.col("expected") * pl.col("cases")).sum()
    )
    base = tier_means(tiers).filter(pl.col("tier") == "5").drop("tier")
    number = [pl.col(c).cast(pl.Float64).sum() for c in ("wt", "wt_cases", "pay_std", "std_cases", "paid")]
    top = tiers.filter(pl.col("tier") != "5").group_by(_PROVIDER_FAMILY).agg(number)
    rows = (
        excess.join(top, on=_PROVIDER_FAMILY, how="left")
        .join(base, on=_PROVIDER_FAMILY, how="left")
        .sort("fixmedins_code", *FAMILY)
        .with_columns(
            wt_step=(pl.col("wt") / pl.col("wt_cases") - pl.col("mean_wt")).fill_nan(None),
            std_step=(pl.col("pay_std") / pl.col("std_cases") - pl.col("mean_std")).fill_nan(None),
        )
    )
    money = pl.min_horizontal(pl.col("excess") * pl.col("std_step"), pl.col("paid"))
    totals = rows.group_by("fixmedins_code", maintain_order=True).agg(
        excess_wt=(pl.col("excess") * pl.col("wt_step")).sum(),
        known_wt=pl.col("wt_step").is_not_null().any(),
        at_stake=money.sum(),
        known_std=pl.col("std_step").is_not_null().any(),
        paid=pl.col("paid").sum(),
        over=pl.col("excess").sum() > 0,
    )
    # a provider without any top case has no step of its own: nothing in excess, so nothing at stake
    stake = pl.when("over").then(pl.min_horizontal(pl.col("at_stake").clip(0), pl.col("paid"))).otherwise(0.0)
    return totals.select(
        "fixmedins_code",
        excess_wt=pl.when("known_wt").then("excess_wt"),
        at_stake=pl.when(pl.col("known_std") | ~pl.col("over")).then(stake),
    )

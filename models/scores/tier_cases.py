"""Cases of providers that stand out whose cost looks like a cheaper tier of their family: a question to the record."""

import json

import numpy as np
import polars as pl

from models.scores.store import columns_of, yuan
from models.scores.tier_money import tier_means
from models.scores.tier_norms import FAMILY

#: plain estimate: never shown as certain
HIGHEST = 0.9


def suspect_cases(cases: pl.DataFrame, tiers: pl.DataFrame, strata: pl.DataFrame) -> pl.DataFrame:
    """Rows of `upcoding_case` from the top-tier cases of flagged providers (`scores/tier_case`).

    The supported tier is the cheaper one whose typical log cost at peers (the provider left out) is nearest, when it is
    nearer than that of the billed tier. Probability: normal density of the cost in each tier times the share of the
    tier at peers, bounded by 0.9. Payment difference: of the mean standards, never below zero or above what was paid.
    """
    typical = _typical_cost(tiers)
    means = tier_means(tiers)
    key = [*FAMILY, "fixmedins_code"]
    known = strata.select(key).unique()
    options = (
        cases.join(known, on=key)
        .join(typical, on=key, suffix="_option")
        .join(means, left_on=[*key, "tier_option"], right_on=[*key, "tier"], how="left")
        .with_columns(
            distance=(pl.col("log_cost").cast(pl.Float64) - pl.col("typical")).abs(),
            billed=pl.col("tier_option") == pl.col("tier"),
            cheaper=pl.col("tier_option") > pl.col("tier"),
        )
        .filter(pl.col("billed") | pl.col("cheaper"))
        .with_columns(weight=pl.col("peer_cases") * (-(pl.col("distance") ** 2) / (2 * pl.col("variance"))).exp())
        .with_columns(share=pl.col("weight") / pl.col("weight").sum().over("setl_id"))
    )
    return _as_list(options)


def _typical_cost(tiers: pl.DataFrame) -> pl.DataFrame:
    """Mean log cost of each tier at peers, without the provider, for every provider and family; pooled variance."""
    number = [pl.col(c).cast(pl.Float64) for c in ("cases", "log_sum", "log_square")]
    rows = tiers.select(*FAMILY, "tier", "fixmedins_code", *number)
    area = rows.group_by([*FAMILY, "tier"]).agg(pl.col("cases", "log_sum", "log_square").sum())
    spread = area.with_columns(square=pl.col("log_square") - pl.col("log_sum") ** 2 / pl.col("cases"))
    variance = spread.group_by(FAMILY).agg(variance=pl.col("square").sum() / pl.col("cases").sum())
    everyone = rows.select([*FAMILY, "fixmedins_code"]).unique().join(area, on=FAMILY)
    both = everyone.join(rows, on=[*FAMILY, "tier", "fixmedins_code"], how="left", suffix="_own")
    left = {c: pl.col(c) - pl.col(f"{c}_own").fill_null(0) for c in ("cases", "log_sum")}
    found = both.with_columns(peer_cases=left["cases"], peer_sum=left["log_sum"]).filter(pl.col("peer_cases") > 0)
    return (
        found.with_columns(typical=pl.col("peer_sum") / pl.col("peer_cases"))
        .join(variance.with_columns(pl.col("variance").clip(1e-4)), on=FAMILY)
        .select(*FAMILY, "fixmedins_code", "tier", "typical", "peer_cases", "variance")
        .sort(*FAMILY, "fixmedins_code", "tier")
    )


def _as_list(options: pl.DataFrame) -> pl.DataFrame:
    billed = options.filter("billed").select(
        "setl_id", pl.col("distance").alias("billed_distance"), pl.col("typical").alias("billed_typical")
    )
    best = options.filter("cheaper").sort("setl_id", "distance", "tier_option").unique("setl_id", keep="first")
    chance = options.filter("cheaper").group_by("setl_id").agg(probability=pl.col("share").sum())
    rows = best.join(billed, on="setl_id").join(chance, on="setl_id")
    rows = rows.filter(pl.col("distance") < pl.col("billed_distance")).sort("fixmedins_code", "setl_id")
    stake = pl.min_horizontal(pl.col("pay_std").cast(pl.Float64) - pl.col("mean_std"), pl.col("paid").cast(pl.Float64))
    rows = rows.with_columns(
        supported_grp_code=pl.col("adrg") + pl.col("tier_option"),
        probability=pl.col("probability").clip(0.01, HIGHEST).round(4),
        wt_difference=(pl.col("wt").cast(pl.Float64) - pl.col("mean_wt")).round(4),
        stake=stake.clip(0),
    )
    rows = rows.with_columns(
        payment_difference=yuan(rows["stake"]),
        reasons=pl.Series([_reasons(row) for row in rows.iter_rows(named=True)], dtype=pl.String),
    )
    return rows.select([name for name in columns_of("score.upcoding_case") if name != "period"])


def _reasons(row: dict[str, object]) -> str:
    """Why the case is worth a look, the weightiest first."""
    cost, typical, billed = (float(str(row[c])) for c in ("log_cost", "typical", "billed_typical"))
    facts = [
        {
            "reason": "cost_like_cheaper_tier",
            "text": (
                f"费用为所报层级同类典型费用的 {np.exp(cost - billed):.2f} 倍，"
                f"为 {row['adrg']}{row['tier_option']} 的 {np.exp(cost - typical):.2f} 倍"
            ),
        },
        {"reason": "provider_above_peers", "text": "该机构高严重程度病例占比高于同类预期"},
    ]
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)

"""Regular cohorts: people with the same rhythm at the same unit, ranked by what does not fit a treatment schedule."""

import json

import polars as pl

from models.gathering.facts import Facts
from models.gathering.visits import Names

LEAST_PEOPLE, LEAST_DATES = 5, 5


def candidates(scheduled: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Scheduled visits of cohorts of 5 people or more, with psn_id, fixmedins_code and way (see rhythm.cohorts)."""
    if scheduled.is_empty():
        return scheduled.with_columns(psn_id=pl.lit(""), fixmedins_code=pl.lit(""), way=pl.lit(""))
    key = ["unit", "period", "phase"]
    big = scheduled.filter(
        (pl.col("person").n_unique().over(key) >= LEAST_PEOPLE) & (pl.col("day").n_unique().over(key) >= LEAST_DATES)
    )
    return big.with_columns(
        psn_id=names.persons.gather(big["person"]), fixmedins_code=names.providers.gather(big["unit"]),
        way=names.ways.gather(big["unit"]),
    )  # fmt: skip


def cohort_frame(rows: pl.DataFrame, facts: Facts, start: object) -> pl.DataFrame:
    """Rows of the list `cohort`, the least fitting first.

    misfit (0–1) = share without chronic code × mean of: same_minute_share (visits within a minute of another member's),
    employer_share and village_share (largest employer's and village's share beyond the share of all cohorts' people),
    together_share (members present on the cohort's dates, those with one member present included), crowd_share =
    how far the cohort outnumbers the other phases of its rhythm at the unit.
    """
    key = ["fixmedins_code", "way", "period", "phase"]
    dated = rows.with_columns(seen_on=pl.lit(start) + pl.duration(days=pl.col("day").cast(pl.Int32)))
    facts_by = facts.visits.unique(["psn_id", "fixmedins_code", "way", "seen_on"], keep="first", maintain_order=True)
    money = facts.visits.group_by("psn_id", "fixmedins_code", "way", "seen_on").agg(pl.col("fund_amount").sum())
    joined = (
        dated.join(facts_by.drop("fund_amount"), on=["psn_id", "fixmedins_code", "way", "seen_on"], how="left")
        .join(money, on=["psn_id", "fixmedins_code", "way", "seen_on"], how="left")
        .sort([*key, "day", "minute", "psn_id"])
    )
    near = [
        (pl.col("minute") - pl.col("minute").shift(step)).abs().over([*key, "day"]).fill_null(9999) <= 1
        for step in (1, -1)
    ]
    joined = joined.with_columns(same=(near[0] | near[1]) & (pl.col("minute") > 0))
    table = joined.group_by(key, maintain_order=True).agg(
        members=pl.col("psn_id").n_unique().cast(pl.Int64), visits=pl.len().cast(pl.Int64),
        occasions=pl.col("day").n_unique().cast(pl.Int64), first_date=pl.col("seen_on").min(),
        last_date=pl.col("seen_on").max(), fund_amount=pl.col("fund_amount").sum(),
        without_chronic_share=(1 - pl.col("chronic").fill_null(0).cast(pl.Float64).mean()),
        same_minute_share=pl.col("same").cast(pl.Float64).mean(),
        psn_ids=pl.col("psn_id").unique().sort(),
    )  # fmt: skip
    table = table.with_columns(
        attendance=pl.col("visits") / (pl.col("members") * pl.col("occasions")),
        crowd=_crowd(key),
        employer_share=_largest(table, key, facts, "emp_no"), village_share=_largest(table, key, facts, "admdvs"),
    )  # fmt: skip
    parts = ("same_minute_share", "employer_share", "village_share", "attendance", "crowd")
    mean = sum((pl.col(name) for name in parts), pl.lit(0.0)) / len(parts)
    table = table.with_columns(misfit=(pl.col("without_chronic_share") * mean).round(6))
    table = table.sort(["misfit", *key], descending=[True, *[False] * 4])
    ids = [json.dumps(people.to_list()) for people in table["psn_ids"]]
    return table.with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), period_days=pl.col("period").cast(pl.Int64),
        phase=pl.col("phase").cast(pl.Int64), psn_ids=pl.Series(ids, dtype=pl.String),
        fund_amount=pl.col("fund_amount").fill_null(0),
    )  # fmt: skip


def _crowd(key: list[str]) -> pl.Expr:
    """1 − members of the typical other phase of the rhythm ÷ own members."""
    own, rhythm = pl.col("members").cast(pl.Float64), key[:-1]
    others = (own.sum().over(rhythm) - own) / (pl.col("period").cast(pl.Float64) - 1).clip(1, None)
    return (1 - others / own).clip(0, 1)


def _largest(table: pl.DataFrame, key: list[str], facts: Facts, column: str) -> pl.Series:
    """Share of the members in the largest employer or village, beyond what all people of cohorts have of it."""
    known = facts.people.select("psn_id", pl.col(column).alias("value")).drop_nulls()
    members = table.select(*key, "members", pl.col("psn_ids").alias("psn_id")).explode("psn_id")
    overall = known.group_by("value").agg(base=pl.len() / max(facts.people.height, 1))
    counted = members.join(known, on="psn_id").group_by([*key, "members", "value"]).len().join(overall, on="value")
    excess = counted.with_columns(share=(pl.col("len") / pl.col("members") - pl.col("base")).clip(0, 1))
    excess = excess.filter(pl.col("len") >= 3).group_by(key).agg(pl.col("share").max())
    return table.select(key).join(excess, on=key, how="left", maintain_order="left")["share"].fill_null(0.0)

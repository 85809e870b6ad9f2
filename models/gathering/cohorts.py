"""Regular cohorts: people with the same rhythm at the same unit, ranked by what does not fit a treatment schedule."""

import json

import numpy as np
import polars as pl

from models.gathering import misfit as evidence
from models.gathering.facts import Facts
from models.gathering.visits import Names, Visits

LEAST_PEOPLE, LEAST_DATES = 5, 5
#: members of one employer or village who are looked at
LEAST_OF_ONE = 3
RHYTHM = ["fixmedins_code", "way", "period"]


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


def cohort_frame(
    rows: pl.DataFrame, facts: Facts, start: object, visits: Visits, neighbours: pl.DataFrame
) -> pl.DataFrame:
    """Rows of the list `cohort`, the least fitting first.

    `visits` = all of the window; `neighbours` = rows of sql/gathering/neighbour.sql. misfit = evidence in powers of ten
    (misfit.py) that the phase stands out, that members skip the same occasions, swipe in the same minute, are of one
    employer or village; nothing where four fifths of the visits carry chronic codes. `coded` = they do.
    """
    joined = _joined(rows, facts, start)
    key = [*RHYTHM, "phase", "coded"]
    table = joined.group_by(key, maintain_order=True).agg(
        members=pl.col("psn_id").n_unique().cast(pl.Int64), visits=pl.len().cast(pl.Int64),
        occasions=pl.col("day").n_unique().cast(pl.Int64), first_date=pl.col("seen_on").min(),
        last_date=pl.col("seen_on").max(), fund_amount=pl.col("fund_amount").sum(),
        without_chronic_share=(1 - pl.col("chronic").fill_null(0).cast(pl.Float64).mean()),
        same_minute_share=pl.col("same").cast(pl.Float64).mean(),
        psn_ids=pl.col("psn_id").unique().sort(), unit=pl.col("unit").first(), person=pl.col("person"),
        on=pl.col("day"), at=pl.col("minute"),
    )  # fmt: skip
    table = table.with_columns(
        attendance=pl.col("visits") / (pl.col("members") * pl.col("occasions")), others=_others()
    )
    table = table.with_columns(crowd=(1 - pl.col("others") / pl.col("members")).clip(0, 1))
    origins = [_origin(table, key, facts, neighbours, column) for column in ("emp_no", "admdvs")]
    table = table.with_columns(employer_share=origins[0]["share"], village_share=origins[1]["share"])
    told = origins[0]["evidence"] + origins[1]["evidence"] + pl.Series(_habits(table, visits), dtype=pl.Float64)
    pairs = zip(table["without_chronic_share"], told, strict=True)
    table = table.with_columns(misfit=pl.Series([round(evidence.misfit(*one), 4) for one in pairs], dtype=pl.Float64))
    table = table.sort(["misfit", *key], descending=[True, *[False] * len(key)])
    ids = [json.dumps(people.to_list()) for people in table["psn_ids"]]
    return table.with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), period_days=pl.col("period").cast(pl.Int64),
        phase=pl.col("phase").cast(pl.Int64), psn_ids=pl.Series(ids, dtype=pl.String),
        fund_amount=pl.col("fund_amount").fill_null(0),
    )  # fmt: skip


def _joined(rows: pl.DataFrame, facts: Facts, start: object) -> pl.DataFrame:
    """The cohorts' visits with codes, money, `coded`, and whether another member swiped within a minute (`same`)."""
    dated = rows.with_columns(seen_on=pl.lit(start) + pl.duration(days=pl.col("day").cast(pl.Int32)))
    seen = ["psn_id", "fixmedins_code", "way", "seen_on"]
    facts_by = facts.visits.unique(seen, keep="first", maintain_order=True)
    money = facts.visits.group_by(seen).agg(pl.col("fund_amount").sum())
    joined = dated.join(facts_by.drop("fund_amount"), on=seen, how="left").join(money, on=seen, how="left")
    joined = joined.with_columns(coded=_coded([*RHYTHM, "phase"]))
    key = [*RHYTHM, "phase", "coded"]
    joined = joined.sort([*key, "day", "minute", "psn_id"])
    near = [
        (pl.col("minute") - pl.col("minute").shift(step)).abs().over([*key, "day"]).fill_null(9999) <= 1
        for step in (1, -1)
    ]
    return joined.with_columns(same=(near[0] | near[1]) & (pl.col("minute") > 0))


def _coded(cohort: list[str]) -> pl.Expr:
    """Whether a visit belongs to those of its cohort who carry chronic codes.

    Their schedule does not explain the others: five or more of each kind are two cohorts. Else the whole cohort's share
    of codes decides.
    """
    chronic = pl.col("chronic").fill_null(0).cast(pl.Float64)
    own = chronic.mean().over([*cohort, "psn_id"]) >= evidence.CHRONIC_SHARE
    with_codes = pl.col("psn_id").filter(own).n_unique().over(cohort)
    without = pl.col("psn_id").filter(~own).n_unique().over(cohort)
    both = (with_codes >= LEAST_PEOPLE) & (without >= LEAST_PEOPLE)
    return pl.when(both).then(own).otherwise(chronic.mean().over(cohort) >= evidence.CHRONIC_SHARE)


def _habits(table: pl.DataFrame, visits: Visits) -> list[float]:
    """Evidence of phase, dates and minutes of each cohort."""
    found = []
    for row in table.select("unit", "period", "phase", "members", "others", "person", "on", "at").iter_rows(named=True):
        arrays = (np.array(row[name], dtype=np.int64) for name in ("person", "on", "at"))
        one = evidence.Cohort(row["unit"], row["period"], row["phase"], *arrays)
        volume, minutes = evidence.by_day(visits, one.unit)
        found.append(
            evidence.phase_evidence(row["members"], row["others"])
            + evidence.dates_evidence(one, volume)
            + evidence.minute_evidence(one, minutes)
        )
    return found


def _others() -> pl.Expr:
    """Members of the typical other phase of the rhythm."""
    members = pl.col("members").cast(pl.Float64)
    rest = members.sum().over(RHYTHM) - members.sum().over([*RHYTHM, "phase"])
    return rest / (pl.col("period").cast(pl.Float64) - 1).clip(1, None)


def _origin(table: pl.DataFrame, key: list[str], facts: Facts, neighbours: pl.DataFrame, column: str) -> pl.DataFrame:
    """share = the members' share in the largest employer or village beyond what the provider's regular visitors have
    of it, evidence = that of the most surprising one; both 0 where nothing is known. Rows as in `table`."""
    known = facts.people.select("psn_id", pl.col(column).alias("value")).drop_nulls()
    near = neighbours.filter(pl.col("kind") == column)
    near = near.with_columns(regulars=pl.col("people").sum().over("fixmedins_code"))
    members = table.select(*key, pl.col("psn_ids").alias("psn_id")).explode("psn_id").join(known, on="psn_id")
    counted = members.group_by([*key, "value"]).len().join(near, on=["fixmedins_code", "value"], how="left")
    counted = counted.with_columns(
        members=pl.col("len").sum().over(key), values=pl.len().over(key),
        regulars=pl.col("regulars").max().over("fixmedins_code").fill_null(0), people=pl.col("people").fill_null(0),
    )  # fmt: skip
    # without the cohort's own; one more of each, so that nobody's origin is impossible
    base = (pl.col("people") - pl.col("len")).clip(0, None) + 1
    among = (pl.col("regulars") - pl.col("members")).clip(0, None) + pl.col("values")
    counted = counted.with_columns(base=(base / among).clip(0, 1))
    counted = counted.with_columns(share=(pl.col("len") / pl.col("members") - pl.col("base")).clip(0, 1))
    counted = evidence.origin_evidence(counted.filter(pl.col("len") >= LEAST_OF_ONE))
    best = counted.group_by(key).agg(pl.col("share").max(), pl.col("evidence").max())
    found = table.select(key).join(best, on=key, how="left", maintain_order="left")
    return found.select(pl.col("share").fill_null(0.0), pl.col("evidence").fill_null(0.0))

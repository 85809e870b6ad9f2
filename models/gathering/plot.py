"""An auditor's view of one group, explained or not: its members' visits, and how many came and were expected a day."""

import json

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.errors import UsageError
from models.gathering.facts import visits_of
from models.gathering.visits import kinds_of_care
from models.meeting import Meetings, by_dates
from models.scores.window import quarter_window


def group_visits(engine: Engine, period: str, group_id: str, config: Config) -> pl.DataFrame:
    """All visits of a group's members to its providers, in its ways of coming together, in a quarter's twelve months.

    One row a settlement: psn_id, member (1 = most visits), fixmedins_code, way, seen_on, setl_time, fund_amount.
    Raises UsageError for a group the quarter does not have.
    """
    key = {"period": period, "group_id": group_id}
    head = engine.frame(
        "select fixmedins_codes, ways from score.gathering_group where period = $period and group_id = $group_id", key
    )
    if head.is_empty():
        raise UsageError(f"{period}: 没有聚集组 / there is no group {group_id}. See the list gathering_group.")
    members = engine.frame(
        "select psn_id, dates_present from score.gathering_member where period = $period and group_id = $group_id", key
    )
    people = by_dates(members).select("psn_id").with_row_index("member", offset=1)
    visits = visits_of(engine, quarter_window(period), config, people["psn_id"])
    here = visits.filter(
        pl.col("fixmedins_code").is_in(json.loads(head["fixmedins_codes"][0]))
        & pl.col("way").is_in(json.loads(head["ways"][0]))
    )
    return here.join(people, on="psn_id").sort("member", "setl_time", "setl_id", "way")


def group_days(engine: Engine, period: str, visits: pl.DataFrame, config: Config) -> pl.DataFrame:
    """By provider, way and day with members: `observed` members, `people` = the day's volume, `expected` members.

    Expected = member visits to the provider × the day's share of its volume, both volumes without the group.
    """
    unit, day = ["fixmedins_code", "way"], ["fixmedins_code", "way", "seen_on"]
    volume = engine.query(
        "gathering/day_volume", providers=visits["fixmedins_code"].unique().sort().to_list(),
        **kinds_of_care(config), **quarter_window(period).bounds(),
    )  # fmt: skip
    seen = visits.group_by(day).agg(observed=pl.col("psn_id").n_unique())
    days = volume.join(seen, on=day, how="left").with_columns(pl.col("observed").fill_null(0))
    own = pl.col("observed").sum().over(unit)
    others = (pl.col("people").sum().over(unit) - own).clip(1, None)
    days = days.with_columns(expected=(own * (pl.col("people") - pl.col("observed")) / others).round(4))
    return days.filter(pl.col("observed") > 0).sort(day)


def group_meetings(engine: Engine, period: str, group_id: str, config: Config) -> Meetings:
    """What the plot of a group shows, for every group, explained or not; several providers or ways of a day are summed.

    Raises UsageError for a group the quarter does not have.
    """
    visits = group_visits(engine, period, group_id, config)
    days = group_days(engine, period, visits, config)
    daily = days.group_by("seen_on").agg(pl.col("observed").sum(), pl.col("expected").sum()).sort("seen_on")
    return Meetings(visits.select("seen_on", "member", "setl_time").rows(), daily.rows())

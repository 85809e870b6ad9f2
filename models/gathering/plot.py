"""An auditor's view of one group: members × dates with swipe times; below, observed and expected, and the volume."""

import json
from typing import TYPE_CHECKING

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.errors import UsageError
from models.gathering.facts import visits_of
from models.gathering.visits import kinds_of_care
from models.scores.window import quarter_window

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

OBSERVED, EXPECTED, VOLUME = "实际人数 / observed", "预期人数 / expected", "当日就诊人数 / volume of the day"
BARS = (
    (OBSERVED, "observed", "#1f4e79", 2),
    (EXPECTED, "expected", "#c55a11", 2),
    (VOLUME, "people", "#8a97a6", 3),
)


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
    people = engine.frame(
        "select psn_id from score.gathering_member where period = $period and group_id = $group_id"
        " order by dates_present desc, psn_id",
        key,
    ).with_row_index("member", offset=1)
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


def group_figure(engine: Engine, period: str, group_id: str, config: Config) -> "Figure":
    """Members × dates (colour = hour of the swipe), observed against expected members, and the days' volumes."""
    from plotly.subplots import make_subplots

    visits = group_visits(engine, period, group_id, config)
    days = group_days(engine, period, visits, config)
    hour = visits["setl_time"].dt.hour() + visits["setl_time"].dt.minute() / 60
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, row_heights=[0.6, 0.22, 0.18], vertical_spacing=0.05)
    figure.add_scatter(
        x=visits["seen_on"].to_list(), y=visits["member"].to_list(), mode="markers", row=1, col=1, showlegend=False,
        marker={"color": hour.to_list(), "colorscale": "Viridis", "size": 7, "symbol": "square",
                "colorbar": {"title": "时 / hour", "len": 0.6, "y": 0.7}},
        customdata=visits.select(pl.col("setl_time").dt.strftime("%H:%M"), "fixmedins_code").rows(),
        hovertemplate="%{x|%Y-%m-%d} %{customdata[0]}<br>成员 / member %{y}<br>%{customdata[1]}<extra></extra>",
    )  # fmt: skip
    for name, column, color, row in BARS:
        figure.add_bar(
            x=days["seen_on"].to_list(), y=days[column].to_list(), name=name, marker_color=color, row=row, col=1
        )
    figure.update_yaxes(title="成员 / member", autorange="reversed", row=1, col=1)
    figure.update_yaxes(title="人数 / people", row=2, col=1)
    figure.update_yaxes(title="当日 / day", row=3, col=1)
    figure.update_layout(
        title=f"{group_id}: 与同来就医相符的记录，须人工核实 / visits consistent with coming together",
        template="plotly_white", barmode="overlay", height=640,
    )  # fmt: skip
    return figure

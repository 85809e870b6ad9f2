"""The gathering stage: groups, their members and the regular cohorts of the twelve months up to a quarter's end."""

import os
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.gathering import cohorts as regular
from models.gathering.cases import case_rows, named
from models.gathering.chain import Found, chain
from models.gathering.facts import Facts, facts_of, neighbours_of
from models.gathering.frames import Described, describe, group_row, member_rows, rhythmic_rows, scheduled_of
from models.gathering.history import earlier_groups, group_ids
from models.gathering.rhythm import cohorts
from models.gathering.visits import Names, Visits, read_visits
from models.scores.store import ScoreSummary, empty, store
from models.scores.window import Window, quarter_window

TABLES = ("score.gathering_group", "score.gathering_member", "score.gathering_case", "score.cohort")


def gathering(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.gathering_group`, `_member`, `_case` and `score.cohort` of a quarter.

    Reads core.settlement, core.diagnosis, cur.psn_info_b and the groups of earlier quarters, whose numbers the same
    people keep. Raises UsageError for no quarter.
    """
    window = quarter_window(period)
    with engine.all_or_nothing():
        frames = gathering_frames(engine, window, config)
        rows = {table: store(engine, table, window.period, frames[table]) for table in TABLES}
    return ScoreSummary(window.period, rows)


def gathering_frames(engine: Engine, window: Window, config: Config) -> dict[str, pl.DataFrame]:
    """The rows of the tables for any window."""
    return told_frames(engine, window, config, search(engine, window, config))


@dataclass(frozen=True)
class Search:
    """What was found in the visits of a window, before anybody looks at codes, households or money."""

    found: Found
    visits: Visits
    names: Names


def search(engine: Engine, window: Window, config: Config) -> Search | None:
    """Groups and rhythms in the visits of a window; None without visits."""
    visits, names = read_visits(engine, window, config)
    if not len(visits):
        return None
    return Search(chain(visits, names.ways.to_numpy(), config.engine.threads or os.cpu_count() or 1), visits, names)


def told_frames(engine: Engine, window: Window, config: Config, made: Search | None) -> dict[str, pl.DataFrame]:
    """What was found as rows of the tables, with money, explanation and evidence from the records."""
    if made is None:
        return {table: empty(table) for table in TABLES}
    grouped = {name for group in made.found.groups for name in made.names.persons.gather(group.members)}
    rhythms = cohorts(made.visits, made.found.rhythm)
    regulars = regular.candidates(rhythms, made.names)
    facts = facts_of(engine, window, config, {*grouped, *regulars["psn_id"]})
    scheduled = scheduled_of(made.found, made.visits)
    about = facts.of(grouped)
    told = [describe(group, made.names, about, window.start, scheduled) for group in made.found.groups]
    kept = regular.candidates(_with_rhythmic(rhythms, rhythmic_rows(told, scheduled)), made.names)
    return {
        **_groups(engine, window, told),
        "score.cohort": _cohorts(engine, window, made, kept, facts.of(kept["psn_id"])),
    }


def _with_rhythmic(rhythms: pl.DataFrame, more: pl.DataFrame | None) -> pl.DataFrame:
    """Scheduled visits and those of the groups with a rhythm; a cohort of the same period and phase is one."""
    if more is None:
        return rhythms
    every = more if rhythms.is_empty() else pl.concat([rhythms, more.select(rhythms.columns)], how="vertical_relaxed")
    return every.unique(["unit", "period", "phase", "person", "day"], keep="first", maintain_order=True)


def _groups(engine: Engine, window: Window, told: list[Described]) -> dict[str, pl.DataFrame]:
    if not told:
        return {table: empty(table) for table in TABLES if table != "score.cohort"}
    ids = group_ids([one.members for one in told], earlier_groups(engine, window.period))
    rows = [group_row(name, one) for name, one in zip(ids, told, strict=True)]
    schema = empty("score.gathering_group").schema
    money = pl.Series([Decimal(str(row["at_stake_amount"])) for row in rows], dtype=pl.Decimal(16, 2))
    frame = pl.DataFrame([{**row, "at_stake_amount": None} for row in rows], schema=schema)
    frame = frame.with_columns(at_stake_amount=money).sort(
        ["explanation", "score", "group_id"], descending=[False, True, False], nulls_last=False
    )
    members = pl.concat([member_rows(name, one) for name, one in zip(ids, told, strict=True)])
    return {
        "score.gathering_group": frame,
        "score.gathering_member": members.sort("group_id", "psn_id"),
        "score.gathering_case": _cases(engine, dict(zip(ids, told, strict=True)), frame),
    }


def _cases(engine: Engine, told: dict[str, Described], groups: pl.DataFrame) -> pl.DataFrame:
    """Joint settlements of the groups without explanation, ranked as the groups are."""
    unexplained = groups.filter(pl.col("explanation").is_null())["group_id"]
    parts = [case_rows(name, rank, told[name]) for rank, name in enumerate(unexplained, start=1)]
    if not parts:
        return empty("score.gathering_case")
    return named(engine, pl.concat(parts)).select(empty("score.gathering_case").columns)


def _cohorts(engine: Engine, window: Window, made: Search, regulars: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    if regulars.is_empty():
        return empty("score.cohort")
    neighbours = neighbours_of(engine, window, regulars["fixmedins_code"].unique())
    frame = regular.cohort_frame(regulars, facts, window.start, made.visits, neighbours)
    return frame.select(empty("score.cohort").columns)

"""Gathering: groups found, explained, followed; the same whatever the order of rows and the number of threads."""

import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from models.config import Config, EngineSettings
from models.engine.duck import Engine, memory_engine
from models.errors import UsageError
from models.gathering import gathering
from models.gathering.history import content_id, group_ids
from models.gathering.plot import group_meetings
from models.gathering.rhythm import rhythm_of
from models.sample.visits import CitySpec, CityTruth, fill
from models.scores.store import empty
from models.site.groups import meeting_figure
from models.svg import meeting_svg

SPEC = CitySpec(seed=41, people=6_000, gangs=8)
TABLES = ("score.gathering_group", "score.gathering_member", "score.gathering_case", "score.cohort")


def _run(engine: Engine, threads: int) -> dict[str, pl.DataFrame]:
    gathering(engine, "2024Q4", Config(engine=EngineSettings(threads=threads)))
    return {table: engine.frame(f"select * from {table}") for table in TABLES}


@pytest.fixture(scope="module")
def made() -> tuple[Engine, CityTruth, dict[str, pl.DataFrame]]:
    engine = memory_engine()
    truth = fill(engine, SPEC)
    return engine, truth, _run(engine, 1)


def _sets(frames: dict[str, pl.DataFrame]) -> dict[str, set[int]]:
    rows = frames["score.gathering_member"].group_by("group_id").agg("psn_id").iter_rows()
    return {str(name): {int(person[1:]) for person in people} for name, people in rows}


def test_planted_gangs_are_found_and_unexplained(made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]]) -> None:
    _, truth, frames = made
    groups = frames["score.gathering_group"]
    open_groups = set(groups.filter(pl.col("explanation").is_null())["group_id"])
    found = [people for name, people in _sets(frames).items() if name in open_groups]
    wanted = [set(gang.members.tolist()) for gang in truth.gangs if not gang.rhythm]
    hits = [max((len(g & f) / len(g | f) for f in found), default=0) >= 0.5 for g in wanted]
    assert sum(hits) >= len(wanted) - 1
    assert len(found) <= len(truth.gangs) + 2


def test_look_alikes_are_explained(made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]]) -> None:
    _, truth, frames = made
    kinds = dict(frames["score.gathering_group"].select("group_id", "explanation").rows())
    innocent = [set(f.tolist()) for f in truth.families] + [set(truth.dialysis.tolist())]
    for name, people in _sets(frames).items():
        if any(len(people & some) > 0.6 * len(people) for some in innocent):
            assert kinds[name] is not None


def test_rows_are_the_same_from_shuffled_input_and_two_threads(
    made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]],
) -> None:
    _, _, frames = made
    engine = memory_engine()
    fill(engine, SPEC)
    engine.con.execute("create or replace table core.settlement as from core.settlement order by md5(setl_id)")
    again = _run(engine, 2)
    for table in TABLES:
        assert frames[table].equals(again[table]), table


def test_money_is_that_of_the_joint_visits(made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]]) -> None:
    engine, _, frames = made
    top = frames["score.gathering_group"].row(0, named=True)
    members = frames["score.gathering_member"].filter(pl.col("group_id") == top["group_id"])["psn_id"].to_list()
    provider = json.loads(top["fixmedins_codes"])
    paid = engine.con.execute(
        "select sum(net_fund) from core.settlement where psn_id in $p and fixmedins_code in $f",
        {"p": members, "f": provider},
    ).fetchall()[0][0]
    assert Decimal(0) < top["at_stake_amount"] <= paid


def test_every_group_without_explanation_is_listed_to_look_into(
    made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]],
) -> None:
    _, _, frames = made
    groups, cases = frames["score.gathering_group"], frames["score.gathering_case"]
    unexplained = groups.filter(pl.col("explanation").is_null())
    assert cases["group_id"].unique(maintain_order=True).to_list() == unexplained["group_id"].to_list()
    money = dict(cases.group_by("group_id").agg(pl.col("fund_amount").sum()).rows())
    assert money == dict(unexplained.select("group_id", "at_stake_amount").rows())
    assert (cases["present"] > cases["expected"]).all()
    assert (cases["volume"] >= cases["present"]).all()
    assert not cases.select("group_id", "setl_id").is_duplicated().any()


def test_a_cohort_counts_its_people_once(made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]]) -> None:
    _, _, frames = made
    cohorts = frames["score.cohort"]
    assert cohorts.height > 3
    for row in cohorts.iter_rows(named=True):
        people = json.loads(row["psn_ids"])
        assert row["members"] == len(people) == len(set(people))
        assert row["attendance"] == pytest.approx(row["visits"] / (row["members"] * row["occasions"]), abs=1e-4)


def test_every_list_type_has_an_empty_table() -> None:
    for table in TABLES:
        assert empty(table).columns


def test_a_group_keeps_its_number() -> None:
    before = {"Gold": {"a", "b", "c", "d", "e"}, "Gother": {"x", "y", "z"}}
    ids = group_ids([["a", "b", "c", "d"], ["p", "q", "r", "s"], ["x", "t", "u", "v"]], before)
    assert ids == ["Gold", content_id(["p", "q", "r", "s"]), content_id(["x", "t", "u", "v"])]


@pytest.mark.parametrize(
    ("dates", "late", "rhythm"),
    [  # day of the first, period; days some come late; period, middle day, width
        (range(5, 300, 14), [0], (14, 5, 1)),
        (range(4, 170, 7), [0, 1], (7, 4, 2)),  # three days a week would be too usual
        (range(6, 340, 28), [0, 1, 2], (28, 7, 3)),
        (range(2, 340, 14), [0, 3], (14, 3, 4)),
    ],
)
def test_a_rhythm_is_known_by_the_narrowest_window(dates: range, late: list[int], rhythm: tuple[int, int, int]) -> None:
    days = np.array([day + late[i % len(late)] for i, day in enumerate(dates)])
    assert rhythm_of(days, np.ones(366)) == rhythm


@pytest.mark.parametrize("weekdays", [[1, 1, 1, 1, 1, 1, 1], [1.25, 1.1, 1, 1, 1, 0.6, 0.35]])
def test_days_without_a_rhythm_have_none(weekdays: list[float]) -> None:
    """A false rhythm in a thousand people at most: here 2 of 600 would be as rare as one in ten such tests."""
    rng = np.random.default_rng(3)
    volume = np.array(weekdays)[np.arange(366) % 7]
    drawn = [np.sort(rng.choice(366, n, replace=False, p=volume / volume.sum())) for n in (8, 14, 25) * 200]
    assert sum(rhythm_of(days, volume) is not None for days in drawn) <= 1


def test_a_group_can_be_drawn(made: tuple[Engine, CityTruth, dict[str, pl.DataFrame]]) -> None:
    engine, _, frames = made
    top = frames["score.gathering_group"].row(0, named=True)
    met = group_meetings(engine, "2024Q4", top["group_id"], Config())
    assert max(member for _, member, _ in met.visits) == top["members"]
    assert sum(present for _, present, _ in met.days) > sum(expected for _, _, expected in met.days)
    figure = meeting_figure(met, lambda zh, en: en)
    assert figure is not None
    dots, present, expected = figure["data"]
    assert (len(dots["x"]), len(present["x"]), len(expected["x"])) == (len(met.visits), len(met.days), len(met.days))
    assert f"{top['group_id']}" in meeting_svg(top["group_id"], met).decode()
    with pytest.raises(UsageError):
        group_meetings(engine, "2024Q4", "Gnone", Config())

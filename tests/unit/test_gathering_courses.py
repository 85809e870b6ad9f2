"""Courses of treatment: people treated in the same weeks meet by themselves; a gang in a hurry does not hide."""

import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from models import core
from models.config import Config
from models.engine.duck import memory_engine
from models.gathering import gathering
from models.gathering.courses import course_share
from models.gathering.explain import COURSE_SHARE
from models.gathering.facts import CHRONIC
from models.gathering.visits import Ints, Visits, of_sorted
from tests.given import given

START = date(2024, 4, 1)
FIRST = {"three a week": (0, 2, 4), "two a week": (1, 4), "working days": (0, 1, 2, 3, 4)}


def _visits(came: list[list[int]]) -> Visits:
    person = np.repeat(np.arange(len(came)), [len(days) for days in came])
    day = np.concatenate([np.array(sorted(days)) for days in came])
    nought = np.zeros(len(day), dtype=np.int64)
    return of_sorted(nought, person, day, nought, len(came), 1, 365)


def _share(came: list[list[int]]) -> float:
    """The share on the days on which five or more came."""
    own = _visits(came)
    days, people = np.unique(own.day, return_counts=True)
    return course_share(own, np.arange(len(own)), np.flatnonzero(np.isin(own.day, days[people >= 5])))


def _treated(rng: np.random.Generator, weekdays: tuple[int, ...], first: int, weeks: int) -> list[int]:
    days = [day for day in range(first, first + 7 * weeks) if day % 7 in weekdays]
    return [day for day in days if rng.random() < 0.88]


def test_only_the_members_count_and_their_numbers_do_not() -> None:
    rng = np.random.default_rng(5)
    came = [_treated(rng, (0, 2, 4), 40 + 3 * i, 9) for i in range(6)]
    alone = _visits(came)
    days, people = np.unique(alone.day, return_counts=True)
    met = days[people >= 5]
    others: list[list[int]] = [[], [41, 44], [*range(365)]]
    among = _visits([*others, *came, [1]])
    rows = np.flatnonzero((among.person >= len(others)) & (among.person < len(others) + len(came)))
    joint = rows[np.isin(among.day[rows], met)]
    expected = course_share(alone, np.arange(len(alone)), np.flatnonzero(np.isin(alone.day, met)))
    assert 0 < expected == course_share(among, rows, joint)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_the_rows_of_a_unit(dtype: type) -> None:
    unit: Ints = np.array([0, 0, 2, 2, 2, 3], dtype=dtype)
    nought: Ints = np.zeros(len(unit), dtype=dtype)
    visits = of_sorted(unit, nought, nought, nought, 1, 5, 1)
    assert [(visits.span(one).start, visits.span(one).stop) for one in range(5)] == [
        (0, 2),
        (2, 2),
        (2, 5),
        (5, 6),
        (6, 6),
    ]


@pytest.mark.parametrize("weekdays", FIRST.values(), ids=FIRST)
def test_courses_that_overlap_are_what_the_members_own_weekdays_make_expected(weekdays: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    assert _share([_treated(rng, weekdays, 70 + int(rng.integers(0, 14)), 8) for _ in range(12)]) >= 0.9


@pytest.mark.parametrize(
    ("dates", "span"),
    [(18, 60), (30, 100), (18, 365), (30, 365)],
    ids=["two months", "often", "a year", "often a year"],
)
def test_dates_that_people_arrange_are_not(dates: int, span: int) -> None:
    rng = np.random.default_rng(2)
    met = rng.choice(span, dates, replace=False)
    assert _share([[int(day) for day in met if rng.random() < 0.85] for _ in range(10)]) <= 0.2 < COURSE_SHARE


def test_once_a_week_is_no_course() -> None:
    rng = np.random.default_rng(3)
    assert _share([_treated(rng, (2,), 0, 40) for _ in range(10)]) == 0


def _settled(people: dict[str, list[int]]) -> list[dict[str, Any]]:
    return [
        {
            "setl_id": f"{name}-{day}", "psn_no": name, "med_type": "11", "hifp_pay": 60,
            "setl_time": f"{START + timedelta(days=day)} {8 + place % 3:02}:{place * 7 % 60:02}:00",
        }
        for name, days in people.items() for place, day in enumerate(days)
    ]  # fmt: skip


def test_patients_of_a_clinic_that_treats_in_courses_are_explained_and_a_gang_among_them_is_not() -> None:
    rng = np.random.default_rng(4)
    people = {
        f"P{n:03}": _treated(rng, (0, 2, 4), int(rng.integers(0, 300)), int(rng.integers(4, 10))) for n in range(90)
    }
    met = rng.choice(70, 18, replace=False) + 150
    people |= {f"G{n}": [int(day) for day in met if rng.random() < 0.9] for n in range(8)}
    people |= {f"B{n:03}": sorted({int(day) for day in rng.choice(365, 5)}) for n in range(300)}
    engine = given(memory_engine(), setl_d=_settled(people))
    core.build(engine, Config())
    gathering(engine, "2025Q1", Config())
    groups = engine.frame("select group_id, explanation, reason from score.gathering_group")
    members = engine.frame("select group_id, psn_id from score.gathering_member").join(groups, on="group_id")
    assert groups.filter(pl.col("explanation") == "schedule")["reason"].str.contains("疗程").any()
    found = members.filter(pl.col("explanation").is_null())["psn_id"].str.slice(0, 1)
    assert found.to_list().count("G") == 8 and found.to_list().count("P") <= 2


@pytest.mark.parametrize(
    "code", ["A15.000", "G30.900", "M32.900", "O24.400", "Z34.900", "Z50.100", "Z94.000", "I10.x00"]
)
def test_long_treatment_is_known_by_its_codes(code: str) -> None:
    assert re.search(CHRONIC, code)


@pytest.mark.parametrize("code", ["J06.900", "M54.500", "S82.200", "K29.500", "W54.900", "H10.900", "F41.100"])
def test_passing_ailments_are_no_long_treatment(code: str) -> None:
    assert not re.search(CHRONIC, code)

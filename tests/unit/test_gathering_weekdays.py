"""Treatment on two or three days of the week is a schedule, also where these days are busy; a gang's dates are none."""

import numpy as np
import pytest

from models.gathering.rhythm import find_rhythms
from models.gathering.visits import Visits, of_sorted

DAYS = 366
EVEN, HOSPITAL = (1.0,) * 7, (1.35, 1.15, 1.05, 1.0, 0.95, 0.45, 0.3)


def _visits(days: np.ndarray, profile: tuple[float, ...]) -> Visits:
    """One person's days at a unit that sixty others visit on a day, each of them once."""
    crowd = np.repeat(np.arange(DAYS), [round(60 * profile[day % 7]) for day in range(DAYS)])
    day = np.concatenate([days, crowd])
    person = np.concatenate([np.zeros(len(days), dtype=np.int64), 1 + np.arange(len(crowd))])
    nought = np.zeros(len(day), dtype=np.int64)
    return of_sorted(nought, person, day, nought, len(crowd) + 1, 1, DAYS)


def _scheduled(days: np.ndarray, profile: tuple[float, ...]) -> float:
    visits = _visits(days, profile)
    rhythm = find_rhythms(
        visits, [(0, len(visits.run) - 1)], lambda jobs: [function(*values) for function, values in jobs]
    )
    return float((rhythm.period[: len(days)] > 0).mean())


@pytest.mark.parametrize("profile", [EVEN, HOSPITAL])
@pytest.mark.parametrize("week", [(0, 2, 4), (1, 3, 5), (0, 3), (2, 4, 5), (0, 4)])
@pytest.mark.parametrize(("kept", "weeks"), [(0.96, 52), (0.85, 26), (0.7, 52)])
def test_days_of_the_week_are_a_schedule(
    week: tuple[int, ...], kept: float, weeks: int, profile: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(5)
    days = np.array([day for day in range(7 * weeks) if day % 7 in week and rng.random() < kept])
    assert _scheduled(days, profile) > 0.95


@pytest.mark.parametrize("profile", [EVEN, HOSPITAL])
def test_thirty_dates_of_the_year_are_none(profile: tuple[float, ...]) -> None:
    """Also where somebody who arranges them keeps to three days of the week."""
    rng = np.random.default_rng(6)
    fit = np.array([day for day in range(DAYS) if day % 7 in (0, 2, 4)])
    drawn = [np.sort(rng.choice(some, 30, replace=False)) for some in (fit, np.arange(DAYS)) for _ in range(20)]
    assert sum(_scheduled(days, profile) > 0.5 for days in drawn) <= 1

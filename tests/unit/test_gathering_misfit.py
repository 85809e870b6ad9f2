"""What does not fit a schedule of care, kind by kind."""

import numpy as np
import polars as pl
import pytest

from models.gathering.misfit import (
    Cohort,
    dates_evidence,
    minute_evidence,
    misfit,
    origin_evidence,
    phase_evidence,
)

VOLUME = np.full(364, 20)


def cohort(weeks: list[list[int]], minute: int = 0) -> Cohort:
    """Members who come on Mondays of these weeks."""
    person = np.concatenate([np.full(len(own), i) for i, own in enumerate(weeks)])
    week = np.concatenate([np.array(own) for own in weeks])
    return Cohort(0, 7, 0, person, 7 * week, np.full(len(week), minute))


def test_missing_the_same_dates_is_evidence_coming_as_each_likes_is_none() -> None:
    rng = np.random.default_rng(3)
    own_way = cohort([sorted(rng.choice(52, 20, replace=False).tolist()) for _ in range(8)])
    agreed = cohort([sorted(rng.choice(np.arange(10, 34), 20, replace=False).tolist()) for _ in range(8)])
    assert dates_evidence(own_way, VOLUME) < 3
    assert dates_evidence(agreed, VOLUME) > 20


def test_a_day_on_which_nobody_comes_is_no_agreement() -> None:
    rng = np.random.default_rng(5)
    closed = np.arange(0, 52, 4)
    opened = np.setdiff1d(np.arange(52), closed)
    few = VOLUME.copy()
    few[7 * closed] = 0
    few[7 * closed[1:] - 1] = few[7 * closed + 1] = 0
    kept = cohort([sorted(rng.choice(opened, 30, replace=False).tolist()) for _ in range(8)])
    assert dates_evidence(kept, few) < 3 < dates_evidence(kept, VOLUME)


@pytest.mark.parametrize(("members", "others", "low", "high"), [(5, 5.0, 0, 1), (5, 0.0, 3, 5), (400, 0.0, 300, 2000)])
def test_a_phase_stands_out(members: int, others: float, low: float, high: float) -> None:
    assert low <= phase_evidence(members, others) <= high


def test_swipes_in_one_minute_where_others_spread_over_the_day() -> None:
    day = np.arange(480, 1000)
    together = cohort([list(range(12))] * 5, minute=600)
    assert minute_evidence(together, day) > 20
    assert minute_evidence(together, np.full(50, 600)) < 1  # everybody is served at ten
    assert minute_evidence(cohort([list(range(12))] * 5), day) == 0  # no time of the day is known


def test_one_village_counts_by_what_the_regulars_are() -> None:
    rows = pl.DataFrame({"len": [6, 6], "members": [6, 6], "values": [1, 1], "base": [0.05, 0.9]})
    rare, usual = origin_evidence(rows)["evidence"]
    assert rare == 6.0
    assert usual < 1


@pytest.mark.parametrize(("without", "expected"), [(1.0, 10.0), (0.6, 5.0), (0.2, 0.0), (0.0, 0.0)])
def test_chronic_codes_are_a_schedule_of_care(without: float, expected: float) -> None:
    assert misfit(without, 10.0) == pytest.approx(expected)

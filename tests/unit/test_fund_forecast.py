"""Forecasts of monthly spending: intervals that hold on invented series, and no more than the length allows."""

import numpy as np
import pytest

from models.fund.forecast import LEVEL, forecast, forecasts

SEASON = np.array([1.0, 0.8, 1.1, 1.0, 1.05, 0.95, 0.9, 1.0, 1.05, 0.98, 1.07, 1.1])


def series(
    rng: np.random.Generator, months: int, noise: float = 0.05, drift: float = 0.004, walk: float = 0.0
) -> np.ndarray:
    """Invented months: season, drift, a level that may wander, noise."""
    at = np.arange(months)
    level = 1 + drift * at + np.cumsum(rng.normal(0, walk, months))
    return 3e6 * level * SEASON[at % 12] * (1 + rng.normal(0, noise, months))


@pytest.mark.parametrize(
    ("months", "method"),
    [(11, None), (12, "mean"), (14, "mean"), (15, "last_year"), (23, "last_year"), (24, "structural")],
)
def test_the_method_is_what_the_length_allows(months: int, method: str | None) -> None:
    found = forecast(list(series(np.random.default_rng(1), months)), 5)
    assert (found.method if found else None) == method
    if found:
        assert len(found.months) == 5
        assert all(0 <= low <= middle <= high for middle, low, high in (*found.months, found.total))
        assert found.total[0] == pytest.approx(sum(middle for middle, _, _ in found.months))


def test_nothing_is_forecast_from_nothing() -> None:
    assert forecast([0.0] * 30, 6) is None
    assert forecast([1.0] * 30, 0) is None
    assert forecasts([([1.0] * 30, 0, True), ([1.0] * 5, 7, True)]) == [None, None]


def test_a_provider_without_a_fit_is_forecast_from_last_year() -> None:
    found = forecast(list(series(np.random.default_rng(2), 36)), 6, structural=False)
    assert found is not None and found.method == "last_year"


@pytest.mark.parametrize(
    ("months", "worlds", "least"),
    [
        (12, 200, LEVEL),
        (15, 300, LEVEL - 0.05),
        (20, 300, LEVEL - 0.05),
        (27, 40, LEVEL - 0.10),
        (45, 40, LEVEL - 0.10),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_of_the_year_end_holds(months: int, worlds: int, least: float, seed: int) -> None:
    """Simulated series whose truth is known: the interval covers the sum of the months left about as often as told."""
    rng = np.random.default_rng(seed)
    ahead = 12 - months % 12
    covered, error = 0, []
    for _ in range(worlds):
        world = series(rng, months + ahead)
        found = forecast(list(world[:months]), ahead)
        assert found is not None
        truth = world[months:].sum()
        covered += found.total[1] <= truth <= found.total[2]
        error.append(found.total[0] / truth - 1)
    assert covered / worlds >= least
    assert abs(np.mean(error)) < 0.05


def test_a_season_is_carried_forward() -> None:
    world = series(np.random.default_rng(5), 48, noise=0.01, drift=0.0)
    found = forecast(list(world[:36]), 12)
    assert found is not None
    assert np.corrcoef([middle for middle, _, _ in found.months], SEASON)[0, 1] > 0.95


def test_the_same_series_gives_the_same_forecast() -> None:
    world = list(series(np.random.default_rng(6), 30))
    assert forecast(world, 6) == forecast(world, 6)

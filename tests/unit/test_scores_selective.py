"""Correction over families of tests, and the spread of the others."""

import numpy as np
import pytest
from scipy import stats

from models.scores.peers import between_variance
from models.scores.selective import selective
from models.scores.spread import LARGEST, spread_of_others


def by_hand(p: np.ndarray, family: np.ndarray, parts: np.ndarray, alpha: float) -> np.ndarray:
    """What is found at one level: families by their Simes p, then Benjamini–Hochberg inside the selected ones."""
    weight = parts / parts.mean()
    simes = np.array([(np.sort(p[family == f]) * (family == f).sum() / np.arange(1, (family == f).sum() + 1)).min()
                      for f in range(len(parts))])  # fmt: skip
    selected = stats.false_discovery_control(np.clip(simes / weight, 0, 1)) <= alpha
    found = np.zeros(len(p), dtype=bool)
    for f in np.flatnonzero(selected):
        inside = np.flatnonzero(family == f)
        level = alpha * selected.sum() / len(parts) * weight[f]
        m = len(inside)
        order = np.sort(p[inside])
        passed = np.flatnonzero(order <= level * np.arange(1, m + 1) / m)
        if len(passed):
            found[inside] = p[inside] <= order[passed[-1]]
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_q_value_is_the_smallest_level_at_which_it_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    family = rng.integers(0, 4, 60)
    p = rng.uniform(size=60) ** np.array([1, 3, 1, 6])[family]
    parts = np.array([3.0, 1.0, 1.0, 1.0])
    q = selective(p, family, parts)
    for alpha in (0.01, 0.05, 0.2):
        assert (by_hand(p, family, parts, alpha) == (q <= alpha)).all()


def test_with_nothing_to_find_the_whole_list_errs_at_the_level() -> None:
    rng = np.random.default_rng(8)
    family = np.repeat([0, 1, 2], (5, 40, 200))
    parts = np.array([6.0, 1.0, 1.0])
    plain = [selective(rng.uniform(size=245), family, parts).min() <= 0.05 for _ in range(2000)]
    assert 0.035 <= np.mean(plain) <= 0.065
    dependent = [selective(rng.uniform(size=245), family, parts, dependent=True).min() <= 0.05 for _ in range(500)]
    assert np.mean(dependent) <= 0.02


def test_what_is_not_assessed_counts_nowhere() -> None:
    p = np.array([0.01, 0.02, np.nan, np.nan])
    q = selective(p, np.array([0, 0, 0, 1]), np.ones(2))
    assert q[:2].tolist() == pytest.approx([0.02, 0.02])
    assert np.isnan(q[2:]).all()
    assert np.isnan(selective(np.full(3, np.nan), np.zeros(3, dtype=np.int64), np.ones(1))).all()


def test_the_spread_leaves_out_the_provider_itself() -> None:
    rng = np.random.default_rng(3)
    who = np.repeat(np.arange(10), 3)
    values, noise, factor = rng.normal(0, 0.3, 30), rng.uniform(0.01, 0.02, 30), rng.uniform(0.05, 0.1, 30)
    found = spread_of_others(values, noise, factor, who)
    for one in range(10):
        rest = who != one
        assert found[one] == pytest.approx(between_variance(values[rest], noise[rest], factor[rest]), abs=1e-6)


def test_few_providers_and_very_many_units_take_the_common_spread() -> None:
    rng = np.random.default_rng(4)
    values, noise, factor = rng.normal(0, 0.3, 30), np.full(30, 0.01), np.zeros(30)
    common = between_variance(values, noise, factor)
    assert (spread_of_others(values, noise, factor, np.repeat(np.arange(3), 10)) == common).all()
    many = int(LARGEST**0.5) + 1
    values, noise, factor = rng.normal(0, 0.3, many), np.full(many, 0.01), np.zeros(many)
    assert (spread_of_others(values, noise, factor, np.arange(many)) == between_variance(values, noise, factor)).all()

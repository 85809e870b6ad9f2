"""The statistics of peers by themselves."""

import numpy as np
import pytest

from models.scores.peers import between_variance, false_discovery, leave_one_out_midmean, shrink


def slow_midmean(values: list[float], weights: list[float]) -> float:
    """Mean of the middle half by spreading the weight over a fine grid."""
    order = np.argsort(values)
    v, w = np.array(values)[order], np.array(weights)[order]
    edge = np.concatenate([[0], np.cumsum(w)])
    low, high = 0.25 * edge[-1], 0.75 * edge[-1]
    inside = np.clip(np.minimum(edge[1:], high) - np.maximum(edge[:-1], low), 0, None)
    return float((inside * v).sum() / (high - low))


@pytest.mark.parametrize("seed", range(5))
def test_the_fast_norm_is_that_of_the_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = rng.permutation(np.repeat(np.arange(6), (9, 2, 5, 1, 30, 3)))
    values, weights = rng.normal(size=50).round(1), rng.uniform(0.1, 1, 50)
    norm = leave_one_out_midmean(values, weights, np.full(50, 0.01), cell)
    for i in range(50):
        others = [j for j in range(50) if j != i and cell[j] == cell[i]]
        if not others:
            assert np.isnan(norm.centre[i])
            continue
        assert norm.centre[i] == pytest.approx(slow_midmean([values[j] for j in others], [weights[j] for j in others]))
        w = weights[others]
        assert norm.spread_factor[i] == pytest.approx(1.2 * (w**2).sum() / w.sum() ** 2)
        assert norm.noise[i] == pytest.approx(0.01 * norm.spread_factor[i])


def test_what_another_cell_holds_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    cell, values, weights = np.repeat([0, 1], 20), rng.normal(size=40), rng.uniform(0.1, 1, 40)
    plain = leave_one_out_midmean(values, weights, weights, cell)
    values[:20] *= 1.7
    other = leave_one_out_midmean(values, weights, weights, cell)
    assert (plain.centre[20:] == other.centre[20:]).all()


def test_outliers_hardly_widen_the_variance_between_units() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0, 0.2, 400)
    noise, factor = np.full(400, 0.01), np.zeros(400)
    clean = between_variance(values, noise, factor)
    assert clean == pytest.approx(0.03, rel=0.35)
    values[:20] = 5
    assert between_variance(values, noise, factor) < clean * 1.6


def test_no_variance_where_noise_explains_all() -> None:
    values = np.random.default_rng(2).normal(0, 0.1, 50)
    assert between_variance(values, np.full(50, 0.04), np.zeros(50)) == 0


def test_corrections_stay_inside_a_family_and_leave_out_what_is_not_assessed() -> None:
    p = np.array([0.01, 0.02, np.nan, 0.01])
    q = false_discovery(p, np.array([0, 0, 0, 1]))
    assert q[:2].tolist() == pytest.approx([0.02, 0.02])
    assert np.isnan(q[2]) and q[3] == pytest.approx(0.01)


def test_shrinking_goes_to_the_norm_but_no_further_than_one_error() -> None:
    shrunk = shrink(np.array([0.1, 2.0]), np.array([0.01, 0.01]), np.array([0.01, 0.01]))
    assert shrunk.tolist() == pytest.approx([0.05, 1.9])

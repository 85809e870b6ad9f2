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
    values, weights = rng.normal(size=9).round(1), rng.uniform(0.1, 1, 9)
    norm = leave_one_out_midmean(values, weights, np.full(9, 0.01))
    for i in range(9):
        others = [j for j in range(9) if j != i]
        assert norm.centre[i] == pytest.approx(slow_midmean([values[j] for j in others], [weights[j] for j in others]))
        w = weights[others]
        assert norm.spread_factor[i] == pytest.approx(1.2 * (w**2).sum() / w.sum() ** 2)


def test_one_member_has_no_norm() -> None:
    assert np.isnan(leave_one_out_midmean(np.array([1.0]), np.array([1.0]), np.array([0.1])).centre).all()


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

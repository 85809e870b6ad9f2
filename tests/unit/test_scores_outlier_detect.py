"""The detectors by themselves."""

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from models.scores.outlier_detect import isolation_depth, path_parts, tail_probability, unusual


def cloud(units: int = 120, measures: int = 6) -> np.ndarray:
    """Standardised values with the middle taken out, as profiles have them, and one far out in two measures."""
    z = np.random.default_rng(1).standard_normal((units, measures))
    z = (np.sign(z) * np.maximum(np.abs(z) - 1, 0)).round(6)
    z[7] = 0
    z[7, 2], z[7, 4] = 8, -6
    return z


def test_what_stands_out_comes_first_by_its_own_measures() -> None:
    found = unusual(cloud(), 1)
    assert found.score.argmax() == 7
    assert found.parts[7, [2, 4]].sum() > 0.99 * found.parts[7].sum()
    assert min(found.parts[7, [2, 4]]) > 0.2 * found.parts[7].sum()


def test_parts_are_whole_ten_thousandths_that_add_up() -> None:
    found = unusual(cloud(), 1)
    assert (found.parts >= 0).all()
    assert (found.parts.sum(axis=1) == np.rint(found.score * 1e4)).all()


def test_the_ecod_score_is_the_sum_of_its_own_parts() -> None:
    from pyod.models.ecod import ECOD

    model = ECOD()
    model.fit(cloud())
    assert np.allclose(model.O.sum(axis=1), unusual(cloud(), 1).ecod)


def test_path_parts_add_up_to_the_change_in_depth() -> None:
    z = cloud()
    forest = IsolationForest(n_estimators=40, max_samples=64, random_state=3).fit(z)
    parts = path_parts(forest, z)
    depth = -np.log2(-forest.score_samples(z)) * isolation_depth(np.array([64]))[0]
    root = depth + parts.sum(axis=1)
    assert np.ptp(root) < 1e-6  # the trees' expected depth before any split, the same for every unit
    assert set(np.argsort(-parts[7])[:2]) == {2, 4}


def test_the_same_whatever_the_seed_says_twice() -> None:
    first, second = unusual(cloud(), 5), unusual(cloud(), 5)
    assert (first.parts == second.parts).all() and (first.iforest == second.iforest).all()


def test_tail_probabilities_are_shared_by_ties_and_never_nought() -> None:
    assert tail_probability(np.array([3.0, 1.0, 1.0, 2.0])).tolist() == pytest.approx([0.125, 0.75, 0.75, 0.375])


@pytest.mark.parametrize("z", [np.zeros((0, 4)), np.zeros((1, 4)), np.zeros((9, 4))])
def test_no_units_or_no_differences_are_no_fault(z: np.ndarray) -> None:
    found = unusual(z, 1)
    assert len(found.score) == len(z)
    assert (found.parts.sum(axis=1) == np.rint(found.score * 1e4)).all()


def test_depth_of_isolation() -> None:
    assert isolation_depth(np.array([1, 2, 256])).tolist() == pytest.approx([0, 1, 10.2448], abs=1e-3)

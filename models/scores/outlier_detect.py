"""Two detectors on standardised profiles, joined by tail probability, with parts that add up to the score."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from models.scores.peers import Floats

TREES = 200
TREE_UNITS = 256


@dataclass(frozen=True)
class Unusual:
    """Of every unit the score, what the detectors said, and the part of each measure in the score.

    `score` = mean of the detectors' −log10 tail probability, a multiple of 0.0001; `parts` (units × measures) are
    whole ten-thousandths, none negative, and add up to the score. `ecod`, `iforest`, `distance`: the detectors' own.
    """

    score: Floats
    ecod: Floats
    iforest: Floats
    distance: Floats
    parts: np.ndarray


def unusual(z: Floats, seed: int) -> Unusual:
    """Score the units (rows) of one level by their standardised measures (columns).

    ECOD (Li et al. 2022; PyOD) and an isolation forest (Liu et al. 2008; scikit-learn) on the measures in which units
    differ at all, and the sum of squares: the first sees ranks, the second how few cuts set a unit apart, the
    third how far out it is. Deterministic: one thread, a fixed seed; the caller orders the rows. With no units or no
    differences every score is that of the middle.
    """
    differs = np.flatnonzero(np.ptp(z, axis=0) > 0) if len(z) else np.array([], dtype=np.int64)
    ecod_parts, forest_parts = np.zeros(z.shape), np.zeros(z.shape)
    ecod, forest = np.zeros(len(z)), np.full(len(z), 0.5)
    if len(z) > 1 and len(differs):
        ecod, ecod_parts[:, differs] = _ecod(z[:, differs])
        forest, forest_parts[:, differs] = _forest(z[:, differs], seed)
    squares = z * z
    distance = squares.sum(axis=1).round(9)
    weighted, score = np.zeros(z.shape), np.zeros(len(z))
    for own, parts in ((ecod, ecod_parts), (forest, forest_parts), (distance, squares)):
        tail = -np.log10(tail_probability(own)) / 3
        score += tail
        weighted += tail[:, None] * _shares(parts)
    whole = np.rint(1e4 * score).astype(np.int64)
    # a detector that finds nothing unusual in a unit has no parts of its own: it follows the others
    shown = np.array([_whole(row, total) for row, total in zip(weighted, whole, strict=True)], dtype=np.int64)
    return Unusual(whole / 1e4, ecod, forest, distance, shown.reshape(z.shape))


def ready() -> None:
    """Score a few invented units: imports and compiles all that the first outlier score would have to wait for."""
    unusual(np.arange(12.0).reshape(6, 2), 0)


def tail_probability(scores: Floats) -> Floats:
    """Share of units that score at least as high, ties shared, half of the unit itself: in (0, 1)."""
    ranks = stats.rankdata(scores.round(9), method="average")
    return np.asarray((len(scores) - ranks + 0.5) / max(len(scores), 1), dtype=float)


def _ecod(z: Floats) -> tuple[Floats, Floats]:
    """ECOD's score, and of its own per-measure parts what goes beyond the typical unit's."""
    from pyod.models.ecod import ECOD  # imported late: it brings plotting along

    model = ECOD(n_jobs=1)
    model.fit(z)
    own = np.asarray(model.O, dtype=float)
    return np.asarray(model.decision_scores_).round(9), np.maximum(own - np.median(own, axis=0), 0)


def _forest(z: Floats, seed: int) -> tuple[Floats, Floats]:
    """The isolation forest's score s = 2^(−E[depth] / c), and how far each measure shortened a unit's paths."""
    from sklearn import config_context
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=TREES, max_samples=min(TREE_UNITS, len(z)), random_state=seed, n_jobs=1)
    # measures are finite, parameters are ours: checking both again for every small tree takes longer than growing it
    with config_context(assume_finite=True, skip_parameter_validation=True):
        score = -forest.fit(z).score_samples(z)
    return score.round(9), np.maximum(path_parts(forest, z), 0)


def path_parts(forest: object, z: Floats) -> Floats:
    """By how much each measure shortens the mean path of each unit, against the mean path of the trees' own units.

    At every split on the way down, the expected depth of the branch taken less that before the split is put to the
    measure split on (Saabas' attribution, on depths). The parts of a unit add up to root's expected depth − its depth.
    """
    rows = np.ascontiguousarray(z, dtype=np.float32)
    total = np.zeros(z.shape)
    for tree, names in zip(forest.estimators_, forest.estimators_features_, strict=True):  # type: ignore[attr-defined]
        by_node = _node_parts(tree.tree_, names, z.shape[1])
        total += by_node[tree.tree_.apply(np.ascontiguousarray(rows[:, names]))]
    return np.asarray((total / len(forest.estimators_)).round(9))  # type: ignore[attr-defined]


def _node_parts(tree: object, names: np.ndarray, measures: int) -> Floats:
    """Parts (nodes × measures) of a unit that ends in a node of one tree."""
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    held, split = tree.n_node_samples, tree.feature  # type: ignore[attr-defined]
    expected = isolation_depth(held)
    for node in range(len(left) - 1, -1, -1):  # children always have higher numbers than their parent
        if left[node] >= 0:
            down = expected[left[node]] * held[left[node]] + expected[right[node]] * held[right[node]]
            expected[node] = 1 + down / held[node]
    parts = np.zeros((len(left), measures))
    for node in range(len(left)):
        if left[node] < 0:
            continue
        for child in (left[node], right[node]):
            parts[child] = parts[node]
            parts[child, names[split[node]]] += expected[node] - (1 + expected[child])
    return parts


def isolation_depth(units: np.ndarray) -> Floats:
    """Mean depth at which a random tree isolates one of n units: c(n) = 2 H(n−1) − 2 (n−1)/n of Liu et al. 2008."""
    n = np.maximum(units.astype(float), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        many = 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n
    return np.where(n <= 1, 0.0, np.where(n <= 2, 1.0, many))


def _shares(parts: Floats) -> Floats:
    """Rows scaled to one; rows of zeros stay."""
    total = parts.sum(axis=1, keepdims=True)
    return np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)


def _whole(weights: Floats, total: int) -> np.ndarray:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainder, the first at ties)."""
    if weights.sum() <= 0:
        return np.eye(1, len(weights), dtype=np.int64)[0] * total
    exact = weights * (total / weights.sum())
    down = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - down), kind="stable")
    down[order[: total - down.sum()]] += 1
    return down

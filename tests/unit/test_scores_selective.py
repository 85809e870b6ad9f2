"""Correction over families of tests, and the spread of the others."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from models.scores.cost_deviation import corrected
from models.scores.selective import selective
from models.scores.spread import EFFICIENCY, LARGEST, spread_between, spread_of_others


def by_hand(p: np.ndarray, family: np.ndarray, alpha: float) -> np.ndarray:
    """What is found at one level: families by their Simes p, then Benjamini–Hochberg inside the selected ones."""
    count = family.max() + 1
    simes = np.array([(np.sort(p[family == f]) * (family == f).sum() / np.arange(1, (family == f).sum() + 1)).min()
                      for f in range(count)])  # fmt: skip
    selected = stats.false_discovery_control(np.clip(simes, 0, 1)) <= alpha
    found = np.zeros(len(p), dtype=bool)
    for f in np.flatnonzero(selected):
        inside = np.flatnonzero(family == f)
        level = alpha * selected.sum() / count
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
    q = selective(p, family)
    for alpha in (0.01, 0.05, 0.2):
        assert (by_hand(p, family, alpha) == (q <= alpha)).all()


def test_with_nothing_to_find_the_whole_list_errs_at_the_level() -> None:
    rng = np.random.default_rng(8)
    family = np.repeat([0, 1, 2], (5, 40, 200))
    plain = [selective(rng.uniform(size=245), family).min() <= 0.05 for _ in range(2000)]
    assert 0.035 <= np.mean(plain) <= 0.065
    dependent = [selective(rng.uniform(size=245), family, dependent=True).min() <= 0.05 for _ in range(500)]
    assert np.mean(dependent) <= 0.02


def test_what_is_not_assessed_counts_nowhere() -> None:
    p = np.array([0.01, 0.02, np.nan, np.nan])
    q = selective(p, np.array([0, 0, 0, 1]))
    assert q[:2].tolist() == pytest.approx([0.02, 0.02])
    assert np.isnan(q[2:]).all()
    assert np.isnan(selective(np.full(3, np.nan), np.zeros(3, dtype=np.int64))).all()


def test_the_spread_leaves_out_the_provider_itself() -> None:
    rng = np.random.default_rng(3)
    who = np.repeat(np.arange(10), 3)
    values, noise, factor = rng.normal(0, 0.3, 30), rng.uniform(0.01, 0.02, 30), rng.uniform(0.05, 0.1, 30)
    found = spread_of_others(values, noise, factor, who)
    for one in range(10):
        rest = who != one
        assert found[one] == pytest.approx(spread_between(values[rest], noise[rest], factor[rest]), abs=1e-6)


def test_few_providers_and_very_many_units_take_the_common_spread() -> None:
    rng = np.random.default_rng(4)
    values, noise, factor = rng.normal(0, 0.3, 30), np.full(30, 0.01), np.zeros(30)
    common = spread_between(values, noise, factor)
    assert (spread_of_others(values, noise, factor, np.repeat(np.arange(3), 10)) == common).all()
    many = int(LARGEST**0.5) + 1
    values, noise, factor = rng.normal(0, 0.3, many), np.full(many, 0.01), np.zeros(many)
    assert (spread_of_others(values, noise, factor, np.arange(many)) == spread_between(values, noise, factor)).all()


def test_the_common_spread_is_that_of_normal_units_and_outliers_do_not_widen_it() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(0, np.sqrt(0.04 + 0.01), 4000)
    noise, factor = np.full(4000, 0.01), np.zeros(4000)
    clean = spread_between(values, noise, factor)
    assert clean == pytest.approx(0.04, rel=0.08)
    values[:600] = rng.choice([-1, 1], 600) * rng.uniform(1, 3, 600)
    assert spread_between(values, noise, factor) == pytest.approx(clean, rel=0.1)


def test_what_noise_explains_is_no_spread() -> None:
    rng = np.random.default_rng(6)
    assert spread_between(rng.normal(0, 0.1, 50), np.full(50, 0.04), np.zeros(50)) == 0
    assert spread_between(np.array([0.1, 0.2]), np.zeros(2), np.zeros(2)) == 0


def test_units_in_two_heaps_keep_the_coarse_spread() -> None:
    """Half of the units far from the other half: nothing tells which are the honest ones, so nobody stands out."""
    values, nothing = np.repeat([-1.0, 1.0], 20), np.zeros(40)
    assert spread_between(values, nothing, nothing) >= 0.9


def test_with_nothing_planted_the_totals_err_at_the_level() -> None:
    """Externally studentised by the weighted spread, t with its freedom: somebody shows as often as chance has it."""
    rng, wrong, worlds, n = np.random.default_rng(7), 0, 300, 40
    for _ in range(worlds):
        values, noise = rng.normal(0, 0.12, n), np.zeros(n)
        spread = spread_of_others(values, noise, noise, np.arange(n))
        p = 2 * stats.t.sf(np.abs(values) / np.sqrt(spread), EFFICIENCY * (n - 1))
        wrong += stats.false_discovery_control(p).min() <= 0.05
    assert 0.01 <= wrong / worlds <= 0.09


@pytest.mark.parametrize("seed", range(6))
def test_families_of_like_shares_are_as_without_shares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    family = rng.integers(0, 4, 60)
    p = rng.uniform(size=60) ** np.array([1, 3, 1, 6])[family]
    assert selective(p, family) == pytest.approx(selective(p, family, weight=np.full(4, 0.25)))


def test_with_nothing_to_find_shares_leave_the_level_of_the_whole_list() -> None:
    rng, weight = np.random.default_rng(9), np.array([0.6, 0.3, 0.1])
    family = np.repeat([0, 1, 2], (5, 40, 200))
    found = [selective(rng.uniform(size=245), family, weight=weight).min() <= 0.05 for _ in range(2000)]
    assert 0.035 <= np.mean(found) <= 0.065


def test_the_levels_totals_are_families_of_their_own() -> None:
    """They spend their shares of the error, however many other rows there are; rows not assessed have no q."""
    rows: list[tuple[Any, ...]] = [("provider", None, "DRG", p) for p in (0.001, 0.5, 0.9, None)]
    rows += [("provider", "AA15", "DRG", p) for p in (0.0001, 0.2)]
    rows += [("doctor", None, "DRG", 0.5) for _ in range(500)]
    schema = {"level": pl.String, "grp_code": pl.String, "grp_type": pl.String, "p_value": pl.Float64}
    q = corrected(pl.DataFrame(rows, schema=schema, orient="row"))["q_value"].to_list()
    there = 0.6 + 0.15 + 0.1  # no department is there: its share falls to the others
    assert q[0] == pytest.approx(
        0.001 * 3, abs=1e-6
    )  # two families are found: more than the whole level is never spent
    assert q[3] is None
    assert q[4] == pytest.approx(0.0001 * 2 / (0.1 / there), abs=1e-6)
    assert min(q[6:]) > 0.4

"""Intervals of expected recovery and the shrunk error against known truth."""

import numpy as np
import polars as pl
import pytest

from models.scores.draws import recovery, shrunk_error


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_interval_of_expected_recovery_holds_the_truth(seed: int) -> None:
    """Persons by Poisson, amounts log-normal, a rule's chance of being upheld from its own prior."""
    rng = np.random.default_rng(seed)
    inside = 0
    for world in range(300):
        upheld = rng.beta(0.8 * 20, 0.2 * 20)
        money = np.exp(rng.normal(5, 0.6, rng.poisson(60)))
        claims = pl.DataFrame(
            {
                "fixmedins_code": ["H1"], "rule_id": ["R06"], "confidence": [0.8], "decided": [0],
                "fund_amount": [float(money.sum())], "fund_square": [float((money**2).sum())],
            }
        )  # fmt: skip
        draws = recovery(["H1"], claims, np.random.default_rng([seed, world])).draws[0]
        low, high = np.percentile(draws, [2.5, 97.5])
        inside += low <= upheld * 60 * np.exp(5 + 0.18) <= high
    assert 0.90 <= inside / 300 <= 0.99


def test_draws_of_a_shrunk_effect_cover_it() -> None:
    rng = np.random.default_rng(5)
    effect, error = rng.normal(0, 0.3, 4000), rng.uniform(0.05, 0.8, 4000)
    seen = effect + error * rng.standard_normal(4000)
    posterior = shrunk_error(error, 0.3)
    centre = seen * 0.09 / (0.09 + error**2)
    assert abs((np.abs(effect - centre) <= 1.96 * posterior).mean() - 0.95) < 0.015

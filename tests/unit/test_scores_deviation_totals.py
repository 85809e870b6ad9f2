"""A hospital's groups together: the ratio weighs them by money, the test by precision."""

import numpy as np
import polars as pl

from models.scores.cost_judgement import judge
from models.scores.cost_rows import AVERAGED, TESTED, UNIT, total_rows

VARIANCE = {False: 0.01, True: 0.04}


def hospitals(effects: list[tuple[float, float]]) -> pl.DataFrame:
    """Each hospital has a dear group of ten cases and a cheap one of a thousand, with these log ratios."""
    rows = [
        {
            "level": "provider", "fixmedins_code": f"H{number:02d}", "unit_code": None, "peer_group": "a",
            "grp_type": "DRG", "grp_ver": "1", "grp_code": group, "cases": cases, "cost": 1.0, "expected": expected,
            "effect": effect, "own_noise": 0.4 / cases, "factor": 0.04, "noise": 0.002, "peers": 11, "peer_cases": 900,
            "comparable": True,
        }
        for number, both in enumerate(effects)
        for group, effect, cases, expected in (("AA15", both[0], 10, 9000.0), ("BB15", both[1], 1000, 1000.0))
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"unit_code": pl.String})


def test_money_weighs_the_ratio_and_precision_the_test() -> None:
    found = total_rows(hospitals([(0.5, 0.1)]), VARIANCE).row(0, named=True)
    share = np.array([1 / (0.04 + 0.0104 + 0.002), 1 / (0.0004 + 0.0104 + 0.002)])
    share /= share.sum()
    assert found["effect"] == 0.9 * 0.5 + 0.1 * 0.1
    assert np.isclose(found["tested_effect"], share @ [0.5, 0.1])
    assert np.isclose(found["tested_own_noise"], share**2 @ [0.04, 0.0004])
    assert found["tested_own_noise"] < found["own_noise"] / 5


def test_a_few_dear_cases_name_nobody_and_many_plain_ones_do() -> None:
    rng = np.random.default_rng(3)
    honest = [(rng.normal(0, 0.23), rng.normal(0, 0.1)) for _ in range(40)]
    dear_few, dear_all, apart = (0.9, 0.0), (0.5, 0.5), (0.9, -0.3)
    judged = judge(total_rows(hospitals([dear_few, dear_all, apart, *honest]), VARIANCE), 30)
    assert judged.columns == [c for c in judged.columns if c not in TESTED] and set(AVERAGED) <= set(judged.columns)
    few, everywhere, both_ways = judged.sort(UNIT).head(3).iter_rows(named=True)
    assert few["ratio"] > 1.3 and few["p_value"] > 0.01
    assert everywhere["p_value"] < 0.001 and everywhere["direction"] == "over"
    assert 0 < everywhere["noise_share"] < 0.7  # of the plain average, weighted by money, it would be most
    assert both_ways["direction"] == "over" and both_ways["z"] < 0 and both_ways["p_value"] == 1

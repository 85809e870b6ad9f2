"""Upcoding shares on worlds with a known truth."""

import json
from typing import Any

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.scores import upcoding
from tests.given import given
from tests.unit.test_scores_worlds import engine_with, spread_times

WEIGHT = {1: 1.5, 3: 1.1, 5: 0.7}


def tier_world(
    seed: int,
    planted: dict[int, float],
    between: float = 0.15,
    providers: int = 24,
    weight: dict[int, float] = WEIGHT,
) -> Engine:
    """Stays in 6 families; top tiers depend on level and age, planted providers lift a share of their lowest tier."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    base, odds = rng.uniform(7.5, 9, 6), rng.normal(-0.3, 0.4, 6)
    for i in range(providers):
        n = int(rng.integers(80, 300))
        family, age = rng.integers(0, 6, n), rng.integers(20, 90, n)
        linear = odds[family] + rng.normal(0, between) + (0.5 if i % 2 else 0) + (age - 60) * 0.02
        top = rng.random(n) < 1 / (1 + np.exp(-linear))
        tier = np.where(top, np.where(rng.random(n) < 0.3, 1, 3), 5)
        billed = np.where((tier == 5) & (rng.random(n) < planted.get(i, 0)), 3, tier)
        cost = np.exp(base[family] + 0.35 * (tier == 3) + 0.7 * (tier == 1) + rng.normal(0, 0.4, n))
        for f, b, c, a, at in zip(family, billed, cost, age, spread_times(rng, n), strict=True):
            rows.append(
                {"fixmedins_code": f"H{i:03d}", "grp_code": f"AA{f}{b}", "net_medfee_sumamt": f"{c:.2f}",
                 "paid": f"{c * 0.6:.2f}", "setl_time": at, "age": str(a), "wt": str(weight[int(b)]),
                 "pay_std": f"{weight[int(b)] * 7000:.2f}"}
            )  # fmt: skip
    return engine_with(rows, [(f"H{i:03d}", "02" if i % 2 else "06") for i in range(providers)])


def providers_of(engine: Engine) -> pl.DataFrame:
    upcoding(engine, "2025Q1", Config())
    return engine.frame("select * from score.upcoding_provider order by fixmedins_code")


def test_nobody_is_flagged_beyond_chance_though_providers_differ() -> None:
    flagged = sum(
        providers_of(tier_world(300 + seed, {})).filter(pl.col("q_value") <= 0.05).height for seed in range(4)
    )
    assert flagged <= 1


def test_planted_upcoders_are_found_and_their_money_is_bounded() -> None:
    flagged = 0  # one total cost a case tells levels apart badly: not every one of the six can be named
    for seed in range(3):
        engine = tier_world(400 + seed, {2: 0.6, 7: 0.6}, between=0.08)
        found = providers_of(engine)
        named = set(found.filter(pl.col("q_value") <= 0.05)["fixmedins_code"])
        assert named <= {"H002", "H007"}
        flagged += len(named)
        best = found.sort("score", descending=True)["fixmedins_code"].to_list()[:2]
        assert set(best) == {"H002", "H007"}
        paid = dict(engine.con.execute("select fixmedins_code, sum(paid) from core.settlement group by all").fetchall())
        for code, stake in found.select("fixmedins_code", "at_stake_amount").rows():
            assert 0 <= stake <= paid[code]
    assert flagged >= 4


def test_money_follows_the_parameters_where_no_standard_was_delivered() -> None:
    """Without pay_std, and without levels of providers, the same 7,000 yuan a weight come from `pay_par`."""
    rate = {"insutype": "*", "hosp_lv": "*", "valid_from": "2024-01-01", "rate": "7000"}
    stakes = []
    for bare in (False, True):
        engine = tier_world(400, {2: 0.6, 7: 0.6}, between=0.08)
        engine.con.execute("update core.settlement set insutype = '310'")
        if bare:
            given(engine, only=["pay_par"], pay_par=[rate])
            engine.con.execute("update core.settlement set pay_std = null")
        found = providers_of(engine)
        stakes.append(found["at_stake_amount"].to_list())
        leads = engine.frame("select setl_id, payment_difference from score.upcoding_case order by setl_id")
        stakes.append(leads.rows())
    assert stakes[0] == stakes[2]
    assert stakes[1] == stakes[3]


def test_cases_are_those_of_providers_in_the_list() -> None:
    """Four hospitals of a third level have too few peers: neither they nor their cases are judged."""
    engine = tier_world(500, {2: 0.6}, between=0.08)
    engine.con.execute(
        "update core.provider set hosp_lv = '10' where fixmedins_code in ('H002', 'H004', 'H006', 'H008')"
    )
    found = providers_of(engine)
    assert "H002" not in found["fixmedins_code"].to_list()
    cases = engine.frame("select distinct fixmedins_code from score.upcoding_case")
    assert cases.height > 0
    assert set(cases["fixmedins_code"]) <= set(found["fixmedins_code"])


def test_cases_are_listed_by_weight_where_no_price_is_known() -> None:
    engine = tier_world(500, {2: 0.6}, between=0.08)
    engine.con.execute("update core.settlement set pay_std = null")
    providers_of(engine)
    cases = engine.frame("select * from score.upcoding_case")
    assert cases.height > 20
    assert cases["payment_difference"].null_count() == cases.height
    assert (cases["wt_difference"] > 0).all()
    assert set(cases.filter(pl.col("probability") >= 0.5)["fixmedins_code"]) == {"H002"}


def test_cases_are_leads_to_a_cheaper_tier_never_dearer_than_paid() -> None:
    engine = tier_world(500, {2: 0.6}, between=0.08)
    providers_of(engine)
    cases = engine.frame("select c.*, s.paid from score.upcoding_case c join core.settlement s using (setl_id)")
    assert cases.height > 20
    assert set(cases.filter(pl.col("probability") >= 0.5)["fixmedins_code"]) == {"H002"}
    for row in cases.iter_rows(named=True):
        assert row["supported_grp_code"][:3] == row["grp_code"][:3]
        assert row["supported_grp_code"][3] > row["grp_code"][3]
        assert 0 < row["probability"] <= 0.95
        assert 0 <= row["payment_difference"] <= row["paid"]
        assert json.loads(row["reasons"])


def test_what_is_called_a_share_is_one() -> None:
    """Dear cases that all cost what the cheap ones do: the estimates pass one, the columns do not."""
    rows = [
        {"fixmedins_code": f"H{h}", "grp_code": "AA13" if i < (60 if h == 0 else 20) else "AA15",
         "net_medfee_sumamt": str((9000 if i < 20 else 6000) + 7 * (i % 13))}
        for h in range(9) for i in range(100)
    ]  # fmt: skip
    found = providers_of(engine_with(rows, [(f"H{h}", "06") for h in range(9)])).row(0, named=True)
    assert (found["top_tier_share"], found["expected_share"], found["excess_cases"]) == (0.6, 0.2, 40.0)
    assert 0.9 < found["upcoded_share"] <= 1
    assert 0.9 < found["resource_misfit"] <= 1


def test_a_provider_is_left_out_of_its_own_expectation() -> None:
    shares = []
    for lift in (0.0, 0.9):
        engine = tier_world(600, {4: lift})
        found = providers_of(engine).filter(pl.col("fixmedins_code") == "H004")
        shares.append((found["expected_share"][0], found["top_tier_share"][0]))
    assert shares[0][0] == shares[1][0]
    assert shares[1][1] > shares[0][1] + 0.2


def test_a_world_without_groups_gives_empty_tables() -> None:
    engine = engine_with([{"fixmedins_code": "H1", "net_medfee_sumamt": "10", "grp_type": None}], [("H1", "06")])
    assert upcoding(engine, "2025Q1", Config()).rows == {"score.upcoding_provider": 0, "score.upcoding_case": 0}


def test_a_level_that_the_tariff_weighs_more_is_no_cheaper_one() -> None:
    inverted = {1: 1.5, 3: 1.9, 5: 0.7}  # a group of few cases, weighed by what they happened to cost
    engine = tier_world(400, {2: 0.6, 7: 0.6}, between=0.08, weight=inverted)
    engine.con.execute("update core.settlement set insutype = '310'")
    rate = {"insutype": "*", "valid_from": "2024-01-01", "rate": "3000", "low_mult": "0.6", "high_mult": "2"}
    given(engine, only=["pay_par"], pay_par=[rate])
    upcoding(engine, "2025Q1", Config())
    cases = engine.frame("select * from score.upcoding_case")
    worst = cases.filter(pl.col("grp_code").str.ends_with("1"))
    assert worst.height > 10
    assert worst["supported_grp_code"].str.ends_with("5").all()
    assert (cases["wt_difference"] > 0).all()


def test_cases_are_listed_where_neither_weights_nor_standards_are_known() -> None:
    engine = tier_world(400, {2: 0.6, 7: 0.6}, between=0.08)
    priced = providers_of(engine), engine.frame("select * from score.upcoding_case")
    engine.con.execute("update core.settlement set wt = null, pay_std = null")
    bare = providers_of(engine), engine.frame("select * from score.upcoding_case")
    assert priced[0]["score"].equals(bare[0]["score"])
    likely = [set(cases.filter(pl.col("probability") >= 0.5)["setl_id"]) for _, cases in (priced, bare)]
    assert likely[0] == likely[1] != set()
    assert bare[1].select("wt_difference", "payment_difference").null_count().row(0) == (bare[1].height,) * 2

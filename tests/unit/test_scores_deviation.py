"""Cost deviation on worlds with a known truth."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from models.config import Config
from models.engine.duck import Engine
from models.errors import UsageError
from models.scores import deviation
from tests.unit.test_scores_worlds import cost_world, engine_with, moment


def totals(engine: Engine) -> pl.DataFrame:
    deviation(engine, "2025Q1", Config())
    return engine.frame(
        "select * from score.deviation where level = 'provider' and grp_code is null order by fixmedins_code"
    )


def test_intervals_hold_the_truth_and_nobody_is_flagged_beyond_chance() -> None:
    held, flagged, z = [], 0, []
    for seed in range(6):
        engine, truth = cost_world(100 + seed)
        for row in totals(engine).iter_rows(named=True):
            held.append(row["ratio_low"] <= truth[row["fixmedins_code"]] <= row["ratio_high"])
            flagged += row["q_value"] <= 0.05
            z.append(row["z"])
    assert 0.90 <= np.mean(held) <= 0.995
    assert flagged <= 2
    assert 0.75 <= np.std(z) <= 1.25


def test_planted_over_and_under_spenders_are_found_with_their_direction() -> None:
    for seed in range(3):
        engine, _ = cost_world(200 + seed, planted={3: 1.8, 8: 0.55}, between=0.05)
        found = totals(engine).filter(pl.col("q_value") <= 0.05)
        assert dict(found.select("fixmedins_code", "direction").rows()) == {"H003": "over", "H008": "under"}
        over = found.row(0, named=True)
        assert 1.5 < over["ratio"] < 2.1
        assert over["amount"] == over["observed_cost"] - over["expected_cost"] > 0


def test_a_provider_never_counts_in_its_own_norm() -> None:
    plain = totals(cost_world(5)[0])
    engine, _ = cost_world(5)
    engine.con.execute(
        "update core.settlement set net_medfee_sumamt = net_medfee_sumamt * 1.5 where fixmedins_code = 'H004'"
    )
    dearer = totals(engine)
    own = pl.col("fixmedins_code") == "H004"
    assert dearer.filter(own)["expected_cost"].to_list() == plain.filter(own)["expected_cost"].to_list()
    assert dearer.filter(own)["ratio"][0] > plain.filter(own)["ratio"][0] * 1.4


def test_too_few_peers_or_cases_are_shown_but_not_assessed() -> None:
    engine, _ = cost_world(7, providers=8, stays=60)  # four of each level: three peers
    found = totals(engine)
    assert not found["assessable"].any()
    assert found["q_value"].null_count() == found.height
    assert found["ratio"].null_count() == 0  # against the wider group, descriptive


def test_a_stay_with_interim_settlements_is_one_case_and_an_open_one_none() -> None:
    rows = [
        {"fixmedins_code": f"H{h}", "grp_code": "AA15", "net_medfee_sumamt": "100", "setl_time": moment("2025-01-05")}
        for h in range(7)
        for _ in range(6)
    ]
    rows += [
        {"fixmedins_code": "H0", "mdtrt_id": "LONG", "mid_setl_flag": "1", "net_medfee_sumamt": "900",
         "grp_type": None, "setl_time": moment("2025-01-31")},
        {"fixmedins_code": "H0", "mdtrt_id": "LONG", "net_medfee_sumamt": "150.55", "grp_code": "AA15",
         "setl_time": moment("2025-02-28")},
        {"fixmedins_code": "H0", "mdtrt_id": "OPEN", "mid_setl_flag": "1", "net_medfee_sumamt": "5", "grp_code": "AA15",
         "setl_time": moment("2025-03-31")},
        {"fixmedins_code": "H0", "mdtrt_id": "UNDONE", "mid_setl_flag": "1", "net_medfee_sumamt": "7",
         "grp_code": "AA15", "setl_time": moment("2025-02-01")},
        {"fixmedins_code": "H0", "mdtrt_id": "UNDONE", "refund_state": "full", "net_medfee_sumamt": "0",
         "grp_code": "AA15", "setl_time": moment("2025-03-01")},
    ]  # fmt: skip
    found = totals(engine_with(rows, [(f"H{h}", "06") for h in range(7)])).row(0, named=True)
    assert (found["cases"], found["observed_cost"]) == (7, Decimal("1650.55"))


def test_chronic_patients_belong_to_the_doctor_they_saw_most() -> None:
    rows = [
        {"fixmedins_code": f"H{h}", "is_inpatient": False, "grp_type": None, "grp_ver": None, "dise_codg": "M01600",
         "psn_id": f"P{h}-{person}", "chfpdr_code": f"D{h}-{person % 2 if visit < 2 else 9}",
         "net_medfee_sumamt": "100" if h else "150", "setl_time": moment(f"2025-0{visit + 1}-05")}
        for h in range(7)
        for person in range(60)
        for visit in range(3)
    ]  # fmt: skip
    engine = engine_with(rows, [(f"H{h}", "06") for h in range(7)])
    deviation(engine, "2025Q1", Config())
    found = engine.frame(
        "select unit_code, cases, ratio, observed_cost, expected_cost from score.deviation "
        "where level = 'doctor' and fixmedins_code = 'H0' and grp_code = 'M01600' order by unit_code"
    )
    assert found["unit_code"].to_list() == ["D0-0", "D0-1"]
    assert found["cases"].to_list() == [30, 30]
    assert found["observed_cost"].to_list() == [Decimal("13500.00")] * 2
    assert found["expected_cost"].to_list() == [Decimal("9000.00")] * 2
    assert found["ratio"].to_list() == pytest.approx([1.5, 1.5], abs=0.01)


def test_versions_are_never_compared() -> None:
    rows = [
        {"fixmedins_code": f"H{h}", "grp_code": "AA15", "grp_ver": "1.1" if h < 7 else "2.0",
         "net_medfee_sumamt": "100" if h < 7 else "500", "setl_time": moment("2025-01-05")}
        for h in range(14)
        for _ in range(40)
    ]  # fmt: skip
    found = totals(engine_with(rows, [(f"H{h}", "06") for h in range(14)]))
    assert found["ratio"].to_list() == [1.0] * 14


def test_a_provider_whose_groups_nobody_else_treats_is_shown_with_nothing_to_hold_it_against() -> None:
    rows = [
        {"fixmedins_code": f"H{h}", "grp_code": "AA15" if h else code, "net_medfee_sumamt": str(100 + 10 * h)}
        for h in range(8) for code in ("BB15", "CC15") for _ in range(40)
    ]  # fmt: skip
    found = totals(engine_with(rows, [(f"H{h}", "06") for h in range(8)])).sort("fixmedins_code")
    assert found["fixmedins_code"].to_list() == [f"H{h}" for h in range(8)]
    alone = found.row(0, named=True)
    assert (alone["cases"], alone["observed_cost"], alone["assessable"]) == (80, 8000, False)
    assert {alone[name] for name in ("expected_cost", "ratio", "z", "q_value", "direction", "amount")} == {None}
    assert found["assessable"].to_list()[1:] == [True] * 7


def test_rows_are_the_same_whatever_the_threads_and_the_order_of_rows() -> None:
    results = []
    for threads, order in ((1, "setl_id"), (2, "setl_id desc"), (2, "md5(setl_id)"), (4, "md5(mdtrt_id)")):
        engine, _ = cost_world(9)
        engine.con.execute(f"set threads = {threads}")
        engine.con.execute(f"create or replace table core.settlement as select * from core.settlement order by {order}")
        deviation(engine, "2025Q1", Config())
        results.append(engine.frame("select * from score.deviation"))
    assert all(results[0].equals(other) for other in results[1:])


def two_hospitals_more(dear_doctor: float) -> Engine:
    """Eight hospitals of six doctors; H0 costs 1.6 times as much everywhere, and one doctor of H1 so many times."""
    rng = np.random.default_rng(11)
    rows = []
    for h in range(8):
        for doctor in range(6):
            factor = (1.6 if h == 0 else 1.0) * (dear_doctor if (h, doctor) == (1, 2) else 1.0)
            for place, noise in enumerate(rng.lognormal(0, 0.3, 60)):
                rows.append({"fixmedins_code": f"H{h}", "grp_code": f"AA{place % 3}5", "chfpdr_code": f"D{h}-{doctor}",
                             "net_medfee_sumamt": f"{1000 * factor * noise:.2f}"})  # fmt: skip
    return engine_with(rows, [(f"H{h}", "06") for h in range(8)])


def test_a_doctor_answers_for_himself_and_not_for_his_hospital() -> None:
    engine = two_hospitals_more(dear_doctor=1.7)
    deviation(engine, "2025Q1", Config())
    found = engine.frame("select * from score.deviation where level = 'doctor' and grp_code is null")
    assert found["reference"].unique().to_list() == ["own"]
    listed = found.filter(pl.col("q_value") <= 0.05)
    assert listed.select("unit_code", "direction").rows() == [("D1-2", "over")]
    assert listed["own_ratio"][0] == pytest.approx(1.7, rel=0.12)
    dear = found.filter(pl.col("fixmedins_code") == "H0")
    assert (dear["ratio"] > 1.3).all()  # as against peers
    assert (dear["own_ratio"] - 1).abs().max() < 0.12


def test_too_few_colleagues_leave_the_peers_as_the_reference() -> None:
    engine, _ = cost_world(3)  # three doctors a provider: two others
    deviation(engine, "2025Q1", Config())
    found = engine.frame("select distinct level, reference, own_ratio is null as none from score.deviation")
    assert set(found["reference"]) == {"peers"}
    assert found["none"].all()


def test_what_is_no_quarter_is_refused() -> None:
    with pytest.raises(UsageError):
        deviation(cost_world(1, providers=2, stays=5)[0], "2025", Config())

"""Each estimator of upcoding by itself, and all of them on invented hospitals with a known truth."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.engine.frames import put
from models.sample.hospitals import LOOK_ALIKES, HospitalSpec, HospitalTruth, fill
from models.scores import upcoding
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.coding.bunching import STAY_LIMITS, WIDTH, bunching
from models.scores.coding.cases import group_levels, unweighed_apart
from models.scores.coding.dip import dip_shift
from models.scores.coding.fragile import fragile_ratio
from models.scores.coding.joint import corrected, filtered_discovery
from models.scores.window import quarter_window
from tests.unit.test_scores_worlds import engine_with

PERIOD = "2025Q2"
World = tuple[Engine, HospitalTruth, pl.DataFrame, pl.DataFrame]


def scored(seed: int, threads: int = 1, **spec: object) -> World:
    engine = memory_engine()
    engine.con.execute(f"set threads = {threads}")
    settings = {"hospitals": 60, "stays": 36_000, "chronic": 500, **spec}
    truth = fill(engine, HospitalSpec(seed=seed, **settings))
    upcoding(engine, PERIOD, Config())
    order = "order by all"
    return (
        engine,
        truth,
        engine.frame(f"select * from score.upcoding_provider {order}"),
        engine.frame(f"select * from score.upcoding_case {order}"),
    )


@pytest.fixture(scope="module")
def world() -> World:
    return scored(46, hospitals=110, stays=55_000)  # a world in which every role finds room


def test_upcoders_rank_first_and_look_alikes_are_not_named(
    world: World,
) -> None:
    _, truth, providers, _ = world
    rows = providers.join(truth.providers, on="fixmedins_code")
    # who pads every charge that its bill claims can hide from both legs
    rows = rows.filter(pl.col("role") != "upcoder_padding").sort("score", descending=True)
    planted = rows["role"].str.starts_with("upcoder")
    assert planted.head(2 * int(planted.sum())).sum() == planted.sum()
    assert rows.filter(pl.col("role").is_in(LOOK_ALIKES) & (pl.col("q_value") <= 0.05)).is_empty()


def test_reviewing_a_twentieth_of_the_cases_finds_much_of_the_money(
    world: World,
) -> None:
    engine, truth, _, cases = world
    tiered = engine.frame("select setl_id from score.tier_case where digit is not null or grp_type = 'DIP'")
    over = truth.cases.filter(pl.col("scheme").is_not_null()).join(tiered, on="setl_id", how="semi")
    worth = pl.col("probability") * pl.col("payment_difference").cast(pl.Float64)
    best = cases.sort(worth, descending=True).head(tiered.height // 20)
    found = best.join(over, on="setl_id")["overpaid"].sum() / over["overpaid"].sum()
    assert found >= 5 * 0.05
    paid = cases.join(engine.frame("select setl_id, paid from score.tier_case"), on="setl_id")
    assert (paid["payment_difference"] <= paid["paid"]).all()
    assert (paid["payment_difference"] > 0).all()
    right = best.join(over, left_on=["setl_id", "supported_grp_code"], right_on=["setl_id", "true_grp_code"])
    exact = (right["payment_difference"].cast(pl.Float64) - right["overpaid"]).abs() < 0.02
    assert exact.mean() > 0.9  # the others have interim settlements, whose payments the truth counts apart


def test_new_hospitals_have_no_path_and_padding_is_reported(
    world: World,
) -> None:
    _, truth, providers, _ = world
    rows = providers.join(truth.providers, on="fixmedins_code")
    late = {
        code for code, first in truth.cases.group_by("fixmedins_code").agg(pl.col("month").min()).rows() if first >= 12
    }
    assert rows.filter(pl.col("fixmedins_code").is_in(list(late)))["change_over_time"].null_count() == len(late)
    padding = rows.filter(pl.col("role") == "upcoder_padding")
    assert padding.height == (truth.providers["role"] == "upcoder_padding").sum() == 1
    assert padding["share_z"].null_count() == 0  # its share is shown, whatever became of the rest


def test_the_same_bytes_whatever_the_threads_and_the_order_of_rows() -> None:
    engine, _, providers, cases = scored(32, stays=12_000)
    for table in ("core.settlement", "core.fee_line", "core.diagnosis", "core.operation", "core.stay"):
        engine.con.execute(f"create or replace table {table} as select * from {table} order by random()")
    engine.con.execute("set threads = 4")
    upcoding(engine, PERIOD, Config())
    assert engine.frame("select * from score.upcoding_provider order by all").equals(providers)
    assert engine.frame("select * from score.upcoding_case order by all").equals(cases)


def test_a_calm_world_names_nobody() -> None:
    _, _, providers, _ = scored(33, planted=False, stays=24_000)
    assert providers.filter(pl.col("q_value") <= 0.05).is_empty()
    assert abs(providers["share_z"].std() - 1) < 0.4
    assert abs(providers["misfit_z"].std() - 1) < 0.4


STD = {"grp_type": "DRG", "grp_ver": "1.1", "valid_from": "2024-01-01"}
PAR = {
    "insutype": "310", "hosp_lv": "06", "valid_from": "2025-01-01", "rate": "10000", "coef": "1.1", "low_mult": "0.4",
    "high_mult": "2", "final": "0",
}  # fmt: skip


def priced(cost: str, paid: str, **over: object) -> Decimal:
    weights = ("1.5", "0.9") if over.pop("wt", "") is not None else (None, None)
    row = {
        "fixmedins_code": "H1", "grp_code": "AA13", "net_medfee_sumamt": cost, "paid": paid, "wt": weights[0],
        "setl_time": datetime(2025, 2, 10, 12), "insutype": "310", "hosp_lv": over.pop("hosp_lv", "06"),
        "pay_std": "16500",
    }  # fmt: skip
    low = {**row, "grp_code": "AA15", "wt": weights[1], "pay_std": "9000"}
    tables = {
        "drg_std": [{**STD, "grp_code": "AA13", "wt": "1.5"}, {**STD, "grp_code": "AA15", "wt": "1"}],
        "pay_par": [PAR],
        **over,
    }
    engine = engine_with([row, low], [("H1", "06")], **tables)
    prepare_peers(engine)
    prepare_cases(engine, quarter_window("2025Q1"), Config())
    engine.replace("score.tier_case", "scores/tier_case")
    engine.replace("score.tier_rate", "scores/tier_rate")
    put(engine, "score.tier_lead", pl.DataFrame({"setl_id": ["S0000000"], "supported_grp_code": ["AA15"]}))
    return engine.query("scores/tier_price")["payment_difference"].item()


def test_the_difference_follows_the_payment_method() -> None:
    assert priced("12000", "9000") == Decimal("5500.00")  # 16,500 - 11,000
    assert priced("12000", "3000.55") == Decimal("3000.55")  # never more than paid
    assert priced("6000", "5500") == Decimal("0.00")  # low multiple: the cost alone is paid
    assert priced("24000", "20000") == Decimal("3500.00")  # supported: 11,000 + (24,000 - 22,000)
    assert priced("12000", "9000", drg_std=[]) == Decimal("6600.00")  # weights of the cases themselves: 1.5 - 0.9
    assert priced("12000", "9000", pay_par=[]) == Decimal("5500.00")  # no parameters: a third of the weight of 16,500
    assert priced("12000", "9000", pay_par=[], drg_std=[], wt=None) == Decimal("7500.00")  # nor weights: 16,500 - 9,000


def test_the_most_special_parameters_of_the_day_apply() -> None:
    wide = {**PAR, "insutype": "*", "hosp_lv": "*", "rate": "20000"}
    assert priced("12000", "9000", pay_par=[wide, PAR]) == Decimal("5500.00")
    assert priced("12000", "9000", pay_par=[{**wide, "rate": "8000"}]) == Decimal("4400.00")
    past = {**PAR, "valid_from": "2024-01-01", "valid_to": "2024-12-31", "rate": "1"}
    assert priced("12000", "9000", pay_par=[past, PAR]) == Decimal("5500.00")


def test_parameters_for_every_level_hold_where_no_level_is_known() -> None:
    wide = {**PAR, "hosp_lv": "*"}
    assert priced("12000", "9000", hosp_lv=None, pay_par=[wide]) == Decimal("5500.00")
    assert priced("12000", "9000", hosp_lv=None, pay_par=[PAR]) == Decimal("5500.00")  # level 06 alone: none applies


def test_levels_of_groups() -> None:
    codes = [("DRG", "AA11", "AA1", "1"), ("DRG", "AA13", "AA1", "3"), ("DRG", "AA15", "AA1", "5"),
             ("DRG", "BB13", "BB1", "3"), ("DRG", "BB15", "BB1", "5"), ("DRG", "CC19", "CC19", None),
             ("DIP", "I63.9:", "I63.9", None), ("DIP", "I63.9:39.7", "I63.9", None)]  # fmt: skip
    rows = pl.DataFrame(codes, schema=["grp_type", "grp_code", "family", "digit"], orient="row").with_columns(
        grp_ver=pl.lit("1"), wt=pl.Series([3.0, 2.0, 1.0, 2.0, 1.0, 1.0, 0.8, 2.4]).cast(pl.Decimal(14, 6))
    )
    found = dict(group_levels(rows).select("grp_code", "level").rows())
    assert found == {"AA11": 2, "AA13": 1, "AA15": 0, "BB13": 1, "BB15": 0, "CC19": 0, "I63.9:": 0, "I63.9:39.7": 1}


def test_a_dip_family_is_the_diagnosis_that_the_code_begins_with() -> None:
    written = {
        "K35.8:47.0100": "K35.8", "K35.8_47.0100": "K35.8", "K35.8-47.0100": "K35.8", "K35.8+47.0100": "K35.8",
        "K35.8": "K35.8", "J18:ZLXCZ": "J18", "I63.900x001|39.7": "I63.900x001", "A17.000+G01:33.2": "A17.000+G01",
        "100123": "100123", "综合病种:SS": "综合病种",
    }  # fmt: skip
    engine = engine_with(
        [{"fixmedins_code": "H1", "grp_type": "DIP", "grp_code": code, "net_medfee_sumamt": "900",
          "setl_time": datetime(2025, 5, 10)} for code in written],
        [("H1", "06")],
    )  # fmt: skip
    prepare_peers(engine)
    prepare_cases(engine, quarter_window(PERIOD), Config())
    engine.replace("score.tier_case", "scores/tier_case")
    assert dict(engine.frame("select grp_code, family from score.tier_case").rows()) == written


def test_a_dip_variant_of_unknown_weight_is_no_dear_one() -> None:
    rows = pl.DataFrame(
        {"grp_code": ["J18.9", "J18.9:33.2", "J18.9:96.0"], "wt": ["0.5", "0.9", None]},
    ).with_columns(pl.col("wt").cast(pl.Decimal(14, 6)), grp_type=pl.lit("DIP"), grp_ver=pl.lit("1"),
                   family=pl.lit("J18.9"), digit=pl.lit(None, pl.String))  # fmt: skip
    found = {row[0]: row[1:] for row in group_levels(unweighed_apart(rows)).drop("grp_type", "grp_ver").rows()}
    assert found == {"J18.9": (0, 2, 0.5), "J18.9:33.2": (1, 2, 0.9), "J18.9:96.0": (0, 1, None)}


def test_both_legs_must_stand_out() -> None:
    rng = np.random.default_rng(5)
    named = 0
    for _ in range(400):
        one, other = rng.random(40), rng.random(40)
        one[:3] = 1e-9  # severe hospitals: one leg only
        named += int((filtered_discovery(one, other) <= 0.05).any())
    assert named <= 400 * 0.08
    one, other = rng.random(40), rng.random(40)
    one[:4], other[:4] = 1e-4, 1e-4
    assert (filtered_discovery(one, other)[:4] <= 0.05).all()
    assert np.isnan(filtered_discovery(np.array([np.nan]), np.array([0.5]))).all()


def test_where_many_are_found_the_second_leg_alone_must_still_be_rare() -> None:
    """A severe hospital stands out in the first always; the second, at 1 in 50, is what a rate would let pass."""
    found = [(1e-6, 1e-6)] * 10 + [(1e-9, 0.02), (1e-9, 0.005), (0.02, 1e-9)] + [(0.5, 0.5)] * 20
    rows = pl.DataFrame(found, schema=["share_p", "unsupported_p"], orient="row")
    rows = rows.with_columns(p=pl.max_horizontal("share_p", "unsupported_p"))
    plain = filtered_discovery(*(rows[c].to_numpy() for c in ("share_p", "unsupported_p")))
    assert (plain[10:13] <= 0.05).all()
    assert corrected(rows)["q_value"][10:13].round(3).to_list() == [0.1, 0.025, 0.02]


def test_mass_just_past_a_threshold_is_seen() -> None:
    rng = np.random.default_rng(6)
    n = 3000
    ratio = np.exp(rng.normal(-0.4, 0.5, (2, n)))
    near = (ratio[1] > 0.34) & (ratio[1] < 0.4)
    ratio[1][near] = 0.4 * np.exp(rng.random(int(near.sum())) * 2 * WIDTH)  # charged up to the limit
    days = rng.integers(3, 60, 2 * n).astype(float)
    cases = pl.DataFrame({"setl_id": [f"S{i:05d}" for i in range(2 * n)], "fixmedins_code": ["A"] * n + ["B"] * n,
                          "days": days})  # fmt: skip
    engine = memory_engine()
    put(engine, "score.tier_case", cases.with_columns(
        cost=pl.Series(ratio.ravel()), wt=pl.lit(1.0), insutype=pl.lit("310"), hosp_lv=pl.lit("06"),
        setl_date=pl.lit(date(2025, 1, 1)),
    ))  # fmt: skip
    rate = {"insutype": ["310"], "hosp_lv": ["06"], "setl_date": [date(2025, 1, 1)], "rate": [1.0], "coef": [1.0]}
    put(engine, "score.tier_rate", pl.DataFrame({**rate, "low_mult": [0.4], "high_mult": [2.5]}))
    found = dict(bunching(cases, engine.query("scores/tier_threshold")).rows())
    assert found["B"] > 5
    assert found["A"] < 2
    assert min(STAY_LIMITS) == 30


def test_dip_weight_is_split_into_diagnosis_and_treatment() -> None:
    place = {"peer_group": "g", "grp_type": "DIP", "grp_ver": "1"}
    rows = [
        {**place, "fixmedins_code": f"H{h}", "family": family, "mean_wt": wt}
        for h in range(8)
        for family, wt, times in (
            ("I63.9", 1.0, 20 if h else 5), ("I63.9", 2.0, 5 if h else 20), ("I63.3", 1.2, 10), ("J18.9", 0.7, 20),
        )
        for _ in range(times)
    ]  # fmt: skip
    found = {row["fixmedins_code"]: row for row in dip_shift(pl.DataFrame(rows), 5, 30).iter_rows(named=True)}
    assert found["H0"]["dip_treatment_shift"] > 0.1
    assert abs(found["H0"]["dip_diagnosis_shift"]) < 1e-6
    assert found["H1"]["dip_treatment_shift"] < 0
    total = found["H0"]["dip_diagnosis_shift"] + found["H0"]["dip_treatment_shift"]
    assert found["H0"]["dip_weight_shift"] == pytest.approx(total, abs=1e-6)


def test_missing_treatment_counts_only_as_far_as_it_goes_with_doubt() -> None:
    rng = np.random.default_rng(7)
    doubtful = rng.random(2000) < 0.2
    state = (rng.random(2000) < np.where(doubtful, 0.8, 0.1)).astype(float)
    ratio = fragile_ratio(state, np.where(doubtful, 0.8, 0.05))
    assert 0.5 < ratio[state == 1][0] <= np.log(6) + 1e-6
    assert ratio[state == 0][0] < 0
    assert (fragile_ratio(np.full(50, np.nan), np.full(50, 0.5)) == 0).all()
    assert (fragile_ratio(1 - state, np.where(doubtful, 0.8, 0.05)) == 0).all()  # against all sense: no evidence

"""The ways in which a case is billed too dear, and what the payment method pays for it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.config import Config
from models.engine.duck import Engine
from models.scores import upcoding
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.coding.cases import by_diagnosis, thirds, tiered_cases
from models.scores.coding.share import expected_levels
from models.scores.coding.ways import Way, stronger
from models.scores.window import quarter_window
from tests.unit.test_scores_worlds import engine_with, spread_times

PERIOD = "2025Q1"


def _stays(
    seed: int, planted: dict[int, float], hospitals: int, stays: int, usual: float, spread: float, dearer: float,
    families: int, code: Callable[[int, bool], str], weights: tuple[float, float], kind: str = "DIP",
) -> Engine:  # fmt: skip
    """Stays, a share `usual` of them dear; who is planted bills the dear code for a share of the plain ones too."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for i in range(hospitals):
        dear = rng.random(stays) < rng.normal(usual, 0.02)
        cost = np.exp(rng.normal(8.3, spread, stays) + np.where(dear, dearer, 0.0))
        billed = np.where(rng.random(stays) < planted.get(i, 0.0), True, dear)
        family = rng.integers(0, families, stays)
        for which, b, c, at in zip(family, billed, cost, spread_times(rng, stays), strict=True):
            weight = weights[int(b)]
            rows.append(
                {"fixmedins_code": f"H{i:03d}", "grp_type": kind, "grp_code": code(which, bool(b)),
                 "net_medfee_sumamt": f"{c:.2f}", "paid": f"{c * 0.6:.2f}", "setl_time": at,
                 "wt": str(weight), "pay_std": f"{weight * 9000:.2f}"}
            )  # fmt: skip
    return engine_with(rows, [(f"H{i:03d}", "06") for i in range(hospitals)])


def dip_world(seed: int, planted: dict[int, float]) -> Engine:
    """Stays in 5 ICD categories, each with a plain and a dearer diagnosis of the same treatment."""

    def code(category: int, dear: bool) -> str:
        return f"J{category}{'8.0' if dear else '8.9'}:ZLXCZ"

    return _stays(seed, planted, 24, 300, 0.3, 0.35, 0.6, 5, code, (0.6, 1.1))


def _likely_of_first(engine: Engine, code: str, kind: str) -> pl.DataFrame:
    """The likely cases, once that provider alone stands out and most of them are its own."""
    upcoding(engine, PERIOD, Config())
    found = engine.frame("select * from score.upcoding_provider order by score desc")
    first = found.row(0, named=True)
    assert (first["fixmedins_code"], first["family_kind"]) == (code, kind)
    assert first["q_value"] < 0.05
    assert (found["q_value"][1:] > 0.05).all()
    likely = engine.frame("select * from score.upcoding_case where probability >= 0.5")
    assert likely.height > 30 and (likely["fixmedins_code"] == code).mean() > 0.9
    return likely


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_dearer_main_diagnosis_of_the_same_treatment_is_seen(seed: int) -> None:
    engine = dip_world(seed, {3: 0.5})
    likely = _likely_of_first(engine, "H003", "diagnosis")
    assert likely["grp_code"].str.contains("8.0", literal=True).all()
    assert (likely["supported_grp_code"] == likely["grp_code"].str.replace("8.0", "8.9", literal=True)).all()


def test_nobody_is_named_where_nobody_writes_dearer_diagnoses() -> None:
    named = 0
    for seed in range(21, 26):
        engine = dip_world(seed, {})
        upcoding(engine, PERIOD, Config())
        named += engine.frame("select 1 from score.upcoding_provider where q_value <= 0.05").height
    assert named <= 1


def rare_diagnoses(seed: int, planted: dict[int, float]) -> Engine:
    """Ten hospitals, three stays a year in each of 40 diagnoses, with a treatment or without."""

    def code(diagnosis: int, treated: bool) -> str:
        return f"K{diagnosis:02d}.1:{'45.1300' if treated else ''}"

    return _stays(seed, planted, 10, 120, 0.35, 0.25, 0.7, 40, code, (0.6, 1.2))


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_small_hospitals_are_judged_by_diagnoses_of_one_letter_together(seed: int) -> None:
    """Of each diagnosis the peers have fewer than 30 cases: alone, nobody could be compared."""
    engine = rare_diagnoses(seed, {4: 0.6})
    upcoding(engine, PERIOD, Config())
    found = engine.frame("select * from score.upcoding_provider order by score desc")
    first = found.row(0, named=True)
    assert (first["fixmedins_code"], first["family_kind"]) == ("H004", "treatment")
    assert first["cases"] > 100 and first["q_value"] < 0.05
    assert (found["q_value"][1:] > 0.05).all()


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_dearer_main_diagnosis_of_the_same_severity_is_seen(seed: int) -> None:
    engine = _stays(
        seed, {3: 0.5}, 24, 300, 0.3, 0.35, 0.6, 5,
        lambda mdc, dear: f"{'EFGHI'[mdc]}R{2 if dear else 1}5", (0.6, 1.1), "DRG",
    )  # fmt: skip
    likely = _likely_of_first(engine, "H003", "diagnosis")
    assert (likely["supported_grp_code"] == likely["grp_code"].str.replace("R2", "R1")).all()


def test_families_by_diagnosis() -> None:
    codes = {
        "J18.9:33.2": "J18~:33.2", "J15.0:33.2": "J15~:33.2", "J18.0:33.2": "J18~:33.2", "J18.9": "J18~",
        "100123": "100123", "综合病种:SS": "综合病种:SS",
        "ES15": "E~5", "ET25": "E~5", "ET23": "E~3", "EB15": "EB15", "ES15A": "ES15A", "ER19": "ER19",
    }  # fmt: skip
    engine = engine_with(
        [{"fixmedins_code": "H1", "grp_type": "DIP" if place < 6 else "DRG", "grp_code": code,
          "net_medfee_sumamt": "900", "wt": {"J18.0:33.2": "2", "ET25": "1.3", "ER19": None}.get(code, "1")}
         for place, code in enumerate(codes)],
        [("H1", "06")],
    )  # fmt: skip
    prepare_peers(engine)
    prepare_cases(engine, quarter_window(PERIOD), Config())
    placed = by_diagnosis(tiered_cases(engine))
    assert dict(placed.select("grp_code", "family").rows()) == codes
    assert set(placed["pool"]) == {
        "100123", "E~", "EB15", "ER19", "ES15A", "J15~", "J18~", "综合病种:SS",
    }  # fmt: skip
    dear = placed.filter(pl.col("level") > 0).sort("grp_code")
    assert (dear["grp_code"].to_list(), dear["levels"].to_list()) == (["ET25", "J18.0:33.2"], [2, 2])


def test_thirds_of_the_cases_by_weight() -> None:
    groups = [
        ("ER15", 0.5, 20),
        ("ES15", 0.6, 20),
        ("ET15", 0.8, 20),
        ("EU15", 3.0, 60),
        ("FR15", 1.0, 9),
        ("FS15", 1.04, 9),
    ]
    rows = pl.DataFrame(
        [{"grp_type": "DRG", "grp_ver": "2.0", "family": f"{code[0]}~5", "grp_code": code, "wt": weight}
         for code, weight, cases in groups for _ in range(cases)]
    )  # fmt: skip
    found = dict(thirds(rows).select("grp_code", "level").rows())
    assert found == {"ER15": 0, "ES15": 0, "ET15": 1, "EU15": 2, "FR15": 0, "FS15": 0}


def _counted(family: str, provider: int, dear: int, plain: int) -> pl.DataFrame:
    """Cases of one treatment of the category J18 at a provider."""
    return pl.DataFrame(
        {"peer_group": "g", "grp_type": "DIP", "grp_ver": "", "family": f"J18~{family}", "pool": "J18~",
         "fixmedins_code": f"H{provider}", "level": [1] * dear + [0] * plain, "levels": 2,
         "age_band": "1", "gend": "1", "way": "plain"}
    )  # fmt: skip


def test_rare_treatments_of_a_category_are_expected_together() -> None:
    common = [_counted("a", one, 10, 10) for one in range(8)]
    rare = [_counted("b", 0, 6, 2), _counted("b", 1, 3, 1), _counted("c", 0, 4, 0)]  # c is done by nobody else
    cases = pl.concat([*common, *rare])
    alone = expected_levels(cases.drop("pool"), 5, 30)
    assert set(alone["family"]) == {"J18~a"}
    found = expected_levels(cases, 5, 30)
    assert set(found["family"]) == {"J18~a", "J18~b"}
    mine = found.filter((pl.col("family") == "J18~b") & (pl.col("fixmedins_code") == "H0")).row(0, named=True)
    # one peer has the treatment, in 4 cases of which 3 are dear; what the category is used to speaks louder
    assert 0.5 * 8 < mine["e1"] < 0.62 * 8
    assert (mine["n1"], mine["n0"]) == (6, 2)
    usual = found.filter((pl.col("family") == "J18~a") & (pl.col("fixmedins_code") == "H5")).row(0, named=True)
    assert usual["e1"] == pytest.approx(10, abs=0.3)


def _way(kind: str, rows: list[tuple[str, str, float | None, float]]) -> Way:
    judged = pl.DataFrame(
        [(code, grp_type, p, p, p, score, kind) for code, grp_type, p, score in rows],
        schema={"fixmedins_code": pl.String, "grp_type": pl.String, "p": pl.Float64, "share_p": pl.Float64,
                "unsupported_p": pl.Float64, "score": pl.Float64, "family_kind": pl.String},
        orient="row",
    ).with_columns(q_value=pl.lit(None, pl.Float64), q_value_by=pl.lit(None, pl.Float64))  # fmt: skip
    return Way(pl.DataFrame(), pl.DataFrame(), judged, None)


def test_the_stronger_way_counts_and_all_tests_are_corrected_together() -> None:
    treatment = _way("treatment", [("H1", "DIP", 0.2, 0.1), ("H2", "DIP", 0.01, 0.5), ("H3", "DRG", 0.3, 0.2),
                                   ("H4", "DIP", None, 0.1)])  # fmt: skip
    diagnosis = _way("diagnosis", [("H1", "DIP", 0.002, 0.4), ("H2", "DIP", 0.6, 0.9), ("H3", "DIP", 0.001, 0.9),
                                   ("H4", "DIP", None, 0.3)])  # fmt: skip
    found = stronger([treatment, diagnosis]).select("fixmedins_code", "family_kind", "p", "q_value")
    # both legs are alike: q is what the second alone allows, five times p; H3 is paid by DRG in most cases
    assert found.rows() == [
        ("H1", "diagnosis", 0.002, 0.01),
        ("H2", "treatment", 0.01, 0.05),
        ("H3", "treatment", 0.3, 1.0),
        ("H4", "diagnosis", None, None),
    ]
    assert stronger([treatment]).equals(treatment.judged)


@pytest.mark.parametrize(
    ("bundled", "pay_std", "part", "paid", "expected"),
    [
        (1, "9000", "2500", "1800", "6500"),  # the method pays the whole case, whatever the payers' columns show
        (1, "9000", "2500", "6500", "6500"),
        (1, "2000", "2500", "0", "0"),
        (1, None, "2500", "1800", "1800"),
        (0, "9000", "2500", "1800", "1800"),
        (1, "9000", None, "1800", "9000"),
    ],
)
def test_what_the_method_pays(bundled: int, pay_std: str | None, part: str | None, paid: str, expected: str) -> None:
    row = {"fixmedins_code": "H1", "grp_code": "AA13", "net_medfee_sumamt": "4300", "bundled": bundled,
           "pay_std": pay_std, "psn_part_amt": part, "paid": paid}  # fmt: skip
    interim = {"fixmedins_code": "H1", "mdtrt_id": "M1", "grp_code": "AA13", "net_medfee_sumamt": "100", "bundled": 1,
               "pay_std": "9000", "psn_part_amt": "300", "paid": "50", "setl_time": datetime(2025, 3, 1)}  # fmt: skip
    first = {**interim, "mid_setl_flag": "1", "grp_code": None, "pay_std": None, "setl_time": datetime(2025, 2, 1)}
    engine = engine_with([row, first, interim], [("H1", "06")])
    prepare_peers(engine)
    prepare_cases(engine, quarter_window(PERIOD), Config())
    engine.replace("score.tier_case", "scores/tier_case")
    found = engine.frame("select paid from score.tier_case order by paid")["paid"].to_list()
    assert set(found) == {Decimal(expected), Decimal(8400)}

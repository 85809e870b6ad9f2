"""The outlier ensemble on worlds with a known odd one."""

import json
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.config import Config
from models.engine.duck import Engine
from models.errors import UsageError
from models.scores import deviation, inspection, outlier, provider_score, upcoding
from models.scores.reasons import VALUES, reasons_of, sentence
from models.scores.risk import WEIGHTS
from tests.unit.test_scores_worlds import engine_with, spread_times

DRUG, EXAM = "09", "03"


def odd_world(seed: int = 1, providers: int = 16, visits: int = 200, scale: int = 1, big: int = 1) -> Engine:
    """Clinics of one level; the fourth bills four fifths as drugs where others bill half, and does so at night.

    `scale` multiplies all amounts, `big` the visits of the sixth clinic.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    lines: list[tuple[Any, ...]] = []
    for i in range(providers):
        code, drug = f"H{i:03d}", 0.82 if i == 3 else 0.5 + 0.02 * float(rng.normal())
        for at in spread_times(rng, visits * big if i == 5 else visits):
            at = at + timedelta(hours=9) if i == 3 and rng.random() < 0.5 else at + timedelta(minutes=5)
            cost = float(rng.lognormal(5, 0.4))
            setl_id, fee = f"S{len(rows):06d}", f"{cost * scale:.2f}"
            rows.append(
                {"fixmedins_code": code, "is_inpatient": False, "med_type": "11", "grp_type": None, "setl_id": setl_id,
                 "net_medfee_sumamt": fee, "medfee_sumamt": fee, "inscp_scp_amt": f"{cost * scale * 0.9:.2f}",
                 "psn_id": f"P{i}-{rng.integers(0, 10_000)}", "setl_time": at}
            )  # fmt: skip
            for kind, part in ((DRUG, drug), (EXAM, 1 - drug)):
                lines.append((setl_id, at, f"D{i}-{at.day % 2}", kind, f"{cost * scale * part:.2f}"))
    engine = engine_with(rows, [(f"H{i:03d}", "09") for i in range(providers)])
    frame = pl.DataFrame(lines, schema=["setl_id", "time", "dr", "kind", "amount"], orient="row")
    engine.con.register("made", frame.to_arrow())
    engine.con.execute(
        "insert into core.fee_line by name select setl_id, setl_id as mdtrt_id, time as setl_time, dr as dr_code, "
        "kind as med_chrgitm_type, cast(amount as decimal(16, 2)) as det_item_fee_sumamt, false as refunded, "
        "'settled' as state from made"
    )
    engine.con.unregister("made")
    engine.con.execute(
        "insert into core.diagnosis by name "
        "select setl_id, 'J06.900' as diag_code, true as is_main, true as is_icd from core.settlement"
    )
    return engine


def rows_of(engine: Engine) -> pl.DataFrame:
    outlier(engine, "2025Q1", Config())
    return engine.frame("select * from score.outlier where period = '2025Q1'")


def test_the_odd_one_comes_first_and_says_why() -> None:
    found = rows_of(odd_world())
    first = found.row(0, named=True)
    assert (first["level"], first["unit_code"], first["percentile"]) == ("provider", "H003", 96.88)
    reasons = json.loads(first["reasons"])
    assert {fact["measure"] for fact in reasons[:3]} == {"drug", "exam", "night"}
    drug = next(fact for fact in reasons if fact["measure"] == "drug")
    assert first["reason"].startswith(reasons[0]["text"]) and first["reason"].endswith("；仅供参考。")
    assert drug["direction"] == "高于同类" and drug["value"] == pytest.approx(0.82, abs=0.01)
    assert drug["peers"] == pytest.approx(0.5, abs=0.03)
    doctors = found.filter(pl.col("level") == "doctor")
    assert doctors.height == 32 and set(doctors.head(2)["fixmedins_code"]) == {"H003"}


def test_parts_add_up_to_the_score() -> None:
    found = rows_of(odd_world(2)).filter("assessable")
    assert found.height > 40
    for score, reasons in found.select("score", "reasons").iter_rows():
        parts = [fact["part"] for fact in json.loads(reasons)]
        assert min(parts) >= 0 and round(sum(parts), 4) == score


def test_small_units_and_few_peers_are_not_assessed_but_shown_with_the_cause() -> None:
    engine = odd_world(3, providers=8, visits=40)
    engine.con.execute("delete from core.settlement where fixmedins_code = 'H002' and setl_id not like '%0'")
    found = rows_of(engine)
    small = found.filter(pl.col("unit_code") == "H002").row(0, named=True)
    assert not small["assessable"] and small["score"] is None and "不足 30 次" in small["reasons"]
    others = found.filter((pl.col("level") == "provider") & (pl.col("unit_code") != "H002"))
    assert others["assessable"].all() and set(others["peers"]) == {6}
    few = rows_of(odd_world(4, providers=5))
    assert not few["assessable"].any() and "同类机构 4 家，不足 5 家" in few["reasons"][0]


def test_size_is_no_measure() -> None:
    plain, dear = rows_of(odd_world(5)), rows_of(odd_world(5, scale=100))
    assert plain["unit_code"].equals(dear["unit_code"])
    assert (plain["score"] - dear["score"]).abs().max() < 0.15  # rounding to the fen weighs less in larger amounts
    places = []
    for seed in range(6):
        large = rows_of(odd_world(seed, providers=12, visits=60, big=5)).filter(pl.col("level") == "provider")
        assert large.row(0, named=True)["unit_code"] == "H003"
        grown = large.filter(pl.col("unit_code") == "H005").row(0, named=True)
        assert grown["visits"] == 300
        places.append(grown["percentile"])
    assert 25 < np.mean(places) < 75


def test_rows_are_the_same_whatever_the_threads_and_the_order_of_rows() -> None:
    results = []
    for threads, order in ((1, "hash(setl_id)"), (2, "setl_id desc")):
        engine = odd_world(6)
        engine.con.execute(f"set threads = {threads}")
        for table in ("core.settlement", "core.fee_line", "core.diagnosis"):
            engine.con.execute(f"create or replace table {table} as select * from {table} order by {order}")
        results.append(rows_of(engine))
    assert results[0].equals(results[1])
    assert results[0].write_csv() == results[1].write_csv()


def test_nothing_is_left_behind_and_what_is_no_quarter_is_refused() -> None:
    engine = odd_world(7, providers=6, visits=31)
    rows_of(engine)
    left = engine.con.execute("select table_name from duckdb_tables() where table_name like 'outlier_%'").fetchall()
    assert not left
    with pytest.raises(UsageError):
        outlier(engine, "2025", Config())


def test_a_table_of_an_earlier_version_takes_the_new_columns() -> None:
    engine = odd_world(7, providers=6, visits=31)
    engine.con.execute("create table score.outlier (period varchar, level varchar, score double)")
    engine.con.execute("insert into score.outlier values ('2024Q4', 'provider', 1.5)")
    assert rows_of(engine)["reason"].null_count() == 0
    kept = engine.frame("select * from score.outlier where period = '2024Q4'")
    assert kept["score"].to_list() == [1.5] and kept["reason"].to_list() == [None]


def empty_world() -> Engine:
    return engine_with([], [("H000", "09")])


def test_an_area_without_visits_has_no_rows() -> None:
    assert rows_of(empty_world()).is_empty()


def _plan(engine: Engine) -> pl.DataFrame:
    inspection(engine, 2026, Config())
    return engine.frame("select * from score.inspection where period = '2026' order by rank")


def test_the_score_alone_lists_nobody() -> None:
    """Risk, reasons and order of the plan are those of a world in which nobody's outlier score is known."""
    assert "outlier" not in WEIGHTS
    engine = odd_world(8)
    plan = _plan(engine)
    table = engine.frame("select * from score.provider_score where period = '2026' order by fixmedins_code")
    odd = table.row(3, named=True)
    assert odd["outlier_percentile"] > 95 and odd["outlier_score"] == max(table["outlier_score"])
    rows_of(engine)
    engine.con.execute("update score.outlier set period = '2026', score = null, percentile = null")
    blind = _plan(engine)
    unknown = engine.frame("select * from score.provider_score where period = '2026' order by fixmedins_code")
    assert unknown["outlier_score"].null_count() == unknown.height
    assert plan["risk_score"].equals(blind["risk_score"])
    assert plan["reasons"].str.contains('"outlier"').sum() <= plan.filter(pl.col("risk_score") >= 1).height
    for column in ("rank", "mode", "planned", "rank_low", "rank_high", "exposure_amount", "expected_recovery"):
        assert plan[column].equals(blind[column]), column
    assert table["risk_score"].equals(unknown["risk_score"])


def test_the_provider_table_shows_the_scores_of_the_list() -> None:
    engine = odd_world(9)
    for stage in (deviation, upcoding, outlier, provider_score):
        stage(engine, "2025Q1", Config())
    shown = engine.frame(
        "select p.outlier_score = o.score and p.outlier_percentile = o.percentile as same "
        "from score.provider_score as p "
        "inner join score.outlier as o on p.fixmedins_code = o.unit_code and o.level = 'provider'"
    )
    assert shown.height == 16 and shown["same"].all()


@pytest.mark.parametrize(("evidence", "mentioned"), [(0.0, False), (0.5, True)])
def test_the_score_is_mentioned_beside_evidence_only(evidence: float, mentioned: bool) -> None:
    row: dict[str, Any] = {f"point_{name}": 0.0 for name in WEIGHTS} | {"point_over": evidence, "mode": "risk"}
    row |= {name: 1.0 for pair in VALUES.values() for name in pair}
    row |= {"outlier_score": 2.5, "outlier_percentile": 99.0, "risk_score": 60 * evidence}
    named = [fact["reason"] for fact in json.loads(reasons_of(row))]
    assert ("outlier" in named) == mentioned and ("不计入风险得分" in sentence(row)) == mentioned
    if mentioned:
        assert named == ["mode", "over", "outlier"]
    else:
        assert named == ["mode"] and "与同类相当" in sentence(row)

"""The provider table and the inspection plan."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.config import Config
from models.engine.duck import Engine
from models.errors import UsageError
from models.planning.units import KINDS
from models.scores import deviation, inspection, provider_score, upcoding
from models.scores.provider_rates import median_of_others
from models.scores.reasons import sentence
from models.scores.risk import WEIGHTS, combine, finding_evidence
from models.settings_planning import Planning
from tests.unit.test_scores_worlds import cost_world, engine_with

CLAIM = """
create table money.claim as
select *, 'prior' as confidence_basis from (values
    ('C1', '2025Q1', 'H002', 'R06', '药品限儿童', 0.9, cast(400.00 as decimal(16, 2)), 'P1', 'S0000001', timestamp '2025-01-15', 'new'),
    ('C2', '2025Q1', 'H002', 'R06', '药品限儿童', 0.9, cast(600.00 as decimal(16, 2)), 'P2', 'S0000002', timestamp '2025-01-16', 'new'),
    ('C3', '2025Q1', 'H005', 'R24', '限级别', 0.5, cast(50.00 as decimal(16, 2)), 'P3', 'S0000003', timestamp '2025-01-16', 'new'),
    ('C4', '2025Q1', 'H005', 'R24', '限级别', 0.5, cast(99.00 as decimal(16, 2)), 'P4', 'S0000004', timestamp '2025-01-16', 'overturned')
) as c (candidate_id, period, fixmedins_code, rule_id, rule_name, confidence, fund_amount, psn_id, setl_id, setl_time, status)
"""  # noqa: E501


def plan_world(capacity: int = 10, seed: int = 3) -> tuple[Engine, Config]:
    engine, _ = cost_world(seed, planted={3: 2.0}, between=0.05)
    engine.con.execute(CLAIM)
    for table, column, rows in (
        ("complaint_d", "received_on", [("H010", date(2024, 6, 1)), ("H011", date(2020, 1, 1))]),
        ("inspection_d", "inspected_on", [(f"H{i:03d}", date(2024, 1, 1)) for i in range(23)]),
    ):
        engine.con.execute(f"create or replace table cur.{table} (fixmedins_code varchar, {column} date)")
        engine.con.executemany(f"insert into cur.{table} values (?, ?)", rows)
    planning = Planning(teams=2, team_days=Decimal(capacity) / 2, visit_days=dict.fromkeys(KINDS, Decimal(1)))
    return engine, Config(planning=planning)


def plan_of(engine: Engine, config: Config) -> pl.DataFrame:
    inspection(engine, 2026, config)
    return engine.frame("select * from score.inspection where period = '2026' order by rank")


def test_every_active_provider_has_one_rank_and_the_plan_is_the_capacity() -> None:
    plan = plan_of(*plan_world())
    assert plan["rank"].to_list() == list(range(1, 25))
    assert plan["planned"].to_list() == [1] * 10 + [0] * 14
    assert (plan["rank_low"] <= plan["rank"]).all() and (plan["rank"] <= plan["rank_high"]).all()
    assert plan["rank_last_year"].null_count() == 24


def test_a_complaint_or_quota_of_nobody_is_said() -> None:
    engine, config = plan_world()
    engine.con.execute("insert into cur.complaint_d values ('H999', date '2024-06-01'), ('H998', date '2020-01-01')")
    planning = config.planning.model_copy(update={"district_quota": {"999999": 2}})
    said = inspection(engine, 2026, config.model_copy(update={"planning": planning})).warnings
    assert any("H999" in line and "H998" not in line and line.startswith("1 家被举报机构") for line in said)
    assert any("999999" in line and "district_quota" in line for line in said)
    assert not any("H999" in line for line in inspection(plan_world()[0], 2026, config).warnings)


def test_modes_fill_the_plan_complaints_always() -> None:
    plan = plan_of(*plan_world())
    # the only complaint inside the twelve months is in the plan, but does not lead it
    assert plan.filter(pl.col("mode") == "complaint").select("fixmedins_code", "planned").rows() == [("H010", 1)]
    assert plan.row(0, named=True)["mode"] == "risk"
    planned = plan.filter(pl.col("planned") == 1)["mode"].value_counts(sort=True)
    assert dict(planned.rows()) == {"risk": 6, "random": 2, "complaint": 1, "coverage": 1}
    assert plan.filter(pl.col("mode") == "coverage")["fixmedins_code"].to_list() == ["H023"]  # never visited


def test_the_draw_can_be_replayed_by_anybody() -> None:
    engine, config = plan_world()
    plan = plan_of(engine, config)
    codes = [f"H{i:03d}" for i in range(24) if i != 10]
    drawn = sorted(codes, key=lambda code: hashlib.sha256(f"{config.seed}|2026|{code}".encode()).hexdigest())[:2]
    assert set(plan.filter(pl.col("mode") == "random")["fixmedins_code"]) == set(drawn)
    listed = engine.frame("select * from score.inspection_draw order by stratum, place")
    assert set(listed.filter(pl.col("drawn") == 1)["fixmedins_code"]) == set(drawn)
    assert listed.height == 23 and set(listed["selection_probability"].round(6)) == {round(2 / 23, 6)}


def test_the_plan_of_visits_holds_the_planned_with_team_and_quarter() -> None:
    engine, config = plan_world()
    plan = plan_of(engine, config)
    visits = engine.frame("select * from score.inspection_plan order by rank")
    assert visits["fixmedins_code"].to_list() == plan.filter(pl.col("planned") == 1)["fixmedins_code"].to_list()
    assert dict(visits.group_by("team").agg(pl.col("days").sum()).rows()) == {1: Decimal("5.0"), 2: Decimal("5.0")}
    assert set(visits["quarter"]) == {"2026Q1", "2026Q2", "2026Q3", "2026Q4"} and set(visits["admdvs"]) == {"330999"}


def test_reasons_add_up_to_the_score() -> None:
    for row in plan_of(*plan_world()).iter_rows(named=True):
        points = sum(Decimal(str(one.get("points", 0))) for one in json.loads(row["reasons"]))
        assert points == Decimal(str(row["risk_score"]))


def test_a_share_of_findings_is_not_told_as_a_difference() -> None:
    points = {f"point_{name}": float(name == "finding") for name in WEIGHTS}
    row = {"mode": "risk", "risk_score": 60.0, "finding_rate": 0.0406, "finding_percentile": 98.0, **points}
    assert "规则疑点金额占基金支付 4.06%，高于同类（同类第 98 百分位）" in sentence(row)


def test_the_planted_spender_comes_before_the_rest_and_says_why() -> None:
    row = next(r for r in plan_of(*plan_world()).iter_rows(named=True) if r["fixmedins_code"] == "H003")
    assert row["rank"] <= 3 and row["risk_score"] > 50
    reasons = json.loads(row["reasons"])
    assert reasons[0]["reason"] == "mode" and reasons[1]["reason"] == "over"
    assert "同病组费用高于同类" in row["reason"] and row["reason"].endswith("供安排检查时参考。")
    assert set(json.loads(row["look_at"])) == {"departments", "doctors", "cases"}


def test_expected_recovery_is_money_times_chance_with_an_interval() -> None:
    plan = {r["fixmedins_code"]: r for r in plan_of(*plan_world()).iter_rows(named=True)}
    assert plan["H002"]["expected_recovery"] == Decimal("900.00")
    assert plan["H005"]["expected_recovery"] == Decimal("25.00")  # the overturned one counts nowhere
    assert plan["H002"]["exposure_amount"] == Decimal("1000.00")
    low, high = plan["H002"]["expected_recovery_low"], plan["H002"]["expected_recovery_high"]
    assert 0 < low < Decimal("900.00") < high <= Decimal("1000.00")  # no more comes back than is put forward
    assert plan["H001"]["expected_recovery_high"] == 0
    assert json.loads(plan["H002"]["look_at"])["cases"] == ["S0000002", "S0000001"]


def test_two_runs_give_the_same_plan() -> None:
    assert plan_of(*plan_world()).equals(plan_of(*plan_world()))


def test_size_is_not_guilt() -> None:
    table = []
    for copies in (1, 5):
        engine, _ = cost_world(11, planted={3: 2.0})
        if copies > 1:  # one provider's paid money and claims grow alike
            engine.con.execute("update core.settlement set paid = paid * 1000 where fixmedins_code = 'H004'")
        for stage in (deviation, upcoding, provider_score):
            stage(engine, "2025Q1", Config())
        table.append(engine.frame("select fixmedins_code, risk_score from score.provider_score order by 1"))
    assert table[0].equals(table[1])


def test_the_provider_table_has_everybody_with_percentiles_among_peers() -> None:
    engine, config = plan_world()
    for stage in (deviation, upcoding, provider_score):
        stage(engine, "2025Q1", config)
    table = engine.frame("select * from score.provider_score where period = '2025Q1' order by fixmedins_code")
    assert table.height == 24
    assert set(table["peer_group"]) == {"三级医疗机构·综合", "二级医疗机构·综合"}
    assert (table["peers"] == 11).all()
    row = table.row(3, named=True)
    assert row["deviation_percentile"] == max(
        table.filter(pl.col("peer_group") == row["peer_group"])["deviation_percentile"]
    )
    assert 0 <= row["deviation_q"] <= row["deviation_q_by"] <= 1
    listed = engine.frame("select q_value from score.deviation where fixmedins_code = 'H003' and grp_code is null")
    assert row["deviation_q"] in listed["q_value"].to_list()
    assert table.row(2, named=True)["finding_amount"] == Decimal("1000.00")
    assert table["gathering_score"].null_count() == 24


@pytest.mark.parametrize(
    ("codes", "rate"),
    [
        ([("S15", "J18.900", True)], 2 / 3),
        ([("S15", "J18.900", True), ("S22", "Z51.100", True)], 1 / 3),
        ([("S15", "O80.900", True), ("S22", "O80.900", True)], 0),  # a planned code may be the beginning of many
        ([("S22", "C34.900", True), ("S22", "Z51.100", False)], 1 / 3),  # a course of a long treatment
        ([("S22", "J18.900", True), ("S22", "Z51.100", False)], 2 / 3),
    ],
)
def test_split_stays_are_counted_without_planned_returns(codes: list[tuple[str, str, bool]], rate: float) -> None:
    stay = {"fixmedins_code": "H1", "psn_id": "P1", "net_medfee_sumamt": "10", "grp_type": None}
    rows = [{**stay, "setl_id": f"S{day}", "setl_time": datetime(2025, 1, day)} for day in (8, 15, 22)]
    engine = engine_with(rows, [("H1", "06")])
    engine.con.executemany("insert into core.diagnosis values (?, ?, ?, true)", codes)
    for stage in (deviation, upcoding, provider_score):
        stage(engine, "2025Q1", Config())
    assert engine.frame("select split_stay_rate from score.provider_score").item() == pytest.approx(rate, abs=1e-6)


def test_a_return_among_few_stays_is_shown_but_no_evidence() -> None:
    """A hospital with one return in two stays must not lead the plan; one with the same rate of many does."""
    rows = []
    for hospital in range(12):
        for person in range(1 if hospital == 1 else 40):
            stay = {"fixmedins_code": f"H{hospital:02d}", "psn_id": f"P{hospital}-{person}", "net_medfee_sumamt": "10"}
            rows.append({**stay, "setl_time": datetime(2025, 1, 8)})
            if hospital in (1, 2) or person == 0:
                rows.append({**stay, "setl_time": datetime(2025, 1, 16)})
    engine = engine_with(rows, [(f"H{hospital:02d}", "06") for hospital in range(12)])
    for stage in (deviation, upcoding, provider_score):
        stage(engine, "2025Q1", Config())
    table = engine.frame("select * from score.provider_score order by fixmedins_code")
    few, many = table.row(1, named=True), table.row(2, named=True)
    assert (few["split_stay_rate"], few["split_stay_percentile"], few["risk_score"]) == (0.5, None, 0.0)
    assert many["split_stay_rate"] == 0.5 and many["risk_score"] == max(table["risk_score"]) > 30


def test_one_strong_kind_of_evidence_suffices_and_none_exceeds_a_hundred() -> None:
    one = {"finding": np.array([1.0, 0.0]), "upcoding": np.array([0.0, 0.0]), "over": np.array([1.0, 0.5])}
    assert combine(one).round(6).tolist() == [92.0, 30.0]


def test_a_plan_without_data_is_refused() -> None:
    with pytest.raises(UsageError):
        inspection(engine_with([], []), 2026, Config())


def test_last_year_is_ranked_by_the_same_method_and_what_moved_is_said() -> None:
    engine, config = plan_world()
    engine.con.execute(
        "insert into core.settlement select * replace (setl_id || 'a' as setl_id, mdtrt_id || 'a' as mdtrt_id, "
        "setl_time - interval 1 year as setl_time, cast(month - interval 1 year as date) as month, "
        "case when fixmedins_code = 'H003' then net_medfee_sumamt / 2 else net_medfee_sumamt end as net_medfee_sumamt) "
        "from core.settlement"
    )
    plan = plan_of(engine, config)
    assert sorted(plan["rank_last_year"]) == list(range(1, 25))
    row = plan.filter(pl.col("fixmedins_code") == "H003").row(0, named=True)
    last = json.loads(row["reasons"])[-1]
    assert last["reason"] == "last_year" and last["rank"] == row["rank_last_year"] > row["rank"]
    assert last["moved"][0]["reason"] == "over" and last["moved"][0]["change"] > 20
    assert f"上年第 {row['rank_last_year']} 位，上升" in row["reason"]


@pytest.mark.parametrize(
    ("rate", "norm", "expected"),
    [  # evidence begins at what is usual, at a ten-thousandth at least, and is full at a tenth of the payments
        (0.003, 0.003, 0.0),
        (0.001, 0.003, 0.0),
        (0.1, 0.003, 1.0),
        (0.1, 0.0, 1.0),
        (1e-4, 0.0, 0.0),
        (0.00316228, 0.0, 0.5),
        (0.0173205, 0.003, 0.5),
        (0.5, 0.2, 1.0),
    ],
)
def test_findings_are_evidence_beyond_what_peers_have(rate: float, norm: float, expected: float) -> None:
    assert finding_evidence(np.array([rate]), np.array([norm]))[0] == pytest.approx(expected, abs=1e-4)


@given(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9]), min_size=2, max_size=12))
def test_nobody_counts_in_his_own_median(values: list[float]) -> None:
    expected = [np.median(values[:i] + values[i + 1 :]) for i in range(len(values))]
    assert median_of_others(np.array(values)).tolist() == pytest.approx(expected)

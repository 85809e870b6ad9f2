"""The registry, and how rules run: replaced by rule and period, failures told at the end."""

from decimal import Decimal
from pathlib import Path

import pytest

from models import core, rules
from models.config import Config
from models.engine import Engine
from models.engine.duck import memory_engine
from models.errors import RuleFailed, UsageError
from models.rules.coverage import IMPLEMENTED, NO_DATA
from models.rules.registry import registry
from tests.given import given

PLAIN = {"valid_from": "2020-01-01", "subject_code": "ITEM1"}


def world() -> Engine:
    """A man with one line in each of two quarters that is for women and for children only."""
    engine = memory_engine()
    given(
        engine,
        setl_d=[{"setl_id": "S1"}, {"setl_id": "S2", "setl_time": "2025-05-05 12:00:00"}],
        fee_list_d=[
            {"setl_id": "S1", "pric": 10},
            {"setl_id": "S2", "pric": 20, "fee_ocur_time": "2025-05-05 09:00:00"},
        ],
        kp_sex=[{"rule_id": "R67", "gend": "2", **PLAIN}],
        kp_age=[{"rule_id": "R65", "age_max": 14, **PLAIN}, {"rule_id": "R07", "age_max": 14, **PLAIN}],
    )
    core.build(engine, Config())
    return engine


def rows(engine: Engine) -> list[tuple[str, str, str]]:
    return engine.con.execute("select rule_id, period, setl_id from finding.finding order by all").fetchall()


def test_the_catalogue_is_whole() -> None:
    found = registry()
    assert [rule.rule_id for rule in found if rule.rule_id.startswith("R")] == [f"R{n:02d}" for n in range(1, 89)]
    sizes = {name: sum(rule.rule_class == name for rule in found) for name in ("政策类", "管理类", "医疗类")}
    assert sizes == {"政策类": 34, "管理类": 29, "医疗类": 25}
    assert len({rule.code_1_0 for rule in found if rule.code_1_0}) == sum(rule.code_1_0 is not None for rule in found)


def test_all_faults_of_all_files_at_once(tmp_path: Path) -> None:
    good = (Path(rules.__file__).parent / "R67.yaml").read_text(encoding="utf-8")
    (tmp_path / "L01.yaml").write_text(
        good.replace("kp_sex", "kp_nothing").replace("id: R67", "id: L01"), encoding="utf-8"
    )
    (tmp_path / "L02.yaml").write_text(
        good.replace("suspect", "guilty").replace("id: R67", "id: L02"), encoding="utf-8"
    )
    (tmp_path / "L03.yaml").write_text("id: L03\nname: [", encoding="utf-8")
    (tmp_path / "L04.yaml").write_text(good, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        registry(tmp_path)
    text = str(caught.value)
    assert all(name in text for name in ("L01.yaml", "L02.yaml", "L03.yaml", "L04.yaml"))
    assert "sql/findings/kp_nothing.sql" in text


def test_one_template_serves_its_rules_and_periods() -> None:
    engine = world()
    results = rules.run_rules(engine, None, Config())
    assert {rule_id: (r.rows, r.gross) for rule_id, r in results.items() if r.rows} == {
        "R07": (2, Decimal("30.00")),
        "R65": (2, Decimal("30.00")),
        "R67": (2, Decimal("30.00")),
    }
    assert results["R42"].waiting is False
    assert results["R81"].waiting is True
    assert not [result for result in results.values() if result.error]


def test_a_run_replaces_only_its_rules_and_periods() -> None:
    engine = world()
    rules.run_rules(engine, None, Config())
    engine.con.execute("update finding.finding set setl_id = 'OLD'")
    again = rules.run_rules(engine, ["R65"], Config(), ["2025Q2"])
    assert again["R65"].rows == 1
    fresh = [row for row in rows(engine) if row[2] != "OLD"]
    assert fresh == [("R65", "2025Q2", "S2")]
    assert len(rows(engine)) == 6


def test_one_run_equals_a_run_a_quarter() -> None:
    engine = world()
    rules.run_rules(engine, None, Config())
    whole = engine.con.execute("select * from finding.finding order by all").fetchall()
    engine.con.execute("delete from finding.finding")
    for period in ("2025Q2", "2025Q1"):
        rules.run_rules(engine, None, Config(), [period])
    assert engine.con.execute("select * from finding.finding order by all").fetchall() == whole


def test_a_point_withdrawn_withdraws_its_findings() -> None:
    engine = world()
    rules.run_rules(engine, None, Config())
    engine.con.execute("delete from cur.kp_sex")
    assert rules.run_rules(engine, ["R67"], Config())["R67"].waiting
    assert not [row for row in rows(engine) if row[0] == "R67"]


def test_a_failing_template_is_told_at_the_end() -> None:
    engine = world()
    engine.con.execute("drop table core.stay")
    results = rules.run_rules(engine, None, Config())
    assert {rule_id for rule_id, result in results.items() if result.error} == {
        "R38",
        "R42",
        "R49",
        "R52",
        "R53",
        "S01",
        "S02",
        "S03",
        "S04",
        "S11",
        "S12",
    }
    assert results["R67"].rows == 2
    with pytest.raises(RuleFailed, match=r"R42[\s\S]*R49"):
        rules.raise_failures(results)


def test_rules_that_do_not_run_are_refused() -> None:
    with pytest.raises(UsageError, match="R41, R99"):
        rules.run_rules(world(), ["R99", "R67", "R41"], Config())


def test_the_rule_table_is_the_registry() -> None:
    engine = world()
    rules.run_rules(engine, ["R67"], Config())
    found = engine.con.execute("select rule_name, track, template from finding.rule where rule_id = 'R67'").fetchone()
    assert found == ("药品区分性别使用", "suspect", "kp_sex")
    assert engine.count("finding.rule") == sum(rule.implemented for rule in registry())


def test_split_stay_window_and_planned_diagnoses_are_configuration() -> None:
    engine = memory_engine()
    given(
        engine,
        setl_d=[
            {"setl_id": "S1", "psn_no": "P", "begndate": "2025-01-01", "enddate": "2025-01-05", "hifp_pay": 5},
            {"setl_id": "S2", "psn_no": "P", "begndate": "2025-01-15", "enddate": "2025-01-20", "hifp_pay": 5},
        ],
        setl_list_diag_d=[{"setl_id": "S1", "diag_code": "I63.9"}, {"setl_id": "S2", "diag_code": "I63.9"}],
    )
    core.build(engine, Config())

    def found(**params: object) -> int:
        config = Config.model_validate({"params": params})
        return rules.run_rules(engine, ["R49"], config)["R49"].rows

    assert found() == 1
    assert found(split_stay_days=9) == 0
    assert found(planned_readmission_diagnoses=["I6"]) == 0
    assert found(planned_readmission_diagnoses=[]) == 1


def test_a_bureau_sets_parameters_of_a_rule_in_its_configuration() -> None:
    engine = memory_engine()
    days = ("2025-01-01", "2025-01-20", "2025-02-10")
    stays = [
        {"setl_id": f"S{k}", "psn_no": "P", "begndate": d, "enddate": d, "hifp_pay": 5} for k, d in enumerate(days)
    ]
    given(engine, setl_d=stays)
    core.build(engine, Config())

    def found(**params: object) -> int:
        config = Config.model_validate({"rule_params": {"R52": params}})
        return rules.run_rules(engine, ["R52"], config)["R52"].rows

    assert found() == 0
    assert found(short_stays=3) == 1
    assert found(short_stays=3, short_days=30) == 0
    with pytest.raises(UsageError, match=r"R52\.stays[\s\S]*X1: 没有这条规则"):
        wrong = {"R52": {"stays": 3}, "X1": {}}
        rules.run_rules(engine, ["R52"], Config.model_validate({"rule_params": wrong}))


def test_coverage_with_and_without_a_warehouse() -> None:
    engine = world()
    rules.run_rules(engine, None, Config())
    after = {row.rule_id: row for row in rules.coverage(engine)}
    assert (after["R67"].hits, after["R67"].points) == (1, 1)
    assert "kp_level" in after["R12"].note
    assert after["R12"].hits is None
    assert after["R41"].implemented is False
    assert "上传时间" in after["R41"].note
    assert (after["S06"].status, after["R67"].status) == (NO_DATA, IMPLEMENTED)
    assert "hilist_b" in after["S06"].note
    assert rules.latest_period(engine) == "2025Q2"
    before = rules.coverage(None)
    assert len(before) == len(after)
    assert all(row.note and row.hits is None for row in before)


def test_shared_tables_follow_the_parameters_of_each_rule() -> None:
    engine = memory_engine()
    days = ("2025-01-01", "2025-01-10", "2025-01-20", "2025-01-29")
    stays = [
        {"setl_id": f"S{k}", "psn_no": "P", "begndate": d, "enddate": d, "hifp_pay": 5} for k, d in enumerate(days)
    ]
    codes = [{"setl_id": stay["setl_id"], "diag_code": "I63.9"} for stay in stays]
    given(engine, setl_d=stays, setl_list_diag_d=codes)
    core.build(engine, Config())
    config = Config.model_validate({"rule_params": {"R52": {"planned_readmission_diagnoses": ["I6"]}}})
    ids = ["R49", "R52"]
    assert [rules.run_rules(engine, ids, Config())[rule_id].rows for rule_id in ids] == [3, 1]
    assert [rules.run_rules(engine, ids, config)[rule_id].rows for rule_id in ids] == [3, 0]


def test_a_bureau_says_how_many_billed_units_a_documented_pack_is() -> None:
    stock = {"fixmedins_code": "H1", "med_list_codg": "X1"}
    engine = given(
        memory_engine(),
        setl_d=[{"hifp_pay": 100}],
        fee_list_d=[{"med_list_codg": "X1", "med_chrgitm_type": "09", "cnt": 24, "pric": 1}],
        inv_count_d=[{"doc_sn": "C1", "cnt": 0, "ocur_time": "2025-01-01", **stock}],
        purc_d=[
            {"doc_sn": f"P{m}", "fixmedins_code": "H1", "med_list_codg": x, "cnt": 2, "ocur_time": f"2025-0{m}-02"}
            for m, x in ((1, "X1"), (2, "X9"), (3, "X9"))
        ],
    )
    core.build(engine, Config())
    for conversions, found in (([], 1), (["X1:12"], 0), (["X1:12", "H1|X1:6"], 1), (["H2|X1:12"], 1)):
        config = Config(rule_params={"R43": {"conversions": conversions}})
        assert rules.run_rules(engine, ["R43"], config)["R43"].rows == found, conversions


def test_shared_tables_are_kept_until_core_is_made_anew() -> None:
    engine = memory_engine()
    given(engine, setl_d=[{"setl_id": "S1", "med_type": "11"}])
    core.build(engine, Config())
    made = []
    for again in (False, False, True):
        if again:
            core.build(engine, Config())
        rules.run_rules(engine, ["R50", "R51"], Config())
        made.append(
            engine.con.execute("select table_oid from duckdb_tables() where table_name = 'person_visit'").fetchall()
        )
    assert made[0] == made[1] != made[2]
    engine.con.execute("comment on table core.settlement is null")  # core filled by hand: nothing tells when it changes
    rules.run_rules(engine, ["R50"], Config())
    assert not engine.exists("finding.person_visit")

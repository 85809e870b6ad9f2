"""Issued lists: frozen once, changed only by supplements, precedence over what is found later."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.config import Config
from models.core import build
from models.engine.duck import Engine, memory_engine
from models.errors import InputRefused, UsageError
from models.home import Home
from models.money import claims
from models.money.register import Register
from tests.findings import find, rules
from tests.given import given, rows_of
from tests.served import serve

Q1, Q2 = "2025Q1", "2025Q2"
RULES = [("R01", "clear", "0.9"), ("R02", "clear", "0.8"), ("R03", "suspect", "0.7")]
LINES = [{"bkkp_sn": "A", "pric": 60}, {"bkkp_sn": "B", "pric": 40}]


class Bureau:
    """A home whose extracts and findings the test changes from run to run."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.home.prepare()
        self.engine: Engine = memory_engine()
        rules(self.engine, RULES)

    def run(self, findings: list[dict[str, Any]], period: str = Q1, **more: Any) -> "Bureau":
        rows: dict[str, Any] = {"setl_d": [{"setl_id": "S1", "hifp_pay": 100}], "fee_list_d": LINES, **more}
        given(self.engine, **rows)
        build(self.engine, Config())
        find(self.engine, findings)
        claims(self.engine, period, Config(), Register(self.home))
        return self

    def issue(self, period: str = Q1) -> str:
        serve(self.engine, self.home, period)
        return str(Register(self.home).issue(period))

    def rows(self, period: str = Q1) -> list[tuple[Any, ...]]:
        return rows_of(
            self.engine,
            "select rule_id, bkkp_sn, fund_amount::integer, status from money.claim "
            f"where period = '{period}' order by rule_id, bkkp_sn nulls last",
        )

    def listed(self, period: str = Q1) -> list[tuple[Any, ...]]:
        folder = serve(self.engine, self.home, period)
        if folder is None:
            return []
        frame = pl.read_parquet(folder / "clawback.parquet").sort("rule_id", "bkkp_sn", nulls_last=True)
        return frame.select("rule_id", "bkkp_sn", pl.col("fund_amount").cast(pl.Int64), "status").rows()

    def facts(self, rule_id: str) -> Any:
        return json.loads(rows_of(self.engine, f"select evidence from money.claim where rule_id = '{rule_id}'")[0][0])


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


A, B = {"bkkp_sn": "A"}, {"bkkp_sn": "B"}
HALF_A = {"bkkp_sn": "A", "part_num": 1, "part_den": 2}


def candidate(bureau: Bureau, rule_id: str) -> str:
    return str(rows_of(bureau.engine, f"select candidate_id from money.claim where rule_id = '{rule_id}'")[0][0])


def test_a_rerun_after_an_issue_lists_nothing_new(bureau: Bureau) -> None:
    assert bureau.run([A, B]).issue() == Q1
    assert bureau.run([A, B]).rows() == [("R01", "A", 60, "issued"), ("R01", "B", 40, "issued")]
    assert bureau.listed() == []
    assert Register(bureau.home).pending(Q1) is None


def test_a_supplement_lists_new_changed_and_withdrawn_and_nothing_else(bureau: Bureau) -> None:
    lines = [*LINES, {"bkkp_sn": "C", "pric": 100}]
    bureau.run([A, B, {"bkkp_sn": "C", "rule_id": "R02"}], fee_list_d=lines).issue()
    now = [HALF_A, {"bkkp_sn": "B", "rule_id": "R03"}, {"bkkp_sn": "C", "rule_id": "R02"}]
    bureau.run(now, fee_list_d=lines)
    assert bureau.listed() == [
        ("R01", "A", 15, "changed"),
        ("R01", "B", 0, "withdrawn"),
        ("R03", "B", 20, "new"),
    ]
    evidence = rows_of(bureau.engine, "select evidence from money.claim where bkkp_sn = 'A'")[0][0]
    assert json.loads(evidence)["changed"] == {"fund_amount": {"new": "15.00", "old": "30.00"}}
    withdrawn = rows_of(bureau.engine, "select evidence, reason from money.claim where status = 'withdrawn'")[0]
    assert json.loads(withdrawn[0])["withdrawn"]["fund_amount"] == {"new": "0.00", "old": "20.00"}
    assert withdrawn[1].startswith("已撤回")


def test_a_second_supplement_works_on_top_of_the_first(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    assert bureau.run([A, B]).issue() == "2025Q1-s01"
    assert bureau.run([A, B]).listed() == []
    bureau.run([B])
    assert bureau.listed() == [("R01", "A", 0, "withdrawn")]
    assert bureau.issue() == "2025Q1-s02"
    assert bureau.run([B]).listed() == []
    # found again: it keeps its id and comes back as changed
    assert bureau.run([A, B]).listed() == [("R01", "A", 60, "changed")]
    assert [issue.name for issue in Register(bureau.home).issued(Q1)] == ["2025Q1", "2025Q1-s01", "2025Q1-s02"]


def test_a_changed_reason_is_a_change(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    bureau.run([{**A, "reason": "另有说明。"}])
    assert bureau.listed() == [("R01", "A", 60, "changed")]
    assert set(bureau.facts("R01")["changed"]) == {"fund_amount", "reason"}


def test_issued_candidates_keep_precedence(bureau: Bureau) -> None:
    bureau.run([{**A, "rule_id": "R03"}]).issue()
    bureau.run([{**A, "rule_id": "R03"}, A])  # R01 is clear and surer, but came later
    assert bureau.rows() == [("R03", "A", 60, "issued")]
    assert rows_of(bureau.engine, "select also_found_by from money.claim") == [('["R01"]',)]


def test_an_issued_case_comes_before_a_new_line(bureau: Bureau) -> None:
    bureau.run([{"rule_id": "R03"}]).issue()
    assert bureau.run([{"rule_id": "R03"}, A]).rows() == [("R03", None, 100, "issued")]


def test_issued_candidates_are_served_in_the_order_of_their_issues(bureau: Bureau) -> None:
    bureau.run([{"rule_id": "R03", "part_num": 3, "part_den": 4}]).issue()
    now = [{"rule_id": "R03", "part_num": 3, "part_den": 4}, A]
    assert bureau.run(now).rows() == [("R01", "A", 25, "new"), ("R03", None, 75, "issued")]
    bureau.issue()
    assert bureau.run(now).rows() == [("R01", "A", 25, "issued"), ("R03", None, 75, "issued")]


def test_a_withdrawn_candidate_frees_its_hold(bureau: Bureau) -> None:
    bureau.run([{**A, "rule_id": "R03"}]).issue()
    assert bureau.run([A]).rows() == [("R01", "A", 60, "new"), ("R03", "A", 0, "withdrawn")]


def test_an_overturned_candidate_frees_its_hold_and_is_listed_once(bureau: Bureau) -> None:
    bureau.run([{**A, "rule_id": "R03"}]).issue()
    decided = [
        {"candidate_id": candidate(bureau, "R03"), "stage": "初审", "decided_on": "2025-05-01", "outcome": "upheld"},
        {
            "candidate_id": candidate(bureau, "R03"),
            "stage": "申诉",
            "decided_on": "2025-05-02",
            "outcome": "overturned",
        },
    ]
    bureau.run([{**A, "rule_id": "R03"}, A], decision_d=decided)
    assert bureau.rows() == [("R01", "A", 60, "new"), ("R03", "A", 0, "overturned")]
    assert bureau.listed() == [("R01", "A", 60, "new"), ("R03", "A", 0, "overturned")]
    bureau.issue()
    assert bureau.run([{**A, "rule_id": "R03"}, A], decision_d=decided).listed() == []


@pytest.mark.parametrize(
    ("outcome", "position", "status"),
    [
        ("upheld", None, "upheld"),
        ("partial", "appeal", "partial"),
        (None, "accept", "accepted"),
        (None, "appeal", "appealed"),
    ],
)
def test_status_follows_decisions_and_replies(bureau: Bureau, outcome: Any, position: Any, status: str) -> None:
    bureau.run([A]).issue()
    who = candidate(bureau, "R01")
    decided = (
        [{"candidate_id": who, "stage": "复核", "decided_on": "2025-05-01", "outcome": outcome}] if outcome else []
    )
    replied = [{"candidate_id": who, "submitted_on": "2025-05-01", "position": position}] if position else []
    bureau.run([A], decision_d=decided, reply_d=replied)
    assert bureau.rows() == [("R01", "A", 60, status)]
    # a decision makes a supplement, once; a reply alone does not
    assert bureau.listed() == ([("R01", "A", 60, status)] if outcome else [])
    if outcome:
        assert bureau.facts("R01")["changed"]["status"] == {"old": "new", "new": status}
        bureau.issue()
        assert bureau.run([A], decision_d=decided, reply_d=replied).listed() == []
        assert bureau.rows() == [("R01", "A", 60, status)]


def test_a_decision_taken_back_is_listed_once(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    decided = [
        {"candidate_id": candidate(bureau, "R01"), "stage": "复核", "decided_on": "2025-05-01", "outcome": "upheld"}
    ]
    bureau.run([A], decision_d=decided).issue()
    assert bureau.run([A]).listed() == [("R01", "A", 60, "issued")]
    bureau.issue()
    assert bureau.run([A]).listed() == []


def test_a_decided_candidate_that_changes_is_changed_and_keeps_its_decision(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    decided = [
        {"candidate_id": candidate(bureau, "R01"), "stage": "复核", "decided_on": "2025-05-01", "outcome": "upheld"}
    ]
    bureau.run([A], decision_d=decided).issue()
    assert bureau.run([HALF_A], decision_d=decided).listed() == [("R01", "A", 30, "changed")]
    bureau.issue()
    assert bureau.run([HALF_A], decision_d=decided).listed() == []
    assert bureau.rows() == [("R01", "A", 30, "upheld")]


def test_what_came_back_whole_is_recovered_and_listed_once(bureau: Bureau) -> None:
    bureau.run([A, B]).issue()
    back = [{"recovery_id": "V1", "setl_id": "S1", "bkkp_sn": "A", "fund_amount": 60, "decided_on": "2025-06-01"}]
    bureau.run([A, B], recovered_d=back)
    assert bureau.rows() == [("R01", "A", 0, "recovered"), ("R01", "B", 40, "issued")]
    assert bureau.listed() == [("R01", "A", 0, "recovered")]
    bureau.issue()
    assert bureau.run([A, B], recovered_d=back).listed() == []


def test_a_candidate_of_insured_treated_elsewhere_is_referred_once_issued(bureau: Bureau) -> None:
    world: dict[str, Any] = {"setl_d": [], "outmed_setl_d": [{"setl_id": "S1", "hifp_pay": 100}]}
    bureau.run([A], **world).issue()
    assert bureau.run([A], **world).rows() == [("R01", "A", 60, "referred")]
    assert bureau.listed() == []


def test_rows_carry_the_notice_they_stand_in(bureau: Bureau) -> None:
    def notices() -> list[tuple[Any, ...]]:
        return rows_of(
            bureau.engine,
            "select bkkp_sn, notice_no, notified_on::varchar, reply_due_on::varchar from money.claim order by bkkp_sn",
        )

    assert bureau.run([A]) and notices() == [("A", "2025Q1-H1", None, None)]
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 4, 10), reply_due_on=date(2025, 5, 6))
    bureau.run([A, B])
    told = ("A", "2025Q1-H1", "2025-04-10", "2025-05-06")
    assert notices() == [told, ("B", "2025Q1-s01-H1", None, None)]
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 6, 3), reply_due_on=date(2025, 6, 24))
    bureau.run([A, B])
    assert notices() == [told, ("B", "2025Q1-s01-H1", "2025-06-03", "2025-06-24")]


def test_what_was_refunded_after_the_issue_is_withdrawn(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    back = {"setl_id": "R", "hifp_pay": -100, "refd_setl_flag": "1", "init_setl_id": "S1"}
    bureau.run([A], setl_d=[{"setl_id": "S1", "hifp_pay": 100}, back])
    assert bureau.listed() == [("R01", "A", 0, "withdrawn")]
    assert "无可追回金额" in bureau.facts("R01")["withdrawn"]["why"]


def test_another_period_cannot_claim_what_is_issued(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    later = {**A, "rule_id": "R02", "period": Q2}
    bureau.run([HALF_A, later], Q2)
    assert bureau.rows(Q2) == [("R02", "A", 30, "new")]
    bureau.issue(Q2)
    # and the first period, made again, leaves the second's money alone
    assert bureau.run([A, later], Q1).rows(Q1) == [("R01", "A", 30, "issued")]


def test_what_a_changed_candidate_adds_comes_before_a_later_period(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    found = [A, {**A, "rule_id": "R02", "period": Q2}]
    assert bureau.run(found, Q2).rows(Q2) == []
    assert bureau.run(found, Q1).rows(Q1) == [("R01", "A", 60, "changed")]


def test_two_issued_periods_do_not_take_from_each_other(bureau: Bureau) -> None:
    second = {**A, "rule_id": "R02", "period": Q2}
    bureau.run([HALF_A]).issue()
    bureau.run([HALF_A, second], Q2).issue(Q2)
    for _ in range(2):
        assert bureau.run([A, second], Q1).rows(Q1) == [("R01", "A", 30, "issued")]
        assert bureau.run([A, second], Q2).rows(Q2) == [("R02", "A", 30, "issued")]


def test_a_candidate_found_in_both_periods_stays_in_the_first(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    assert bureau.run([HALF_A, {**HALF_A, "period": Q2}], Q2).rows(Q2) == []


def test_a_candidate_that_moves_to_a_later_period_is_changed_there_and_withdrawn_here(bureau: Bureau) -> None:
    bureau.run([HALF_A]).issue()
    moved = {**HALF_A, "period": Q2}
    assert bureau.run([moved], Q2).rows(Q2) == [("R01", "A", 30, "changed")]
    assert rows_of(bureau.engine, f"select first_seen_period from money.claim where period = '{Q2}'") == [(Q1,)]
    assert bureau.run([moved], Q1).rows(Q1) == [("R01", "A", 0, "withdrawn")]
    bureau.issue(Q2)
    assert bureau.run([moved], Q2).listed(Q2) == []
    assert bureau.run([moved], Q1).listed(Q1) == []


def test_issuing_nothing_is_a_usage_error(bureau: Bureau) -> None:
    with pytest.raises(UsageError, match="no lists to issue"):
        Register(bureau.home).issue(Q1)
    bureau.run([A]).issue()
    with pytest.raises(UsageError, match="is issued up to 2025Q1"):
        Register(bureau.home).issue(Q1)


def test_stale_blocked_or_edited_lists_are_not_issued(bureau: Bureau) -> None:
    folder = serve(bureau.run([A]).engine, bureau.home, Q1)
    assert folder is not None
    with pytest.raises(UsageError, match="stale"):
        Register(bureau.home).issue(Q1, stale="a month was delivered again")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "blocked": "keys"}))
    with pytest.raises(UsageError, match="blocked"):
        Register(bureau.home).issue(Q1)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "clawback.parquet").write_bytes(b"other")
    with pytest.raises(UsageError, match="changed after it was made"):
        Register(bureau.home).issue(Q1)
    assert Register(bureau.home).issues() == []


def test_an_altered_register_is_refused(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    (bureau.home.register / Q1 / "clawback.parquet").write_bytes(b"other")
    with pytest.raises(InputRefused, match="altered"):
        Register(bureau.home).issued_candidates()


def test_the_issued_folder_stays_untouched_and_the_register_is_a_copy(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    before = {path.name: path.read_bytes() for path in (bureau.home.lists / Q1).iterdir()}
    mark = Register(bureau.home).fingerprint()
    bureau.run([A, B]).issue()
    assert {path.name: path.read_bytes() for path in (bureau.home.lists / Q1).iterdir()} == before
    assert Register(bureau.home).fingerprint() != mark
    assert (bureau.home.register / Q1 / "clawback.parquet").read_bytes() == before["clawback.parquet"]


def test_extrapolated_money_nets_what_was_found_after_the_first_list_and_nothing_on_it(bureau: Bureau) -> None:
    """S1 was on the first list, so it is no part of what was sampled; S2 and S3 passed and were found later."""
    world: dict[str, Any] = {
        "setl_d": [{"setl_id": f"S{n}", "hifp_pay": 100, "setl_time": f"2025-02-1{n} 09:00:00"} for n in (1, 2, 3)],
        "fee_list_d": [],
    }
    bureau.run([{}], **world).issue()
    back = {"recovery_id": "X", "fixmedins_code": "H1", "period": Q1, "source": "extrapolated", "fund_amount": 130}
    later = [{}, {"setl_id": "S2"}, {"setl_id": "S3"}]
    rows = "select setl_id, fund_amount::integer, status from money.claim order by setl_id"
    bureau.run(later, **world, recovered_d=[back])
    assert rows_of(bureau.engine, rows) == [("S1", 100, "issued"), ("S3", 70, "new")]
    assert bureau.issue() == "2025Q1-s01"
    bureau.run(later, **world, recovered_d=[back])  # issued in a supplement it is still in the frame
    assert rows_of(bureau.engine, rows) == [("S1", 100, "issued"), ("S3", 70, "issued")]

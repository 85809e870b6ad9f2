"""Credit grades: points only for what was decided, lifted by an appeal, and the way to appeal told."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.config import Config, Credit, CreditItem
from models.contracts import lists
from models.credit import Asked, credit_doctor, credit_provider
from models.credit.facts import decided_upheld
from models.credit.grade import grade_of
from models.lists.canonical import canonical
from models.money.register import Register
from tests.bureau import Q1, A, B, Bureau
from tests.given import rows_of
from tests.served import serve

FIRST, BEFORE, AS_OF = date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 5)


def step(stage: str, outcome: str, day: str, reviewer: str | None = None) -> dict[str, Any]:
    return {"stage": stage, "outcome": outcome, "decided_on": date.fromisoformat(day), "reviewer": reviewer}


@pytest.mark.parametrize(
    ("history", "counts"),
    [
        ([step("处理", "upheld", "2025-06-01")], True),
        ([step("处理", "partial", "2025-06-01")], True),
        ([step("处理", "overturned", "2025-06-01")], False),
        ([step("初审", "upheld", "2025-06-01")], False),
        ([step("申诉", "overturned", "2025-07-01"), step("处理", "upheld", "2025-06-01")], False),
        ([step("申诉", "overturned", "2025-05-01"), step("处理", "upheld", "2025-06-01")], True),
        ([step("初审", "upheld", "2025-05-01", "k"), step("处理", "upheld", "2025-06-01", "k")], False),
    ],
)
def test_only_a_final_decision_that_stands_counts(history: list[dict[str, Any]], counts: bool) -> None:
    assert (decided_upheld(history, ["反馈", "处理"]) is not None) == counts


def graded(bureau: Bureau, config: Config | None = None) -> dict[str, Any]:
    told = (bureau.engine, config or Config(), Register(bureau.home), "2026", FIRST, BEFORE, AS_OF)
    asked = Asked(*told)
    frame = canonical(lists()["credit_provider"], credit_provider(asked))
    canonical(lists()["credit_doctor"], credit_doctor(asked))
    rows: dict[str, Any] = frame.rows_by_key("fixmedins_code", named=True, unique=True)
    return dict(rows["H1"])


def test_points_follow_decisions(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path).run([A, B])
    row = graded(bureau)
    assert (row["points"], row["grade"], row["base_only"]) == (Decimal(100), "A", True)
    assert "仅列基础分" in row["reason"], "a suspicion takes no points"
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 4, 10), reply_due_on=date(2025, 5, 1))
    who = rows_of(bureau.engine, "select candidate_id from money.claim where bkkp_sn = 'A'")[0][0]
    upheld = {"candidate_id": who, "stage": "处理", "decided_on": "2025-06-02", "outcome": "upheld", "reviewer": "k1"}
    found = [{"inspection_id": "I1", "fixmedins_code": "H1", "inspected_on": "2025-03-01", "found_amount": 10}]
    alert = [{"alert_id": "E1", "rule_id": "R01", "setl_id": "S1", "fixmedins_code": "H1", "heeded": "0",
              "alert_time": "2025-02-01 08:00:00"}]  # fmt: skip
    more = {"inspection_d": found, "pre_alert_d": alert}
    row = graded(bureau.run([A, B], decision_d=[upheld], **more))
    counts = {one["item"]: (one["count"], one["off"], one["rests_on"]) for one in json.loads(row["items"])}
    assert counts["upheld"][:2] == (1, "1") and counts["upheld"][2] == ["R01 S1"]
    assert counts["refused_reply"] == (1, "5", ["2025Q1-H1"])
    assert counts["inspection_found"] == (1, "5", ["I1"])
    assert counts["alert_ignored"] == (1, "1", ["E1"])
    assert (row["points"], row["grade"]) == (Decimal(88), "B")
    assert "15 个工作日" in row["appeal"] and row["appeal_until"] is None
    lifted = {**upheld, "stage": "申诉", "decided_on": "2025-07-01", "outcome": "overturned", "reviewer": "k2"}
    row = graded(bureau.run([A, B], decision_d=[upheld, lifted], **more))
    assert (row["upheld"], row["points"]) == (0, Decimal(90))


def test_a_doctor_answers_for_the_alerts_he_overrode_himself(tmp_path: Path) -> None:
    lines = [{"bkkp_sn": "A", "pric": 60, "bilg_dr_codg": "D1"}, {"bkkp_sn": "B", "pric": 40, "bilg_dr_codg": "D2"}]
    bureau = Bureau(tmp_path).run([A, B], fee_list_d=lines)
    serve(bureau.engine, bureau.home, Q1)
    Register(bureau.home).issue(Q1, notified_on=date(2025, 4, 10), reply_due_on=date(2026, 2, 1))
    who = rows_of(bureau.engine, "select candidate_id from money.claim where bkkp_sn = 'A'")[0][0]
    upheld = {"candidate_id": who, "stage": "处理", "decided_on": "2025-06-02", "outcome": "upheld", "reviewer": "k1"}
    alerts = [
        {"alert_id": f"E{n}", "rule_id": "R01", "setl_id": "S1", "fixmedins_code": "H1", "heeded": "0",
         "bilg_dr_codg": doctor, "alert_time": "2025-02-01 08:00:00"}
        for n, doctor in enumerate(("D1", "D2", None))
    ]  # fmt: skip
    bureau.run([A, B], fee_list_d=lines, decision_d=[upheld], pre_alert_d=alerts)
    asked = Asked(bureau.engine, Config(), Register(bureau.home), "2026", FIRST, BEFORE, AS_OF)
    alerts_of = {
        (code, doctor): [one["count"] for one in json.loads(items) if one["item"] == "alert_ignored"]
        for frame in (credit_provider(asked).with_columns(dr_code=None), credit_doctor(asked))
        for code, doctor, items in frame.select("fixmedins_code", "dr_code", "items").iter_rows()
    }
    assert alerts_of == {("H1", None): [3], ("H1", "D1"): [2], ("H1", "D2"): [0]}


def test_a_bureau_sets_its_own_points(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path).run([A])
    own = Credit(
        items={"inspection_found": CreditItem(points=Decimal(70), cap=Decimal(50))}, published_on=date(2026, 1, 9)
    )
    found = [{"inspection_id": "I1", "fixmedins_code": "H1", "inspected_on": "2025-03-01", "found_amount": 10}]
    row = graded(bureau.run([A], inspection_d=found), Config(credit=own))
    assert (row["points"], row["grade"], row["appeal_until"]) == (Decimal(50), "D", date(2026, 1, 30))


def test_grades() -> None:
    assert [grade_of(Decimal(points), Config()) for points in (100, 90, 89, 75, 60, 59)] == list("AABBCD")

"""Lists about the work itself, and what of the claims is listed."""

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.config import Config, Review, Thresholds
from models.lists.clawback import listed, provider_totals, years_before
from models.money import claims
from models.money.register import Register
from models.review import attention, review_cases, rule_report, team_report
from models.review.rules import IDLE, Scope, appeal_won, propose, quarter_scope, year_scope
from models.rules import coverage
from tests.bureau import Q1, A, B, Bureau
from tests.given import rows_of
from tests.served import serve

TOLD, DUE, AS_OF = date(2025, 4, 10), date(2025, 5, 1), date(2025, 6, 10)
COMPLAINTS = [{"complaint_id": "C1", "fixmedins_code": "H1", "received_on": "2025-01-06"}]
INSPECTIONS = [
    {"inspection_id": "I1", "fixmedins_code": "H1", "inspected_on": "2025-01-20", "team": "一组", "found_amount": 100,
     "recovered_amount": 80},
    {"inspection_id": "I2", "fixmedins_code": "H1", "inspected_on": "2025-03-31", "team": "一组"},
    {"inspection_id": "I3", "fixmedins_code": "H1", "inspected_on": "2025-04-01", "team": "二组"},
]  # fmt: skip


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A list issued with two candidates; the first was decided by one reviewer twice, the second nobody answered."""
    made = Bureau(tmp_path)
    made.run([A, B])
    serve(made.engine, made.home, Q1)
    Register(made.home).issue(Q1, notified_on=TOLD, reply_due_on=DUE)
    who = rows_of(made.engine, "select candidate_id from money.claim where bkkp_sn = 'A'")[0][0]
    decided = [
        {"candidate_id": who, "stage": "初审", "decided_on": "2025-05-05", "outcome": "upheld", "reviewer": "k1"},
        {"candidate_id": who, "stage": "处理", "decided_on": "2025-06-02", "outcome": "overturned", "reviewer": "k1"},
        {"candidate_id": "stray", "stage": "初审", "decided_on": "2025-05-05", "outcome": "upheld"},
    ]
    replied = [
        {"candidate_id": who, "submitted_on": "2025-04-20", "position": "appeal"},
        {"candidate_id": "mistyped", "submitted_on": "2025-04-20", "position": "appeal"},
    ]
    alerts = [
        {"alert_id": f"E{n}", "rule_id": "R02", "alert_time": "2025-02-01 08:00:00", "heeded": int(n < 5)}
        for n in range(40)
    ]
    more = {"complaint_d": COMPLAINTS, "inspection_d": INSPECTIONS, "pre_alert_d": alerts}
    return made.run([A, B], decision_d=decided, reply_d=replied, **more)


def test_every_issued_candidate_is_followed_and_nothing_is_upheld_by_itself(bureau: Bureau) -> None:
    cases = review_cases(bureau.engine, Config(), Register(bureau.home), AS_OF).sort("bkkp_sn")
    first, second = cases.rows(named=True)
    assert (first["stage"], first["outcome"], first["next_stage"]) == ("处理", "overturned", None)
    assert first["same_reviewer"] == "初审、处理"
    assert [step["step"] for step in json.loads(first["history"])] == ["答复", "初审", "处理"]
    assert (second["next_stage"], second["due_on"]) == ("初审", date(2025, 5, 8))
    assert second["overdue_days"] == 23
    assert "待人工处理" in second["remark"]
    assert rows_of(bureau.engine, "select status from money.claim where bkkp_sn = 'B'") == [("issued",)]
    assert [line.split(" ")[3] for line in attention(cases, bureau.engine, Config())] == ["1", "1", "1", "1"]


def test_overdue_counts_as_acceptance_only_where_configured(bureau: Bureau) -> None:
    config = Config(review=Review(uphold_overdue=True))
    for day, status in ((DUE, "issued"), (AS_OF, "upheld")):
        claims(bureau.engine, Q1, config, Register(bureau.home), day)
        assert rows_of(bureau.engine, "select status from money.claim where bkkp_sn = 'B'") == [(status,)]


def test_the_rule_report_counts_hits_decisions_appeals_and_alerts(bureau: Bureau) -> None:
    found = rule_report(bureau.engine, Config(), Register(bureau.home), quarter_scope(Q1))
    rows = found.rows_by_key("rule_id", named=True, unique=True)
    first, second = rows["R01"], rows["R02"]
    assert (first["hits"], first["providers"], first["fund_amount"]) == (2, 1, Decimal("40.00"))
    # one reviewer in both stages: no independent case, but an appeal won
    assert (first["decided"], first["appealed"], first["appeals_won"]) == (0, 1, 1)
    assert (second["alerts"], second["heeded_rate"], second["proposal"]) == (40, 0.125, "during")
    assert first["confidence_basis"] == "prior"


def test_a_rule_without_points_is_no_clean_record(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    def why() -> dict[str, str]:
        found = rule_report(bureau.engine, Config(), Register(bureau.home), quarter_scope("2024Q4"))
        return dict(found.select("rule_id", "why").iter_rows())

    assert why()["R01"] == IDLE
    filled = [replace(one, points=1) for one in coverage(bureau.engine)]
    monkeypatch.setattr("models.review.rules.coverage", lambda _: filled)
    assert IDLE not in why().values()


def test_the_team_report_counts_teams_and_reviewers(bureau: Bureau) -> None:
    def rows(first_day: date, before: date) -> list[Any]:
        made = team_report(bureau.engine, Config(), Register(bureau.home), Q1, first_day, before)
        return made.select(
            "kind", "unit_code", "checked", "confirmed", "confirmed_amount", "recovered_rate", "with_limit", "in_time",
            "mean_days", "overturned_later", "same_reviewer",
        ).rows()  # fmt: skip

    assert rows(date(2025, 1, 1), date(2025, 4, 1)) == [
        ("team", "一组", 2, 1, Decimal("100.00"), 0.8, 1, 1, 10.0, 0, 0)
    ]
    quarter = rows(date(2025, 4, 1), date(2025, 7, 1))
    assert quarter[1][:3] == ("team", "二组", 1)
    # 17 working days from the notice, 20 from the stage before; the second had no limit of its own but 处理's 30
    assert quarter[0] == ("reviewer", "k1", 2, 1, Decimal("60.00"), 0.0, 2, 2, 18.5, 1, 1)


@pytest.mark.parametrize(
    ("facts", "proposal"),
    [
        ({}, "keep"),
        ({"decided": 40, "upheld_high": 0.2}, "retire"),
        ({"decided": 29, "upheld_high": 0.2}, "keep"),
        ({"decided": 40, "upheld_high": 0.85}, "suspect"),
        ({"decided": 40, "upheld_high": 0.85, "track": "suspect"}, "keep"),
        ({"alerts": 40, "heeded_high": 0.4}, "during"),
        ({"alerts": 29, "heeded_high": 0.4}, "keep"),
        ({"drift": 3.0, "drift_low": 2.1, "drift_high": 4.0}, "look"),
        ({"drift": 3.0, "drift_low": 1.9, "drift_high": 5.0}, "keep"),
        ({"drift": 0.3, "drift_low": 0.2, "drift_high": 0.4}, "look"),
    ],
)
def test_what_the_figures_propose(facts: dict[str, Any], proposal: str) -> None:
    plain = {"decided": 0, "upheld_high": 1.0, "track": "clear", "alerts": 0, "heeded_high": 1.0, "drift": None}
    found, why = propose({**plain, **facts}, Review())
    assert found == proposal
    assert why


def test_a_year_speaks_of_the_quarters_that_lie_whole_in_it() -> None:
    scope = year_scope("2026", date(2024, 4, 1), date(2025, 4, 1))
    assert scope.quarters == {"2024Q2", "2024Q3", "2024Q4", "2025Q1"}
    assert scope.before == {"2024Q1", "2023Q4", "2023Q3", "2023Q2"}
    assert isinstance(scope, Scope)
    assert year_scope("2026", date(2024, 3, 1), date(2025, 3, 1)).quarters == {"2024Q2", "2024Q3", "2024Q4"}


def test_what_falls_below_the_minimum_is_counted_and_recoveries_stand_beside(tmp_path: Path) -> None:
    made = Bureau(tmp_path)
    back = [
        {"recovery_id": "V1", "fixmedins_code": "H1", "period": Q1, "fund_amount": 30},
        {"recovery_id": "V2", "fixmedins_code": "H1", "period": "2024Q4", "fund_amount": 7},
        {"recovery_id": "V3", "setl_id": "S1", "bkkp_sn": "A", "fund_amount": 10},
    ]
    made.run([A, {**B, "part_num": 1, "part_den": 4}, {**B, "rule_id": "R03", "claim_kind": "none"}], recovered_d=back)
    frame = made.engine.frame("select * from money.claim")
    config = Config(thresholds=Thresholds(minimum_amount=Decimal("10.01")))
    as_of = datetime(2025, 4, 1)
    found = listed(frame, config, as_of)
    assert sorted(found.rows["rule_id"]) == ["R01", "R03"]  # the question without a claim stays
    assert found.below["fund_amount"].to_list() == [Decimal("10.00")]
    assert "10.00" in found.warnings[0]
    row = provider_totals(made.engine, found, Q1, as_of).row(0, named=True)
    assert {name: row[name] for name in row if name.endswith("amount") and row[name]} == {
        "fund_amount": Decimal("50.00"),
        "recovered_settlement_amount": Decimal("10.00"),
        "recovered_provider_amount": Decimal("30.00"),
        "below_minimum_amount": Decimal("10.00"),
    }
    assert (row["candidates"], row["below_minimum"]) == (2, 1)


def test_what_is_issued_stays_listed_below_the_minimum(tmp_path: Path) -> None:
    made = Bureau(tmp_path)
    made.run([A]).issue()
    frame = made.run([A]).engine.frame("select * from money.claim")
    assert listed(frame, Config(thresholds=Thresholds(minimum_amount=Decimal(1000))), None).rows.height == 1
    assert made.candidate("R01")


@pytest.mark.parametrize(
    ("as_of", "years"),
    [("2025-02-11", None), ("2027-02-10", None), ("2027-02-11", 2), ("2030-02-10", 2), ("2030-02-11", 5)],
)
def test_limitation_is_a_warning_and_no_filter(tmp_path: Path, as_of: str, years: int | None) -> None:
    made = Bureau(tmp_path)
    frame = made.run([A]).engine.frame("select * from money.claim")
    found = listed(frame, Config(), datetime.fromisoformat(as_of))
    assert found.rows.height == 1
    assert json.loads(found.rows["evidence"][0]).get("limitation_years") == years
    assert len(found.warnings) == (years is not None)


def test_a_leap_day_has_a_day_years_before() -> None:
    assert years_before(date(2028, 2, 29), 2) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("history", "won"),
    [
        ([(1, "upheld", None)], False),
        ([(1, "upheld", None), (3, "overturned", None)], True),
        ([(1, "partial", 50), (3, "partial", 50)], False),
        ([(1, "partial", 50), (4, "partial", 20)], True),
        ([(3, "partial", 50)], True),
        ([(2, "upheld", None), (4, "upheld", None)], False),
    ],
)
def test_an_appeal_is_won_where_less_is_left_than_before_it(history: list[Any], won: bool) -> None:
    rows = [
        {"stage_no": stage, "outcome": outcome, "fund_amount": Decimal(amount) if amount is not None else None}
        for stage, outcome, amount in history
    ]
    assert appeal_won(rows, Decimal(100)) is won

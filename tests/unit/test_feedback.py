"""Decisions followed by stage, and what they teach of rules."""

from datetime import date
from typing import Any

import pytest

from models.config import Review
from models.feedback.confidence import posterior
from models.feedback.decided import Case, decided_cases, same_reviewer
from models.feedback.intervals import rate_ratio, wilson
from models.feedback.stages import follow, overdue_days

REVIEW = Review(stage_days={"初审": 5, "复核": 5, "申诉": 5, "复审": 5, "反馈": 5, "处理": 5})
TOLD, DUE = date(2025, 4, 7), date(2025, 4, 14)


def stage(
    name: str, day: str, outcome: str = "upheld", reviewer: str | None = None, amount: Any = None
) -> dict[str, Any]:
    return {
        "stage": name, "decided_on": date.fromisoformat(day), "outcome": outcome, "reviewer": reviewer,
        "fund_amount": amount,
    }  # fmt: skip


def reply(day: str, position: str) -> dict[str, Any]:
    return {"submitted_on": date.fromisoformat(day), "position": position}


FIRST = [stage("初审", "2025-04-09"), stage("复核", "2025-04-11")]
ALL = [
    *FIRST, stage("申诉", "2025-04-16"), stage("复审", "2025-04-18"), stage("反馈", "2025-04-21"),
    stage("处理", "2025-04-23"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("replies", "decisions", "as_of", "waits", "due", "days"),
    [
        ([], [], "2025-04-08", "初审", "2025-04-14", 0),
        ([], [], "2025-04-16", "初审", "2025-04-14", 2),
        ([], FIRST[:1], "2025-04-10", "复核", "2025-04-16", 0),
        # no reply yet: it is waited for, then shown as overdue by the step that follows without it
        ([], FIRST, "2025-04-14", "答复", "2025-04-14", 0),
        ([], FIRST, "2025-04-23", "反馈", "2025-04-21", 2),
        ([reply("2025-04-14", "accept")], FIRST, "2025-04-15", "反馈", "2025-04-21", 0),
        ([reply("2025-04-14", "appeal")], FIRST, "2025-04-15", "申诉", "2025-04-21", 0),
        ([reply("2025-04-14", "appeal")], ALL[:3], "2025-04-15", "复审", "2025-04-23", 0),
        ([reply("2025-04-14", "appeal")], ALL[:5], "2025-04-29", "处理", "2025-04-28", 1),
        ([], ALL, "2025-12-31", None, None, 0),
        ([], [stage("初审", "2025-04-09", "overturned")], "2025-12-31", None, None, 0),
    ],
)
def test_what_is_waited_for_and_how_long_it_is_overdue(
    replies: Any, decisions: Any, as_of: str, waits: str | None, due: str | None, days: int
) -> None:
    day = date.fromisoformat(as_of)
    way = follow(TOLD, DUE, replies, decisions, REVIEW, day)
    assert (way.waits.stage if way.waits else None) == waits
    assert (str(way.waits.due_on) if way.waits else None) == due
    assert overdue_days(way.waits, day, REVIEW) == days


def test_late_and_disordered_stages_are_named() -> None:
    way = follow(TOLD, DUE, [], [stage("初审", "2025-04-15"), stage("复核", "2025-04-14")], REVIEW, TOLD)
    assert way.late == ["初审"]
    assert way.disorder == ["复核"]


@pytest.mark.parametrize(
    ("decisions", "doubled"),
    [
        ([stage("初审", "2025-04-09", reviewer="a"), stage("复核", "2025-04-10", reviewer="b")], []),
        ([stage("初审", "2025-04-09", reviewer="a"), stage("复核", "2025-04-10", reviewer="a")], ["初审", "复核"]),
        ([stage("初审", "2025-04-09", reviewer="a"), stage("初审", "2025-04-10", reviewer="a")], []),
        ([stage("初审", "2025-04-09"), stage("复核", "2025-04-10")], []),
    ],
)
def test_one_reviewer_in_two_stages(decisions: Any, doubled: list[str]) -> None:
    assert same_reviewer(decisions) == doubled


def test_decided_cases_are_final_separate_and_one_a_settlement() -> None:
    known: Any = {c: ("R01", s, 100) for c, s in (("a", "S1"), ("b", "S1"), ("c", "S2"), ("d", "S3"), ("e", "S4"))}
    decisions = {
        "a": [stage("处理", "2025-05-01")],
        "b": [stage("处理", "2025-05-01", "overturned")],
        "c": [stage("处理", "2025-05-01", "partial", amount=25)],
        "d": [stage("初审", "2025-05-01")],  # not final
        "e": [stage("初审", "2025-05-01", reviewer="a"), stage("处理", "2025-05-02", reviewer="a")],  # not separate
        "unknown": [stage("处理", "2025-05-01")],
    }
    found = decided_cases(decisions, known, {"S2": 0.05}, ["处理"])
    assert found == [Case("R01", "S1", 0.5, 1.0, True), Case("R01", "S2", 0.25, 20.0, True)]


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([], [], 0.8),
        ([1.0] * 20, [1.0] * 20, 0.9),  # 20 cases weigh as much as the prior
        ([0.0] * 20, [1.0] * 20, 0.4),
        ([1.0, 0.0], [1.0, 1.0], (0.8 * 20 + 1) / 22),
        (
            [1.0, 0.0],
            [1.0, 3.0],
            (0.8 * 20 + 0.25 * 1.6) / 21.6,
        ),  # a drawn case stands for three; 16/10 effective cases
    ],
)
def test_confidence_is_drawn_from_the_prior_to_what_was_decided(
    values: list[float], weights: list[float], expected: float
) -> None:
    cases = [Case("R01", str(n), v, w, v > 0) for n, (v, w) in enumerate(zip(values, weights, strict=True))]
    assert posterior(0.8, cases) == pytest.approx(expected)


def test_wilson_interval() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1 / 29, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(0.5, 0) == (0.0, 1.0)


def test_a_ratio_of_rates_needs_both_denominators() -> None:
    assert rate_ratio(3, 0, 1, 10) is None and rate_ratio(0, 10, 0, 40) is None
    found = rate_ratio(40, 1000, 20, 1000)
    assert found is not None
    assert found[0] == pytest.approx(40.5 / 20.5)
    assert found[1] < found[0] < found[2]

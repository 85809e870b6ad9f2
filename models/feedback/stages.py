"""Where a candidate stands on its way from notice to handling, and by when the next step is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.config import Review
from models.feedback.decided import STAGES

REPLY = "答复"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step with its limit: what was waited for, from when, until when, and when it was done (None: not yet)."""

    stage: str
    due_on: date | None
    done_on: date | None


@dataclass
class Way:
    """A candidate's way: steps done, the next one (None: closed), and what does not fit."""

    done: list[Step] = field(default_factory=list)
    waits: Step | None = None
    disorder: list[str] = field(default_factory=list)

    @property
    def late(self) -> list[str]:
        return [step.stage for step in self.done if step.due_on and step.done_on and step.done_on > step.due_on]


def follow(
    notified_on: date | None,
    reply_due_on: date | None,
    replies: Sequence[Row],
    decisions: Sequence[Row],
    review: Review,
    as_of: date,
    *,
    decided_first: bool = False,
) -> Way:
    """The way of one candidate; `replies` (submitted_on, position) in time order, `decisions` in stage order.

    `decided_first`: a case that a decision made a claim, so that the notice comes after the stages and starts none of
    them; what is left then is the reply, and after an appeal another decision. A stage's limit runs in working days
    from the step before: 初审 from the notice, 申诉 from the reply, 反馈 without an appeal from the reply or the end of
    its time. A stage decided again counts once, with its last day.
    """
    way = Way()
    reply = replies[-1] if replies else None
    if reply is not None:
        way.done.append(Step(REPLY, reply_due_on, replies[0]["submitted_on"]))
    appealed = reply is not None and reply["position"] == "appeal"
    by_stage = {row["stage"]: row for row in decisions}  # the last day of a stage wins
    before = None if decided_first else notified_on
    for stage in STAGES:
        row = by_stage.get(stage)
        if row is None:
            continue
        if decided_first and reply is not None and row["decided_on"] >= reply["submitted_on"]:
            before = max(before or reply["submitted_on"], reply["submitted_on"])  # it answers the reply
        if before and row["decided_on"] < before and way.done and way.done[-1].stage in STAGES:
            way.disorder.append(stage)
        way.done.append(Step(stage, _due(stage, before, reply, reply_due_on, review), row["decided_on"]))
        before = row["decided_on"]
    if decided_first:
        way.waits = _answer(decisions, reply, appealed, reply_due_on, review, as_of)
    else:
        way.waits = _next(by_stage, before, reply, appealed, reply_due_on, review, as_of)
    return way


def _answer(
    decisions: Sequence[Row], reply: Row | None, appealed: bool, reply_due_on: date | None, review: Review, as_of: date
) -> Step | None:
    """What a case decided before its notice waits for: the reply in its time, or a decision on the appeal."""
    if reply is None:
        return Step(REPLY, reply_due_on, None) if reply_due_on and as_of <= reply_due_on else None
    since = reply["submitted_on"]
    if not appealed or any(row["decided_on"] >= since for row in decisions):
        return None
    return Step(STAGES[-1], _due(STAGES[-1], since, None, None, review), None)


def _due(stage: str, before: date | None, reply: Row | None, reply_due_on: date | None, review: Review) -> date | None:
    start = before
    if stage in ("申诉", "反馈"):
        told = reply["submitted_on"] if reply is not None else reply_due_on if stage == "反馈" else None
        start = max((day for day in (before, told) if day), default=None)
    days = {str(name): days for name, days in review.stage_days.items()}.get(stage)
    return review.calendar.after(start, days) if start and days is not None else None


def _next(
    by_stage: Mapping[str, Row],
    before: date | None,
    reply: Row | None,
    appealed: bool,
    reply_due_on: date | None,
    review: Review,
    as_of: date,
) -> Step | None:
    furthest = max((STAGES.index(stage) for stage in by_stage if stage in STAGES), default=-1)
    if furthest == len(STAGES) - 1 or (furthest >= 0 and by_stage[STAGES[furthest]]["outcome"] == "overturned"):
        return None
    stage = STAGES[furthest + 1]
    if stage == "申诉" and not appealed:
        if reply is None and (reply_due_on is None or as_of <= reply_due_on):
            return Step(REPLY, reply_due_on, None)
        stage = "反馈"
    return Step(stage, _due(stage, before, reply, reply_due_on, review), None)


def overdue_days(step: Step | None, as_of: date, review: Review) -> int:
    """Working days that a step is past its limit; 0 in time, without a limit, or closed."""
    return review.calendar.between(step.due_on, as_of) if step and step.due_on and step.due_on < as_of else 0

"""The list `team_report` (第三方绩效): what teams and reviewers checked, confirmed, recovered, and how timely."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.config import Config, Review
from models.contracts.cases import CASES
from models.contracts.lists import schema
from models.engine.duck import Engine
from models.feedback.decided import decisions_of, same_reviewer
from models.feedback.stages import follow
from models.money.register import Register
from models.review.cases import replies_of

ZERO = Decimal("0.00")
CONFIRMED = ("upheld", "partial")


@dataclass
class Tally:
    """Sums of one team or reviewer."""

    checked: int = 0
    providers: set[str] = field(default_factory=set)
    confirmed: int = 0
    confirmed_amount: Decimal = ZERO
    recovered_amount: Decimal = ZERO
    overturned_later: int = 0
    with_limit: int = 0
    in_time: int = 0
    days: list[int] = field(default_factory=list)
    same_reviewer: int = 0


def team_report(
    engine: Engine, config: Config, register: Register, period: str, first_day: date, before: date
) -> pl.DataFrame:
    """Rows of the list `team_report` (grain: kind, unit) for what was done in [first_day, before).

    Reads cur.inspection_d, cur.complaint_d, cur.decision_d, cur.reply_d and the register.
    Teams: working days from the complaint to the inspection, in time within `stage_days` of 初审. Reviewers: a decision
    is in time within its stage's limit; it is confirmed where it upheld, and recovered once the register says so.
    """
    teams = _teams(engine, config.review, first_day, before)
    reviewers = _reviewers(engine, config, register, first_day, before)
    rows = [_row(period, "reviewer", unit, tally) for unit, tally in sorted(reviewers.items())]
    rows += [_row(period, "team", unit, tally) for unit, tally in sorted(teams.items())]
    return pl.DataFrame(rows, schema=schema("team_report"), orient="row")


def _teams(engine: Engine, review: Review, first_day: date, before: date) -> dict[str, Tally]:
    found: dict[str, Tally] = defaultdict(Tally)
    for row in engine.query("feedback/inspection", first_day=first_day, before=before).iter_rows(named=True):
        tally = found[row["team"] or "（未填）"]
        tally.checked += 1
        tally.providers.add(row["fixmedins_code"])
        tally.confirmed += row["found_amount"] > 0
        tally.confirmed_amount += row["found_amount"]
        tally.recovered_amount += row["recovered_amount"]
        if row["received_on"] is not None:
            taken = review.calendar.between(row["received_on"], row["inspected_on"])
            tally.days.append(taken)
            tally.with_limit += 1
            tally.in_time += taken <= review.stage_days.get("初审", taken)
    return found


def _reviewers(engine: Engine, config: Config, register: Register, first_day: date, before: date) -> dict[str, Tally]:
    found: dict[str, Tally] = defaultdict(Tally)
    decisions, replies = decisions_of(engine), replies_of(engine)
    for candidate in register.issued_candidates().iter_rows(named=True):
        who = candidate["candidate_id"]
        history = decisions.get(who, [])
        first = candidate["rule_id"] in CASES  # decided before anybody was told
        way = follow(
            candidate["notified_on"], candidate["reply_due_on"], replies.get(who, []), history, config.review, before,
            decided_first=first,
        )  # fmt: skip
        limits = {step.stage: step for step in way.done}
        doubled = set(same_reviewer(history))
        counted: set[str] = set()
        for place, decision in enumerate(history):
            unit = decision["reviewer"]
            if not unit or not first_day <= decision["decided_on"] < before:
                continue
            tally = found[unit]
            later = history[place + 1 :]
            _add(tally, candidate, decision, later, candidate["stood"] == "recovered")
            step = limits.get(decision["stage"])
            if step and step.due_on and step.done_on == decision["decided_on"]:
                tally.with_limit += 1
                tally.in_time += decision["decided_on"] <= step.due_on
            start = history[place - 1]["decided_on"] if place else None if first else candidate["notified_on"]
            if start:
                tally.days.append(config.review.calendar.between(start, decision["decided_on"]))
            if decision["stage"] in doubled and unit not in counted:
                counted.add(unit)
                tally.same_reviewer += 1
    return found


def _add(tally: Tally, candidate: dict[str, Any], decision: dict[str, Any], later: list[Any], back: bool) -> None:
    tally.checked += 1
    tally.providers.add(candidate["fixmedins_code"])
    if decision["outcome"] not in CONFIRMED:
        return
    amount = decision["fund_amount"] if decision["fund_amount"] is not None else candidate["claimed"]
    tally.confirmed += 1
    tally.confirmed_amount += amount
    tally.recovered_amount += amount if back else ZERO
    tally.overturned_later += bool(later) and later[-1]["outcome"] == "overturned"


def _row(period: str, kind: str, unit: str, tally: Tally) -> dict[str, Any]:
    return {
        "period": period,
        "kind": kind,
        "unit_code": unit,
        "checked": tally.checked,
        "providers": len(tally.providers),
        "confirmed": tally.confirmed,
        "confirmed_amount": tally.confirmed_amount,
        "recovered_amount": tally.recovered_amount,
        "recovered_rate": float(tally.recovered_amount / tally.confirmed_amount) if tally.confirmed_amount else None,
        "overturned_later": tally.overturned_later,
        "with_limit": tally.with_limit,
        "in_time": tally.in_time,
        "in_time_rate": tally.in_time / tally.with_limit if tally.with_limit else None,
        "mean_days": sum(tally.days) / len(tally.days) if tally.days else None,
        "same_reviewer": tally.same_reviewer,
    }

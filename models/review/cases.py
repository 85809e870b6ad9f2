"""The list `review_case`: every issued candidate with its way through the stages."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from models.config import Config, Review
from models.engine.duck import Engine
from models.feedback.decided import decisions_of, same_reviewer
from models.feedback.stages import REPLY, Way, follow, overdue_days
from models.money.issued import schema
from models.money.register import Register
from models.sampling.draw import RULE_ID

Row = Mapping[str, Any]
COPIED = ("candidate_id", "notice_no", "fixmedins_code", "fixmedins_name", "setl_id", "bkkp_sn", "rule_id", "rule_name")


def replies_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All replies by candidate, in time order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.query("feedback/reply").iter_rows(named=True):
        found[row["candidate_id"]].append(row)
    return dict(found)


def review_cases(engine: Engine, config: Config, register: Register, as_of: date) -> pl.DataFrame:
    """Rows of the list `review_case` (grain: issued candidate); what is overdue is so at `as_of`.

    Reads cur.decision_d, cur.reply_d and the register. Nothing of a candidate's history is left out or overwritten.
    """
    decisions, replies = decisions_of(engine), replies_of(engine)
    rows = []
    for candidate in register.issued_candidates().iter_rows(named=True):
        who = candidate["candidate_id"]
        rows.append(_row(candidate, replies.get(who, []), decisions.get(who, []), config.review, as_of))
    return pl.DataFrame(rows, schema=schema("review_case"), orient="row")


def attention(cases: pl.DataFrame, engine: Engine) -> list[str]:
    """What asks for people, a line each: overdue steps, one reviewer in two stages, stray decisions."""
    known = set(cases["candidate_id"]) | _drawn(engine)
    stray = sum(1 for candidate in decisions_of(engine) if candidate not in known)
    counted = (
        (cases.filter(pl.col("overdue_days") > 0).height, "条疑点逾期未办 / candidates have a step overdue"),
        (
            cases.filter(pl.col("same_reviewer").is_not_null()).height,
            "条疑点由同一审核人办理两个以上环节 / candidates have one reviewer in two stages",
        ),
        (stray, "条疑点有结论但从未下发 / candidates have decisions but were never issued"),
    )
    return [f"复核 / reviews: {count} {text}" for count, text in counted if count]


def _drawn(engine: Engine) -> set[str]:
    """Candidates of settlements drawn for second review, which are decided without a notice."""
    if not engine.exists("score.review_sample"):
        return set()
    ids = engine.frame(
        "select sha256($rule_id || '|' || setl_id || '|') as id from score.review_sample", {"rule_id": RULE_ID}
    )
    return set(ids["id"])


def _row(
    candidate: Row, replies: list[dict[str, Any]], decisions: list[dict[str, Any]], review: Review, as_of: date
) -> dict[str, Any]:
    way = follow(candidate["notified_on"], candidate["reply_due_on"], replies, decisions, review, as_of)
    last = decisions[-1] if decisions else {}
    reply = replies[-1] if replies else {}
    doubled = same_reviewer(decisions)
    closed = candidate["status"] in ("withdrawn", "recovered")
    waits = None if closed else way.waits
    late = overdue_days(waits, as_of, review)
    return {
        **{name: candidate[name] for name in COPIED},
        "period": candidate["issued_in"],
        "claimed_amount": candidate["claimed"],
        "decided_amount": last.get("fund_amount"),
        "notified_on": candidate["notified_on"],
        "reply_due_on": candidate["reply_due_on"],
        "replied_on": reply.get("submitted_on"),
        "position": reply.get("position"),
        "stage": last.get("stage"),
        "decided_on": last.get("decided_on"),
        "outcome": last.get("outcome"),
        "next_stage": waits.stage if waits else None,
        "due_on": waits.due_on if waits else None,
        "overdue_days": late,
        "late_stages": "、".join(way.late) or None,
        "same_reviewer": "、".join(doubled) or None,
        "remark": _remark(way, waits.stage if waits else "", late, doubled, review) or None,
        "history": _history(replies, decisions),
    }


def _remark(way: Way, waits: str, late: int, doubled: list[str], review: Review) -> str:
    said = []
    if late and waits == REPLY and review.uphold_overdue:
        said.append("逾期未答复，按设定视为认可")
    elif late:
        said.append(f"{waits}逾期 {late} 个工作日，待人工处理")
    if doubled:
        said.append(f"{'、'.join(doubled)}由同一审核人办理，应当分离")
    if way.disorder:
        said.append(f"{'、'.join(way.disorder)}的日期早于前一环节")
    return "；".join(said)


def _history(replies: list[dict[str, Any]], decisions: list[dict[str, Any]]) -> str:
    steps = [{"on": str(r["submitted_on"]), "step": REPLY, "position": r["position"]} for r in replies]
    steps += [
        {
            "on": str(d["decided_on"]),
            "step": d["stage"],
            "outcome": d["outcome"],
            "fund_amount": None if d["fund_amount"] is None else str(d["fund_amount"]),
        }
        for d in decisions
    ]
    return json.dumps(sorted(steps, key=lambda s: s["on"]), ensure_ascii=False, sort_keys=True)

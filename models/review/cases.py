"""The list `review_case`: every issued candidate with its way through the stages."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from models.config import Config, Review
from models.contracts.cases import CASES, SECOND_REVIEW, UPCODING, case_ids
from models.contracts.lists import schema
from models.engine.duck import Engine
from models.feedback.decided import decisions_of, same_reviewer
from models.feedback.stages import REPLY, Way, follow, overdue_days
from models.money.register import Register

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


def attention(cases: pl.DataFrame, engine: Engine, config: Config) -> list[str]:
    """What asks for people, a line each: steps overdue, one reviewer twice, stray decisions and replies, no amount."""
    known, decisions = set(cases["candidate_id"]), decisions_of(engine)
    named = _named(engine, sorted(decisions.keys() - known))
    priced = _priced(engine) if named else set()
    unsaid = [who for who, code in named.items() if _amount_missing(decisions[who][-1], code, who in priced, config)]
    counted = (
        (cases.filter(pl.col("overdue_days") > 0).height, "条疑点逾期未办 / candidates have a step overdue"),
        (
            cases.filter(pl.col("same_reviewer").is_not_null()).height,
            "条疑点由同一审核人办理两个以上环节 / candidates have one reviewer in two stages",
        ),
        (
            len(decisions.keys() - known - named.keys()),
            "条疑点有结论但从未下发 / candidates have decisions but were never issued",
        ),
        (
            len(replies_of(engine).keys() - known),
            "条答复的编号从未下发，请核对答复表 / replies name candidates that were never issued: see the reply sheets",
        ),
        (
            len(unsaid),
            "条认定成立但未填 fund_amount，无从列入拟追回，请补填 / cases are upheld without a fund_amount and cannot "
            "be claimed: deliver the decision again with the amount",
        ),
    )
    return [f"复核 / reviews: {count} {text}" for count, text in counted if count]


def _named(engine: Engine, candidates: list[str]) -> dict[str, str]:
    """Code of the case (second review, upcoding, gathering) by candidate; such cases are decided without a notice."""
    if not candidates:
        return {}
    rows = engine.query("feedback/named_case", candidates=candidates, codes=list(CASES))
    drawn = _cases_in(engine, "score.review_sample", SECOND_REVIEW)  # also of settlements that are no longer there
    return {
        **{who: SECOND_REVIEW for who in candidates if who in drawn},
        **dict(rows.select("candidate_id", "rule_id").iter_rows()),
    }


def _cases_in(engine: Engine, table: str, code: str, where: str = "true") -> set[str]:
    """Candidates of a kind of case that a table's settlements make; none where the table is not there yet."""
    if not engine.exists(table):
        return set()
    rows = engine.frame(f"select distinct setl_id from {table} where {where} order by setl_id")
    return set(case_ids(code, rows["setl_id"]))


def _priced(engine: Engine) -> set[str]:
    """Upcoding cases whose difference is known: they are listed, or claimed already."""
    found = _cases_in(engine, "score.upcoding_case", UPCODING, "payment_difference is not null")
    if engine.exists("money.claim"):
        found |= set(engine.frame("select distinct candidate_id from money.claim")["candidate_id"])
    return found


def _amount_missing(decision: Row, rule_id: str, priced: bool, config: Config) -> bool:
    """Upheld for good, but the decision names no amount where nothing else does."""
    upheld = decision["outcome"] in ("upheld", "partial") and decision["stage"] in config.review.final_stages
    needed = decision["outcome"] == "partial" or rule_id == SECOND_REVIEW or (rule_id == UPCODING and not priced)
    return upheld and needed and decision["fund_amount"] is None


def _row(
    candidate: Row, replies: list[dict[str, Any]], decisions: list[dict[str, Any]], review: Review, as_of: date
) -> dict[str, Any]:
    told = (candidate["notified_on"], candidate["reply_due_on"], replies, decisions, review, as_of)
    way = follow(*told, decided_first=candidate["rule_id"] in CASES)
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

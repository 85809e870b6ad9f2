"""What credit rests on: final decisions, replies to notices, inspections, recoveries, alerts, quality; by item."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from models.config import Config
from models.engine.duck import Engine
from models.feedback.decided import decisions_of, same_reviewer
from models.money.register import Register
from models.periods import month_start, quarter_of
from models.review.cases import replies_of

UPHELD = ("upheld", "partial")
APPEALS = ("申诉", "复审")
Unit = tuple[str, str | None]  # provider, doctor (None: the provider itself)
#: by unit and item what was counted, each thing once, as an identifier a reader can look up
Facts = dict[Unit, dict[str, list[str]]]
Row = dict[str, Any]


def decided_upheld(history: list[Row], final_stages: Iterable[str]) -> Row | None:
    """The final decision that upholds a candidate; None without one, after an appeal that lifted it, or where one
    reviewer sat in two stages."""
    final = history[-1]
    if final["stage"] not in final_stages or final["outcome"] not in UPHELD or same_reviewer(history):
        return None
    lifted = (
        row["stage"] in APPEALS and row["outcome"] == "overturned" and row["decided_on"] >= final["decided_on"]
        for row in history
    )
    return None if any(lifted) else final


def gather(engine: Engine, config: Config, register: Register, first_day: date, before: date, as_of: date) -> Facts:
    """All facts of [first_day, before); replies are late or missing at `as_of`."""
    found: Facts = defaultdict(lambda: defaultdict(list))
    issued = register.issued_candidates().to_dicts()
    _decisions(found, engine, config, issued, first_day, before)
    _replies(found, engine, issued, first_day, before, as_of)
    for row in engine.query("feedback/inspection", first_day=first_day, before=before).iter_rows(named=True):
        if row["found_amount"] > 0:
            found[row["fixmedins_code"], None]["inspection_found"].append(row["inspection_id"])
    for row in engine.query("credit/recovered", first_day=first_day, before=before).iter_rows(named=True):
        found[row["fixmedins_code"], None]["recovered"].append(f"{row['source']} {row['decided_on']}")
    if engine.exists("quality.result"):
        quarters = sorted({str(quarter_of(month_start(first_day, n))) for n in range(12)})
        quality: dict[str, set[str]] = defaultdict(set)
        for row in engine.query("credit/quality", quarters=quarters).iter_rows(named=True):
            quality[row["fixmedins_code"]].add(row["period"])
        for code, periods in quality.items():
            found[code, None]["quality"] += sorted(periods)
    return found


def _decisions(found: Facts, engine: Engine, config: Config, issued: list[Row], first_day: date, before: date) -> None:
    upheld = standing(engine, config, issued)
    chief = _chiefs(engine, upheld)
    earlier = month_start(first_day, -12)
    rules: dict[Unit, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    now: dict[tuple[str, str], set[Unit]] = defaultdict(set)  # by rule and settlement who answers for it
    for candidate, final in upheld:
        code, rule = candidate["fixmedins_code"], candidate["rule_id"]
        doctor = candidate["dr_code"] or chief.get(candidate["setl_id"] or "")
        case = f"{rule} {candidate['setl_id'] or candidate['candidate_id']}"
        for unit in ((code, None), (code, doctor)) if doctor else ((code, None),):
            if earlier <= final["decided_on"] < first_day:
                rules[unit]["before"].add(rule)
            elif first_day <= final["decided_on"] < before:
                rules[unit]["now"].add(rule)
                now[rule, candidate["setl_id"] or ""].add(unit)
                if case not in found[unit]["upheld"]:
                    found[unit]["upheld"].append(case)
    for unit, sets in rules.items():
        found[unit]["repeated"] += sorted(sets["now"] & sets["before"])
    _alerts(found, engine, now, before)


def standing(engine: Engine, config: Config, issued: list[Row]) -> list[tuple[Row, Row]]:
    """Issued candidates with the final decision that upholds each."""
    decisions = decisions_of(engine)
    found = []
    for candidate in issued:
        history = decisions.get(candidate["candidate_id"])
        final = decided_upheld(history, config.review.final_stages) if history else None
        if final is not None:
            found.append((candidate, final))
    return found


def _alerts(found: Facts, engine: Engine, upheld: dict[tuple[str, str], set[Unit]], before: date) -> None:
    """Overridden alerts whose rule was upheld on the very settlement; nobody answers for another doctor's."""
    for alert in engine.query("credit/alert", before=before).iter_rows(named=True):
        for unit in upheld.get((alert["rule_id"], alert["setl_id"]), ()):
            code, doctor = unit
            own = doctor is None or alert["dr_code"] in (None, doctor)
            if code == alert["fixmedins_code"] and own:
                found[unit]["alert_ignored"].append(alert["alert_id"])


def _chiefs(engine: Engine, upheld: list[tuple[Row, Row]]) -> dict[str, str]:
    wanted = sorted({row["setl_id"] for row, _ in upheld if row["setl_id"] and not row["dr_code"]})
    return dict(engine.query("credit/chief", setl_ids=wanted).iter_rows()) if wanted else {}


def _replies(found: Facts, engine: Engine, issued: list[Row], first_day: date, before: date, as_of: date) -> None:
    """A notice counts once: refused where none of its candidates was answered, overdue where its last answer was."""
    replies = replies_of(engine)
    notices: dict[tuple[str, str, date], list[date | None]] = defaultdict(list)
    for row in issued:
        due = row["reply_due_on"]
        if row["notice_no"] and due and first_day <= due < before and due < as_of:
            own = replies.get(row["candidate_id"], [])
            notices[row["fixmedins_code"], row["notice_no"], due].append(own[0]["submitted_on"] if own else None)
    for (code, notice, due), days in sorted(notices.items()):
        answered = [day for day in days if day is not None and day <= as_of + timedelta(days=1)]
        if not answered:
            found[code, None]["refused_reply"].append(notice)
        elif min(answered) > due:
            found[code, None]["overdue_reply"].append(notice)

"""The list `rule_report`: what each rule found, how it fared with the people, and what its figures propose."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.config import Config, Review
from models.contracts.lists import schema
from models.engine.duck import Engine
from models.feedback.confidence import cases_of, trust
from models.feedback.decided import STAGES, Case, decisions_of, known_candidates, value_of, weighted
from models.feedback.intervals import rate_ratio, wilson
from models.money.register import Register
from models.periods import month_start, parse_quarter, quarter_of
from models.review.cases import replies_of
from models.rules import coverage

QUARTERS_BEFORE = 4
APPEAL = 1 + STAGES.index("申诉")
ZERO = Decimal("0.00")
#: of a rule that looked at nothing, or its 0 would read as a clean record
IDLE = "没有本规则的知识点，本期未运行；0 条不表示没有问题"


@dataclass
class Hits:
    """What a rule found in a quarter: findings, providers, charges."""

    hits: int = 0
    providers: set[str] = field(default_factory=set)
    gross: Decimal = ZERO


@dataclass(frozen=True)
class Scope:
    """What a report speaks of: its quarters, those before, and the twelve months of alerts as [first, before)."""

    period: str
    quarters: frozenset[str]
    before: frozenset[str]
    first_day: date
    end: date


def quarter_scope(period: str) -> Scope:
    """A quarter against the four before it."""
    quarter = parse_quarter(period)
    earlier = frozenset(str(quarter.shift(-n)) for n in range(1, QUARTERS_BEFORE + 1))
    return Scope(period, frozenset({period}), earlier, month_start(quarter.end, -12), quarter.end)


def year_scope(year: str, first_day: date, end: date) -> Scope:
    """The quarters that lie whole in the plan's twelve months, against the four before the first of them."""
    last = quarter_of(end)
    inside = [last.shift(-n) for n in range(6) if last.shift(-n).start >= first_day and last.shift(-n).end <= end]
    start = min(inside, default=last)
    earlier = frozenset(str(start.shift(-n)) for n in range(1, QUARTERS_BEFORE + 1))
    return Scope(year, frozenset(map(str, inside)), earlier, first_day, end)


def rule_report(engine: Engine, config: Config, register: Register, scope: Scope) -> pl.DataFrame:
    """Rows of the list `rule_report` (grain: rule of finding.rule) for a quarter or a year.

    Hits and money are those of the period's quarters as found now; decisions are all that came back so far, one case a
    settlement; alerts those of twelve months. Intervals: Wilson for shares, with the effective number of cases.
    """
    issued = register.issued_candidates()
    hits: dict[str, dict[str, Hits]] = defaultdict(lambda: defaultdict(Hits))
    for rule_id, quarter, provider, number, gross in engine.query("feedback/rule_hit").iter_rows():
        found = hits[rule_id][quarter]
        found.hits, found.gross = found.hits + number, found.gross + gross
        found.providers.add(provider)
    made = frozenset(quarter for own in hits.values() for quarter in own)
    fund: dict[str, dict[str, Decimal]] = defaultdict(dict)
    if engine.exists("money.claim"):
        for rule_id, quarter, amount in engine.query("feedback/rule_fund").iter_rows():
            fund[rule_id][quarter] = amount
    volume = dict(engine.query("feedback/quarter_volume").iter_rows())
    known = trust(engine, issued, config).rows_by_key("rule_id", named=True, unique=True)
    cases: dict[str, list[Case]] = defaultdict(list)
    for case in cases_of(engine, issued, config):
        cases[case.rule_id].append(case)
    appeals = _appeals(engine, issued)
    alerts = engine.query("feedback/alert", first_day=scope.first_day, before=scope.end)
    alerted = {rule: (int(number), int(heeded)) for rule, number, heeded in alerts.iter_rows()}
    idle = {one.rule_id for one in coverage(engine) if one.points == 0}
    rows = []
    for rule in engine.frame("select rule_id, rule_name, track from finding.rule order by rule_id").iter_rows(
        named=True
    ):
        rule_id = rule["rule_id"]
        own = hits[rule_id]
        row = {
            "period": scope.period,
            **rule,
            **_found(own, fund[rule_id], scope),
            **_drift(own, volume, scope, made),
            **_upheld(cases[rule_id]),
            **_alerted(alerted.get(rule_id)),
            "appealed": appeals[rule_id, "all"],
            "appeals_won": appeals[rule_id, "won"],
            "confidence": float(known[rule_id]["confidence"]),
            "confidence_basis": known[rule_id]["confidence_basis"],
        }
        row["proposal"], row["why"] = propose(row, config.review)
        if rule_id in idle and not row["hits"] and row["proposal"] == "keep":
            row["why"] = IDLE
        rows.append(row)
    return pl.DataFrame(rows, schema=schema("rule_report"), orient="row")


def _found(own: Mapping[str, Hits], fund: Mapping[str, Decimal], scope: Scope) -> dict[str, Any]:
    now = [found for quarter, found in own.items() if quarter in scope.quarters]
    return {
        "hits": sum(found.hits for found in now),
        "providers": len(set().union(*(found.providers for found in now))),
        "gross_amount": sum((found.gross for found in now), ZERO),
        "fund_amount": sum((amount for quarter, amount in fund.items() if quarter in scope.quarters), ZERO),
    }


def _drift(own: Mapping[str, Hits], volume: Mapping[str, int], scope: Scope, made: frozenset[str]) -> dict[str, Any]:
    """Hits per 10,000 settlements now and before; quarters for which no rule was run (`made`) do not count."""

    def counted(quarters: Iterable[str]) -> tuple[int, int]:
        there = list(quarters)
        return sum(own[q].hits for q in there if q in own), sum(volume.get(q, 0) for q in there)

    (now, size), (earlier, size_before) = counted(scope.quarters), counted(scope.before & made)
    ratio = rate_ratio(now, size, earlier, size_before)
    return {
        "hit_rate": 1e4 * now / size if size else None,
        "rate_before": 1e4 * earlier / size_before if size_before else None,
        **dict(zip(("drift", "drift_low", "drift_high"), ratio or (None, None, None), strict=True)),
    }


def _upheld(cases: list[Case]) -> dict[str, Any]:
    share, size = weighted(cases, upheld=True)
    low, high = wilson(share, size) if cases else (None, None)
    return {
        "decided": len(cases),
        "upheld": sum(case.upheld for case in cases),
        "upheld_rate": share if cases else None,
        "upheld_low": low,
        "upheld_high": high,
    }


def _alerted(found: tuple[int, int] | None) -> dict[str, Any]:
    if found is None:
        return {"alerts": 0, "heeded_rate": None, "heeded_low": None, "heeded_high": None}
    number, heeded = found
    low, high = wilson(heeded / number, number)
    return {"alerts": number, "heeded_rate": heeded / number, "heeded_low": low, "heeded_high": high}


def _appeals(engine: Engine, issued: pl.DataFrame) -> Counter[tuple[str, str]]:
    """Appealed candidates by rule, and those of them that won their appeal."""
    known, decisions = known_candidates(issued), decisions_of(engine)
    found: Counter[tuple[str, str]] = Counter()
    for candidate, replies in replies_of(engine).items():
        if candidate not in known or replies[-1]["position"] != "appeal":
            continue
        rule_id = known[candidate][0]
        found[rule_id, "all"] += 1
        found[rule_id, "won"] += appeal_won(decisions.get(candidate, []), known[candidate][2])
    return found


def appeal_won(history: Sequence[Mapping[str, Any]], claimed: Decimal | None) -> bool:
    """Whether the furthest decision, of the appeal or later, leaves less than was upheld before it."""
    before = [row for row in history if row["stage_no"] < APPEAL]
    if len(before) == len(history):
        return False
    return value_of(history[-1], claimed) < (value_of(before[-1], claimed) if before else 1.0)


def propose(row: Mapping[str, Any], review: Review) -> tuple[str, str]:
    """Proposal and reason: retire, suspect, during, look or keep, the gravest that the intervals bear out."""
    enough = row["decided"] >= review.report_cases
    if enough and row["upheld_high"] < review.retire_rate:
        return "retire", f"成立率的 95% 上限 {row['upheld_high']:.0%} 低于 {review.retire_rate:.0%}"
    if enough and row["track"] == "clear" and row["upheld_high"] < review.clear_rate:
        return "suspect", f"明确违规类成立率的 95% 上限 {row['upheld_high']:.0%} 低于 {review.clear_rate:.0%}"
    if row["alerts"] >= review.report_cases and row["heeded_high"] < review.heeded_rate:
        return "during", f"事前提醒采纳率的 95% 上限 {row['heeded_high']:.0%} 低于 {review.heeded_rate:.0%}"
    if row["drift"] is not None:
        if row["drift_low"] > review.drift_ratio:
            return "look", f"命中率为此前的 {row['drift']:.1f} 倍，核查数据口径、规则或行为变化"
        if row["drift_high"] < 1 / review.drift_ratio:
            return "look", f"命中率降至此前的 {row['drift']:.1f} 倍，核查数据口径、规则或行为变化"
    if not enough:
        return "keep", f"已办结 {row['decided']} 例，不足 {review.report_cases} 例，暂不提出建议"
    return "keep", "成立率与采纳率未见须调整之处"

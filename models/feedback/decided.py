"""Cases with a final decision: one a rule and settlement, with the weight that the draw gave it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

import polars as pl

from models.engine.duck import Engine
from models.settings import Stage

STAGES: tuple[str, ...] = get_args(Stage)
#: how far a candidate was upheld; a partial decision without an amount counts by half
VALUE = {"upheld": 1.0, "partial": 0.5, "overturned": 0.0}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One decided case of a rule: how far it was upheld (0 to 1), and one over its inclusion probability."""

    rule_id: str
    unit: str
    value: float
    weight: float
    upheld: bool


def decisions_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All decisions by candidate, in the order of the stages."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.query("feedback/decision", stages=list(STAGES)).iter_rows(named=True):
        found[row["candidate_id"]].append(row)
    return dict(found)


def known_candidates(issued: pl.DataFrame) -> dict[str, tuple[str, str | None, Decimal]]:
    """Rule, settlement and claimed amount of issued candidates: only what was issued can have been decided."""
    columns = ("candidate_id", "rule_id", "setl_id", "claimed")
    return {candidate: (rule, setl, claimed) for candidate, rule, setl, claimed in issued.select(columns).iter_rows()}


def same_reviewer(decisions: Iterable[Row]) -> list[str]:
    """Stages in which one person sat more than once, in their order; empty where reviewers are separate."""
    stages: dict[str, set[str]] = defaultdict(set)
    for row in decisions:
        if row["reviewer"]:
            stages[row["reviewer"]].add(row["stage"])
    doubled = set().union(*(found for found in stages.values() if len(found) > 1))
    return [stage for stage in STAGES if stage in doubled] + sorted(doubled - set(STAGES))


def value_of(decision: Row, claimed: Decimal | None) -> float:
    """How far a decision upheld the candidate: all, nothing, or the decided part of what was claimed."""
    if decision["outcome"] == "partial" and decision["fund_amount"] is not None and claimed:
        return float(min(max(decision["fund_amount"] / claimed, Decimal(0)), Decimal(1)))
    return VALUE.get(decision["outcome"], 0.0)


def decided_cases(
    decisions: Mapping[str, list[dict[str, Any]]],
    known: Mapping[str, tuple[str, str | None, Decimal]],
    drawn: Mapping[str, float],
    final_stages: Iterable[str],
) -> list[Case]:
    """Cases whose furthest stage is final and whose stages had separate reviewers, ordered by rule and settlement.

    `known`: see `known_candidates`; `drawn`: selection probability by setl_id, 1 for what was not drawn. Candidates of
    one rule in one settlement are one case, for they stand and fall together.
    """
    last = set(final_stages)
    units: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    weights: dict[tuple[str, str], float] = {}
    for candidate in sorted(decisions):
        history = decisions[candidate]
        final = history[-1]
        if candidate not in known or final["stage"] not in last or same_reviewer(history):
            continue
        rule, setl_id, claimed = known[candidate]
        unit = (rule, setl_id or candidate)
        units[unit].append((value_of(final, claimed), final["outcome"] in ("upheld", "partial")))
        weights[unit] = 1 / drawn.get(setl_id or "", 1.0)
    return [
        Case(rule, unit, sum(v for v, _ in found) / len(found), weights[rule, unit], any(u for _, u in found))
        for (rule, unit), found in sorted(units.items())
    ]


def drawn_of(engine: Engine) -> dict[str, float]:
    """Selection probabilities of settlements drawn for second review; empty where nothing was drawn."""
    if not engine.exists("score.review_sample"):
        return {}
    rows = engine.frame(
        "select setl_id, max(selection_probability) as p from score.review_sample where selection_probability > 0 "
        "group by setl_id order by setl_id"
    )
    return {setl_id: float(p) for setl_id, p in rows.iter_rows()}


def weighted(cases: list[Case], upheld: bool = False) -> tuple[float, float]:
    """Weighted mean of the cases' values (or of upheld ones) and the effective number of cases (Kish)."""
    total = sum(case.weight for case in cases)
    if not total:
        return 0.0, 0.0
    mean = sum(case.weight * (float(case.upheld) if upheld else case.value) for case in cases) / total
    return mean, total * total / sum(case.weight * case.weight for case in cases)

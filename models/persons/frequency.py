"""Frequent visits and purchases: what rules R50 and R51 find, gathered by person over the twelve months."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.engine.duck import Engine
from models.engine.frames import put
from models.persons.found import Found, flags_of

PATTERN = {"visit": "frequent_outpatient", "purchase": "frequent_purchase"}
RULES = ("R50", "R51")
SPAN = {"day": "单日", "month": "单月", "year": "365日内"}
WORD = {"visit": "门诊", "purchase": "购药"}
WANTED = {
    "psn_id": pl.String, "pattern": pl.String, "code": pl.String, "width": pl.Int32, "first_day": pl.Date,
    "last_day": pl.Date,
}  # fmt: skip


def frequent(engine: Engine, findings: pl.DataFrame) -> Found:
    """Persons of the findings of R50 and R51 (with psn_id), the window furthest over its limit first.

    Needs `finding.person_visit`. The money is that of the visits in all windows that reach a limit.
    """
    by_person: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for psn_id, evidence in findings.sort("psn_id", "period", "setl_id").select("psn_id", "evidence").iter_rows():
        facts = json.loads(evidence)
        by_person.setdefault((psn_id, facts["kind"]), []).append(facts)
    flags, wanted = [], []
    for (psn_id, kind), quarters in sorted(by_person.items()):
        windows = sorted(
            (_over(w, q), w["first_day"], w["span"], i) for i, q in enumerate(quarters) for w in q["windows"]
        )
        worst = [(_window(quarters[i], first, span), quarters[i]) for _, first, span, i in reversed(windows)]
        top, facts = worst[0]
        texts = [_text(kind, window, quarter) for window, quarter in worst]
        limit = facts["limits"][top["span"]]
        flags.append((psn_id, PATTERN[kind], top["visits"], limit, [*texts[:4], _peers(kind, top["span"], facts)]))
        wanted += [
            (psn_id, PATTERN[kind], kind, 0, date.fromisoformat(w["first_day"]), date.fromisoformat(w["last_day"]))
            for w, _ in worst
        ]
    put(engine, "score.person_wanted", pl.DataFrame(wanted, schema=WANTED, orient="row").unique(maintain_order=True))
    return Found(flags_of(flags), engine.query("persons/visit_fund"))


def _window(facts: dict[str, Any], first: str, span: str) -> dict[str, Any]:
    """The window of a finding that begins on a day."""
    return next(w for w in facts["windows"] if (w["first_day"], w["span"]) == (first, span))


def _over(window: dict[str, Any], facts: dict[str, Any]) -> Decimal:
    return Decimal(window["visits"]) / Decimal(facts["limits"][window["span"]])


def _text(kind: str, window: dict[str, Any], facts: dict[str, Any]) -> str:
    when = {"day": window["first_day"], "month": window["first_day"][:7]}.get(
        window["span"], f"至{window['last_day']}止的"
    )
    return (
        f"{when}{SPAN[window['span']]}{WORD[kind]}{window['visits']}次，"
        f"涉及{window['providers']}家机构（提示线{facts['limits'][window['span']]}次）"
    )


def _peers(kind: str, span: str, facts: dict[str, Any]) -> str:
    return (
        f"同类人群（{facts['peers']}，{facts['peer_persons']}人）{SPAN[span]}{WORD[kind]}最多次数的中位数为"
        f"{float(facts['peer_medians'][span]):g}次"
    )

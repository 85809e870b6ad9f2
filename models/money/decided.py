"""Cases of second review, upcoding and gathering that a decision upholds: what they claim, and why, in a sentence."""

import json
from typing import Any

import polars as pl

from models.config import Config
from models.contracts.cases import CASES, SECOND_REVIEW, UPCODING
from models.engine.duck import Engine
from models.engine.frames import put
from models.money.register import Register

LISTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "period": pl.String,
    "setl_id": pl.String,
    "supported_grp_code": pl.String,
    "payment_difference": pl.Decimal(16, 2),
}


def put_decided(engine: Engine, register: Register, period: str, config: Config) -> None:
    """Make money.case_rule, money.listed_case and money.decided_case (grain: candidate_id). Needs money.standing.

    Reads core.settlement, finding.finding, score.upcoding_case of the period and those before, and the cases of issued
    lists. Only decisions of a final stage (`review.final_stages`) uphold a case: nobody has answered to it before.
    """
    known = [(rule_id, name) for rule_id, (name, _) in CASES.items()]
    put(engine, "money.case_rule", pl.DataFrame(known, schema=["rule_id", "rule_name"], orient="row"))
    put(engine, "money.listed_case", listed(_listed_now(engine, period), register.issued_cases(period)))
    rows = engine.query(
        "money/decided_case",
        period=period,
        final_stages=config.review.final_stages,
        second_review=SECOND_REVIEW,
        upcoding=UPCODING,
    )
    told = list(rows.iter_rows(named=True))
    put(
        engine,
        "money.decided_case",
        rows.with_columns(
            pl.Series("evidence", [_evidence(row) for row in told], dtype=pl.String),
            pl.Series("reason", [_reason(row) for row in told], dtype=pl.String),
        ),
    )


def listed(now: pl.DataFrame, issued: pl.DataFrame) -> pl.DataFrame:
    """Upcoding cases by settlement (columns LISTED), each under the first quarter whose list names it.

    `now`: the lists as computed; `issued`: as they were issued, in that order. What was issued stays decidable, however
    the model judges later data; its difference follows today's prices as long as the supported group is the same.
    """
    first = pl.concat([issued, now]).sort("setl_id", "period", maintain_order=True)
    first = first.unique("setl_id", keep="first", maintain_order=True)
    today = now.rename({"payment_difference": "today"})
    joined = first.join(today, on=["setl_id", "period", "supported_grp_code"], how="left", maintain_order="left")
    return joined.with_columns(payment_difference=pl.coalesce("today", "payment_difference")).select(LISTED.keys())


def _listed_now(engine: Engine, period: str) -> pl.DataFrame:
    if not engine.exists("score.upcoding_case"):
        return pl.DataFrame(schema=LISTED)
    rows = engine.frame(
        f"select {', '.join(LISTED)} from score.upcoding_case where period <= $period order by setl_id, period",
        {"period": period},
    )
    return rows.cast(pl.Schema(LISTED))


def _evidence(row: dict[str, Any]) -> str:
    """What was decided, as JSON; the day and stage stand here alone, so that a later stage changes no issued row."""
    facts = {
        "decided_on": str(row["decided_on"]),
        "outcome": row["outcome"],
        "stage": row["stage"],
        "upheld_amount": str(row["upheld"]),
    }
    if row["rule_id"] == UPCODING:
        facts |= {"grp_code": row["grp_code"], "supported_grp_code": row["supported_grp_code"]}
    told = {name: fact for name, fact in facts.items() if fact is not None}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _reason(row: dict[str, Any]) -> str:
    amount = min(row["upheld"], row["paid"])
    if row["rule_id"] == SECOND_REVIEW:
        return f"经抽样复审认定，该结算与不应由基金支付的情形相符，涉及基金 {amount} 元。"
    return f"经认定，该结算与{row['rule_name']}情形相符，涉及基金 {amount} 元。"

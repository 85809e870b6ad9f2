"""Where each row stands between the claims computed now and what was issued: new, changed, withdrawn, or as decided."""

import json
from datetime import date
from typing import Any

import polars as pl

from models.contracts.cases import CASES
from models.money.gone import among, emptied, no_longer, paid_back, recovered, with_fact, withdrawn
from models.money.issued import DECIDED, NOTICED, notice_number

NOTICE = ("notice_no", "notified_on", "reply_due_on")
REGISTER_COLUMNS = ("status", "first_seen_period", *NOTICE)
COMPARED = ("fund_amount", "acct_amount", "amount_status", "reason", "period")
#: facts that the register adds to the evidence of a rule
ADDED = ("changed", "withdrawn", "recovered")


def with_status(
    current: pl.DataFrame,
    issued: pl.DataFrame,
    standing: pl.DataFrame,
    found: pl.DataFrame,
    period: str,
    *,
    back: pl.DataFrame,
    issue: str,
) -> pl.DataFrame:
    """The rows of one period with their place in the register.

    `current`: claims computed now; `issued`: `Register.issued_candidates()`; `standing`: candidate_id, outcome, answer;
    `found`: candidate_id, found_in (every period's findings); `back`: setl_id, bkkp_sn of what money came back for (a
    null line = the settlement); `issue`: the name under which the next list would be issued. Adds status,
    first_seen_period and the notice, tells in the evidence of a changed row what changed, and appends what is
    withdrawn, was overturned or came back whole.
    """
    rows = _compared(current, issued).join(standing, on="candidate_id", how="left")
    rows = rows.with_columns(stood=_known_outcome(pl.col("outcome")))
    by_decision = pl.col("rule_id").is_in(list(CASES))
    decided = pl.when(pl.col("outcome").is_in(["upheld", "partial"])).then(pl.col("outcome"))
    replied = pl.col("answer").replace_strict({"accept": "accepted", "appeal": "appealed"}, default=None)
    sent = pl.when(pl.col("recovery_route") == "referral").then(pl.lit("referred")).otherwise(pl.lit("issued"))
    fallback = pl.when(pl.col("old_issued_in").is_null()).then(pl.lit("new")).otherwise(sent)
    before = pl.when(pl.col("stood").is_in(DECIDED)).then(pl.col("stood"))
    said = pl.when(by_decision).then(pl.coalesce(replied, decided)).otherwise(pl.coalesce(decided, replied))
    status = (
        pl.when(by_decision & pl.col("old_issued_in").is_null())
        .then(pl.lit("new"))  # the decision made it a claim; the provider has yet to be told
        .when(pl.col("old_issued_in").is_not_null() & decided.is_not_null() & decided.ne_missing(before))
        .then(decided)
        .when(_differs())
        .then(pl.lit("changed"))
        .when(decided.is_null() & before.is_not_null())
        .then(pl.lit("issued"))  # the decision was taken back
        .otherwise(pl.coalesce(said, fallback))
    )
    rows = _explained(rows.with_columns(status=status), period).select(*current.columns, *REGISTER_COLUMNS)
    overturned = among(standing.filter(pl.col("outcome") == "overturned")["candidate_id"])
    gone = no_longer(rows, issued, period)
    back_again = ~overturned & among(paid_back(gone, found, back, period))
    parts = [
        rows,
        withdrawn(gone.filter(~overturned & ~back_again), found, rows, period),
        emptied(gone.filter(overturned), "overturned", rows, period),
        recovered(gone.filter(back_again), rows, period),
    ]
    return _ordered(_noticed(pl.concat(parts), issued, issue))


def with_overdue(standing: pl.DataFrame, issued: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`standing` with issued candidates upheld whose time for a reply is over and of whom nobody said anything."""
    said = among(standing["candidate_id"])
    overdue = issued.filter((pl.col("reply_due_on") < as_of) & ~said & ~pl.col("status").is_in(["withdrawn"]))
    rows = overdue.select("candidate_id", outcome=pl.lit("upheld"), answer=pl.lit(None, pl.String))
    return pl.concat([standing, rows])


def supplement(new_claims: pl.DataFrame, issued: pl.DataFrame) -> pl.DataFrame:
    """What a supplement lists: rows that are new, changed, withdrawn or decided since they were issued, nothing else.

    `new_claims`: the period's rows of money.claim; `issued`: `Register.issued_candidates()`. Decided = upheld, partial,
    overturned, or its money came back; a reply alone is followed in the review list.
    """
    kept = pl.col("status").is_in(["withdrawn", "overturned", "recovered"])
    rows = _compared(new_claims.filter(~kept), issued)
    rows = rows.with_columns(stood=_known_outcome(pl.col("status")))
    before = pl.when(pl.col("stood").is_in(DECIDED)).then(pl.col("stood"))
    decided = pl.when(pl.col("status").is_in(DECIDED)).then(pl.col("status"))
    status = (
        pl.when(pl.col("old_issued_in").is_null())
        .then(pl.lit("new"))
        .when(decided.is_not_null() & decided.ne_missing(before))
        .then(decided)
        .when(_differs())
        .then(pl.lit("changed"))
        .when((pl.col("status") == "issued") & before.is_not_null())
        .then(pl.lit("issued"))
    )
    rows = rows.with_columns(status=status).filter(pl.col("status").is_not_null()).select(new_claims.columns)
    ended = new_claims.filter(kept).join(issued.select("candidate_id", "stood"), on="candidate_id", how="left")
    ended = ended.filter(pl.col("status").ne_missing(pl.col("stood"))).select(new_claims.columns)
    return _ordered(pl.concat([rows, ended]))


def _known_outcome(outcome: pl.Expr) -> pl.Expr:
    """`stood`; of an issued case that a decision made a claim, that decision: it is no news on the row."""
    first = pl.col("rule_id").is_in(list(CASES)) & pl.col("old_issued_in").is_not_null()
    told = pl.col("stood").is_in(DECIDED)
    return (
        pl.when(first & ~told.fill_null(False) & outcome.is_in(["upheld", "partial"])).then(outcome).otherwise("stood")
    )


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("fixmedins_code", "setl_id", "bkkp_sn", "rule_id", "candidate_id", nulls_last=True)


def _compared(current: pl.DataFrame, issued: pl.DataFrame) -> pl.DataFrame:
    old = issued.select(
        "candidate_id",
        pl.col("issued_in").alias("old_issued_in"),
        pl.col("status").alias("old_status"),
        pl.col("first_seen_period").alias("old_first_seen"),
        "stood",
        *[pl.col(name).cast(current.schema[name]).alias(f"old_{name}") for name in COMPARED if name != "period"],
        pl.col("evidence").alias("old_evidence"),
        pl.col("issued_in").alias("old_period"),
    )
    rows = current.join(old, on="candidate_id", how="left", maintain_order="left")
    return rows.with_columns(pl.Series("other_facts", _other_facts(rows), dtype=pl.Boolean))


def _other_facts(rows: pl.DataFrame) -> list[bool]:
    """Whether a reason that differs from the issued one rests on other facts; else it is the same, worded otherwise."""
    said = rows.select("reason", "old_reason", "evidence", "old_evidence").iter_rows()
    return [new != old and _facts(evidence) != _facts(before) for new, old, evidence, before in said]


def _facts(evidence: str | None) -> dict[str, Any]:
    return {name: fact for name, fact in json.loads(evidence or "{}").items() if name not in ADDED}


def _differs() -> pl.Expr:
    """True where an issued candidate is no longer what was issued; false for the same, null for one never issued."""
    changed = [pl.col(name).ne_missing(pl.col(f"old_{name}")) for name in COMPARED if name != "reason"]
    return pl.when(pl.col("old_issued_in").is_not_null()).then(
        pl.any_horizontal(*changed, "other_facts", pl.col("old_status") == "withdrawn")
    )


def _explained(rows: pl.DataFrame, period: str) -> pl.DataFrame:
    evidence = [
        _with_change(row) if row["told"] else row["evidence"]
        for row in rows.with_columns(told=_tells_change())
        .select("told", "status", "old_status", "evidence", *COMPARED, *[f"old_{name}" for name in COMPARED])
        .iter_rows(named=True)
    ]
    return rows.with_columns(
        pl.Series("evidence", evidence, dtype=pl.String),
        first_seen_period=pl.coalesce("old_first_seen", pl.lit(period)),
        notice_no=pl.lit(None, pl.String),
        notified_on=pl.lit(None, pl.Date),
        reply_due_on=pl.lit(None, pl.Date),
    )


def _tells_change() -> pl.Expr:
    """Issued rows that changed or were decided since."""
    decided = pl.col("status").is_in(DECIDED) & pl.col("status").ne_missing(pl.col("stood"))
    return pl.col("old_issued_in").is_not_null() & ((pl.col("status") == "changed") | decided)


def _noticed(rows: pl.DataFrame, issued: pl.DataFrame, issue: str) -> pl.DataFrame:
    """Rows that tell the provider something new carry the number of the notice to come, others their last one."""
    old = issued.select("candidate_id", *[pl.col(name).alias(f"old_{name}") for name in NOTICE])
    told = pl.col("status").is_in(NOTICED)
    number = pl.when(told).then(notice_number(issue, pl.col("fixmedins_code"))).otherwise(pl.col("old_notice_no"))
    return (
        rows.join(old, on="candidate_id", how="left", maintain_order="left")
        .with_columns(
            notice_no=number,
            notified_on=pl.when(~told).then(pl.col("old_notified_on")),
            reply_due_on=pl.when(~told).then(pl.col("old_reply_due_on")),
        )
        .select(rows.columns)
    )


def _with_change(row: dict[str, object]) -> str:
    change = {
        name: {"old": str(row[f"old_{name}"]), "new": str(row[name])}
        for name in COMPARED
        if row[name] != row[f"old_{name}"]
    }
    if row["status"] != "changed":
        change["status"] = {"old": str(row["old_status"]), "new": str(row["status"])}
    change.setdefault("fund_amount", {"old": str(row["old_fund_amount"]), "new": str(row["fund_amount"])})
    return with_fact(row["evidence"], "changed", change)

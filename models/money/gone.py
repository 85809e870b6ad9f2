"""Issued rows that the claims computed now no longer hold: withdrawn and why, paid back, or overturned."""

import json
from decimal import Decimal

import polars as pl

from models.contracts.cases import CASES
from models.money.payers import empty_split

MOVED = "已归入其他期次 / belongs to another period now"
NOT_FOUND = "规则不再命中 / no longer found"
NO_DECISION = "已无支持该项的认定 / no decision upholds it any more"
NOTHING_LEFT = "仍命中，但已无可追回金额 / still found, but nothing is left to claim"


def among(ids: pl.Series) -> pl.Expr:
    """Whether a row is one of these candidates."""
    return pl.col("candidate_id").is_in(ids.unique().to_list())


def with_fact(evidence: object, key: str, value: object) -> str:
    """Evidence (JSON) with one fact more."""
    facts = json.loads(str(evidence)) if evidence else {}
    return json.dumps({**facts, key: value}, ensure_ascii=False, sort_keys=True)


def no_longer(rows: pl.DataFrame, issued: pl.DataFrame, period: str) -> pl.DataFrame:
    """Rows issued in a period, and not withdrawn since, that `rows` do not hold."""
    here = (pl.col("issued_in") == period) & (pl.col("status") != "withdrawn")
    return issued.filter(here & ~among(rows["candidate_id"]))


def emptied(gone: pl.DataFrame, status: str, like: pl.DataFrame, period: str) -> pl.DataFrame:
    """The rows in the shape of `like`, with a status and without money."""
    shaped = gone.select([pl.col(name).cast(dtype) for name, dtype in like.schema.items()])
    nothing = pl.lit(Decimal("0.00"))
    return shaped.with_columns(
        period=pl.lit(period),
        fund_amount=nothing.cast(like.schema["fund_amount"]),
        acct_amount=nothing.cast(like.schema["acct_amount"]),
        fund_split=pl.lit(empty_split()),
        status=pl.lit(status),
    )


def _why(candidate_id: str, rule_id: str, here: set[str], elsewhere: set[str]) -> str:
    if candidate_id in here:
        return NOTHING_LEFT
    if candidate_id in elsewhere:
        return MOVED
    return NO_DECISION if rule_id in CASES else NOT_FOUND


def withdrawn(gone: pl.DataFrame, found: pl.DataFrame, like: pl.DataFrame, period: str) -> pl.DataFrame:
    """The rows as withdrawn, the reason in words and in the evidence; `found`: candidate_id, found_in."""
    here = set(found.filter(pl.col("found_in") == period)["candidate_id"])
    elsewhere = set(found["candidate_id"]) - here
    named = gone.select("candidate_id", "rule_id").iter_rows()
    why = [_why(candidate_id, rule_id, here, elsewhere) for candidate_id, rule_id in named]
    evidence = [
        with_fact(facts, "withdrawn", {"fund_amount": {"old": str(old), "new": "0.00"}, "why": reason})
        for facts, old, reason in zip(gone["evidence"], gone["fund_amount"], why, strict=True)
    ]
    return emptied(gone, "withdrawn", like, period).with_columns(
        pl.Series("evidence", evidence, dtype=pl.String),
        pl.Series("reason", [f"已撤回：{reason.split(' / ')[0]}。" for reason in why], dtype=pl.String),
    )


def paid_back(gone: pl.DataFrame, found: pl.DataFrame, back: pl.DataFrame, period: str) -> pl.Series:
    """Candidates still found here that have nothing left because money came back for their line or settlement."""
    here = found.filter(pl.col("found_in") == period)["candidate_id"]
    still = gone.filter(among(here) & pl.col("setl_id").is_not_null())
    whole = back.filter(pl.col("bkkp_sn").is_null())["setl_id"].unique().to_list()
    lines = back["bkkp_sn"].drop_nulls().unique().to_list()
    case = pl.col("bkkp_sn").is_null() & pl.col("setl_id").is_in(back["setl_id"].unique().to_list())
    return still.filter(pl.col("setl_id").is_in(whole) | pl.col("bkkp_sn").is_in(lines) | case)["candidate_id"]


def recovered(gone: pl.DataFrame, like: pl.DataFrame, period: str) -> pl.DataFrame:
    """The rows as recovered, their last amount in the evidence."""
    evidence = [
        with_fact(facts, "recovered", {"fund_amount": {"old": str(old), "new": "0.00"}})
        for facts, old in zip(gone["evidence"], gone["claimed"], strict=True)
    ]
    return emptied(gone, "recovered", like, period).with_columns(
        pl.Series("evidence", evidence, dtype=pl.String),
    )

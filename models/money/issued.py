"""Issued candidates put together from all issues: the latest version of each, and what its history says."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from models.contracts.lists import schema

#: the list whose rows a candidate in the register has
CANDIDATE = "clawback"
#: outcomes of decisions and recoveries; a supplement lists a candidate when it gets one of them
DECIDED = ("upheld", "partial", "overturned", "recovered")
#: rows of these statuses tell the provider something new, so they stand in a notice
NOTICED = ("new", "changed", "withdrawn")
HISTORY: dict[str, pl.DataType | type[pl.DataType]] = {
    "issued_in": pl.String,
    "issue": pl.String,
    "held_since": pl.Int64,
    "held_confidence": pl.Decimal(5, 4),
    "splits": pl.List(pl.String),
    "known_until": pl.List(pl.Date),
    "stood": pl.String,
    "claimed": pl.Decimal(16, 2),
    "as_of": pl.Date,
    "recovered_until": pl.Date,
}


def notice_number(issue: str, provider: pl.Expr) -> pl.Expr:
    """Number of the notice with which an issue goes to a provider: 2025Q1-H1, for a supplement 2025Q1-s01-H1."""
    return pl.lit(issue + "-") + provider


def of_issue(
    rows: pl.DataFrame,
    name: str,
    period: str,
    sequence: int,
    as_of: date | None,
    recovered_until: date | None,
    notified_on: date | None,
    reply_due_on: date | None,
) -> pl.DataFrame:
    """The candidates of one issue with the facts of that issue beside them."""
    told = pl.col("status").is_in(NOTICED)
    return rows.with_columns(
        issued_in=pl.lit(period),
        issue=pl.lit(name),
        sequence=pl.lit(sequence, pl.Int64),
        as_of=pl.lit(as_of, pl.Date),
        recovered_until=pl.lit(recovered_until, pl.Date),
        notice_no=pl.when(told).then(notice_number(name, pl.col("fixmedins_code"))),
        notified_on=pl.when(told).then(pl.lit(notified_on, pl.Date)),
        reply_due_on=pl.when(told).then(pl.lit(reply_due_on, pl.Date)),
    )


def _in_force(rows: pl.DataFrame) -> pl.DataFrame:
    """Without a quarter's withdrawals of candidates that another quarter was issued with before: they moved there."""
    stands = pl.when(pl.col("status") != "withdrawn").then(pl.col("issued_in"))
    before = stands.shift().forward_fill().over("candidate_id", order_by="sequence")
    moved = (pl.col("status") == "withdrawn") & (before != pl.col("issued_in")).fill_null(False)
    return rows.filter(~moved)


def latest(issues: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Every candidate once (grain: candidate_id) from the frames of `of_issue`: columns of `clawback`, HISTORY.

    `issued_in` and `issue` are those of the latest version, first_seen_period that of the first one. `held_since` is
    the sequence of the issue since which it was never withdrawn: the order in which issued candidates keep precedence;
    a withdrawal by the quarter that it left is none where the quarter it belongs to now was issued first;
    `splits` are the `fund_split` of its issues since then, in order, `known_until` the days of the last recoveries that
    each of them knew (else what it speaks for); `held_confidence`, by which the candidates of one issue stay
    in their order, `as_of` and `recovered_until`, the day of the last recovery it knew, are those of the first of them.
    `stood` is the last outcome it was listed with, `claimed` the most ever put forward; the notice is the last one that
    told the provider something new.
    """
    frames = list(issues)
    if not frames:
        return pl.DataFrame(schema={**schema(CANDIDATE), **HISTORY})
    rows = _in_force(pl.concat(frames).sort("sequence", "candidate_id"))
    withdrawn = pl.col("sequence").filter(pl.col("status") == "withdrawn").max().fill_null(0)
    held = pl.col("sequence") > withdrawn
    history = rows.group_by("candidate_id").agg(
        first_seen_period=pl.col("issued_in").first(),
        held_since=pl.col("sequence").filter(held).min(),
        held_confidence=pl.col("confidence").filter(held).first(),
        splits=pl.col("fund_split").filter(held),
        known_until=pl.coalesce("recovered_until", "as_of").filter(held),
        as_of=pl.col("as_of").filter(held).first(),
        recovered_until=pl.col("recovered_until").filter(held).first(),
        stood=pl.col("status").filter(pl.col("status").is_in([*DECIDED, "issued"])).last(),
        claimed=pl.col("fund_amount").max(),
        **{name: pl.col(name).drop_nulls().last() for name in ("notice_no", "notified_on", "reply_due_on")},
    )
    newest = rows.unique("candidate_id", keep="last", maintain_order=True)
    told = [name for name in history.columns if name != "candidate_id"]
    joined = newest.drop(told, strict=False).join(history, on="candidate_id", how="left")
    return joined.select(*schema(CANDIDATE), *HISTORY).cast(pl.Schema(HISTORY)).sort("candidate_id")

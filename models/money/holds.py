"""What issued candidates hold, as tables beside the claims being computed."""

import polars as pl

from models.engine.duck import Engine
from models.engine.frames import put
from models.money.payers import split_in_fen

ISSUED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "candidate_id": pl.String,
    "fixmedins_code": pl.String,
    "setl_id": pl.String,
    "bkkp_sn": pl.String,
    "item_code": pl.String,
    "fund_amount": pl.Decimal(16, 2),
    "issued_in": pl.String,
    "status": pl.String,
    "held_since": pl.Int64,
    "held_confidence": pl.Decimal(5, 4),
    "as_of": pl.Date,
    "recovered_until": pl.Date,
}
HOLD_SCHEMA = {
    "candidate_id": pl.String,
    "setl_id": pl.String,
    "bkkp_sn": pl.String,
    "payer": pl.String,
    "fen": pl.Int64,
}
ISSUE_SCHEMA = {
    "candidate_id": pl.String,
    "place": pl.Int64,
    "known_until": pl.Date,
    "payer": pl.String,
    "fen": pl.Int64,
}


def put_issued(engine: Engine, issued: pl.DataFrame) -> None:
    """Make money.issued_row and money.issued: candidates in their latest issue, `held` unless withdrawn or overturned.

    Needs money.standing. `issued` is `Register.issued_candidates()`.
    """
    put(engine, "money.issued_row", issued.select(ISSUED_SCHEMA.keys()).cast(pl.Schema(ISSUED_SCHEMA)))
    engine.replace("money.issued", "money/issued")


def put_hold_rows(engine: Engine, issued: pl.DataFrame, period: str) -> None:
    """Make money.hold_row, money.own_hold, money.own_cut and money.own_issue: what issued candidates hold.

    hold_row, own_hold (candidate_id, setl_id, bkkp_sn, payer, fen): money out of this period's reach, and what this
    period's candidates were issued with; computed anew here they hold nothing beforehand, and those no longer found are
    being withdrawn. own_cut (candidate_id, only_cut): of these, whose last amount is what a decision cut them to, and
    whether they were never issued with more. own_issue (candidate_id, place, known_until, payer, fen): what each of
    their issues held, in order. Needs money.issued, money.candidate, money.found, money.standing.
    """
    own = engine.query("money/own_holding")
    _put_split(engine, "money.hold_row", issued, engine.query("money/holding", period=period))
    _put_split(engine, "money.own_hold", issued, own)
    cut = issued.join(own.filter("cut"), on="candidate_id", how="semi")
    only_cut = [not any(_total(split) > _total(splits[-1]) for split in splits) for splits in cut["splits"].to_list()]
    put(engine, "money.own_cut", cut.select("candidate_id", pl.Series("only_cut", only_cut, dtype=pl.Boolean)))
    _put_issues(engine, issued.join(own, on="candidate_id", how="semi"))


def _total(split: str) -> int:
    return sum(split_in_fen(split).values())


def _put_split(engine: Engine, table: str, issued: pl.DataFrame, wanted: pl.DataFrame) -> None:
    kept = issued.filter(pl.col("candidate_id").is_in(wanted["candidate_id"].to_list()))
    rows = [
        (row["candidate_id"], row["setl_id"], row["bkkp_sn"], payer, fen)
        for row in kept.select("candidate_id", "setl_id", "bkkp_sn", "fund_split").iter_rows(named=True)
        for payer, fen in sorted(split_in_fen(row["fund_split"]).items())
    ]
    put(engine, table, pl.DataFrame(rows, schema=HOLD_SCHEMA, orient="row"))


def _put_issues(engine: Engine, own: pl.DataFrame) -> None:
    rows = [
        (candidate, place, known_until, payer, fen)
        for candidate, splits, days in own.select("candidate_id", "splits", "known_until").iter_rows()
        for place, (split, known_until) in enumerate(zip(splits, days, strict=True))
        for payer, fen in sorted(split_in_fen(split).items())
    ]
    put(engine, "money.own_issue", pl.DataFrame(rows, schema=ISSUE_SCHEMA, orient="row"))

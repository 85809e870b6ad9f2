"""What issued candidates hold, as tables beside the claims being computed."""

import polars as pl

from models.engine.duck import Engine
from models.money.frames import put
from models.money.payers import split_in_fen

ISSUED_SCHEMA = {
    "candidate_id": pl.String,
    "fixmedins_code": pl.String,
    "setl_id": pl.String,
    "bkkp_sn": pl.String,
    "item_code": pl.String,
    "issued_in": pl.String,
    "status": pl.String,
    "held_since": pl.Int64,
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


def put_issued(engine: Engine, issued: pl.DataFrame) -> None:
    """Make money.issued_row and money.issued: candidates in their latest issue, `held` unless withdrawn or overturned.

    Needs money.standing. `issued` is `Register.issued_candidates()`.
    """
    put(engine, "money.issued_row", issued.select(ISSUED_SCHEMA.keys()).cast(pl.Schema(ISSUED_SCHEMA)))
    engine.replace("money.issued", "money/issued")


def put_hold_rows(engine: Engine, issued: pl.DataFrame, period: str) -> None:
    """Make money.hold_row and money.own_hold (candidate_id, setl_id, bkkp_sn, payer, fen): what issued candidates hold.

    hold_row: money out of this period's reach. own_hold: what this period's candidates were issued with; computed anew
    here they hold nothing beforehand, and those no longer found are being withdrawn. Needs money.issued,
    money.candidate, money.found.
    """
    _put_split(engine, "money.hold_row", issued, engine.query("money/holding", period=period))
    own = engine.frame("select distinct candidate_id from money.candidate where held")
    _put_split(engine, "money.own_hold", issued, own)


def _put_split(engine: Engine, table: str, issued: pl.DataFrame, wanted: pl.DataFrame) -> None:
    kept = issued.filter(pl.col("candidate_id").is_in(wanted["candidate_id"].to_list()))
    rows = [
        (row["candidate_id"], row["setl_id"], row["bkkp_sn"], payer, fen)
        for row in kept.select("candidate_id", "setl_id", "bkkp_sn", "fund_split").iter_rows(named=True)
        for payer, fen in sorted(split_in_fen(row["fund_split"]).items())
    ]
    put(engine, table, pl.DataFrame(rows, schema=HOLD_SCHEMA, orient="row"))

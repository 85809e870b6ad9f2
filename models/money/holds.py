"""What issued candidates hold, as tables beside the claims being computed."""

import polars as pl

from models.engine.duck import Engine
from models.money.frames import put
from models.money.payers import most_by_payer

ISSUED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "candidate_id": pl.String,
    "fixmedins_code": pl.String,
    "setl_id": pl.String,
    "bkkp_sn": pl.String,
    "item_code": pl.String,
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


def put_issued(engine: Engine, issued: pl.DataFrame) -> None:
    """Make money.issued_row and money.issued: candidates in their latest issue, `held` unless withdrawn or overturned.

    Needs money.standing. `issued` is `Register.issued_candidates()`.
    """
    put(engine, "money.issued_row", issued.select(ISSUED_SCHEMA.keys()).cast(pl.Schema(ISSUED_SCHEMA)))
    engine.replace("money.issued", "money/issued")


def put_hold_rows(engine: Engine, issued: pl.DataFrame, period: str) -> None:
    """Make money.hold_row and money.own_hold (candidate_id, setl_id, bkkp_sn, payer, fen): what issued candidates hold.

    hold_row: money out of this period's reach, as issued last. own_hold: the most that this period's candidates were
    issued with, for what came back or was decided since is taken off what they claim once; computed anew here they hold
    nothing beforehand, and those no longer found are being withdrawn. Needs money.issued, money.candidate, money.found.
    """
    others = engine.query("money/holding", period=period)
    _put_splits(engine, "money.hold_row", issued.with_columns(splits=pl.concat_list("fund_split")), others)
    own = engine.frame("select distinct candidate_id from money.candidate where held")
    _put_splits(engine, "money.own_hold", issued, own)


def _put_splits(engine: Engine, table: str, issued: pl.DataFrame, wanted: pl.DataFrame) -> None:
    kept = issued.filter(pl.col("candidate_id").is_in(wanted["candidate_id"].to_list()))
    rows = [
        (*place, payer, fen)
        for *place, splits in kept.select("candidate_id", "setl_id", "bkkp_sn", "splits").iter_rows()
        for payer, fen in sorted(most_by_payer(splits).items())
    ]
    put(engine, table, pl.DataFrame(rows, schema=HOLD_SCHEMA, orient="row"))

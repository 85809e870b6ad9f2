"""Score tables: their columns and types, and the replacement of one period's rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import polars as pl

from models.engine.duck import Engine

AMOUNT = "DECIMAL(18,2)"
SCORE_TABLES: dict[str, dict[str, str]] = {
    "score.deviation": {
        "period": "VARCHAR", "grp_type": "VARCHAR", "grp_ver": "VARCHAR", "grp_code": "VARCHAR",
        "fixmedins_code": "VARCHAR", "level": "VARCHAR", "unit_code": "VARCHAR", "cases": "BIGINT",
        "observed_cost": AMOUNT, "expected_cost": AMOUNT, "ratio": "DOUBLE", "ratio_low": "DOUBLE",
        "ratio_high": "DOUBLE", "z": "DOUBLE", "q_value": "DOUBLE", "direction": "VARCHAR", "amount": AMOUNT,
        "assessable": "BOOLEAN",
    },
    "score.upcoding_provider": {
        "period": "VARCHAR", "fixmedins_code": "VARCHAR", "cases": "BIGINT", "top_tier_share": "DOUBLE",
        "expected_share": "DOUBLE", "excess_cases": "DOUBLE", "excess_wt": "DOUBLE", "at_stake_amount": AMOUNT,
        "score": "DOUBLE", "q_value": "DOUBLE", "paired_share": "DOUBLE", "resource_misfit": "DOUBLE",
        "fragile_upgrade": "DOUBLE", "bunching": "DOUBLE", "change_over_time": "DOUBLE", "dip_split": "DOUBLE",
    },
    "score.upcoding_case": {
        "period": "VARCHAR", "setl_id": "VARCHAR", "fixmedins_code": "VARCHAR", "grp_code": "VARCHAR",
        "supported_grp_code": "VARCHAR", "probability": "DOUBLE", "wt_difference": "DOUBLE",
        "payment_difference": AMOUNT, "reasons": "VARCHAR",
    },
    "score.provider_score": {
        "period": "VARCHAR", "fixmedins_code": "VARCHAR", "fixmedins_name": "VARCHAR", "score": "VARCHAR",
        "value": "DOUBLE", "percentile": "DOUBLE", "peer_group": "VARCHAR", "peers": "BIGINT",
    },
    "score.inspection": {
        "period": "VARCHAR", "rank": "INTEGER", "fixmedins_code": "VARCHAR", "fixmedins_name": "VARCHAR",
        "mode": "VARCHAR", "risk_score": "DOUBLE", "exposure_amount": AMOUNT, "expected_recovery": AMOUNT,
        "expected_recovery_low": AMOUNT, "expected_recovery_high": AMOUNT, "rank_low": "INTEGER",
        "rank_high": "INTEGER", "rank_last_year": "INTEGER", "reasons": "VARCHAR", "reason": "VARCHAR",
        "peer_group": "VARCHAR", "look_at": "VARCHAR", "planned": "INTEGER",
    },
}  # fmt: skip


@dataclass(frozen=True)
class ScoreSummary:
    """What a score stage did: rows written by table, and what a reader of the list must know."""

    period: str
    rows: dict[str, int]
    notes: dict[str, str] = field(default_factory=dict)


@contextmanager
def all_or_nothing(engine: Engine) -> Iterator[None]:
    """A transaction of our own, or the one the caller has already begun."""
    try:
        engine.con.execute("begin")
    except duckdb.TransactionException:
        yield
        return
    try:
        yield
    except BaseException:
        engine.con.execute("rollback")
        raise
    engine.con.execute("commit")


def store(engine: Engine, table: str, period: str, frame: pl.DataFrame) -> int:
    """Replace the rows of one period of a score table; `frame` has the table's columns but `period`.

    Returns the number of rows. Raises ValueError when columns are missing.
    """
    columns = SCORE_TABLES[table]
    missing = columns.keys() - {"period"} - set(frame.columns)
    if missing:
        raise ValueError(f"{table} lacks columns {sorted(missing)}")
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items() if name != "period")
    engine.con.execute(f"create table if not exists {table} ({', '.join(f'{n} {k}' for n, k in columns.items())})")
    engine.con.execute(f"delete from {table} where period = $period", {"period": period})
    engine.con.register("score_rows", frame.to_arrow())
    try:
        engine.con.execute(
            f"insert into {table} by name select $period as period, {casts} from score_rows", {"period": period}
        )
    finally:
        engine.con.unregister("score_rows")
    return frame.height

"""Claims of one period: shares, recoveries, holds, caps, every yuan once; formulas of the design's section on money."""

from datetime import date

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.engine.frames import put, replace_period
from models.feedback.confidence import trust
from models.feedback.decided import STAGES
from models.money.decided import put_decided
from models.money.holds import put_hold_rows, put_issued
from models.money.marginal import put_marginal
from models.money.register import Register
from models.money.status import with_overdue, with_status

CHAIN = (
    "reached",
    "paid",
    "line_share",
    "recovered_line",
    "recovered_settlement",
    "hold",
    "held_place",
    "payer_cap",
    "payer_amount",
    "kept_claim",
    "own_before",
    "nested_claim",
    "paid_off",
    "payer_claim",
    "frame_claim",
    "decided_claim",
    "row_amount",
    "found_first",
    "also_found",
)
FIRST = ("period", "candidate_id", "setl_id")
SCRATCH = (
    "case_rule",
    "listed_case",
    "decided_case",
    "marginal",
    "trust",
    "rule",
    "found",
    "item_line",
    "standing",
    "issued",
    "issued_first",
    "issued_row",
    "hold_row",
    "own_hold",
    "own_cut",
    "own_issue",
    "candidate",
    *CHAIN,
)


def claims(engine: Engine, period: str, config: Config, register: Register, as_of: date | None = None) -> None:
    """Make the rows of `money.claim` of one period anew from findings, decided cases, core.*, cur.* and the register.

    Rows of other periods stay. Needs finding.rule and the findings and upcoding cases of the four quarters before,
    where there are any: what they put forward is served first. Runs inside the caller's transaction. `as_of` is only
    asked where the configuration lets a reply that never came count as acceptance (`review.uphold_overdue`).
    """
    issued = register.issued_candidates()
    engine.replace("money.standing", "money/standing", stages=list(STAGES))
    put_issued(engine, issued)
    put(engine, "money.trust", trust(engine, issued, config))
    put_decided(engine, register, period, config)
    engine.replace("money.rule", "money/rule")
    engine.replace("money.item_line", "money/item_line")
    engine.replace("money.found", "money/found_id")
    put(engine, "money.issued_first", _first(engine, register))
    asked = {"period": period, "bundled_line_policy": config.params.bundled_line_policy}
    engine.replace("money.candidate", "money/candidate", **asked)
    put_hold_rows(engine, issued, period)
    for table in CHAIN:
        engine.replace(f"money.{table}", f"money/{table}", **asked)
        if table == "payer_amount":
            put_marginal(engine, config)
    current = engine.query("money/claim", period=period)
    standing = engine.frame("select candidate_id, outcome, answer from money.standing")
    if config.review.uphold_overdue and as_of is not None:
        standing = with_overdue(standing, issued, as_of)
    found = engine.frame("select distinct candidate_id, period as found_in from money.found")
    back = engine.query("money/came_back")
    rows = with_status(current, issued, standing, found, period, back=back, issue=register.next_name(period))
    replace_period(engine, "money.claim", period, rows)
    for table in SCRATCH:
        engine.con.execute(f"drop table if exists money.{table}")


def _first(engine: Engine, register: Register) -> pl.DataFrame:
    """Candidates (period, candidate_id, setl_id) of the first lists of quarters whose extrapolated money came back."""
    came = engine.frame("select distinct period from cur.recovered_d where source = 'extrapolated' order by period")
    named = [(period, register.first_candidates(period)) for period in came["period"].drop_nulls()]
    made = [frame.with_columns(period=pl.lit(period)) for period, frame in named if frame.height]
    return pl.concat(made) if made else pl.DataFrame(schema=dict.fromkeys(FIRST, pl.String))

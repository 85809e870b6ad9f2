"""Amounts of candidates by what the fund would have paid without them (`amount_method` marginal)."""

from collections import defaultdict
from typing import Any

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.engine.frames import put
from models.money.benefits import Settled, fitting, pays
from models.money.payers import FUND_PAYERS

SCHEMA = {
    "candidate_id": pl.String,
    "setl_id": pl.String,
    "bkkp_sn": pl.String,
    "payer": pl.String,
    "amount": pl.Int64,
    "ceiling": pl.Int64,
}


def put_marginal(engine: Engine, config: Config) -> None:
    """Make money.marginal (grain: candidate_id, setl_id, bkkp_sn, payer; fen), and put its amounts into payer_amount.

    Empty unless the configuration asks for it. A settlement counts for a payer only where the benefit that fits it
    gives, of its whole in-scope amount, exactly what was paid: else its parameters are not the ones it was settled by.
    Needs money.candidate, money.paid, money.payer_amount.
    """
    rows: list[tuple[Any, ...]] = []
    if config.params.amount_method == "marginal" and config.params.benefits:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in engine.query("money/marginal_base").iter_rows(named=True):
            found[row["setl_id"]].append(row)
        paid = {
            (setl_id, payer): int(amount)
            for setl_id, payer, amount in engine.frame("select setl_id, payer, fen from money.paid").iter_rows()
        }
        for setl_id, candidates in found.items():
            for payer in FUND_PAYERS:
                rows += _amounts(candidates, payer, paid.get((setl_id, payer), 0), config)
    put(engine, "money.marginal", pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    if rows:
        engine.replace("money.payer_amount", "money/marginal_amount")


def _amounts(candidates: list[dict[str, Any]], payer: str, paid: int, config: Config) -> list[tuple[Any, ...]]:
    """Rows of money.marginal of one settlement and payer; candidates in the order in which they are served.

    Each line's violating amount is taken out of scope after those before it, so that the amounts add up to what was
    paid once everything is out. On one line amounts grow with every candidate, as the claims that nest in them need.
    """
    first = candidates[0]
    settled = Settled(
        first["insutype"], first["med_type"], first["hosp_lv"], first["day"], first["scope"], first["deductible"]
    )
    benefit = fitting(config.params.benefits, payer, settled)
    before = first[f"before_{payer}"] or 0
    if not paid or benefit is None or pays(benefit, settled.scope, settled.deductible, before) != paid:
        return []
    left, owed = settled.scope, paid
    out: dict[str, int] = defaultdict(int)
    amount: dict[str, int] = defaultdict(int)
    rows = []
    for row in candidates:
        place = row["bkkp_sn"] or ""
        wrong = (2 * row["in_scope"] * row["part_num"] + row["part_den"]) // (2 * row["part_den"])
        more = min(max(int(wrong) - out[place], 0), left)
        left, out[place] = left - more, out[place] + more
        now = pays(benefit, left, settled.deductible, before)
        amount[place] += owed - now
        owed = now
        rows.append((row["candidate_id"], row["setl_id"], row["bkkp_sn"], payer, amount[place], paid))
    return rows

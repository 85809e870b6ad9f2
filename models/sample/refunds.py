"""Refunds and cancelled settlements.

Whole and partial, with and without lines, with and without a pointer to the original.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from models.sample.draft import Draft
from models.sample.money import FUND_PAYERS, HEADER_OF, LINE_MONEY
from models.sample.months import DAY, Calendar
from models.sample.settle import Ledger

REFUND_SHARE, CANCELLED_SHARE = 0.024, 0.004
CATEGORIES = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
PERSONAL = ("psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay")
HEADER_MONEY = (
    "medfee_sumamt",
    *CATEGORIES,
    "act_pay_dedc",
    *FUND_PAYERS,
    "fund_pay_sumamt",
    "hosp_part_amt",
    *PERSONAL,
)
KINDS = ("whole", "unpointed", "positive", "lines", "bare")
ODDS = (0.45, 0.15, 0.15, 0.15, 0.10)


@dataclass
class Refund:
    """One refund to make: row of the original, kind, and the lines it returns (numerator of a half where halved)."""

    kind: str
    source: dict[str, int]
    money: dict[str, int]
    lines: list[dict[str, int]]


def candidates(ledger: Ledger, d: Draft) -> pl.DataFrame:
    """Ordinary, unmarked settlements, each with whether a planted line hangs on it."""
    marked = ledger.lines.filter(pl.col("mark") > 0)["sid"].unique()
    noted = [row["vid"] for row in d.truth.get("settlement_marks", [])]
    s = ledger.settlements.filter(
        (pl.col("origin") == "")
        & (pl.col("cut") == 0)
        & (pl.col("tier") == pl.col("true_tier"))
        & ~pl.col("vid").is_in(noted)
    )
    used = sorted(d.used)
    twin = pl.len().over("person", "provider", "begin", "medfee_sumamt") > 1
    return s.with_columns(marked=pl.col("sid").is_in(marked.implode()), used=pl.col("vid").is_in(used), twin=twin)


def _scaled(row: dict[str, int], categories: dict[str, int]) -> dict[str, int]:
    """Money of a partial refund: payers in proportion to the in-scope amount, the rest the person's."""
    part, whole = categories["inscp_scp_amt"], max(1, row["inscp_scp_amt"])
    out = {**categories, "medfee_sumamt": sum(categories.values()), "act_pay_dedc": 0, "hosp_part_amt": 0}
    for payer in FUND_PAYERS:
        out[payer] = row[payer] * part // whole
    out["fund_pay_sumamt"] = sum(out[p] for p in FUND_PAYERS)
    psn = out["medfee_sumamt"] - out["fund_pay_sumamt"]
    acct = (
        min(row["acct_pay"], psn) if row["psn_cash_pay"] == 0 else psn * row["acct_pay"] // max(1, row["psn_part_amt"])
    )
    return {**out, "psn_part_amt": psn, "acct_pay": acct, "acct_mulaid_pay": 0, "psn_cash_pay": psn - acct}


def _partial_lines(row: dict[str, int], lines: list[dict[str, int]]) -> Refund | None:
    """Return one unmarked line, wholly or half of its quantity."""
    able = [x for x in lines if x["mark"] == 0 and x["inscp_scp_amt"] > 0]
    if len(lines) < 2 or not able:
        return None
    line = dict(able[row["sid"] % len(able)])
    if line["cnt"] % 2 == 0 and row["sid"] % 2:
        line["cnt"] //= 2
        total = line["det_item_fee_sumamt"] // 2
        for column in ("overlmt_amt", "fulamt_ownpay_amt", "preselfpay_amt"):
            line[column] //= 2
        line["det_item_fee_sumamt"] = total
        line["inscp_scp_amt"] = total - line["overlmt_amt"] - line["fulamt_ownpay_amt"] - line["preselfpay_amt"]
    categories = {HEADER_OF[c]: line[c] for c in LINE_MONEY if c != "det_item_fee_sumamt"}
    if sum(categories.values()) * 10 > row["medfee_sumamt"] * 7:
        return None
    return Refund("lines", row, _scaled(row, categories), [line])


def make(row: dict[str, int], lines: list[dict[str, int]], kind: str) -> Refund | None:
    """The refund of one settlement; None where this kind does not fit it."""
    simple = (
        row["acct_mulaid_pay"] == 0
        and (row["psn_cash_pay"] == 0 or row["psn_cash_pay"] >= 200)
        and row["hosp_part_amt"] == 0
    )
    roomy = (
        simple
        and row["fam"] < 0
        and row["fund_pay_sumamt"] * 10 <= row["inscp_scp_amt"] * 9
        and row["inscp_scp_amt"] > 1_000
    )
    if kind in ("lines", "bare") and not roomy:
        return None
    if kind == "lines":
        return _partial_lines(row, lines)
    if kind == "bare":
        return Refund(kind, row, _scaled(row, {c: row[c] * 3 // 10 for c in CATEGORIES}), [])
    whole = {c: row[c] for c in HEADER_MONEY}
    return Refund(kind, row, whole, [] if kind == "positive" else [dict(x) for x in lines])


def apply(ledger: Ledger, d: Draft, cal: Calendar, pharmacies: np.ndarray, rng: np.random.Generator) -> None:
    """Add refund rows and mark cancelled settlements, in place.

    Whole refunds and cancellations spare planted evidence.
    """
    ledger.settlements = ledger.settlements.with_columns(
        refd_setl_flag=pl.lit("0"), vali_flag=pl.lit("1"), init_sid=pl.lit(-1, pl.Int64), sign=pl.lit(1, pl.Int64)
    )
    ledger.lines = ledger.lines.with_columns(vali_flag=pl.lit("1"), init_lid=pl.lit(-1, pl.Int64))
    pool = candidates(ledger, d)
    n = round(pool.height * REFUND_SHARE)
    rows = np.sort(rng.choice(pool.height, min(n, pool.height), replace=False))
    marked = np.flatnonzero(pool["marked"].to_numpy())
    rows = np.unique(np.r_[rows, rng.choice(marked, len(marked) // 12, replace=False)]) if len(marked) else rows
    chosen = pool[rows.astype(np.int64)]
    by_sid: dict[int, list[dict[str, int]]] = {}
    for line in ledger.lines.filter(pl.col("sid").is_in(chosen["sid"].implode())).iter_rows(named=True):
        by_sid.setdefault(line["sid"], []).append(line)
    refunds = []
    for row in chosen.iter_rows(named=True):
        kind = str(rng.choice(KINDS, p=ODDS))
        if row["used"] and kind not in ("lines", "bare"):
            kind = ("lines", "bare")[row["sid"] % 2]
        if row["twin"] and kind in ("unpointed", "positive"):
            kind = "whole"
        if kind in ("positive", "bare") and row["provider"] in pharmacies:
            kind = "lines" if row["used"] else "whole"  # stock comes back: a pharmacy's refund has its lines
        refund = make(row, by_sid.get(row["sid"], []), kind)
        later = row["at"] + int(rng.integers(2 * 3600, 18 * DAY))
        if refund and later < cal.end_day * DAY:
            refunds.append((refund, later))
    _append(ledger, refunds, cal)
    _cancel(ledger, pool, {r.source["sid"] for r, _ in refunds}, rng)


def _append(ledger: Ledger, refunds: list[tuple[Refund, int]], cal: Calendar) -> None:
    sid, lid = ledger.settlements.height, ledger.lines.height
    headers, lines = [], []
    for refund, at in refunds:
        sign = 1 if refund.kind == "positive" else -1
        month = int(cal.month_of(np.array([at // DAY]))[0])
        header: dict[str, Any] = {
            **refund.source,
            **{k: sign * v for k, v in refund.money.items()},
            "sid": sid,
            "at": at,
            "month": month,
        }
        header |= {
            "refd_setl_flag": "1",
            "init_sid": -1 if refund.kind == "unpointed" else refund.source["sid"],
            "sign": sign,
        }
        headers.append({k: header[k] for k in ledger.settlements.columns})
        for line in refund.lines:
            back = {
                **line,
                **{c: -line[c] for c in (*LINE_MONEY, "cnt")},
                "sid": sid,
                "lid": lid,
                "init_lid": line["lid"],
                "month": month,
                "mark": 0,
                "at": at,
            }
            lines.append({k: back[k] for k in ledger.lines.columns})
            lid += 1
        sid += 1
    if headers:
        ledger.settlements = pl.concat([ledger.settlements, pl.DataFrame(headers, schema=ledger.settlements.schema)])
    if lines:
        ledger.lines = pl.concat([ledger.lines, pl.DataFrame(lines, schema=ledger.lines.schema)])


def _cancel(ledger: Ledger, pool: pl.DataFrame, refunded: set[int], rng: np.random.Generator) -> None:
    free = pool.filter(~pl.col("used") & ~pl.col("marked") & ~pl.col("sid").is_in(sorted(refunded)))["sid"].to_numpy()
    gone = rng.choice(free, min(len(free), max(1, round(len(free) * CANCELLED_SHARE))), replace=False)
    flag = (
        pl.when(pl.col("sid").is_in(np.sort(gone).tolist())).then(pl.lit("0")).otherwise("vali_flag").alias("vali_flag")
    )
    ledger.settlements = ledger.settlements.with_columns(flag)
    ledger.lines = ledger.lines.with_columns(flag)

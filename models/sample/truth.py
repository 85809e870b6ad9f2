"""The truth beside the extracts.

Every planted line with its amounts, settlements, providers, people, groups and identities.
"""

from decimal import Decimal
from typing import Any

import polars as pl

from models.sample import ids
from models.sample.draft import Draft, Mark
from models.sample.money import FUND_PAYERS, LINE_MONEY
from models.sample.people import People
from models.sample.providers import Providers
from models.sample.settle import Ledger
from models.sample.shares import ACCOUNTS, half_up, paid, shares

MONEY = pl.Decimal(16, 2)


def yuan(fen: int) -> Decimal:
    """Fen as a decimal amount of yuan."""
    return Decimal(fen).scaleb(-2)


class Books:
    """Net payments and net lines of the settlements that the truth speaks of."""

    def __init__(self, ledger: Ledger, sids: list[int]) -> None:
        s = ledger.settlements
        self.header = {r["sid"]: r for r in s.filter(pl.col("sid").is_in(sids)).iter_rows(named=True)}
        self.refunds: dict[int, list[dict[str, Any]]] = {}
        for r in s.filter(pl.col("refd_setl_flag") == "1").filter(pl.col("init_sid").is_in(sids)).iter_rows(named=True):
            self.refunds.setdefault(r["init_sid"], []).append(r)
        own = ledger.lines.filter(pl.col("sid").is_in(sids))
        back = ledger.lines.filter(pl.col("init_lid").is_in(own["lid"].implode()))
        returned: dict[int, dict[str, int]] = {}
        for r in back.iter_rows(named=True):
            returned[r["init_lid"]] = r
        self.lines: dict[int, list[dict[str, Any]]] = {}
        for line in own.iter_rows(named=True):
            negative = returned.get(line["lid"])
            if negative:
                line = {**line, **{c: line[c] + negative[c] for c in (*LINE_MONEY, "cnt")}}
            self.lines.setdefault(line["sid"], []).append(line)

    def paid(self, sid: int) -> dict[str, int]:
        """Net payment per payer of a settlement."""
        header = self.header[sid]
        return paid(header, self.refunds.get(sid, []), bool(header["grouped"]))

    def fund(self, sid: int) -> int:
        """Net fund payment of a settlement."""
        net = self.paid(sid)
        return sum(net[p] for p in FUND_PAYERS)


def _frequency_parts(lines: list[dict[str, Any]], max_cnt: int) -> list[tuple[dict[str, Any], int]]:
    """Latest lines first until the excess is used up: the line and its excess quantity."""
    excess = sum(x["cnt"] for x in lines) - max_cnt
    out = []
    for line in sorted(lines, key=lambda x: (x["at"], x["lid"]), reverse=True):
        part = min(excess, line["cnt"])
        if part > 0:
            out.append((line, part))
            excess -= part
    return out


def _part(line: dict[str, Any], mark: Mark, excess_cnt: int) -> tuple[int, int, int]:
    """Gross amount at stake (fen), and the share of the line's payment as a fraction."""
    total = line["det_item_fee_sumamt"]
    if mark.kind == "price":
        gross = half_up((line["pric"] - mark.cap) * line["cnt"], 10_000) - line["overlmt_amt"]
        return gross, gross, total - line["overlmt_amt"]
    if mark.kind == "frequency":
        return half_up(total * excess_cnt, line["cnt"]), excess_cnt, line["cnt"]
    if mark.kind == "part":
        return half_up(total * mark.num, mark.den), mark.num, mark.den
    return total, 1, 1


def planted_lines(ledger: Ledger, d: Draft, recovered: set[int]) -> pl.DataFrame:
    """One row a rule and planted line, amounts by the contract; `claimable` says which rule of a line claims."""
    marked = ledger.lines.filter((pl.col("mark") > 0) & (pl.col("sid") >= 0))
    books = Books(ledger, marked["sid"].unique().sort().to_list())
    of_mark: dict[int, list[dict[str, Any]]] = {}
    split = {sid: shares(books.paid(sid), lines) for sid, lines in books.lines.items()}
    for lines in books.lines.values():
        for line in lines:
            if line["mark"] > 0:
                of_mark.setdefault(line["mark"], []).append(line)
    rows = []
    for number, lines in sorted(of_mark.items()):
        mark = d.marks[number]
        hit = _frequency_parts(lines, mark.max_cnt) if mark.kind == "frequency" else [(x, 0) for x in lines]
        for line, excess_cnt in hit:
            gross, num, den = _part(line, mark, excess_cnt)
            share = split[line["sid"]][line["lid"]]
            fund = sum(half_up(share[p] * num, den) for p in FUND_PAYERS)
            acct = sum(half_up(share[p] * num, den) for p in ACCOUNTS)
            for k, rule in enumerate(sorted(mark.rules)):
                claims = k == 0 and line["lid"] not in recovered
                rows.append(
                    {
                        "scheme": mark.kind,
                        "rule_id": rule,
                        "setl_id": ids.one_setl_id(line["sid"]),
                        "bkkp_sn": ids.one_bkkp_sn(line["lid"]),
                        "gross_amount": yuan(gross),
                        "fund_amount": yuan(fund),
                        "acct_amount": yuan(acct),
                        "claimable": int(claims),
                        "claim_amount": yuan(fund if claims else 0),
                        "bundled": int(books.header[line["sid"]]["grouped"]),
                        "refunded_in_part": int(line["sid"] in books.refunds),
                    }
                )
    kinds: dict[str, Any] = dict.fromkeys(("scheme", "rule_id", "setl_id", "bkkp_sn"), pl.String)
    kinds |= {
        "gross_amount": MONEY,
        "fund_amount": MONEY,
        "acct_amount": MONEY,
        "claimable": pl.Int64,
        "claim_amount": MONEY,
        "bundled": pl.Int64,
        "refunded_in_part": pl.Int64,
    }
    return pl.DataFrame(rows, schema=kinds).sort("rule_id", "setl_id", "bkkp_sn")


def planted_settlements(ledger: Ledger, d: Draft, people: People, providers: Providers) -> pl.DataFrame:
    """Settlements of the schemes that no single line shows.

    Amount = what was wrongly paid (upcoding) or the net payment at issue.
    """
    of_vid = {row["vid"]: row["scheme"] for row in d.truth.get("settlement_marks", [])}
    plain = (pl.col("refd_setl_flag") == "0") & (pl.col("vali_flag") == "1") & ~pl.col("mid")
    upcoded = ledger.settlements.filter(plain & pl.col("grouped") & (pl.col("tier") != pl.col("true_tier")))
    other = ledger.settlements.filter(plain & pl.col("vid").is_in(sorted(of_vid)))
    frame = pl.concat([upcoded.with_columns(up=pl.lit(True)), other.with_columns(up=pl.lit(False))])
    books = Books(ledger, frame["sid"].to_list())
    rows = []
    for r in frame.iter_rows(named=True):
        fund = books.fund(r["sid"])
        amount = max(0, min(fund, r["pay_std"] - r["fair_std"])) if r["up"] else fund
        rows.append(
            (
                ("upcoding" if r["up"] else of_vid[r["vid"]]),
                ids.one_setl_id(r["sid"]),
                str(people.psn_no[r["person"]]),
                str(providers.code[r["provider"]]),
                yuan(amount),
            )
        )
    schema: dict[str, Any] = {
        **dict.fromkeys(("scheme", "setl_id", "psn_no", "fixmedins_code"), pl.String),
        "amount": MONEY,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("scheme", "setl_id")


def identities(people: People) -> pl.DataFrame:
    """Everybody's number, name and certificate: what must never be found behind ingestion."""
    return pl.DataFrame({"psn_no": people.psn_no, "psn_name": people.psn_name, "certno": people.certno})


NOTES: dict[str, tuple[str, ...]] = {
    "providers": ("scheme", "fixmedins_code", "expected"),
    "persons": ("scheme", "psn_no", "expected", "month"),
    "groups": ("scheme", "group_id", "psn_no", "fixmedins_code", "dates"),
    "funds": ("scheme", "insutype", "fixmedins_code", "year"),
    "inventory": (
        "scheme",
        "rule_id",
        "fixmedins_code",
        "item_code",
        "month",
        "claimed_cnt",
        "missing_cnt",
        "opening_cnt",
        "purchased_cnt",
    ),
}


def noted(d: Draft, table: str) -> pl.DataFrame:
    """A table of the truth that the schemes wrote themselves."""
    columns = NOTES[table]
    kinds = {c: pl.Int64 if c.endswith("_cnt") else pl.String for c in columns}
    rows = [{c: row.get(c) for c in columns} for row in d.truth.get(table, [])]
    return pl.DataFrame(rows, schema=kinds)

"""What one notice says, taken from the rows of an issued list."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

ZERO = Decimal("0.00")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Notice:
    """One provider's notice; `rows` are its rows of the list (see the `clawback` contract) in the list's order."""

    number: str
    period: str
    fixmedins_code: str
    fixmedins_name: str
    notified_on: date
    reply_due_on: date
    reply_days: int
    rows: pl.DataFrame

    @property
    def file_name(self) -> str:
        """The provider's code as a file name; a code that could name another place is replaced by its hash."""
        if _SAFE.fullmatch(self.fixmedins_code) and self.fixmedins_code.lower() != "summary":
            return self.fixmedins_code
        return "provider-" + hashlib.sha256(self.fixmedins_code.encode()).hexdigest()[:16]

    @property
    def live(self) -> pl.DataFrame:
        """Rows that can be answered: what is withdrawn or closed needs no reply."""
        return self.rows.filter(~self._closed())

    @property
    def lines(self) -> pl.DataFrame:
        """All rows, those that can be answered first: their numbers are then those of the reply sheet."""
        return pl.concat([self.live, self.rows.filter(self._closed())])

    @staticmethod
    def _closed() -> pl.Expr:
        return pl.col("status").is_in(["withdrawn", "overturned", "recovered"])

    def money(self, bundled: int | None = None, column: str = "fund_amount") -> Decimal:
        """Sum of the live rows, of DRG/DIP-paid cases (1), of others (0), or of all."""
        rows = self.live if bundled is None else self.live.filter(pl.col("bundled") == bundled)
        return sum(rows[column].drop_nulls().to_list(), ZERO)

    def by_rule(self) -> list[tuple[str, str, str, int, Decimal, Decimal, str]]:
        """Rule, name, track, rows, gross and fund amount, basis of the live rows; the most money first."""
        groups = self.live.group_by("rule_id", "rule_name", "track").agg(
            rows=pl.len(),
            gross=pl.col("gross_amount").sum(),
            fund=pl.col("fund_amount").sum(),
            basis=pl.col("basis").drop_nulls().unique().sort(),
        )
        ordered = groups.sort("fund", "rule_id", "track", descending=[True, False, False])
        return [(*row[:-1], "；".join(row[-1])) for row in ordered.iter_rows()]


def notices_of(
    rows: pl.DataFrame, name: str, period: str, notified_on: date, reply_due_on: date, reply_days: int
) -> list[Notice]:
    """The notices of an issued list, a provider each, ordered by provider."""
    parts = rows.sort("fixmedins_code", maintain_order=True).partition_by("fixmedins_code", maintain_order=True)
    found = []
    for part in parts if rows.height else []:
        code = str(part["fixmedins_code"][0])
        called = str(part["fixmedins_name"].drop_nulls().max() or "")
        found.append(Notice(f"{name}-{code}", period, code, called, notified_on, reply_due_on, reply_days, part))
    return found

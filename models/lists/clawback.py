"""What of a quarter's claims is listed, what is only counted, and each provider's totals."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from models.config import Config
from models.contracts.lists import schema
from models.engine.duck import Engine

ZERO = Decimal("0.00")
LIMITATION = (5, 2)  # years after which a recovery may be time-barred, the longer one first


@dataclass(frozen=True)
class Listed:
    """The rows to list, those below the minimum amount, and how many rows are older than a limitation period."""

    rows: pl.DataFrame
    below: pl.DataFrame
    old: dict[int, int]

    @property
    def warnings(self) -> list[str]:
        """A line each for the manifest."""
        said = []
        if self.below.height:
            amount = sum(self.below["fund_amount"].to_list(), ZERO)
            said.append(
                f"低于最低金额未列入 {self.below.height} 条，合计 {amount} 元 / "
                f"{self.below.height} candidates below the minimum amount are counted, not listed: {amount} yuan"
            )
        return said + [
            f"时效提示：{count} 条距费用发生已超过 {years} 年 / limitation: {count} rows lie over {years} years back"
            for years, count in sorted(self.old.items())
            if count
        ]


def listed(claims: pl.DataFrame, config: Config, as_of: datetime | None) -> Listed:
    """Split a quarter's rows of money.claim by the minimum amount and mark what is old.

    Only new candidates with money fall under the minimum: what is issued stays, and questions without a claim are no
    small claims. A row older than two or five years carries `limitation_years` in its evidence; it stays a row.
    """
    amount = pl.col("fund_amount") + pl.col("acct_amount")
    small = (pl.col("status") == "new") & (amount > 0) & (amount < pl.lit(config.thresholds.minimum_amount))
    rows = _with_age(claims.filter(~small), as_of.date() if as_of else None)
    old = {years: rows.filter(pl.col("limitation_years") == years).height for years in LIMITATION}
    return Listed(_evident(rows), claims.filter(small), old)


def years_before(day: date, years: int) -> date:
    """The same day so many years before; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _with_age(rows: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """Add limitation_years: 5 or 2 where the charge lies further back than that, else null."""
    if as_of is None:
        return rows.with_columns(limitation_years=pl.lit(None, pl.Int64))
    charged = pl.coalesce("fee_ocur_time", "setl_time").dt.date()
    longer, shorter = LIMITATION
    return rows.with_columns(
        limitation_years=pl.when(charged < years_before(as_of, longer))
        .then(longer)
        .when(charged < years_before(as_of, shorter))
        .then(shorter)
        .cast(pl.Int64)
    )


def _evident(rows: pl.DataFrame) -> pl.DataFrame:
    if rows["limitation_years"].null_count() == rows.height:
        return rows.drop("limitation_years")
    evidence = [
        facts if years is None else _with_years(facts, years)
        for facts, years in zip(rows["evidence"], rows["limitation_years"], strict=True)
    ]
    return rows.with_columns(pl.Series("evidence", evidence, dtype=pl.String)).drop("limitation_years")


def _with_years(facts: str | None, years: int) -> str:
    known = json.loads(facts) if facts else {}
    return json.dumps({**known, "limitation_years": years}, ensure_ascii=False, sort_keys=True)


def provider_totals(engine: Engine, made: Listed, period: str, as_of: datetime | None) -> pl.DataFrame:
    """Rows of the list `clawback_provider` (grain: provider with candidates or recoveries of the period).

    Recoveries that name no settlement stand in a column of their own, not spread over anything.
    """
    rows = _with_age(made.rows, as_of.date() if as_of else None)
    bundled = pl.col("bundled") == 1
    money = pl.col("fund_amount")
    totals = rows.group_by("fixmedins_code").agg(
        fixmedins_name=pl.col("fixmedins_name").max(),
        candidates=pl.len(),
        clear_candidates=(pl.col("track") == "clear").sum(),
        settlements=pl.col("setl_id").drop_nulls().n_unique(),
        fund_amount=money.filter(~bundled).sum(),
        bundled_fund_amount=money.filter(bundled).sum(),
        provisional_amount=money.filter(pl.col("amount_status") == "provisional").sum(),
        acct_amount=pl.col("acct_amount").sum(),
        over_two_years=pl.col("limitation_years").is_not_null().sum(),
        over_five_years=(pl.col("limitation_years") == LIMITATION[0]).sum(),
        notice_no=pl.col("notice_no").drop_nulls().max(),
    )
    small = made.below.group_by("fixmedins_code").agg(
        small_name=pl.col("fixmedins_name").max(), below_minimum=pl.len(), below_minimum_amount=money.sum()
    )
    back = engine.query("lists/recovered_provider", period=period)
    joined = totals.join(small, on="fixmedins_code", how="full", coalesce=True).join(
        back, on="fixmedins_code", how="full", coalesce=True
    )
    wanted = schema("clawback_provider")
    named = joined.with_columns(
        period=pl.lit(period), fixmedins_name=pl.coalesce("fixmedins_name", "small_name", "known_name")
    )
    numbers = [name for name, kind in wanted.items() if kind == pl.Int64 or isinstance(kind, pl.Decimal)]
    return named.select(
        pl.col(name).fill_null(0).cast(kind) if name in numbers else pl.col(name).cast(kind)
        for name, kind in wanted.items()
    )

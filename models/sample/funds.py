"""Budgets of the insurances and quotas of hospitals, from what the county spends; one fund is planned too small.

Nothing is drawn: budgets follow from the settled world, so that no other table depends on them.
"""

from dataclasses import dataclass

import polars as pl

from models.sample.draft import Draft
from models.sample.months import Calendar
from models.sample.people import HOME_ADMDVS
from models.sample.providers import Providers

#: budget over what a year spends: residents' fund is planned too small, employees' is not
FACTORS = {"310": 1.15, "390": 0.82}
OVERSPENT = "390"
#: quotas of hospitals over what they are paid: innocent all of them, some with little to spare
QUOTAS = (1.10, 1.15, 1.20, 1.30)
ROUND = 100_000  # fen: a budget is decided in thousands of yuan


@dataclass(frozen=True)
class Spent:
    """A year's payments, of the months that are there as much as twelve of them would be (fen)."""

    year: int
    by_insurance: dict[str, int]
    by_provider: dict[str, int]


def spending(settlements: pl.DataFrame, cal: Calendar) -> list[Spent]:
    """Payments of the area's own insured by year; refunds count negative, cancelled rows not at all."""
    names = pl.Series(cal.names)
    own = settlements.filter((pl.col("insu_admdvs") == HOME_ADMDVS) & (pl.col("vali_flag") == "1"))
    own = own.with_columns(year=names.gather(own["month"]).str.slice(0, 4))
    found = []
    for year in sorted({name[:4] for name in cal.names}):
        months = sum(name.startswith(year) for name in cal.names)
        rows = own.filter(pl.col("year") == year)
        found.append(Spent(int(year), *(_sums(rows, by, months) for by in ("insutype", "fixmedins_code"))))
    return found


def _sums(rows: pl.DataFrame, by: str, months: int) -> dict[str, int]:
    sums = rows.group_by(by).agg(pl.col("fund_pay_sumamt").sum()).sort(by)
    return {str(key): int(value) * 12 // months for key, value in sums.rows()}


def budgets(settlements: pl.DataFrame, providers: Providers, cal: Calendar, d: Draft) -> pl.DataFrame:
    """fund_budget_d: a budget an insurance and year, a quota a hospital of the area and year; writes the truth."""
    hospitals = [
        str(providers.code[i])
        for i in range(len(providers.code))
        if providers.beds[i] > 0 and not providers.external[i]
    ]
    rows: list[dict[str, object]] = []
    for spent in spending(settlements, cal):
        for insutype, factor in FACTORS.items():
            amount = _rounded(spent.by_insurance.get(insutype, 0) * factor)
            rows.append({"fixmedins_code": None, "insutype": insutype, "year": spent.year, "amount": amount})
            scheme = "fund_overspent" if insutype == OVERSPENT else "lookalike_fund"
            d.note("funds", scheme=scheme, insutype=insutype, fixmedins_code=None, year=str(spent.year))
        for n, code in enumerate(hospitals):
            amount = _rounded(spent.by_provider.get(code, 0) * QUOTAS[n % len(QUOTAS)])
            if amount:
                rows.append({"fixmedins_code": code, "insutype": None, "year": spent.year, "amount": amount})
                d.note("funds", scheme="lookalike_quota", insutype=None, fixmedins_code=code, year=str(spent.year))
    return pl.DataFrame(rows, infer_schema_length=None)


def _rounded(fen: float) -> int:
    return -(-int(fen) // ROUND) * ROUND

"""What a provider was paid in the twelve months, in the twelve before, and how that stands to its quota."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from models.engine.duck import Engine
from models.fund.units import YEAR, ZERO, months_from
from models.periods import month_start

CENT = Decimal("0.01")
Quotas = dict[int, dict[str, dict[str | None, Decimal]]]  # by year, provider, insurance (None: all of them)


class Payments:
    """Fund money of the area's own insured by provider; reads core.settlement, core.provider, cur.fund_budget_d."""

    def __init__(self, engine: Engine, first_day: date, before: date) -> None:
        self.months = months_from(first_day, YEAR)
        self.months_before = months_from(month_start(first_day, -YEAR), YEAR)
        loaded = set(engine.query("fund/loaded_month", before=before)["month"].to_list())
        self.loaded = len(loaded & set(self.months))
        self.whole = self.loaded == YEAR
        self.whole_before = set(self.months_before) <= loaded
        self.spend: dict[str, dict[date, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
        spend = engine.query("fund/spend", first_month=self.months_before[0], before=before)
        for row in spend.iter_rows(named=True):
            self.spend[row["fixmedins_code"]][row["month"]][row["insutype"]] = row["spend_amount"]
        self.quotas = _quotas(engine, sorted({month.year for month in self.months}))

    def paid(self, code: str, months: list[date], insurances: set[str] | None = None) -> Decimal:
        """Yuan paid to a provider in these months, for all insurances or for some."""
        own = self.spend.get(code, {})
        cells = (cell for month in months for cell in own.get(month, {}).items())
        return sum((amount for insurance, amount in cells if insurances is None or insurance in insurances), ZERO)

    def columns(self, code: str) -> dict[str, Any]:
        """The list's columns of payments and quota; null where the months or the quota are not there."""
        paid = self.paid(code, self.months)
        earlier = self.paid(code, self.months_before) if self.whole_before else None
        quota, under = self._quota(code)
        return {
            "months": self.loaded,
            "fund_amount": paid,
            "fund_last_year_amount": earlier,
            "growth": float(paid / earlier - 1) if earlier and earlier > 0 and self.whole else None,
            "quota_amount": quota,
            "quota_paid_amount": under,
            "quota_share": float(under / quota) if quota and under is not None and self.whole else None,
        }

    def _quota(self, code: str) -> tuple[Decimal | None, Decimal | None]:
        """Quota of the twelve months and what counts against it; each calendar year gives its quota by its months.

        A quota of all insurances comes before those of single ones, which count their own insurances alone.
        """
        quota, under = ZERO, ZERO
        for year, own in self.quotas.items():
            months = [month for month in self.months if month.year == year]
            given = own.get(code)
            if not given:
                return None, None
            insurances = None if None in given else {one for one in given if one}
            amount = given[None] if None in given else sum(given.values(), ZERO)
            quota += amount * len(months) / YEAR
            under += self.paid(code, months, insurances)
        return quota.quantize(CENT), under


def _quotas(engine: Engine, years: list[int]) -> Quotas:
    found: Quotas = {year: defaultdict(dict) for year in years}
    for year, own in found.items():
        for row in engine.query("fund/budget", year=year).iter_rows(named=True):
            if row["fixmedins_code"] is not None:
                own[row["fixmedins_code"]][row["insutype"]] = row["budget_amount"]
    return found

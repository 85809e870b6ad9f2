"""Budgets of the invented county: a year's worth of what is spent, one fund too small, the others with room."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.sample.draft import Draft
from models.sample.funds import OVERSPENT, budgets, spending
from models.sample.months import calendar
from models.sample.people import HOME_ADMDVS
from models.sample.providers import make_providers
from models.sample.seeds import stream

PLACES = make_providers(stream(1, "providers"), 12)
CAL = calendar("202401", 15)


def settled(amounts: list[int]) -> pl.DataFrame:
    """Settlements of fen in turn over months, insurances and providers; outside insured and cancelled rows beside."""
    n = len(amounts)
    own = pl.DataFrame(
        {
            "insu_admdvs": [HOME_ADMDVS] * n,
            "vali_flag": ["1"] * n,
            "month": [i % 15 for i in range(n)],
            "insutype": ["310" if i % 2 else "390" for i in range(n)],
            "fixmedins_code": [str(PLACES.code[i % 12]) for i in range(n)],
            "fund_pay_sumamt": amounts,
        }
    )
    elsewhere = own.with_columns(insu_admdvs=pl.lit("330100"))
    return pl.concat([own, elsewhere, own.with_columns(vali_flag=pl.lit("0"))])


@given(st.lists(st.integers(1_000_000, 900_000_000), min_size=60, max_size=80))
def test_only_the_planted_fund_has_less_than_a_year_spends(amounts: list[int]) -> None:
    frame, draft = settled(amounts), Draft()
    spent = {one.year: one for one in spending(frame, CAL)}
    assert sorted(spent) == [2024, 2025]
    whole = sum(amount for i, amount in enumerate(amounts) if i % 15 < 12)
    assert sum(spent[2024].by_insurance.values()) == whole
    for row in budgets(frame, PLACES, CAL, draft).to_dicts():
        year = spent[row["year"]]
        paid = year.by_insurance[row["insutype"]] if row["insutype"] else year.by_provider[row["fixmedins_code"]]
        assert (row["amount"] < paid) == (row["insutype"] == OVERSPENT)
    schemes = pl.DataFrame(draft.truth["funds"]).group_by("scheme").len().sort("scheme").rows()
    assert dict(schemes)["fund_overspent"] == dict(schemes)["lookalike_fund"] == 2

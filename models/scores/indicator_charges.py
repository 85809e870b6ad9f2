"""Shares of what a provider charges: drugs, tests, materials, treatment, CT, MR (rules R56–R61)."""

import polars as pl

from models.rules.registry import Rule

HERBS = "10"
NO_LINES = "本季没有费用明细 / no fee lines in the quarter"


def charge_values(charges: pl.DataFrame, active: pl.DataFrame, rules: dict[str, Rule]) -> pl.DataFrame:
    """Long rows of the charge shares.

    Input: rows of `scores/indicator_charge` (yuan), `scores/indicator_provider`; the indicator rules, whose `classes`
    are the charge classes (med_chrgitm_type, a class holds its sub-codes) of the numerator. Output: a row a provider,
    quarter and indicator: value (0–1), numerator and denominator (yuan), cases (settlements), note. The denominator is
    all settled charges. `drug_share_no_herb` is the share of the reform documents, herbal pieces left out above.
    """
    total = charges.group_by("fixmedins_code", "quarter").agg(denominator=pl.col("amount").sum())
    found = []
    for name, wanted in _wanted(rules).items():
        part = charges.filter(wanted).group_by("fixmedins_code", "quarter").agg(numerator=pl.col("amount").sum())
        rows = active.select("fixmedins_code", "quarter", cases="settlements").join(
            total, on=["fixmedins_code", "quarter"], how="left"
        )
        rows = rows.join(part, on=["fixmedins_code", "quarter"], how="left")
        found.append(rows.with_columns(indicator=pl.lit(name)))
    whole = pl.concat(found).with_columns(
        numerator=pl.when(pl.col("denominator") > 0).then(pl.col("numerator").fill_null(0)).cast(pl.Decimal(18, 4)),
        denominator=pl.col("denominator").fill_null(0).cast(pl.Decimal(18, 4)),
    )
    share = pl.col("numerator").cast(pl.Float64) / pl.col("denominator").cast(pl.Float64)
    return whole.select(
        "fixmedins_code",
        "quarter",
        "indicator",
        "numerator",
        "denominator",
        "cases",
        value=share.round(6),
        unit=pl.lit("share"),
        kind=pl.lit(""),
        note=pl.when(pl.col("denominator") == 0).then(pl.lit(NO_LINES)),
    )


def _wanted(rules: dict[str, Rule]) -> dict[str, pl.Expr]:
    """What belongs above the line of each share."""
    wanted = {}
    for name in ("drug_share", "exam_share", "material_share", "treatment_share"):
        classes = rules[name].params["classes"]
        assert isinstance(classes, list)
        wanted[name] = pl.any_horizontal(pl.col("charge_class").str.starts_with(one) for one in classes)
    wanted["drug_share_no_herb"] = wanted["drug_share"] & ~pl.col("charge_class").str.starts_with(HERBS)
    wanted["ct_share"] = pl.col("imaging") == "CT"
    wanted["mr_share"] = pl.col("imaging") == "MR"
    return wanted

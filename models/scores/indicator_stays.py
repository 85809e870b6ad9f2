"""Indices of stays: CMI, cost and time consumption, high and low multiples, hospital infection, readmission.

Formulas: CMI = Σ weights / cases. 费用消耗指数 and 时间消耗指数 as in the Beijing DRG performance evaluation
(简伟研、胡牧、张修梅, 北京DRGs系统的研究与应用): Σ_g n_g · (c_g / C_g) / Σ_g n_g, where c_g is the provider's mean
cost (days) of group g and C_g the area's. C_g is taken without the provider itself (nobody is his own norm); groups
that nobody else treats often enough stay out. 高/低倍率: cases at or beyond the multiples of the payment standard.
"""

import polars as pl

GROUP = ["quarter", "grp_type", "grp_ver", "grp_code"]
KEYS = ["fixmedins_code", "quarter"]
#: cases of the other providers below which their mean is no norm for a group
LEAST_OTHERS = 5
NO_GROUP = "没有分组结果 / no grouping is delivered"
NO_NORM = "同病组没有足够的其他机构病例 / too few cases of other providers in the same groups"
NO_CONDITION = "诊断未填入院病情，无法识别院内感染 / admission conditions are not filled in, infections cannot be told"
NO_PAST = "此前两个月未入库，看不到返院 / the two months before are not loaded, returns cannot be seen"
BY_MEAN = (
    "支付标准未知的病例按同病组均费衡量 / cases without a payment standard are held against their group's mean cost"
)


def stay_values(cells: pl.DataFrame, first_whole_quarter: str) -> pl.DataFrame:
    """Long rows of the indicators of stays.

    Input: rows of `scores/indicator_group`; the first quarter in which returns can be seen. Output: a row a provider,
    quarter and indicator with value, numerator, denominator, cases, unit (`share`, `index`), kind (what weights are
    comparable inside), note.
    """
    if cells.is_empty():
        return _none()
    grouped = cells.filter(pl.col("grp_code").is_not_null())
    stays = cells.group_by(KEYS).agg(pl.col(c).sum() for c in ("cases", "has_condition", "infected", "readmitted"))
    multiple = grouped.group_by(KEYS).agg(
        pl.col(c).sum() for c in ("cases", "by_standard", "low_cases", "high_cases")
    )  # fmt: skip
    by_mean = pl.when(pl.col("by_standard") < pl.col("cases")).then(pl.lit(BY_MEAN))
    too_early = pl.col("quarter") < first_whole_quarter
    return pl.concat([
        _index(grouped, stays, "cost_index", "cost"),
        _index(grouped, stays, "time_index", "days"),
        _mix(grouped, stays),
        _rows(_every(stays, multiple), "low_multiple_share", "low_cases", "cases", note=by_mean, empty=NO_GROUP),
        _rows(_every(stays, multiple), "high_multiple_share", "high_cases", "cases", note=by_mean, empty=NO_GROUP),
        _rows(stays, "infection_rate", "infected", "has_condition", empty=NO_CONDITION),
        _rows(
            stays.with_columns(readmitted=pl.when(~too_early).then("readmitted")), "readmission_rate", "readmitted",
            "cases", note=pl.when(too_early).then(pl.lit(NO_PAST)),
        ),
    ])  # fmt: skip


def _every(stays: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """Every provider with stays, those without the part with zeros."""
    return stays.select(KEYS).join(part, on=KEYS, how="left").with_columns(pl.col(pl.Int64).fill_null(0))


def _mix(grouped: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """CMI: mean weight of the grouped cases, inside the grouping (type, version) that most of the cases have.

    A DRG's relative weight and a DIP's points are no common scale, nor are two versions of one.
    """
    kinds = (
        grouped.filter(pl.col("weighted") > 0)
        .group_by(*KEYS, "grp_type", "grp_ver")
        .agg(pl.col("wt").sum(), cases=pl.col("weighted").sum())
        .sort(*KEYS, "cases", "grp_type", "grp_ver", descending=[False, False, True, False, False])
        .unique(KEYS, keep="first", maintain_order=True)
        .with_columns(kind=(pl.lit("·") + pl.col("grp_type") + pl.lit(" ") + pl.col("grp_ver")).str.strip_chars_end())
    )
    rows = stays.select(KEYS).join(kinds, on=KEYS, how="left").with_columns(pl.col("cases").fill_null(0))
    return _rows(rows, "cmi", "wt", "cases", unit="index", empty=NO_GROUP)


def _index(grouped: pl.DataFrame, stays: pl.DataFrame, name: str, column: str) -> pl.DataFrame:
    """A consumption index (see above) of cost or days."""
    number = pl.col(column).cast(pl.Float64)
    others = (pl.col("cases").sum().over(GROUP) - pl.col("cases")).cast(pl.Float64)
    rest = (pl.col(column).sum().over(GROUP) - pl.col(column)).cast(pl.Float64)
    held = (
        grouped.with_columns(ratio=pl.when(others >= LEAST_OTHERS).then(number / (rest / others)))
        .filter(pl.col("ratio").is_finite())
        .sort(*KEYS, *GROUP[1:])
        .group_by(KEYS, maintain_order=True)
        .agg(pl.col("ratio").sum().round(4), pl.col("cases").sum())
    )
    rows = stays.select(KEYS).join(held, on=KEYS, how="left").with_columns(pl.col("cases").fill_null(0))
    return _rows(rows, name, "ratio", "cases", unit="index", empty=NO_NORM)


def _rows(
    frame: pl.DataFrame, name: str, top: str, bottom: str, unit: str = "share", note: pl.Expr | None = None,
    empty: str | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Numerator over denominator as long rows; `empty` says why where there is nothing to divide by."""
    there = pl.col(bottom) > 0
    said = pl.when(~there).then(pl.lit(empty, pl.String)).otherwise(pl.lit(None, pl.String) if note is None else note)
    value = pl.col(top).cast(pl.Float64) / pl.col(bottom).cast(pl.Float64)
    return frame.select(
        *KEYS,
        indicator=pl.lit(name),
        numerator=pl.when(there).then(pl.col(top)).cast(pl.Decimal(18, 4)),
        denominator=pl.col(bottom).cast(pl.Decimal(18, 4)),
        cases=pl.col(bottom).cast(pl.Int64),
        value=pl.when(there).then(value).round(6),
        unit=pl.lit(unit),
        kind=pl.col("kind").fill_null("") if "kind" in frame.columns else pl.lit(""),
        note=said,
    )


def _none() -> pl.DataFrame:
    number = pl.Decimal(18, 4)
    return pl.DataFrame(
        schema={
            "fixmedins_code": pl.String, "quarter": pl.String, "indicator": pl.String, "numerator": number,
            "denominator": number, "cases": pl.Int64, "value": pl.Float64, "unit": pl.String, "kind": pl.String,
            "note": pl.String,
        }
    )  # fmt: skip

"""What is wrong with a knowledge point: conditions on its own row, and contradictions between rows."""

import polars as pl

PERIODS = ("day", "week", "month", "year", "visit")
SCOPES = ("day", "visit")
LEVELS = tuple(f"{code:02d}" for code in range(1, 12))

Check = tuple[str, pl.Expr]


def _outside(column: str, allowed: tuple[str, ...]) -> Check:
    words = "、".join(allowed)
    return f"{column} 只可为 {words} / {column} must be one of {words}", ~pl.col(column).is_in(allowed).fill_null(False)


def _below(column: str, least: int, text: str) -> Check:
    return f"{column} {text}", (pl.col(column) < least).fill_null(True)


def _blank(column: str) -> Check:
    bad = _stemless(pl.col(column).fill_null(""))
    return f"{column} 为空或通配符不在末尾 / {column} is blank or has * elsewhere than at its end", bad


def _blank_list(column: str) -> Check:
    codes = pl.col(column).fill_null("").str.split("|")
    bad = codes.list.eval(_stemless(pl.element())).list.any()
    return f"{column} 为空或通配符不在末尾 / {column} is blank or has * elsewhere than at an end", bad


def _joined(column: str) -> Check:
    """Codes joined by anything but | are one code that nothing has, and everything would lack it."""
    bad = pl.col(column).fill_null("").str.contains(r"[,，;；、\s]")
    return f"{column} 应以 | 分隔 / the codes of {column} must be separated by |", bad


def _stemless(code: pl.Expr) -> pl.Expr:
    stem = code.str.strip_suffix("*")
    return (stem == "") | stem.str.contains("*", literal=True)


COMMON: tuple[Check, ...] = (
    _blank("subject_code"),
    ("缺生效日期 / no valid_from", pl.col("valid_from").is_null()),
    ("失效早于生效 / valid_to is before valid_from", (pl.col("valid_to") < pl.col("valid_from")).fill_null(False)),
)
AGE: tuple[Check, ...] = (
    ("年龄上下限皆空 / no age limit", pl.col("age_min").is_null() & pl.col("age_max").is_null()),
    ("年龄下限大于上限 / age_min is above age_max", (pl.col("age_min") > pl.col("age_max")).fill_null(False)),
    (
        "年龄限定不在 0–150 / age limit outside 0–150",
        ~(pl.col("age_min").fill_null(0).is_between(0, 150) & pl.col("age_max").fill_null(0).is_between(0, 150)),
    ),
)
NOT_NEGATIVE = "须为不小于 0 的数 / must be a number not below 0"
OWN: dict[str, tuple[Check, ...]] = {
    "kp_sex": (_outside("gend", ("1", "2")),),
    "kp_age": AGE,
    "kp_level": (_outside("hosp_lv_max", LEVELS),),
    "kp_price": (
        _below("pric_uplmt_amt", 0, NOT_NEGATIVE),
        ("hosp_lv 不在 01–11 / hosp_lv outside 01–11", ~pl.col("hosp_lv").is_in(LEVELS).fill_null(True)),
    ),
    "kp_frequency": (_below("max_cnt", 0, NOT_NEGATIVE), _outside("per", PERIODS)),
    "kp_amount": (_below("max_amount", 0, NOT_NEGATIVE), _outside("per", PERIODS)),
    "kp_supply": (_below("max_days", 0, NOT_NEGATIVE), _outside("per", PERIODS)),
    "kp_exclusive": (_outside("scope", SCOPES), _blank("other_code")),
    "kp_companion": (_outside("scope", SCOPES), _blank_list("other_codes"), _joined("other_codes")),
    "kp_diagnosis": (_outside("mode", ("needs", "forbids")), _blank_list("diag_codes"), _joined("diag_codes")),
    "kp_visit": (
        (
            "三项限定皆空 / neither med_types nor insutypes nor dept_codes",
            pl.all_horizontal(pl.col("med_types", "insutypes", "dept_codes").is_null()),
        ),
        _joined("med_types"),
        _joined("insutypes"),
        _joined("dept_codes"),
    ),
    "kp_discount": (
        ("ratio 须在 0 与 1 之间 / ratio must be between 0 and 1", ~pl.col("ratio").is_between(0, 1).fill_null(False)),
    ),
    "kp_interaction": (_below("days", 0, NOT_NEGATIVE), _blank("other_code")),
    "kp_cc": (_outside("level", ("MCC", "CC")),),
}
# what must not have two different limits on one day: (columns of one series, its limits)
SERIES: dict[str, tuple[list[str], list[str]]] = {
    "kp_sex": (["rule_id", "subject_code"], ["gend"]),
    "kp_age": (["rule_id", "subject_code"], ["age_min", "age_max"]),
    "kp_level": (["rule_id", "subject_code"], ["hosp_lv_max"]),
    "kp_price": (["rule_id", "subject_code", "hosp_lv"], ["pric_uplmt_amt"]),
    "kp_frequency": (["rule_id", "subject_code", "per"], ["max_cnt"]),
    "kp_amount": (["rule_id", "subject_code", "per"], ["max_amount"]),
    "kp_supply": (["rule_id", "subject_code", "per"], ["max_days"]),
    "kp_discount": (["rule_id", "subject_code"], ["ratio"]),
    "kp_cc": (["rule_id", "subject_code"], ["level"]),
}
OVERLAP = "有效期重叠而限定不同 / overlapping validity with different limits"


def row_faults(table: str, points: pl.DataFrame) -> pl.DataFrame:
    """Columns row, fault: every condition that a point of `table` breaks by itself."""
    found = [points.filter(bad).select("row", fault=pl.lit(text)) for text, bad in (*COMMON, *OWN.get(table, ()))]
    return pl.concat(found)


def overlaps(table: str, points: pl.DataFrame) -> pl.DataFrame:
    """Columns row, fault: points of one series whose validity overlaps although their limits differ (both sides)."""
    if table not in SERIES:
        return points.clear().select("row", fault=pl.lit(OVERLAP))
    series, limits = SERIES[table]
    several = points.filter(pl.len().over(series) > 1).select("row", "valid_from", "valid_until", *series, *limits)
    differ = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_right")) for name in limits)
    met = several.join(several, on=series, how="inner", nulls_equal=True).filter(
        (pl.col("row") != pl.col("row_right"))
        & (pl.col("valid_from") <= pl.col("valid_until_right"))
        & (pl.col("valid_from_right") <= pl.col("valid_until"))
        & differ
    )
    return met.select("row").unique().sort("row").with_columns(fault=pl.lit(OVERLAP))

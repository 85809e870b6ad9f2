"""Confidence as people see it: a band until enough decided cases stand behind it, then a percentage."""

from dataclasses import replace

import polars as pl

from models.contracts import ListSpec

#: independently decided cases from which a confidence is a figure to show
DECIDED_CASES = 200
HIGH, MIDDLE = 0.8, 0.5
WORDS = {"zh": ("高", "中", "低"), "en": ("high", "medium", "low")}
MEANING = {
    "zh": "已办结案例不足 200 例时只分高（0.8 以上）、中（0.5 以上）、低三档；仅用于排序。",
    "en": "A band until 200 decided cases stand behind it: high from 0.8, medium from 0.5, low; for ranking only.",
}


def banded(spec: ListSpec, frame: pl.DataFrame, language: str) -> tuple[ListSpec, pl.DataFrame]:
    """The list as its workbook shows it: `confidence` as a band or a percentage by `confidence_basis`.

    Lists without both columns are returned as they are; Parquet and CSV keep the number.
    """
    if not {"confidence", "confidence_basis"} <= set(spec.names):
        return spec, frame
    high, middle, low = WORDS[language]
    value = pl.col("confidence")
    cases = pl.col("confidence_basis").cast(pl.Int64, strict=False).fill_null(0)
    band = pl.when(value >= HIGH).then(pl.lit(high)).when(value >= MIDDLE).then(pl.lit(middle)).otherwise(pl.lit(low))
    percent = (value * 100).round(0).cast(pl.Int64, strict=False).cast(pl.String) + "%"
    text = pl.when(value.is_null()).then(None).when(cases >= DECIDED_CASES).then(percent).otherwise(band)
    columns = tuple(
        replace(
            column,
            type="varchar",
            show="code",
            decimals=None,
            explanation_zh=MEANING["zh"],
            explanation_en=MEANING["en"],
        )
        if column.name == "confidence"
        else column
        for column in spec.columns
    )
    return replace(spec, columns=columns), frame.with_columns(confidence=text)

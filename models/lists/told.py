"""A list as its workbook tells it: providers by name, codes of ours by what they mean."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from models.contracts import ListSpec, lists
from models.contracts.words import stratum
from models.quality.titles import check_title, table_title

TITLED = frozenset({"stratum", "check_id", "table"})
AREA = {"zh": "全统筹区", "en": "whole area"}


def names_of(frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Names of providers by code, from whichever of a folder's lists names them all."""
    if "provider_score" not in frames:
        return {}
    known = frames["provider_score"].select("fixmedins_code", "fixmedins_name").drop_nulls()
    return {str(code): str(name) for code, name in known.iter_rows()}


def told(spec: ListSpec, frame: pl.DataFrame, language: str, names: Mapping[str, str]) -> tuple[ListSpec, pl.DataFrame]:
    """The list with a column of names after one of codes, and with strata, checks and tables in words.

    `names` may be empty: then no column is added. Parquet and CSV keep the codes.
    """
    for column in TITLED & set(spec.names):
        codes = frame[column].drop_nulls().unique().to_list()
        frame = frame.with_columns(pl.col(column).replace({code: _word(column, code, language) for code in codes}))
    if names and "fixmedins_code" in spec.names and "fixmedins_name" not in spec.names:
        return _named(spec, frame, names, language)
    return spec, frame


def _named(
    spec: ListSpec, frame: pl.DataFrame, names: Mapping[str, str], language: str
) -> tuple[ListSpec, pl.DataFrame]:
    after = spec.names.index("fixmedins_code") + 1
    column = replace(
        lists()["provider_score"].column("fixmedins_name"),
        explanation_zh="定点医药机构名称，由编号得出，仅本工作簿有此列。",
        explanation_en="Name of the provider, from its code; only the workbook has this column.",
    )
    name = pl.col("fixmedins_code").replace_strict(names, default=None, return_dtype=pl.String)
    if spec.name == "quality":
        name = pl.when(pl.col("fixmedins_code").is_null()).then(pl.lit(AREA[language])).otherwise(name)
    named = frame.with_columns(fixmedins_name=name)
    columns = (*spec.columns[:after], column, *spec.columns[after:])
    return replace(spec, columns=columns), named.select(one.name for one in columns)


def _word(column: str, code: str, language: str) -> str:
    """A check keeps its identifier behind its title: settings name it."""
    if column == "stratum":
        return stratum(code, language)
    if column == "table":
        return table_title(code, language)
    title = check_title(code, language)
    return f"{title}（{code}）" if title != code else code

"""Drugs over all providers: many providers for one class, and more days of supply than days go by."""

from decimal import Decimal
from typing import Any

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.engine.frames import put
from models.persons.found import Found, flags_of
from models.persons.frequency import WANTED
from models.scores.window import Window

NATIONAL = r"^[XZ][A-Z][0-9][0-9]"
UPPER_QUARTILE = 0.6745  # of the normal distribution, in standard deviations
SPAN = {"month": "单月", "quarter": "单季"}


def many_providers(engine: Engine, window: Window, config: Config) -> Found:
    """Persons who got one class of drugs from many providers in a month or quarter.

    The money is the fund's share of these drugs in the windows that reach the limit.
    """
    limits = {"month": config.params.many_providers_month, "quarter": config.params.many_providers_quarter}
    rows = engine.query("persons/many_provider", **window.bounds(), **config.params.model_dump())
    rows = rows.with_columns(
        over=pl.col("providers") / pl.col("span").replace_strict(limits, return_dtype=pl.Float64),
        pattern=pl.lit("many_providers"),
        code=pl.col("drug_class"),
    ).sort("psn_id", "over", "span", "first_day", "code", descending=[False, True, False, False, False])
    shares = _shares(engine, rows, config.params.drug_class_length, config)
    names = _names(shares)
    flags = []
    for (psn_id,), mine in rows.group_by("psn_id", maintain_order=True):
        top = mine.row(0, named=True)
        texts = [
            f"{str(row['first_day'])[:7]}起{SPAN[row['span']]}在{row['providers']}家机构取得同类药品"
            f"（{names.get((psn_id, row['code']), row['code'])}等，提示线{limits[row['span']]}家）"
            for row in mine.iter_rows(named=True)
        ]
        flags.append((str(psn_id), "many_providers", top["providers"], limits[top["span"]], texts))
    return Found(flags_of(flags), _summed(shares))


def hoarding(engine: Engine, window: Window, config: Config) -> Found:
    """Persons whose days of supply run far ahead of the days, by the usual pace of the drug's other users.

    Stock: METHODS §4, cumulated days of supply less days elapsed. The money is the fund's share of the drug since it
    last ran out. A doubled dose is no hoarding: supply must also run `hoarding_rate` times as fast as the days (as
    the median of the drug's lasting users, where that is faster), and `hoarding_spreads` standard deviations of the
    users' rates (their logarithms, robust, of the upper half) above the median: of insulin some need three times as
    much.
    """
    values: dict[str, Any] = {**window.bounds(), **config.params.model_dump()}
    engine.replace("score.person_supply", "persons/supply", **values)
    rows = engine.query("persons/stock", **values).join(_fastest(engine, values), on="substance", how="left")
    rows = rows.with_columns(pattern=pl.lit("hoarding"), code=pl.col("substance"))
    rows = rows.filter(pl.col("rate").cast(pl.Float64) >= pl.col("fastest").fill_null(config.params.hoarding_rate))
    rows = rows.sort("psn_id", "stock", "code", descending=[False, True, False])
    shares = _shares(engine, rows, config.params.drug_substance_length, config)
    names = _names(shares)
    flags = []
    for (psn_id,), mine in rows.group_by("psn_id", maintain_order=True):
        texts = [_stock_text(row, names.get((psn_id, row["code"]), row["code"])) for row in mine.iter_rows(named=True)]
        flags.append((str(psn_id), "hoarding", mine["stock"][0], config.params.hoarding_days, texts))
    return Found(flags_of(flags), _summed(shares))


def _fastest(engine: Engine, values: dict[str, Any]) -> pl.DataFrame:
    """The rate of supply from which a drug with enough lasting users is hoarded, by `substance`."""
    middle, upper = (pl.col(name).cast(pl.Float64) for name in ("rate", "upper_rate"))
    apart = middle * (upper / middle) ** (values["hoarding_spreads"] / UPPER_QUARTILE)
    return engine.query("persons/usual_rate", **values).select(
        "substance", fastest=pl.max_horizontal(values["hoarding_rate"] * pl.max_horizontal(middle, 1.0), apart)
    )


def _stock_text(row: dict[str, Any], name: str) -> str:
    return (
        f"“{name}”{row['first_day']}至{row['last_day']}购{Decimal(row['packs']).normalize():f}盒，{row['purchases']}日购药，"
        f"按说明可用天数比经过天数多出约{int(row['stock'])}天，购药速度约为日常用量的{float(row['rate']):.1f}倍"
    )


def _shares(engine: Engine, rows: pl.DataFrame, length: int, config: Config) -> pl.DataFrame:
    width = pl.when(pl.col("code").str.contains(NATIONAL)).then(length).otherwise(0)
    wanted = rows.with_columns(width=width).select(list(WANTED)).cast(WANTED)  # type: ignore[arg-type]
    put(engine, "score.person_wanted", wanted.unique(maintain_order=True))
    classes = config.params.counted_drug_classes
    found = engine.query("persons/drug_share", counted_drug_classes=classes)
    return found.sort("psn_id", "pattern", "code", "setl_id")


def _names(shares: pl.DataFrame) -> dict[tuple[str, str], str]:
    """Of each person and code the item of which most was bought."""
    keys = ["psn_id", "code"]
    named = shares.drop_nulls("item_name").group_by(*keys, "item_name").agg(pl.col("packs").sum())
    named = named.sort(*keys, "packs", "item_name", descending=[False, False, True, False]).unique(keys, keep="first")
    return {(psn_id, code): name for psn_id, code, name in named.select(*keys, "item_name").iter_rows()}


def _summed(shares: pl.DataFrame) -> pl.DataFrame:
    """One row a settlement: parts of several drugs add up."""
    keys = ["psn_id", "pattern", "setl_id"]
    return shares.group_by(keys).agg(pl.col("fund_amount").sum()).sort(keys)

"""Rows that are judged: a unit's single groups, and its groups together."""

import numpy as np
import polars as pl

from models.scores.cost_norms import GROUP

UNIT = ["level", "fixmedins_code", "unit_code", "peer_group", "grp_type"]
AVERAGED = ["effect", "own_noise", "factor", "noise"]
#: the same of a unit's groups together as its test weighs them
TESTED = ["tested_effect", "tested_own_noise", "tested_factor", "tested_noise"]


def group_rows(units: pl.DataFrame, norms: pl.DataFrame) -> pl.DataFrame:
    """Units with their norm: adds effect (log ratio), own_noise, expected (yuan). Units without any peer have nulls."""
    rows = units.join(norms, on=["fixmedins_code", *GROUP], how="left", maintain_order="left")
    number = {name: pl.col(name).cast(pl.Float64) for name in ("log_sum", "cases", "months")}
    return rows.with_columns(
        effect=(number["log_sum"] / number["cases"] - pl.col("centre")).fill_nan(None),
        own_noise=pl.col("variance") / number["cases"],
        expected=(pl.col("per_month") * number["months"]).fill_nan(None),
        comparable=pl.col("comparable").fill_null(False),
    )


def total_rows(rows: pl.DataFrame, variance: dict[bool, float]) -> pl.DataFrame:
    """A unit's groups together, by type of group: log ratios averaged by expected cost, and (TESTED) by precision.

    Money says what the ratio is worth; for a test a few dear cases must not speak louder than all others, so there a
    group's weight is one over its error and the variance of a hospital's groups around its level (`variance`: of stays
    (False), of outpatient diseases (True)), the weights with the smallest error (Graybill and Deal 1959).
    Input: `group_rows`, ordered by unit as `scores/unit_cost` orders them. Groups with too few peers stay out where the
    unit has any other; else the row is descriptive, with nulls where nobody else treats any. Columns as `group_rows`;
    grp_code is null and grp_ver names every version (each group is compared inside its own). That part of the norms'
    errors that comes from differences between peers is taken as fully dependent, because a dear hospital is dear in all
    its groups; sampling noise is independent.
    """
    has_norm = pl.col("effect").is_not_null() & pl.col("expected").is_not_null() & (pl.col("expected") > 0)
    rows = rows.with_columns(unit=pl.struct(UNIT).rle_id(), known=has_norm.fill_null(False))
    alone = _without_norm(rows.filter(~pl.col("known").any().over("unit")))
    known = rows.filter("known")
    known = known.filter(pl.col("comparable") == pl.col("comparable").any().over("unit"))
    between = pl.when(pl.col("grp_type") == "DISE").then(variance[True]).otherwise(variance[False])
    precision = 1 / (pl.col("own_noise") + between * (1 + pl.col("factor")) + pl.col("noise"))
    found = (
        known.with_columns(w=_share(pl.col("expected")), v=_share(precision))
        .group_by("unit", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in UNIT),
            pl.col("grp_ver").unique().sort().str.join("|"),
            pl.lit(None, pl.String).alias("grp_code"),
            pl.col("cases").sum(),
            pl.col("cost").sum(),
            pl.col("expected").sum(),
            *_averaged("w", AVERAGED),
            *_averaged("v", TESTED),
            (pl.col("peers") * pl.col("w")).sum().alias("peers"),
            pl.col("peer_cases").sum(),
            pl.col("comparable").all(),
        )
        .with_columns(peers=pl.col("peers").round().cast(pl.Int64))
    )
    together = pl.concat([found, alone.select(found.columns).cast(found.schema)]) if alone.height else found
    return together.sort("unit").drop("unit")


def _share(weight: pl.Expr) -> pl.Expr:
    return weight / weight.sum().over("unit")


def _averaged(weight: str, names: list[str]) -> list[pl.Expr]:
    """AVERAGED of a unit's groups by a weight, under these names."""
    w = pl.col(weight)
    means = (
        (w * pl.col("effect")).sum(),
        (w.pow(2) * pl.col("own_noise")).sum(),
        (w * pl.col("factor").sqrt()).sum().pow(2),
        (w.pow(2) * pl.col("noise")).sum(),
    )
    return [mean.alias(name) for mean, name in zip(means, names, strict=True)]


def _without_norm(rows: pl.DataFrame) -> pl.DataFrame:
    """Units none of whose groups anybody else treats: cases and cost together, and nothing to hold them against."""
    return rows.group_by("unit", maintain_order=True).agg(
        *(pl.col(name).first() for name in UNIT),
        pl.col("grp_ver").unique().sort().str.join("|"),
        pl.col("cases").sum(),
        pl.col("cost").sum(),
        *(
            pl.lit(None).alias(name)
            for name in ("grp_code", "expected", "effect", "own_noise", "factor", "noise", *TESTED)
        ),
        pl.lit(0).alias("peers"),
        pl.lit(0).alias("peer_cases"),
        pl.lit(False).alias("comparable"),
    )


def floats(rows: pl.DataFrame, *names: str) -> list[np.ndarray]:
    """Columns as arrays of floats, nulls as NaN."""
    return [rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in names]

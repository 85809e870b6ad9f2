"""Grouped cases with the place of their group inside its family: 0 = cheapest, then one or two dearer levels."""

import numpy as np
import polars as pl

from models.engine.duck import Engine

FAMILY = ["grp_type", "grp_ver", "family"]
#: providers are compared inside one class: peer group and kind of grouping
CLASS = ["peer_group", "grp_type"]
#: a DIP variant within this factor of the cheapest counts as the cheapest
ALIKE = 1.05
CHARGES = ("bed", "exam", "lab", "treatment", "surgery", "nursing", "material", "drug", "herbal", "other")


def tiered_cases(engine: Engine) -> pl.DataFrame:
    """Rows of `scores/tier_case` with level, levels of the family, log_wt, charges by class and operations.

    Makes `score.tier_case` on the way. Sorted by provider and settlement; one row a case; amounts as floats, yuan, for
    the models only (money is computed from decimals elsewhere). `charged` says whether any fee line was there.
    """
    engine.replace("score.tier_case", "scores/tier_case")
    rows = engine.frame("select * from score.tier_case order by fixmedins_code, setl_id")
    if rows.is_empty():
        return rows
    rows = unweighed_apart(rows)
    rows = rows.join(group_levels(rows), on=["grp_type", "grp_ver", "grp_code"], how="left", maintain_order="left")
    charges = engine.query("scores/tier_charge").with_columns(pl.col(name).cast(pl.Float64) for name in CHARGES)
    rows = rows.join(charges.with_columns(charged=pl.lit(True)), on="setl_id", how="left", maintain_order="left")
    rows = rows.join(engine.query("scores/tier_operation"), on="setl_id", how="left", maintain_order="left")
    return rows.with_columns(
        *(pl.col(name).fill_null(0.0).clip(0.0) for name in CHARGES),
        pl.col("charged").fill_null(False),
        pl.col("operations").fill_null(0),
        pl.col("log_cost").cast(pl.Float64),
        pl.col("days").cast(pl.Float64).fill_null(1.0),
    )


def by_treatment(cases: pl.DataFrame) -> pl.DataFrame:
    """The cases of `tiered_cases` with their `pool`: of DIP, families of one letter of ICD with as many levels; else
    the family itself. Of most diagnoses few cases are treated anywhere; what is usual is learned from all of them.
    """
    icd = (pl.col("grp_type") == "DIP") & pl.col("family").str.contains("^[A-Z][0-9][0-9]")
    together = pl.concat_str(pl.col("family").str.slice(0, 1), pl.lit("^"), pl.col("levels").cast(pl.String))
    return cases.with_columns(pool=pl.when(icd).then(together).otherwise("family"))


def by_diagnosis(cases: pl.DataFrame) -> pl.DataFrame:
    """The cases of `tiered_cases` placed the other way: families whose main diagnoses differ in weight.

    DIP: one ICD category and one treatment. DRG: the medical groups (second letter R to Z, which no operation makes) of
    one MDC and severity digit. What begins with no diagnosis, and every other DRG group, stays alone.
    `pool`: the category, the MDC. Of most treatments few cases are treated anywhere; what is usual is learned from all
    of them. A case has no `digit` here: what carries its severity says nothing about its main diagnosis.
    """
    code, dip = pl.col("grp_code"), pl.col("grp_type") == "DIP"
    icd = dip & pl.col("family").str.contains("^[A-Z][0-9][0-9]")
    weighed = pl.col("wt").count().over("grp_type", "grp_ver", "grp_code") > 0
    medical = ~dip & code.str.contains("^[A-Z][R-Z][0-9A-Z][0-9]$") & weighed
    kind = pl.when(icd).then(pl.col("family").str.slice(0, 3)).when(medical).then(code.str.slice(0, 1))
    treatment = pl.when(icd).then(code.str.strip_prefix(pl.col("family"))).otherwise(code.str.slice(3))
    rows = cases.with_columns(
        family=pl.coalesce(pl.concat_str(kind, pl.lit("~"), treatment), "grp_code"),
        pool=pl.coalesce(pl.concat_str(kind, pl.lit("~")), "grp_code"),
        digit=pl.lit(None, pl.String),
    )
    levels = pl.concat([group_levels(rows.filter(dip)), thirds(rows.filter(~dip))])
    return rows.drop("level", "levels", "mean_wt").join(
        levels, on=["grp_type", "grp_ver", "grp_code"], how="left", maintain_order="left"
    )


def thirds(rows: pl.DataFrame) -> pl.DataFrame:
    """As `group_levels`, by weight alone: the groups with the cheapest third of a family's cases, the middle, the rest.

    A group's place is that of its middle case. Of groups that weigh alike (within 5%) nobody gains: one level.
    """
    groups = (
        rows.group_by([*FAMILY, "grp_code"])
        .agg(mean_wt=pl.col("wt").cast(pl.Decimal(18, 6)).sum(), known=pl.col("wt").count(), of_group=pl.len())
        .with_columns(mean_wt=pl.when(pl.col("mean_wt") > 0).then(pl.col("mean_wt").cast(pl.Float64) / pl.col("known")))
        .sort(*FAMILY, "mean_wt", "grp_code")
    )
    size = pl.col("of_group")
    place = 3 * (size.cum_sum() - size / 2).over(FAMILY) / size.sum().over(FAMILY)
    alike = (pl.col("mean_wt").max() <= ALIKE * pl.col("mean_wt").min()).over(FAMILY).fill_null(True)
    raw = pl.when(alike).then(0).otherwise(place.floor().clip(0, 2))
    return _levels(groups.with_columns(level=raw))


def unweighed_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """A DIP variant whose weight nobody knows has no place among the others: it becomes a family of its own."""
    unknown = (pl.col("grp_type") == "DIP") & (pl.col("wt").count().over("grp_type", "grp_ver", "grp_code") == 0)
    alone = pl.concat_str("grp_code", pl.lit("?"))
    return rows.with_columns(family=pl.when(unknown).then(alone).otherwise("family"))


def group_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Level of every group in its family, `levels` of the family and mean weight: one row a (grp_type, grp_ver,
    grp_code).

    DRG: by the severity digit (5, 3, 1). DIP: the cheapest variant, then those up to half of the way (in logarithms of
    the weight) to the dearest, then the rest; levels without groups are closed up.
    """
    groups = (
        rows.group_by([*FAMILY, "grp_code", "digit"])
        .agg(mean_wt=pl.col("wt").cast(pl.Decimal(18, 6)).sum(), known=pl.col("wt").count(), of_group=pl.len())
        .with_columns(mean_wt=pl.when(pl.col("mean_wt") > 0).then(pl.col("mean_wt").cast(pl.Float64) / pl.col("known")))
        .sort(*FAMILY, "grp_code")
    )
    least, most = pl.col("mean_wt").min().over(FAMILY), pl.col("mean_wt").max().over(FAMILY)
    far = pl.col("mean_wt").log() - least.log() > 0.5 * (most.log() - least.log())
    by_weight = pl.when(pl.col("mean_wt") <= ALIKE * least).then(0).when(far).then(2).otherwise(1)
    by_digit = pl.col("digit").replace_strict({"5": 0, "3": 1, "1": 2}, default=0, return_dtype=pl.Int64)
    raw = pl.when(pl.col("grp_type") == "DRG").then(by_digit).otherwise(by_weight.fill_null(0))
    return _levels(groups.with_columns(level=raw))


def _levels(groups: pl.DataFrame) -> pl.DataFrame:
    """Groups with their `level`, levels without groups closed up, and the number of levels of the family."""
    return (
        groups.with_columns(level=(pl.col("level").rank("dense").over(FAMILY) - 1).cast(pl.Int64))
        .with_columns(levels=pl.col("level").max().over(FAMILY) + 1)
        .select("grp_type", "grp_ver", "grp_code", "level", "levels", "mean_wt")
    )


def codes_of(rows: pl.DataFrame, columns: list[str]) -> np.ndarray:
    """A number for each combination of values, in their sorted order, 0-based."""
    plain = len(columns) == 1 and not rows[columns[0]].null_count()  # several times faster, but a null has no rank
    value = pl.col(columns) if plain else pl.struct(columns)
    return rows.select(value.rank("dense")).to_series().to_numpy().astype(np.int64) - 1


def sums(index: np.ndarray, values: np.ndarray | None, size: int) -> np.ndarray:
    """Sum of values by index, in the order of the rows (so that floating sums are always the same)."""
    return np.bincount(index, weights=values, minlength=size).astype(float)

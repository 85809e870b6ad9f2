"""Which secondary diagnoses lift a case, and what treating them charges: knowledge points, else learned from the
data.
"""

import numpy as np
import polars as pl

from models.engine.duck import Engine
from models.engine.frames import put
from models.scores.coding.cases import codes_of, sums
from models.scores.peers import vote

#: a diagnosis lifts when it uses at least this share of the room between the family's usual share and all
LEAST_LIFT = 0.5
LEAST_Z = 4.0
LEAST_CASES = 30
LEAST_PROVIDERS = 5
#: an item goes with a diagnosis when so many of its cases have it, and so many more than cases without complications
WITH_ITEM, MORE_WITH_ITEM = 0.4, 0.3
PER_CODE, PER_PROVIDER, PER_FAMILY = 400, 20, 60
SEED = 20250102


def carriers(codes: pl.DataFrame, cases: pl.DataFrame, expected: np.ndarray) -> pl.DataFrame:
    """Rows of `scores/tier_code` that can lift a case (`level` MCC, CC or 'any' where learned).

    Without knowledge points a diagnosis lifts when cases with it are billed above the lowest level far more often
    than the family's cases at peers (`expected`, by case), each provider with a vote, so that one upcoder's favourite
    is no rule.
    """
    if codes["level"].is_not_null().any():
        return codes.filter(pl.col("level").is_not_null())
    facts = cases.select("setl_id", "fixmedins_code", dear=pl.col("level") > 0, expected=pl.Series(expected))
    rows = codes.select("setl_id", "diag_code").join(facts, on="setl_id", how="inner").sort("diag_code", "setl_id")
    if rows.is_empty():
        return codes.clear()
    code, cell = codes_of(rows, ["diag_code"]), codes_of(rows, ["diag_code", "fixmedins_code"])
    size = sums(cell, None, int(cell.max()) + 1)
    weight = (vote(size) / size)[cell]
    surplus = rows["dear"].cast(pl.Float64).to_numpy() - rows["expected"].to_numpy()
    room, chance = 1 - rows["expected"].to_numpy(), rows["expected"].to_numpy()
    n = int(code.max()) + 1
    lift = sums(code, weight * surplus, n) / np.maximum(sums(code, weight * room, n), 1e-9)
    z = sums(code, surplus, n) / np.sqrt(np.maximum(sums(code, chance * room, n), 1e-9))
    providers = np.bincount(code[np.unique(cell, return_index=True)[1]], minlength=n)
    kept = (lift >= LEAST_LIFT) & (z >= LEAST_Z) & (sums(code, None, n) >= LEAST_CASES) & (providers >= LEAST_PROVIDERS)
    return rows.filter(pl.Series(kept[code])).select("setl_id", "diag_code", level=pl.lit("any"))


def expected_items(engine: Engine, single: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """diag_code, item, stem (a prefix): what treating each diagnosis of `single` charges, from kp_expect or else
    learned.
    """
    wanted = single.select("diag_code").unique().sort("diag_code")
    days = {"first": cases["setl_date"].min(), "last": cases["setl_date"].max()}
    points = engine.query("scores/tier_point", **days)
    known = _from_points(wanted, points)
    learned = _learned(engine, single.join(known.select("diag_code").unique(), on="diag_code", how="anti"), cases)
    return pl.concat([known, learned]).unique().sort("diag_code", "item", "stem")


def _from_points(wanted: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    items = points.with_columns(item=pl.col("item_codes").str.split("|")).explode("item")
    items = items.with_columns(pl.col("item").str.strip_chars()).filter(pl.col("item").str.len_chars() > 0)
    exact = wanted.join(items, left_on="diag_code", right_on="subject_code")
    prefixes = items.filter(pl.col("subject_code").str.ends_with("*"))
    under = wanted.join(prefixes, how="cross").filter(
        pl.col("diag_code").str.starts_with(pl.col("subject_code").str.strip_chars_end("*"))
    )
    both = pl.concat([exact.select("diag_code", "item"), under.select("diag_code", "item")])
    return both.select("diag_code", pl.col("item").str.strip_chars_end("*"), stem=pl.col("item").str.ends_with("*"))


def _learned(engine: Engine, single: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    none = pl.DataFrame(schema={"diag_code": pl.String, "item": pl.String, "stem": pl.Boolean})
    family = pl.concat_str("grp_ver", "family", separator="|")
    facts = cases.select("setl_id", "case_id", "fixmedins_code", "level", "grp_type", "levels", family=family)
    shown = single.select("setl_id", "diag_code").join(facts, on="setl_id").sort("diag_code", "setl_id")
    plain = facts.filter((pl.col("grp_type") == "DRG") & (pl.col("levels") > 1) & (pl.col("level") == 0))
    plain = plain.filter(pl.col("family").is_in(shown["family"].unique().to_list())).with_columns(diag_code=pl.lit(""))
    shown = _few(_few(shown, ["diag_code", "fixmedins_code"], PER_PROVIDER), ["diag_code"], PER_CODE)
    enough = (pl.len().over("diag_code") >= LEAST_CASES) & (
        pl.col("fixmedins_code").n_unique().over("diag_code") >= LEAST_PROVIDERS
    )
    shown = shown.filter(enough)
    if shown.is_empty() or plain.is_empty():
        return none
    columns = ["setl_id", "case_id", "family", "diag_code"]
    sample = pl.concat([shown.select(columns), _few(plain, ["family"], PER_FAMILY).select(columns)])
    put(engine, "score.tier_sample", sample)
    seen = engine.query("scores/tier_item")
    size = sample.group_by("diag_code", "family").agg(size=pl.len())
    usual = seen.filter(pl.col("diag_code") == "").join(size.filter(pl.col("diag_code") == ""), on="family")
    usual = usual.select("family", "item_code", usual=pl.col("cases") / pl.col("size"))
    share = size.filter(pl.col("diag_code") != "").with_columns(
        share=pl.col("size") / pl.col("size").sum().over("diag_code")
    )
    having = seen.filter(pl.col("diag_code") != "").join(share, on=["diag_code", "family"]).sort(
        "diag_code", "item_code", "family"
    )  # fmt: skip
    per_code = having.group_by("diag_code", "item_code", maintain_order=True).agg(cases=pl.col("cases").sum())
    total = size.group_by("diag_code").agg(total=pl.col("size").sum())
    without = share.join(usual, on="family").sort("diag_code", "item_code", "family")
    without = without.group_by("diag_code", "item_code", maintain_order=True).agg(
        usual=(pl.col("share") * pl.col("usual")).sum()
    )
    rows = per_code.join(total, on="diag_code").join(without, on=["diag_code", "item_code"], how="left")
    found = pl.col("cases") / pl.col("total")
    rows = rows.filter((found >= WITH_ITEM) & (found - pl.col("usual").fill_null(0.0) >= MORE_WITH_ITEM))
    return rows.select("diag_code", item="item_code", stem=pl.lit(False))


def _few(rows: pl.DataFrame, over: list[str], most: int) -> pl.DataFrame:
    """At most so many rows of each kind, drawn with a fixed seed."""
    drawn = np.random.default_rng(SEED).permutation(rows.height)
    kept = pl.col("drawn").rank("ordinal").over(over) <= most
    return rows.with_columns(drawn=pl.Series(drawn)).filter(kept).drop("drawn")

"""Honest people keep out of impossible situations: what chance drew against that is taken out again."""

import numpy as np
import polars as pl

from models.sample.draft import Draft
from models.sample.people import People


def drop_conflicts(d: Draft, people: People) -> None:
    """Remove honest visits that fall into a stay of the same person, before birth or after death. Planted ones stay."""
    v = d.visits.frame()
    person, begin, end = (v[c].to_numpy() for c in ("person", "begin", "end"))
    honest = (v["origin"] == "").to_numpy() | (v["origin"] == "dialysis").to_numpy()
    death = people.death[person]
    bad = (begin < people.birth[person]) | ((death > 0) & (end > death))
    bad |= _inside_stay(v)
    keep = ~(honest & bad)
    d.visits.replace(v.filter(pl.Series(keep)))
    gone = pl.Series(v["vid"].to_numpy()[~keep])
    d.lines.replace(d.lines.frame().filter(~pl.col("vid").is_in(gone.implode())))


def _inside_stay(v: pl.DataFrame) -> np.ndarray:
    """Outpatient visits on a day of a stay of the same person, its first and last day included."""
    stays = v.filter(pl.col("fam") >= 0).select("person", stay_begin="begin", stay_end="end")
    hit = (
        v.filter(pl.col("fam") < 0)
        .join(stays, on="person", how="inner", maintain_order="left")
        .filter((pl.col("begin") >= pl.col("stay_begin")) & (pl.col("begin") <= pl.col("stay_end")))
    )
    return v["vid"].is_in(hit["vid"].implode()).to_numpy()

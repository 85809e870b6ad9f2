"""Fragile upgrade: one secondary diagnosis alone carries the level, and nothing that was charged treats it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from models.engine.duck import Engine
from models.engine.frames import put
from models.scores.coding.against_peers import standing
from models.scores.coding.carriers import carriers, expected_items
from models.scores.coding.cases import CLASS, codes_of, sums
from models.scores.peers import vote

#: cases of a diagnosis at peers that the share over all diagnoses is worth
PRIOR_CASES = 20.0
LEAST_JUDGED = 10
LEAST_VARIANCE = 1e-4
#: a missing charge is a hint, no proof: its likelihood ratio is held within this factor
MOST_RATIO = 6.0
#: one-sided 95%
_SURE = 1.645


@dataclass(frozen=True)
class Fragile:
    """By case: 1 = fragile, 0 = treated, NaN = cannot be judged; by class and provider: fragile_upgrade and
    fragile_z.
    """

    state: np.ndarray
    providers: pl.DataFrame


def fragile(engine: Engine, cases: pl.DataFrame, dear_at_peers: np.ndarray, least_providers: int) -> Fragile:
    """Judge the dear DRG cases that hang on one diagnosis. `dear_at_peers`: share of dear cases in the family, by
    case. Where no case has a severity digit (families of main diagnoses, DIP) it says nothing.
    """
    nothing = cases.select(*CLASS, "fixmedins_code").clear().with_columns(
        **{name: pl.lit(None, pl.Float64) for name in ("fragile_upgrade", "fragile_z", "fragile_p", "fragile_low")}
    )  # fmt: skip
    if cases["digit"].null_count() == cases.height:
        return Fragile(np.full(cases.height, np.nan), nothing)
    single = _single(carriers(engine.query("scores/tier_code"), cases, dear_at_peers), cases)
    items = expected_items(engine, single, cases) if single.height else None
    if items is None or items.is_empty():
        return Fragile(np.full(cases.height, np.nan), nothing)
    judged = single.join(items.select("diag_code").unique(), on="diag_code", how="semi")
    put(engine, "score.tier_single", judged.select("setl_id", "case_id", "diag_code"))
    put(engine, "score.tier_expect", items)
    treated = engine.query("scores/tier_treated").with_columns(treated=pl.lit(1.0))
    judged = judged.join(treated, on="setl_id", how="left").with_columns(state=1 - pl.col("treated").fill_null(0.0))
    state = cases.select("setl_id").join(
        judged.select("setl_id", "state"), on="setl_id", how="left", maintain_order="left"
    )
    return Fragile(state["state"].fill_null(np.nan).to_numpy(), _by_provider(judged, least_providers))


def _single(rows: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Dear cases with exactly one diagnosis that can carry their level: an MCC for tier 1, else any."""
    facts = cases.filter(pl.col("level") > 0).select("setl_id", "case_id", "fixmedins_code", *CLASS, "digit")
    able = rows.join(facts, on="setl_id").filter((pl.col("digit") != "1") | (pl.col("level") != "CC"))
    return able.filter(pl.len().over("setl_id") == 1).drop("level").sort("fixmedins_code", "setl_id")


def _by_provider(judged: pl.DataFrame, least_providers: int) -> pl.DataFrame:
    """Share of fragile cases against peers' cases with the same diagnosis, the provider left out."""
    rows = judged.sort(*CLASS, "fixmedins_code", "setl_id")
    head = rows.select(*CLASS, "fixmedins_code").unique(maintain_order=True)
    member, code = codes_of(rows, [*CLASS, "fixmedins_code"]), codes_of(rows, ["diag_code"])
    cell = codes_of(rows, ["diag_code", *CLASS, "fixmedins_code"])
    state, n = rows["state"].to_numpy(), head.height
    size = sums(cell, None, int(cell.max()) + 1)
    weight = (vote(size) / size)[cell]

    def others(values: np.ndarray, group: np.ndarray, own: np.ndarray) -> np.ndarray:
        return sums(group, values, int(group.max()) + 1)[group] - sums(own, values, int(own.max()) + 1)[own]

    every = np.zeros_like(code)
    wide = others(weight * state, every, member) / np.maximum(others(weight, every, member), 1e-9)
    prior = PRIOR_CASES * float(weight.mean())
    usual = np.clip(
        (others(weight * state, code, cell) + prior * wide) / (others(weight, code, cell) + prior), 0.005, 0.995
    )
    count = sums(member, None, n)
    value = sums(member, state - usual, n) / count
    noise = sums(member, usual * (1 - usual), n) / count**2
    found = standing(value, noise, count, codes_of(head, CLASS), LEAST_JUDGED, least_providers, LEAST_VARIANCE)
    enough = count >= LEAST_JUDGED
    # a rare event among few cases is far from normal: the Poisson tail must agree
    p = np.maximum(found.p, stats.poisson.sf(sums(member, state, n) - 1, sums(member, usual, n)))
    return head.with_columns(
        fragile_upgrade=pl.Series(np.where(enough, (sums(member, state, n) / count).round(6), np.nan)).fill_nan(None),
        fragile_z=pl.Series(found.z.round(4)).fill_nan(None),
        fragile_p=pl.Series(p).fill_nan(None),
        fragile_low=pl.Series(np.where(np.isnan(p), np.nan, found.value - _SURE * found.total)).fill_nan(None),
    )


def fragile_ratio(state: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """Log likelihood ratio of what is recorded, by case, given how doubtful the case is otherwise (one step of EM)."""
    known = ~np.isnan(state)
    if known.sum() < LEAST_JUDGED:
        return np.zeros(len(state))
    y, w = state[known], doubt[known]
    high = (np.sum(w * y) + 0.5) / (np.sum(w) + 1)
    low = (np.sum((1 - w) * y) + 0.5) / (np.sum(1 - w) + 1)
    if high <= low:
        return np.zeros(len(state))
    held = np.log(MOST_RATIO)
    present, absent = np.clip(np.log([high / low, (1 - high) / (1 - low)]), -held, held)
    return np.where(known, np.where(state == 1, present, absent), 0.0).round(6)

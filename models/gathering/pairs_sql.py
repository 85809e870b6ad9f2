"""Pairs of people who meet beyond chance, in SQL that distributes: MinHash bands, then an exact check.

The same contract as the kernel (models.gathering.pairs.kernel_edges), which finds every pair; this way finds those
that share a bucket in one of 24 bands of two MinHashes, so its edges are a part of the kernel's.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from models.engine.duck import Engine
from models.gathering.grids import LEAST_WEEKS, MOST_WEEKS, Grid, Limits
from models.gathering.pairs import EDGE, week_of_slot
from models.gathering.visits import Ints, Visits

BANDS, BUCKET = 24, 60
#: bands whose hashes one reading of the visits makes
TOGETHER = 6
PAIR = "unit integer, person_a integer, person_b integer, visits integer"
PRIME = 1_000_003
SEED = 20_250_101


def sql_edges(engine: Engine) -> Callable[[Visits, Ints, Grid, Limits], pl.DataFrame]:
    """A function from visits of regulars in a grid to edges, run by the engine."""

    def edges(visits: Visits, slot: Ints, grid: Grid, limit: Limits) -> pl.DataFrame:
        _give(engine, visits, slot, grid, limit)
        engine.con.execute(f"create or replace temp table gathering_pair ({PAIR})")
        rng = np.random.default_rng(SEED)
        for _ in range(BANDS // TOGETHER):
            _hash(engine, rng)
            for band in range(TOGETHER):
                engine.insert("gathering_pair", "gathering/band", band=band, most=BUCKET, least_weeks=LEAST_WEEKS)
        engine.con.execute("create or replace temp table gathering_pair as select distinct * from gathering_pair")
        rows = engine.query("gathering/edge", least_weeks=LEAST_WEEKS)
        return rows.select([pl.col(name).cast(kind) for name, kind in EDGE.items()]).sort(EDGE.keys())

    return edges


def _hash(engine: Engine, rng: np.random.Generator) -> None:
    """The hashes of the next bands."""
    drawn = rng.integers(1, PRIME, (2 * TOGETHER, 2))
    params = {f"{name}{i}": int(x) for i, both in enumerate(drawn) for name, x in zip("ab", both, strict=True)}
    engine.temporary("gathering_minhash", "gathering/minhash", prime=PRIME, **params)


def _give(engine: Engine, visits: Visits, slot: Ints, grid: Grid, limit: Limits) -> None:
    """The tables the queries read: visits of those who could reach the limit, and the limits."""
    rows = pl.DataFrame({"unit": visits.unit, "person": visits.person, "slot": slot.astype(np.int32)}).unique()
    weeks = week_of_slot(grid, visits.days)
    rows = rows.with_columns(week=pl.Series(weeks[rows["slot"].to_numpy()]))
    units = np.unique(visits.unit)
    table = np.where(limit.most[units] > 0, limit.most[units] / limit.crowding[units, None], -1.0)
    limits = pl.DataFrame(
        {
            "unit": np.repeat(units, MOST_WEEKS), "weeks": np.tile(np.arange(MOST_WEEKS, dtype=np.int32), len(units)),
            "most": table.ravel(),
        }
    )  # fmt: skip
    engine.con.register("gathering_rows", rows.to_arrow())
    engine.con.register("gathering_limits", limits.to_arrow())
    engine.con.execute("create or replace temp table gathering_limit as select * from gathering_limits")
    engine.temporary("gathering_reachable", "gathering/reachable", least_weeks=LEAST_WEEKS)
    engine.temporary("gathering_regular", "gathering/regular")
    engine.con.unregister("gathering_rows")
    engine.con.unregister("gathering_limits")

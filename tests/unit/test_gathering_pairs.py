"""Pairs: the kernel finds what a plain count finds, and SQL finds a part of the same."""

import numpy as np
import polars as pl

from models.engine.duck import memory_engine
from models.gathering.grids import DAY, GRIDS, LEAST_WEEKS, chances, limits, regular_runs
from models.gathering.pairs import kernel_edges
from models.gathering.pairs_sql import sql_edges
from models.gathering.threads import runner
from models.gathering.visits import Visits, unpack


def _visits() -> Visits:
    rng = np.random.default_rng(11)
    person, unit, day = rng.integers(0, 300, 9_000), rng.integers(0, 4, 9_000), rng.integers(0, 366, 9_000)
    gang = np.repeat(np.arange(20, 32), 15)
    dates = np.tile(rng.choice(366, 15, replace=False), 12)
    person, unit = np.concatenate([person, gang]), np.concatenate([unit, np.full(len(gang), 2)])
    day = np.concatenate([day, dates])
    minute = rng.integers(480, 1000, len(day))
    return unpack(((unit * (1 << 25) + person) * 512 + day) * 2048 + minute, 300, 4, 366)


def _plain(visits: Visits) -> pl.DataFrame:
    """Every pair's joint weeks on the day grid, and the limit applied, by self-join."""
    limit = limits(visits, DAY, chances(visits, regular_runs(visits)))
    rows = pl.DataFrame({"unit": visits.unit, "person": visits.person, "day": visits.day})
    rows = rows.with_columns(week=pl.col("day") // 7, n=pl.len().over("unit", "person"))
    both = rows.join(rows, on=["unit", "day"]).filter(pl.col("person") < pl.col("person_right"))
    met = both.group_by("unit", "person", "person_right").agg(
        weeks=pl.col("week").n_unique(), n=pl.col("n").first(), other=pl.col("n_right").first()
    )
    kept = [
        (a, b, u, w)
        for u, a, b, w, n, m in met.iter_rows()
        if w >= LEAST_WEEKS and n * m * limit.crowding[u] <= limit.most[u, w]
    ]
    return pl.DataFrame(sorted(kept), schema=["person_a", "person_b", "unit", "weeks"], orient="row").cast(pl.Int32)


def test_the_kernel_finds_what_a_plain_count_finds() -> None:
    visits = _visits()
    limit = limits(visits, DAY, chances(visits, regular_runs(visits)))
    found = kernel_edges(visits, DAY.slots(visits), DAY, limit, runner(2), 8)
    assert found.height >= 66
    assert found.equals(_plain(visits))


def test_sql_finds_a_part_of_the_same_pairs() -> None:
    visits = _visits()
    engine = memory_engine()
    for grid in GRIDS:
        slot = grid.slots(visits)
        limit = limits(visits, grid, chances(visits, regular_runs(visits)))
        kernel = kernel_edges(visits, slot, grid, limit, runner(1), 8)
        found = sql_edges(engine)(visits, slot, grid, limit)
        assert set(found.rows()) <= set(kernel.rows())
        if grid is DAY:  # chance pairs share few of their days, and so few buckets; the gang's share most
            gang = pl.col("person_a").is_between(20, 31) & pl.col("person_b").is_between(20, 31) & (pl.col("unit") == 2)
            assert found.filter(gang).height >= 60

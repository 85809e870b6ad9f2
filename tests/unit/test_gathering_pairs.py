"""Pairs: the kernel finds what a plain count finds, and SQL those of them that share a bucket."""

import numpy as np
import polars as pl
import pytest

from models.engine.duck import memory_engine
from models.gathering.grids import DAY, GRIDS, LEAST_WEEKS, MOST_WEEKS, Grid, Limits, chances, limits, regular_runs
from models.gathering.pairs import kernel_edges, week_of_slot
from models.gathering.pairs_sql import BANDS, BUCKET, PRIME, SEED, limit_rows, sql_edges
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


def _partners(visits: Visits, grid: Grid, limit: Limits) -> set[tuple[int, int, int]]:
    """Unit and both people (the lower first) of all who share a bucket of a band, person by person."""
    slot, weeks = grid.slots(visits), week_of_slot(grid, visits.days)
    slots: dict[tuple[int, int], set[int]] = {}
    for unit, person, one in zip(visits.unit.tolist(), visits.person.tolist(), slot.tolist(), strict=True):
        slots.setdefault((unit, person), set()).add(one)
    able = {
        (unit, person): own
        for (unit, person), own in slots.items()
        if any(
            len(own) * k <= limit.most[unit, k] / limit.crowding[unit]
            for k in range(LEAST_WEEKS, len({weeks[one] for one in own}) + 1)
        )
    }
    found: set[tuple[int, int, int]] = set()
    for a0, b0, a1, b1 in np.random.default_rng(SEED).integers(1, PRIME, (BANDS, 4)).tolist():
        buckets: dict[tuple[int, int, int], list[int]] = {}
        for (unit, person), own in able.items():
            least = [min((a * one + b) % PRIME for one in own) for a, b in ((a0, b0), (a1, b1))]
            buckets.setdefault((unit, *least), []).append(person)
        for (unit, *_), people in buckets.items():
            if len(people) <= BUCKET:
                found |= {(unit, a, b) for a in people for b in people if a < b}
    return found


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_sql_finds_all_pairs_of_the_kernel_that_share_a_bucket(grid: Grid) -> None:
    visits = _visits()
    limit = limits(visits, grid, chances(visits, regular_runs(visits)))
    kernel = kernel_edges(visits, grid.slots(visits), grid, limit, runner(1), 8)
    partners = _partners(visits, grid, limit)
    wanted = [row for row in kernel.rows() if (row[2], row[0], row[1]) in partners]
    found = sql_edges(memory_engine())(visits, grid.slots(visits), grid, limit)
    assert len(wanted) > 20
    assert found.rows() == wanted


def test_neither_threads_nor_pieces_change_the_pairs_of_sql() -> None:
    visits = _visits()
    limit = limits(visits, DAY, chances(visits, regular_runs(visits)))
    made = []
    for threads, together in ((1, 1_000_000), (2, 1_000_000), (2, 3_000), (1, 1)):
        engine = memory_engine()
        engine.con.execute(f"set threads = {threads}")
        made.append(sql_edges(engine, together)(visits, DAY.slots(visits), DAY, limit))
    assert made[0].height
    assert all(one.equals(made[0]) for one in made[1:])


def test_nobody_visits_is_no_pair() -> None:
    visits = unpack(np.array([], dtype=np.int64), 0, 0, 366)
    limit = Limits(np.ones(0), np.zeros(0, dtype=np.int64), np.ones((0, MOST_WEEKS)))
    assert sql_edges(memory_engine())(visits, DAY.slots(visits), DAY, limit).is_empty()


def test_the_most_visits_of_half_a_pair_are_those_of_the_best_partner() -> None:
    rng = np.random.default_rng(3)
    most = np.cumsum(rng.gamma(1, 1, (50, MOST_WEEKS)), axis=1)
    most[:25] = np.arange(MOST_WEEKS) * rng.integers(1, 9, (25, 1))  # whole numbers of visits, to the limit
    most[:, :LEAST_WEEKS] = -1
    crowding = np.where(rng.random(50) < 0.5, 1.0, rng.random(50) / 100)
    rows = limit_rows(Limits(crowding, np.full(50, 9), most), np.arange(50))
    for unit, weeks, visits in zip(rows["unit"], rows["weeks"], rows["visits"], strict=True):
        able = [k for k in range(LEAST_WEEKS, weeks + 1) if most[unit, k] > 0]
        limit = {k: most[unit, k] / crowding[unit] for k in able}
        assert not any((visits + 1) * k <= limit[k] for k in able)
        assert visits <= 0 or any(visits * k <= limit[k] for k in able)

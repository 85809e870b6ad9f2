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
from models.gathering.threads import whole_units
from models.gathering.visits import Ints, Visits

BANDS, BUCKET = 24, 60
PRIME = 1_000_003
SEED = 20_250_101
#: visits looked at together (whole units, which share no pair): memory is theirs, not the city's
TOGETHER = 6_000_000
COLUMNS = ", ".join(f"{name} integer" for name in EDGE)


def sql_edges(engine: Engine, together: int = TOGETHER) -> Callable[[Visits, Ints, Grid, Limits], pl.DataFrame]:
    """A function from visits of regulars in a grid to edges, run by the engine; `together` changes no edge."""

    def edges(visits: Visits, slot: Ints, grid: Grid, limit: Limits) -> pl.DataFrame:
        _give(engine, "slot", {"slot": np.arange(grid.count(visits.days)), "week": week_of_slot(grid, visits.days)})
        _give(engine, "limit", limit_rows(limit, np.unique(visits.unit)))
        engine.con.execute(f"create or replace temp table gathering_edge ({COLUMNS})")
        pieces = -(-len(visits) // together)
        for low, high in whole_units(visits.unit[visits.run[:-1]], np.diff(visits.run), pieces):
            _regulars(engine, visits, slot, low, high)
            _bands(engine)
            engine.insert("gathering_edge", "gathering/edge")
        rows = engine.frame("select * from gathering_edge")
        return rows.select([pl.col(name).cast(kind) for name, kind in EDGE.items()]).sort(EDGE.keys())

    return edges


def limit_rows(limit: Limits, units: Ints) -> dict[str, Ints]:
    """By unit and weeks: `most`, the largest product of two people's visits at which so many joint weeks are an edge,
    and `visits`, the most of one who came in so many weeks and could be half of a pair: the best partner came exactly
    when they met."""
    weeks = np.arange(MOST_WEEKS)
    most = np.where(limit.most[units] > 0, limit.most[units] / limit.crowding[units, None], -1.0)
    visits = np.floor(most / np.maximum(weeks, 1))
    # the quotient may be rounded over an integer, the product decides
    visits += (visits + 1) * weeks <= most
    visits -= visits * weeks > most
    visits[:, :LEAST_WEEKS] = -1
    return {
        "unit": np.repeat(units, MOST_WEEKS), "weeks": np.tile(weeks, len(units)), "most": most.ravel(),
        "visits": np.maximum.accumulate(visits, axis=1).ravel(),
    }  # fmt: skip


def _give(engine: Engine, name: str, columns: dict[str, Ints]) -> None:
    """A small table for the queries."""
    engine.con.register("gathering_given", columns)
    engine.con.execute(f"create or replace temp table gathering_{name} as select * from gathering_given")
    engine.con.unregister("gathering_given")


def _regulars(engine: Engine, visits: Visits, slot: Ints, low: int, high: int) -> None:
    """The people of the runs low to high (exclusive) who could reach the limit, with their slots."""
    rows = slice(visits.run[low], visits.run[high])
    given = {"unit": visits.unit[rows], "person": visits.person[rows], "slot": slot[rows]}
    fresh = np.ones(len(given["slot"]), dtype=bool)
    np.not_equal(given["slot"][1:], given["slot"][:-1], out=fresh[1:])
    fresh[visits.run[low:high] - visits.run[low]] = True
    if not fresh.all():
        given = {name: column[fresh] for name, column in given.items()}
    engine.con.register("gathering_rows", given)
    engine.temporary("gathering_regular", "gathering/regular")
    engine.con.unregister("gathering_rows")


def _bands(engine: Engine) -> None:
    """Pairs of the regulars that share a bucket of a band; the hashes are the same whoever they are."""
    engine.con.execute("create or replace temp table gathering_pair (unit integer, person_a integer, person_b integer)")
    drawn = np.random.default_rng(SEED).integers(1, PRIME, (BANDS, 4)).tolist()
    for a0, b0, a1, b1 in drawn:
        engine.insert("gathering_pair", "gathering/band", a0=a0, b0=b0, a1=a1, b1=b1, prime=PRIME, most=BUCKET)

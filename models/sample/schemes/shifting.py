"""Charges that leave the stay: examinations to the day before, drugs to the person's own pocket."""

import numpy as np
import polars as pl

from models.sample.charges import STANDARD
from models.sample.groups import FAMILIES
from models.sample.months import DAY
from models.sample.providers import SECONDARY
from models.sample.schemes.scene import Scene

OFTEN, SELDOM = 0.6, 0.02


def _stays(s: Scene, provider: int | None, families: tuple[str, ...]) -> pl.DataFrame:
    """Settled, unsevered stays by chance at a provider (None: everywhere else is asked for by the caller)."""
    codes = [f for f, spec in enumerate(FAMILIES) if spec.adrg in families]
    v = s.draft.visits.frame().filter(
        (pl.col("origin") == "")
        & pl.col("fam").is_in(codes)
        & pl.col("settled")
        & (pl.col("cut") == 0)
        & ~pl.col("vid").is_in(sorted(s.draft.used))
        & (pl.col("begin") > s.cal.first_day + 2)
    )
    able = ~s.people.outside & (s.people.death == 0)
    v = v.filter(pl.Series(able[v["person"].to_numpy()], dtype=pl.Boolean))
    return v if provider is None else v.filter(pl.col("provider") == provider)


def _busiest(s: Scene, place: int) -> int:
    """The plain secondary hospital with the most stays, or the next one."""
    among = s.plain(SECONDARY)
    order = among[np.argsort(-s.providers.weight[among], kind="stable")]
    return int(order[min(place, len(order) - 1)])


def moved_out(s: Scene) -> None:
    """A hospital charges the standard examination the day before admission; elsewhere that happens now and then."""
    shifter = _busiest(s, 0)
    for row in _stays(s, None, tuple(STANDARD)).sort("vid").iter_rows(named=True):
        own = row["provider"] == shifter
        if s.rng.random() >= (OFTEN if own else SELDOM):
            continue
        key = STANDARD[FAMILIES[row["fam"]].adrg]
        day = row["begin"] - 1 - row["vid"] % 2
        at = day * DAY + 9 * 3600 + 60 * (row["vid"] % 300)
        visit = s.visit(row["person"], row["provider"], day, "before_stay", at=at)
        s.charge(visit, key, 1, at - 600)
        s.draft.moved.add(row["vid"])
        s.draft.used.add(row["vid"])
        if own:
            s.draft.note("settlement_marks", scheme="S01", vid=row["vid"])
    _repeated(s, shifter)


def _repeated(s: Scene, shifter: int) -> None:
    """Look-alike: seen the day before, examined again inside because the case demanded it."""
    some = _stays(s, None, tuple(STANDARD)).filter(pl.col("provider") != shifter).sort("vid")
    for row in some.filter(pl.col("vid") % 61 == 0).iter_rows(named=True):
        at = (row["begin"] - 1) * DAY + 10 * 3600
        visit = s.visit(row["person"], row["provider"], row["begin"] - 1, "before_stay", at=at)
        s.charge(visit, "S208", 1, at - 600)
        s.draft.used.add(row["vid"])


def selfpaid(s: Scene) -> None:
    """A hospital lets most persons buy half of their drugs; elsewhere somebody wishes to now and then."""
    place = _busiest(s, 1)
    families = ("ES2", "FR2", "FR4", "BR2", "KS1")
    for row in _stays(s, None, families).sort("vid").iter_rows(named=True):
        own = row["provider"] == place
        if s.rng.random() >= (OFTEN if own else SELDOM):
            continue
        s.draft.selfpaid.add(row["vid"])
        s.draft.used.add(row["vid"])
        if own:
            s.draft.note("settlement_marks", scheme="S02", vid=row["vid"])

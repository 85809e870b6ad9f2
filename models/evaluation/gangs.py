"""Gathering over many invented cities: recall and precision of groups beside the k-co-visit baseline.

A planted gang is found when an unexplained group shares half of the people of either with it (Jaccard ≥ 0.5); an
unexplained group is right when it so matches a planted gang. Gangs with a fixed rhythm are looked for in the ten least
fitting cohorts (half of the gang's members in one cohort) and left out of the recall of groups.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import polars as pl
from scipy import sparse, stats
from scipy.sparse import csgraph

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.evaluation.measures import Result
from models.gathering.stage import Search, search, told_frames
from models.sample.visits import CitySpec, CityTruth, fill
from models.sample.visits.city import PERIOD
from models.scores.window import quarter_window

MATCH = 0.5
BASELINE_DAYS, BUSIEST = 5, 400
TOP = 10
WINDOW = quarter_window(PERIOD)
#: measure → bar; those of AT_MOST are counts that no world may exceed
BARS = {
    "group recall": 0.93, "group precision": 0.95, "person recall": 0.94, "one-day recall": 0.85,
    "group recall, no register": 0.90, "group precision, no register": 0.90, "rhythm in top 10": 1.0,
    "rhythm in top 10, no register": 1.0, "families unexplained": 2.0, "families unexplained, no register": 2.0,
    "dialysis or clinic unexplained": 0.0, "dialysis or clinic unexplained, no register": 0.0,
    "groups without gangs": 2.0,
}  # fmt: skip
AT_MOST = {name for name in BARS if "unexplained" in name or name == "groups without gangs"}


@dataclass
class Tally:
    """Numerator and denominator of each measure by world."""

    parts: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, name: str, hits: float, of: float) -> None:
        self.parts.setdefault(name, []).append((hits, of))

    def last(self) -> str:
        """Recall and precision of the world just measured, in words."""
        (found, of), (right, made) = (self.parts[name][-1] for name in ("group recall", "group precision"))
        return f"{found:g} of {of:g} irregular gangs found, {right:g} of {made:g} unexplained groups right"


def gangs(worlds: int, seed: int, progress: Callable[[int, int, str], None] | None = None) -> list[Result]:
    """Measures over so many cities with gangs and half as many without, one after another, from `seed` on."""
    tally, planted, total = Tally(), 0, worlds + worlds // 2
    for world in range(worlds):
        began, spec = perf_counter(), city_spec(seed + world)
        truth = measure(tally, spec)
        planted += len(truth.gangs)
        if progress:
            of = f"{spec.people:,} people, {truth.visits:,} visits, {len(truth.gangs)} gangs"
            progress(world + 1, total, f"{of}: {tally.last()}, {perf_counter() - began:.0f} s")
    for world in range(worlds // 2):
        unexplained = measure_without_gangs(tally, seed + world)
        if progress:
            progress(worlds + world + 1, total, f"no gangs: {unexplained} unexplained groups")
    return [Result(f"就医聚集 / gathering: {worlds} cities, {planted} gangs, seeds from {seed}", table(tally))]


def measure(tally: Tally, spec: CitySpec) -> CityTruth:
    """Add the measures of one city with gangs."""
    engine = memory_engine()
    truth = fill(engine, spec)
    made = search(engine, WINDOW, Config())
    _registered(tally, engine, truth, made)
    _without_register(tally, engine, truth, made)
    engine.con.close()
    return truth


def measure_without_gangs(tally: Tally, seed: int) -> int:
    """Add the unexplained groups of a city of that seed's size without gangs."""
    engine = memory_engine()
    fill(engine, CitySpec(seed + 10_000, people=city_spec(seed).people, gangs=0))
    unexplained = len(_open_groups(told_frames(engine, WINDOW, Config(), search(engine, WINDOW, Config()))))
    engine.con.close()
    tally.add("groups without gangs", unexplained, 1)
    return unexplained


def city_spec(seed: int) -> CitySpec:
    """20,000 to 60,000 people, a gang for every 750."""
    people = 20_000 + seed * 7_919 % 41 * 1_000
    return CitySpec(seed, people=people, gangs=people // 750)


def _registered(tally: Tally, engine: Engine, truth: CityTruth, made: Search | None) -> None:
    frames = told_frames(engine, WINDOW, Config(), made)
    found = _open_groups(frames)
    _groups(tally, truth, found, "")
    irregular = [gang for gang in truth.gangs if not gang.rhythm]
    held = [_best(set(gang.members.tolist()), found) for gang in irregular]
    kept = [
        set() if group is None else group & set(g.members.tolist()) for group, g in zip(held, irregular, strict=True)
    ]
    tally.add("person recall", sum(map(len, kept)), sum(len(gang.members) for gang in irregular))
    late = [group for group, gang in zip(held, irregular, strict=True) if gang.jitter == "one_day"]
    tally.add("one-day recall", sum(group is not None for group in late), len(late))
    _innocent(tally, truth, found, "")
    _rhythms(tally, truth, frames["score.cohort"], found, "")
    base = baseline(engine)
    _groups(tally, truth, base, f", {BASELINE_DAYS} co-visits")


def _without_register(tally: Tally, engine: Engine, truth: CityTruth, made: Search | None) -> None:
    engine.con.execute("delete from cur.psn_info_b")
    frames = told_frames(engine, WINDOW, Config(), made)
    found = _open_groups(frames)
    _groups(tally, truth, found, ", no register")
    _innocent(tally, truth, found, ", no register")
    _rhythms(tally, truth, frames["score.cohort"], found, ", no register")


def _innocent(tally: Tally, truth: CityTruth, found: list[set[int]], suffix: str) -> None:
    clinics = [set(truth.dialysis.tolist()), *(set(c.tolist()) for c in truth.clinics)]
    tally.add("families unexplained" + suffix, _mostly(found, [set(f.tolist()) for f in truth.families]), 1)
    tally.add("dialysis or clinic unexplained" + suffix, _mostly(found, clinics), 1)


def _open_groups(frames: dict[str, pl.DataFrame]) -> list[set[int]]:
    """Members (person numbers) of the unexplained groups."""
    groups = frames["score.gathering_group"].filter(pl.col("explanation").is_null()).select("group_id")
    members = frames["score.gathering_member"].join(groups, on="group_id")
    lists = members.group_by("group_id", maintain_order=True).agg("psn_id")["psn_id"]
    return [{int(person[1:]) for person in people} for people in lists]


def _groups(tally: Tally, truth: CityTruth, found: list[set[int]], suffix: str) -> None:
    irregular = [set(gang.members.tolist()) for gang in truth.gangs if not gang.rhythm]
    every = [set(gang.members.tolist()) for gang in truth.gangs]
    tally.add("group recall" + suffix, sum(_best(gang, found) is not None for gang in irregular), len(irregular))
    tally.add("group precision" + suffix, sum(_best(group, every) is not None for group in found), len(found))


def _best(one: set[int], others: Iterable[set[int]]) -> set[int] | None:
    """The most alike of the others, if it matches."""
    likeness = max(
        ((len(one & o) / len(one | o), i, o) for i, o in enumerate(others)), default=None, key=lambda x: x[:2]
    )
    return likeness[2] if likeness and likeness[0] >= MATCH else None


def _mostly(found: list[set[int]], innocent: list[set[int]]) -> int:
    """Groups of which more than 60% are of one innocent set."""
    return sum(any(len(group & some) > 0.6 * len(group) for some in innocent) for group in found)


def _rhythms(tally: Tally, truth: CityTruth, cohort: pl.DataFrame, found: list[set[int]], suffix: str) -> None:
    top = [{int(p[1:]) for p in people} for people in cohort.head(TOP)["psn_ids"].str.json_decode(pl.List(pl.String))]
    regular = [set(gang.members.tolist()) for gang in truth.gangs if gang.rhythm]
    seen = [any(2 * len(gang & people) >= len(gang) for people in top) for gang in regular]
    grouped = [_best(gang, found) is not None for gang in regular]
    either = sum(a or b for a, b in zip(seen, grouped, strict=True))
    tally.add("rhythm in top 10" + suffix, sum(seen), len(regular))
    tally.add("rhythm in top 10 or as a group" + suffix, either, len(regular))


def baseline(engine: Engine) -> list[set[int]]:
    """Connected people of pairs with five or more same days at one provider (busy provider days left out)."""
    bounds = WINDOW.bounds()
    pairs = engine.query("scores/baseline_covisit", least_days=BASELINE_DAYS, busiest=BUSIEST, **bounds)
    if pairs.is_empty():
        return []
    a, b = (pairs[name].str.slice(1).cast(pl.Int64).to_numpy() for name in ("psn_a", "psn_b"))
    people, where = np.unique(np.concatenate([a, b]), return_inverse=True)
    links = sparse.coo_array((np.ones(len(a)), (where[: len(a)], where[len(a) :])), shape=(len(people), len(people)))
    _, label = csgraph.connected_components(links, directed=False)
    return [set(people[label == name].tolist()) for name in np.flatnonzero(np.bincount(label) >= 5)]


def table(tally: Tally) -> pl.DataFrame:
    """Mean over worlds, its 95% interval, pooled value, bar, and whether it is met.

    Met: mean ≥ bar − 0.02 and upper limit ≥ bar; counts of innocent groups: no world above the bar.
    """
    rows = []
    for name, parts in tally.parts.items():
        values = np.array([hits / of for hits, of in parts if of])
        if not len(values):
            continue
        mean = float(values.mean())
        error = values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else 0.0
        half = float(stats.t.ppf(0.975, max(len(values) - 1, 1)) * error)
        pooled = sum(hits for hits, _ in parts) / sum(of for _, of in parts)
        bar = BARS.get(name)
        met = (
            None
            if bar is None
            else (values.max() <= bar if name in AT_MOST else mean >= bar - 0.02 and mean + half >= bar)
        )
        told = None if met is None else ("是 / yes" if met else "否 / no")
        shown = [round(float(x), 4) for x in (mean, mean - half, mean + half, pooled, values.max())]
        rows.append((name, *shown, bar, told))
    names = ["measure", "mean", "low", "high", "pooled", "highest world", "bar", "met"]
    return pl.DataFrame(rows, schema=names, orient="row")

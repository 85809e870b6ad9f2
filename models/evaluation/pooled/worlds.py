"""One world: filled, scored, and what the lists say beside the truth."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.sample.hospitals import HospitalSpec, HospitalTruth, fill
from models.sample.seeds import stream
from models.scores import deviation, upcoding
from models.scores.window import quarter_window


@dataclass(frozen=True)
class Scored:
    """A scored world: truth and lists (score tables of its period), and the naive rankings."""

    truth: HospitalTruth
    deviation: pl.DataFrame
    provider: pl.DataFrame
    case: pl.DataFrame
    tier_share: dict[str, float]
    paid: dict[str, float]
    stays: pl.DataFrame  # setl_id, fixmedins_code, grp_code, paid of the window's grouped stays


@dataclass
class Facts:
    """Numerators and denominators by measure, one pair a world (or several); `roles` = how it went for each role."""

    pairs: list[tuple[str, int, float, float]] = field(default_factory=list)
    roles: list[tuple[str, float, float, float, float, float]] = field(default_factory=list)

    def add(self, measure: str, world: int, numerator: float, denominator: float) -> None:
        self.pairs.append((measure, world, float(numerator), float(denominator)))


def varied(seed: int, planted: bool, spread: float = 1.0) -> HospitalSpec:
    """The world of a seed: length, volume, period and whether knowledge points are entered vary with it.

    `spread` multiplies how far honest hospitals differ.
    """
    rng = stream(seed, "varied")
    return HospitalSpec(
        seed=seed,
        hospitals=int(rng.integers(110, 141)),
        stays=int(rng.choice([80_000, 100_000, 120_000])),
        months=int(rng.choice([15, 18, 24, 27])),
        period=str(rng.choice(["2024Q4", "2025Q1", "2025Q2", "2025Q3"])),
        planted=planted,
        knowledge=bool(rng.random() < 0.5),
        spread=spread,
    )


def scored(spec: HospitalSpec, config: Config) -> Scored:
    """Fill a world in memory, run both scores for its period and read their lists back."""
    engine = memory_engine()
    engine.con.execute("set enable_progress_bar = false")
    try:
        truth = fill(engine, spec)
        # nothing is built again here: what both scores make of core may be kept, as after a build of core
        engine.con.execute(f"comment on table core.settlement is 'world {spec.seed}'")
        deviation(engine, spec.period, config)
        upcoding(engine, spec.period, config)
        return _read(engine, spec, truth)
    finally:
        engine.close()


def _read(engine: Engine, spec: HospitalSpec, truth: HospitalTruth) -> Scored:
    window = quarter_window(spec.period)
    stays = engine.frame(
        "select setl_id, fixmedins_code, grp_code, cast(paid as double) as paid from core.settlement "
        "where grp_code is not null and setl_time >= $start and setl_time < $until order by setl_id",
        {"start": window.start, "until": window.until},
    )
    lists = [
        engine.frame(f"select * from score.{name}") for name in ("deviation", "upcoding_provider", "upcoding_case")
    ]
    money = [c for frame in lists for c, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    plain = [frame.with_columns(pl.col(c).cast(pl.Float64) for c in frame.columns if c in money) for frame in lists]
    tiers = dict(engine.query("scores/baseline_tier", **window.bounds()).rows())
    paid = dict(engine.query("scores/baseline_provider", **window.bounds()).rows())
    return Scored(truth, plain[0], plain[1], plain[2], tiers, paid, stays)


def count_within(low: np.ndarray, value: np.ndarray, high: np.ndarray) -> float:
    """How many values lie inside their interval, ends included."""
    return float(((value >= low) & (value <= high)).sum())

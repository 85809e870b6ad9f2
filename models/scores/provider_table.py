"""The provider table: every score of every provider, its percentile among peers, and the risk score they make."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from models.config import Config
from models.contracts.cases import CASES
from models.engine.duck import Engine
from models.periods import quarter_of
from models.scores.cases import prepare_peers, prepare_planned
from models.scores.kept import same_months
from models.scores.people import people_scores
from models.scores.provider_rates import percentile, rate, shrunk_rate, usual_rate
from models.scores.risk import risk_points, risk_score
from models.scores.store import ScoreSummary, columns_of, store, yuan
from models.scores.window import Window, window_of

_OUTLIER = pl.DataFrame(
    schema={"fixmedins_code": pl.String, "outlier_score": pl.Float64, "outlier_percentile": pl.Float64}
)


@dataclass(frozen=True)
class Evidence:
    """What the provider table is made of; the plan looks into the same tables for what to pull."""

    table: pl.DataFrame
    claims: pl.DataFrame
    deviation: pl.DataFrame
    upcoding: pl.DataFrame
    upcoding_cases: pl.DataFrame


def provider_score(engine: Engine, period: str | int, config: Config, as_of: datetime | None = None) -> ScoreSummary:
    """Make the rows of `score.provider_score` for a quarter (after its deviation, upcoding and claims) or a plan year.

    Every provider of the area has a row. Raises UsageError for a period that is neither.
    """
    window = window_of(engine, period, as_of)
    with engine.all_or_nothing():
        rows = store_provider_table(engine, window, gather(engine, window, config))
    return ScoreSummary(window.period, {"score.provider_score": rows})


def store_provider_table(engine: Engine, window: Window, evidence: Evidence) -> int:
    """Write the provider table of a window."""
    columns = [name for name in columns_of("score.provider_score") if name != "period"]
    frame = evidence.table.with_columns(period=pl.lit(window.period)).select(columns)
    return store(engine, "score.provider_score", window.period, frame)


def gather(engine: Engine, window: Window, config: Config, outlier: bool = True) -> Evidence:
    """Everything known about every provider in a window.

    A quarter takes the deviation and upcoding already made for it; a plan year those of the quarter with the same
    months where they were made of the same data, configuration and code, else it makes its own. Without `outlier`
    that score, which counts nowhere, stays empty.
    """
    deviation, upcoding, upcoding_cases = _models(engine, window, config)
    prepare_peers(engine)
    prepare_planned(engine, config)
    bounds: dict[str, object] = {**window.bounds()}
    bounds |= {
        "first_quarter": str(quarter_of(window.start)),
        "last_quarter": str(quarter_of(window.until - timedelta(days=1))),
        "split_days": config.params.split_stay_days,
        "decided_cases": list(CASES),
    }
    table = engine.query("scores/provider_activity", **bounds)
    claims = engine.query("scores/provider_claim", **bounds) if engine.exists("money.claim") else _no_claims()
    splits = engine.query("scores/split_stay", **bounds)
    quality = engine.query("scores/provider_quality", **bounds) if engine.exists("quality.result") else None
    table = table.join(_found(claims), on="fixmedins_code", how="left").join(splits, on="fixmedins_code", how="left")
    if quality is not None:
        table = table.join(quality, on="fixmedins_code", how="left")
    else:
        table = table.with_columns(checked=pl.lit(None, pl.Int64), violations=pl.lit(None, pl.Int64))
    table = table.join(_furthest(deviation), on="fixmedins_code", how="left")
    # who is not assessable (no q) is no evidence, as with costs
    coding = upcoding.filter(pl.col("q_value").is_not_null()).select(
        "fixmedins_code", pl.col("score").alias("upcoding_score"), "at_stake_amount",
        pl.col("q_value").alias("upcoding_q"), pl.col("cases").alias("upcoding_cases"), "expected_share",
    )  # fmt: skip
    table = table.join(coding, on="fixmedins_code", how="left")
    unlike = _unlike_peers(engine, window, config) if outlier else _OUTLIER
    table = table.join(unlike, on="fixmedins_code", how="left")
    people = people_scores(engine, window, table["fixmedins_code"])
    table = table.join(people, on="fixmedins_code", how="left")
    return Evidence(_scored(table.sort("fixmedins_code"), config), claims, deviation, upcoding, upcoding_cases)


def _models(engine: Engine, window: Window, config: Config) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Deviation and upcoding of the window: those of a quarter's lists where they are of the same, else made here."""
    costs, coding = (
        window.period if "Q" in window.period else same_months(engine, table, window, config)
        for table in ("score.deviation", "score.upcoding_provider")
    )
    if costs:
        deviation = _deviation_of(engine, costs)
    else:
        from models.scores.cost_deviation import deviation_frame  # takes seconds to import

        deviation = deviation_frame(engine, window, config)
    if coding is None:
        from models.scores.coding.stage import upcoding_frames

        return deviation, *upcoding_frames(engine, window, config)
    cases = _listed(engine, "score.upcoding_case", coding)
    return deviation, _listed(engine, "score.upcoding_provider", coding), cases


def _listed(engine: Engine, table: str, period: str) -> pl.DataFrame:
    """The rows of a period of a score table, in the columns of its list."""
    columns = ", ".join(name for name in columns_of(table) if name != "period")
    return engine.frame(f"select {columns} from {table} where period = $period order by all", {"period": period})


def _deviation_of(engine: Engine, period: str) -> pl.DataFrame:
    """Deviation rows with what the deviation stage keeps beside its list for the providers' totals."""
    deviation = _listed(engine, "score.deviation", period)
    if not engine.exists("score.deviation_by"):
        from models.scores.cost_deviation import BESIDE

        return deviation.with_columns(pl.lit(None, pl.Float64).alias(name) for name in BESIDE)
    beside = engine.frame(
        "select * exclude (period) from score.deviation_by where period = $period", {"period": period}
    )
    beside = beside.with_columns(level=pl.lit("provider"), grp_code=pl.lit(None, pl.String))
    key = ["fixmedins_code", "grp_type", "level", "grp_code"]
    return deviation.join(beside, on=key, how="left", nulls_equal=True, maintain_order="left")


def _unlike_peers(engine: Engine, window: Window, config: Config) -> pl.DataFrame:
    """Outlier score and percentile of the providers: those of a quarter's list, else computed for the window."""
    found = pl.DataFrame()
    if engine.exists("score.outlier"):
        period = same_months(engine, "score.outlier", window, config) or window.period
        found = engine.frame("select * from score.outlier where period = $period", {"period": period})
    if found.is_empty():
        from models.scores.outlier_score import outlier_frame

        found = outlier_frame(engine, window, config, levels=("provider",))
    return found.filter(pl.col("level") == "provider").select(
        "fixmedins_code",
        pl.col("score").alias("outlier_score"),
        pl.col("percentile").alias("outlier_percentile"),
    )


def _no_claims() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "fixmedins_code": pl.String, "rule_id": pl.String, "rule_name": pl.String, "confidence": pl.Float64,
            "decided": pl.Int64, "claims": pl.Int64, "fund_amount": pl.Decimal(18, 2), "fund_square": pl.Decimal(38, 4),
        }
    )  # fmt: skip


def _found(claims: pl.DataFrame) -> pl.DataFrame:
    return claims.group_by("fixmedins_code").agg(finding_amount=pl.col("fund_amount").sum())


def _furthest(deviation: pl.DataFrame) -> pl.DataFrame:
    """Of a provider's totals by type of group, the assessable one furthest from zero.

    `deviation_own` is what the provider itself differs by, as the model shrinks it, in standard deviations between
    honest providers, and `deviation_error` that posterior's: of z the part √(reliability), and √(1 − reliability).
    """
    if deviation.is_empty():
        numbers = ("deviation_z", "deviation_own", "deviation_error", "deviation_q", "deviation_q_by")
        return pl.DataFrame(schema={"fixmedins_code": pl.String, **dict.fromkeys(numbers, pl.Float64)})
    totals = deviation.filter((pl.col("level") == "provider") & pl.col("grp_code").is_null() & pl.col("assessable"))
    totals = totals.with_columns(size=pl.col("z").abs()).sort(
        "fixmedins_code", "size", "grp_type", descending=[False, True, False]
    )
    noise2 = pl.col("noise_share").clip(0.0025, 1).fill_null(1)
    return totals.unique("fixmedins_code", keep="first", maintain_order=True).select(
        "fixmedins_code",
        pl.col("z").alias("deviation_z"),
        (pl.col("z") * (1 - noise2).sqrt()).alias("deviation_own"),
        noise2.sqrt().alias("deviation_error"),
        pl.col("q_value").alias("deviation_q"),
        pl.col("q_value_by").alias("deviation_q_by"),
    )


def _scored(table: pl.DataFrame, config: Config) -> pl.DataFrame:
    """Rates, percentiles, risk points and exposure."""
    table = table.with_columns(
        peers=pl.len().over("peer_group").cast(pl.Int64) - 1,
        finding_amount=pl.col("finding_amount").fill_null(0).cast(pl.Decimal(16, 2)),
    )
    rates = {
        "finding": ("finding_amount", "fund_amount"),
        "split_stay": ("split_stays", "stays"),
        "quality": ("violations", "checked"),
    }
    for name, (top, bottom) in rates.items():
        table = table.with_columns(
            rate(top, bottom).round(6).alias(f"{name}_rate"), shrunk_rate(top, bottom).round(9).alias(f"{name}_shrunk")
        )
    # a return among two stays is no habit: what is counted in cases needs as many as any other comparison
    few = pl.col("stays").fill_null(0) < config.params.peer_min_cases
    table = table.with_columns(split_stay_shrunk=pl.when(~few).then("split_stay_shrunk"))
    # shrinking may lower what is put forward at a small provider, never lend it what its peers did
    table = table.with_columns(
        usual_rate(table, config.params.peer_min_providers),
        finding_held=pl.min_horizontal("finding_rate", "finding_shrunk"),
    )
    ranked = {name: f"{name}_shrunk" for name in rates} | {"deviation": "deviation_z"}
    ranked |= {name: f"{name}_score" for name in ("upcoding", "gathering", "person")}
    least = config.params.peer_min_providers
    table = table.with_columns(
        **{f"{name}_percentile": percentile(column, least) for name, column in ranked.items()},
    )
    table = risk_points(table)
    stake = pl.when(pl.col("upcoding_q") <= config.thresholds.q_value).then(pl.col("at_stake_amount").cast(pl.Float64))
    exposure = table.select((pl.col("finding_amount").cast(pl.Float64) + stake.fill_null(0)).alias("exposure"))[
        "exposure"
    ]
    return table.with_columns(risk_score=risk_score(table), exposure_amount=yuan(exposure))

"""What groups and persons say of the providers they lead to: read from the tables of their own stages."""

import polars as pl

from models.engine.duck import Engine
from models.scores.window import Window

_SCHEMA = {
    "fixmedins_code": pl.String,
    "gathering_score": pl.Float64,
    "person_score": pl.Float64,
    "person_q": pl.Float64,
}


def people_scores(engine: Engine, window: Window, providers: pl.Series) -> pl.DataFrame:
    """One row a provider: gathering_score, person_score, person_q, of the window's last whole quarter.

    gathering_score = the highest score of a group without explanation that came together there (0 = none);
    person_score = share of persons listed against the other providers, shrunk (1 = as others). Null where the quarter's
    lists were not made.
    """
    quarter = window.last_quarter
    rows = pl.DataFrame({"fixmedins_code": providers})
    rows = rows.join(_groups(engine, quarter), on="fixmedins_code", how="left")
    if engine.exists("score.gathering_group"):
        rows = rows.with_columns(pl.col("gathering_score").fill_null(0.0))
    return rows.join(_persons(engine, quarter), on="fixmedins_code", how="left").select(list(_SCHEMA))


def _groups(engine: Engine, quarter: str) -> pl.DataFrame:
    if not engine.exists("score.gathering_group"):
        return pl.DataFrame(schema={name: _SCHEMA[name] for name in ("fixmedins_code", "gathering_score")})
    groups = engine.frame(
        "select fixmedins_codes, score from score.gathering_group where period = $period and explanation is null",
        {"period": quarter},
    )
    codes = groups.with_columns(
        fixmedins_code=pl.col("fixmedins_codes").str.json_decode(pl.List(pl.String)).cast(pl.List(pl.String))
    ).explode("fixmedins_code")
    return codes.group_by("fixmedins_code").agg(gathering_score=pl.col("score").max()).sort("fixmedins_code")


def _persons(engine: Engine, quarter: str) -> pl.DataFrame:
    if not engine.exists("score.person_hub"):
        return pl.DataFrame(schema={name: _SCHEMA[name] for name in ("fixmedins_code", "person_score", "person_q")})
    return engine.frame(
        "select fixmedins_code, ratio as person_score, q_value as person_q from score.person_hub "
        "where period = $period and level = 'provider' order by fixmedins_code",
        {"period": quarter},
    )

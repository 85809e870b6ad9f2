"""The two tables of the stage: quality.result (rows of the `quality` list) and quality.profile (one row a check)."""

from collections.abc import Sequence

import polars as pl

from models.engine import Engine
from models.engine.frames import as_view
from models.quality.catalogue import Check
from models.quality.result import CheckResult

_RESULT = (
    'create table if not exists quality.result (period varchar, fixmedins_code varchar, "table" varchar, '
    "check_id varchar, severity varchar, rows bigint, violations bigint, rate double, examples varchar)"
)
_PROFILE = (
    'create table if not exists quality.profile (period varchar, "table" varchar, check_id varchar, severity varchar, '
    "rows bigint, violations bigint, rate double, max_rate double, applicable boolean, success boolean, "
    "message varchar)"
)


def _result_rows(period: str, checks: Sequence[Check], whole: pl.DataFrame, providers: pl.DataFrame) -> pl.DataFrame:
    """All checks for the whole area, and what each provider violates; rates to six decimals."""
    about = pl.DataFrame(
        {
            "check_id": [check.check_id for check in checks],
            "table": [check.table for check in checks],
            "severity": [check.severity for check in checks],
        }
    )
    columns = ["check_id", "checked", "violations", "rate", "examples"]
    area_rows = about.join(whole.select(columns), on="check_id", how="left").with_columns(
        fixmedins_code=pl.lit(None, pl.String),
        checked=pl.col("checked").fill_null(0),
        violations=pl.col("violations").fill_null(0),
        examples=pl.col("examples").fill_null("[]"),
    )
    provider_rows = about.join(providers.select("fixmedins_code", *columns), on="check_id", how="inner")
    names = ["fixmedins_code", "table", "check_id", "severity", "rows", "violations", "rate", "examples"]
    rows = pl.concat(
        frame.rename({"checked": "rows"}).select(pl.lit(period).alias("period"), *names)
        for frame in (area_rows, provider_rows)
    )
    return rows.with_columns(pl.col("rate").round(6)).sort("fixmedins_code", "table", "check_id", nulls_last=False)


def _profile_rows(results: Sequence[CheckResult]) -> pl.DataFrame:
    names = (
        "period", "table", "check_id", "severity", "rows", "violations", "rate", "max_rate", "applicable", "success",
        "message",
    )  # fmt: skip
    return pl.DataFrame(
        {name: [getattr(result, name) for result in results] for name in names},
        schema_overrides={"rate": pl.Float64, "max_rate": pl.Float64},
    )


def _replace(engine: Engine, table: str, period: str, rows: pl.DataFrame) -> None:
    engine.con.execute(f"delete from {table} where period = $period", {"period": period})
    with as_view(engine, "quality_rows", rows):
        engine.con.execute(f"insert into {table} by name select * from quality_rows")


def store(
    engine: Engine,
    period: str,
    checks: Sequence[Check],
    whole: pl.DataFrame,
    providers: pl.DataFrame,
    results: Sequence[CheckResult],
) -> None:
    """Replace the rows of one period in quality.result and quality.profile, all or nothing."""
    with engine.all_or_nothing():
        engine.con.execute(_RESULT)
        engine.con.execute(_PROFILE)
        _replace(engine, "quality.result", period, _result_rows(period, checks, whole, providers))
        _replace(engine, "quality.profile", period, _profile_rows(results))


def verdicts(engine: Engine) -> list[tuple[str, int, int]]:
    """Every period checked so far, newest first, with its numbers of blocking and of warning checks."""
    engine.con.execute(_PROFILE)
    found = engine.frame(
        "select period, "
        "cast(sum(case when severity = 'fail' and not success then 1 else 0 end) as integer) as blocking, "
        "cast(sum(case when severity = 'warn' and not success then 1 else 0 end) as integer) as warning "
        "from quality.profile group by period order by period desc"
    )
    return found.rows()

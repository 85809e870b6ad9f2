"""The two tables of the stage: quality.result (rows of the `quality` list) and quality.profile (one row a check)."""

from collections.abc import Sequence

import polars as pl

from models.engine import Engine
from models.engine.frames import replace_period
from models.quality.catalogue import Check
from models.quality.result import CheckResult

_CHECK = {"table": "varchar", "check_id": "varchar", "severity": "varchar"}
_COUNTS = {"rows": "bigint", "violations": "bigint", "rate": "double"}
RESULT = {"fixmedins_code": "varchar", **_CHECK, **_COUNTS, "examples": "varchar"}
PROFILE = {
    **_CHECK, **_COUNTS, "max_rate": "double", "applicable": "boolean", "success": "boolean", "message": "varchar",
}  # fmt: skip


def _result_rows(checks: Sequence[Check], whole: pl.DataFrame, providers: pl.DataFrame) -> pl.DataFrame:
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
    rows = pl.concat(frame.rename({"checked": "rows"}).select(list(RESULT)) for frame in (area_rows, provider_rows))
    return rows.with_columns(pl.col("rate").round(6)).sort("fixmedins_code", "table", "check_id", nulls_last=False)


def _profile_rows(results: Sequence[CheckResult]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [getattr(result, name) for result in results] for name in PROFILE},
        schema_overrides={"rate": pl.Float64, "max_rate": pl.Float64},
    )


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
        replace_period(engine, "quality.result", period, _result_rows(checks, whole, providers), RESULT)
        replace_period(engine, "quality.profile", period, _profile_rows(results), PROFILE)


def verdicts(engine: Engine) -> list[tuple[str, int, int]]:
    """Every period checked so far, newest first, with its numbers of blocking and of warning checks."""
    if not engine.exists("quality.profile"):
        return []
    found = engine.frame(
        "select period, "
        "cast(sum(case when severity = 'fail' and not success then 1 else 0 end) as integer) as blocking, "
        "cast(sum(case when severity = 'warn' and not success then 1 else 0 end) as integer) as warning "
        "from quality.profile group by period order by period desc"
    )
    return found.rows()

"""The draw of an issued list: it stays as it was handed out, whatever is delivered afterwards."""

from datetime import date
from typing import Any

import polars as pl

from models.contracts.lists import as_now
from models.money.register import Register
from models.sampling.draw import Draw


def frozen(register: Register, period: str) -> Draw | None:
    """The draw that was issued with the first list of a period; None where none was.

    Raises InputRefused when the register's copy was altered.
    """
    issued = register.issued(period)
    path = register.review_sample(issued[0]) if issued else None
    facts = issued[0].manifest.get("review") if issued else None
    if path is None or not facts:
        return None
    return Draw(as_now("review_sample", pl.read_parquet(path)), _rows(facts["strata"]), _rows(facts["classes"]))


def _rows(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{**row, "month": date.fromisoformat(row["month"])} for row in rows], infer_schema_length=None)

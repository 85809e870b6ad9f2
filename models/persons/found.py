"""What a pattern finds: the persons with what was seen of them, and the settlements behind it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from models.engine.duck import Engine
from models.engine.frames import replace_period

QUANTITY, MONEY = pl.Decimal(18, 4), pl.Decimal(16, 2)
FLAG: dict[str, Any] = {
    "psn_id": pl.String, "pattern": pl.String, "observed": QUANTITY, "limit": QUANTITY, "reasons": pl.String,
}  # fmt: skip
EVIDENCE: dict[str, Any] = {
    "psn_id": pl.String, "pattern": pl.String, "setl_id": pl.String, "fund_amount": MONEY,
}  # fmt: skip
#: so many single facts are spelt out in the reasons of one row
SPELT_OUT = 5


@dataclass(frozen=True)
class Found:
    """`flags`: psn_id, pattern, observed, limit, reasons. `evidence`: psn_id, pattern, setl_id, fund_amount."""

    flags: pl.DataFrame
    evidence: pl.DataFrame


def flags_of(rows: Iterable[tuple[str, str, Decimal | int, Decimal | int, list[str]]]) -> pl.DataFrame:
    """Flags from rows of person, pattern, observed, limit and sentences."""
    made = [(p, pattern, Decimal(seen), Decimal(limit), sentences(text)) for p, pattern, seen, limit, text in rows]
    return pl.DataFrame(made, schema=FLAG, orient="row")


def sentences(texts: list[str]) -> str:
    """A JSON list of Chinese sentences; what is beyond the first few is counted."""
    more = len(texts) - SPELT_OUT
    shown = texts if more <= 0 else [*texts[:SPELT_OUT], f"另有{more}项同类情形"]
    return json.dumps(shown, ensure_ascii=False)


def together(found: Iterable[Found]) -> Found:
    """All patterns as one."""
    parts = list(found)
    return Found(
        pl.concat([part.flags for part in parts]),
        pl.concat([part.evidence.select(list(EVIDENCE)).cast(pl.Schema(EVIDENCE)) for part in parts]),
    )


def keep_evidence(engine: Engine, period: str, evidence: pl.DataFrame) -> None:
    """Replace a period's rows of `score.person_evidence`: period, psn_id, pattern, setl_id, fund_amount."""
    replace_period(engine, "score.person_evidence", period, evidence)

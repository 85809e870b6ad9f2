"""The draw of second review: a stratified sample of what passed the rules, by public lots that anybody can replay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from models.config import Config
from models.contracts.cases import SECOND_REVIEW
from models.engine.duck import Engine
from models.engine.frames import put
from models.sampling.strata import Cell, boundaries, place

LOT = "sha256(seed|setl_id)"
SCRATCH = ("review_found", "review_frame", "review_boundary", "review_cell", "review_line", "review_placed")
STRATUM_COLUMNS = ("month", "stratum", "kind", "population", "units", "fen", "lines", "last_lot")


@dataclass(frozen=True)
class Draw:
    """One draw: `sample` has the columns of the list review_sample, `strata` STRATUM_COLUMNS, `classes` the amounts."""

    sample: pl.DataFrame
    strata: pl.DataFrame
    classes: pl.DataFrame


def draw(engine: Engine, months: tuple[date, date], config: Config, found_in: str | None) -> Draw:
    """Draw from the settlements of [first, end) that no finding of the quarter `found_in` remarks (None: no rules yet).

    A pure function of the settlements, the findings, the seed and the configuration: inside a stratum the settlements
    with the smallest lots are drawn. Reads core.*, cur.mdtrt_d, finding.finding; leaves score.review_placed, the
    frame in its order, for who estimates from it (drop it with `clear`).
    """
    if found_in is None:
        put(engine, "score.review_found", pl.DataFrame(schema={"setl_id": pl.String}))
    else:
        engine.replace("score.review_found", "sampling/found", period=found_in)
    engine.replace("score.review_frame", "sampling/frame", first=months[0], until=months[1], seed=config.seed)
    classes = _classes(engine, config.sampling.amount_classes)
    put(engine, "score.review_boundary", classes)
    put(engine, "score.review_cell", _cells(engine, config))
    engine.replace("score.review_placed", "sampling/placed")
    engine.replace("score.review_line", "sampling/line_count")
    return Draw(
        engine.query("sampling/drawn", seed=config.seed, rule_id=SECOND_REVIEW),
        engine.query("sampling/stratum").select(STRATUM_COLUMNS),
        classes,
    )


def clear(engine: Engine) -> None:
    """Drop what a draw left behind."""
    for table in SCRATCH:
        engine.con.execute(f"drop table if exists score.{table}")


def _classes(engine: Engine, wanted: int) -> pl.DataFrame:
    """Amount classes of each month and kind: low (inclusive) and high (exclusive, null = open) in fen."""
    amounts = engine.frame("select month, kind, fen from score.review_frame")
    rows = []
    for (month, kind), part in sorted(amounts.partition_by("month", "kind", as_dict=True).items()):
        ends = boundaries(part["fen"].to_numpy(), wanted)
        lows: Sequence[int] = [0, *ends]
        rows += [
            (month, kind, number, low, high)
            for number, (low, high) in enumerate(zip(lows, [*ends, None], strict=True), 1)
        ]
    schema = {"month": pl.Date, "kind": pl.String, "class": pl.Int64, "low": pl.Int64, "high": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cells(engine: Engine, config: Config) -> pl.DataFrame:
    counted = engine.query("sampling/cell").select("month", "kind", "fixmedins_code", "level", "class", "units")
    placed = place([Cell(*row) for row in counted.iter_rows()], config.sampling)
    rows = [(p.cell.month, p.cell.kind, p.cell.fixmedins_code, p.cell.amount_class, p.stratum, p.take) for p in placed]
    schema: dict[str, Any] = {"month": pl.Date, "kind": pl.String, "fixmedins_code": pl.String}
    schema |= {"class": pl.Int64, "stratum": pl.String, "take": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")

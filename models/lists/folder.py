"""The folder of one period: lists taken from their tables, written whole or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from models import due
from models.contracts import lists, lists_of
from models.errors import UsageError
from models.lists.facts import manifest_facts
from models.lists.manifest import write_manifest
from models.lists.replace import replaced_folder
from models.lists.write import written_lists
from models.session import Session


@dataclass
class Made:
    """What was written: folder, rows a list, money a list."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    amounts_by_rule: dict[str, Decimal] = field(default_factory=dict)


def frame_of(session: Session, name: str, period: str) -> pl.DataFrame:
    """The rows of one list for one period, in the columns of its contract; errors name the table that is missing."""
    table = lists()[name].source
    try:  # asking whether a table is there takes longer than reading it
        frame = session.engine.frame(f"select * from {table} where period = $period", {"period": period})
    except duckdb.CatalogException:
        raise UsageError(
            f"{period}: {table} 尚未计算 / is not computed yet. Run `jicha run --quarter {period}`."
        ) from None
    return frame.select([column.name for column in lists()[name].columns])


def computed(session: Session, cadence: str, period: str) -> dict[str, pl.DataFrame]:
    """The lists of a period that stages have left in tables."""
    return {name: frame_of(session, name, period) for name in lists_of(cadence) if lists()[name].source}


def write_folder(
    session: Session,
    target: Path,
    period: str,
    frames: Mapping[str, pl.DataFrame],
    warnings: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
    later: Callable[[], Mapping[str, pl.DataFrame]] = dict,
) -> Made:
    """Write all lists and the manifest into `target`, in place of what was there.

    `later` makes more lists while the workbooks of the first are being written.
    """
    every = dict(frames)

    def rest() -> Mapping[str, pl.DataFrame]:
        found = later()
        every.update(found)
        return found

    about = {"期间 / period": target.name, "截止 / as of": str(due.as_of(session))}
    with replaced_folder(target) as folder:
        with written_lists(frames, folder, session.config.language, about, rest) as files:
            facts = manifest_facts(session, period)
            facts["warnings"] = [*facts["warnings"], *warnings]
        write_manifest(folder, period=period, lists=files, config=session.config, **facts, **(extra or {}))
    return made_of(target, every)


def made_of(folder: Path, frames: Mapping[str, pl.DataFrame]) -> Made:
    """Rows and money of lists that are, or already were, in a folder."""
    made = Made(folder)
    for name, frame in frames.items():
        made.rows[name] = frame.height
        amount = lists()[name].amount
        if amount:
            made.amounts[name] = sum(frame[amount].drop_nulls().to_list(), Decimal("0.00"))
    if "clawback" in frames:
        by_rule = frames["clawback"].group_by("rule_id").agg(pl.col("fund_amount").sum()).sort("rule_id")
        made.amounts_by_rule = {str(rule): amount for rule, amount in by_rule.iter_rows()}
    return made

"""Reading the planted truth and the lists that are judged against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from models import due
from models.errors import InputRefused
from models.home import Home

Lists = Mapping[str, pl.DataFrame]
TABLES: dict[str, tuple[str, ...]] = {
    "lines": ("scheme", "rule_id", "setl_id", "bkkp_sn", "fund_amount", "claimable"),
    "settlements": ("scheme", "setl_id", "fixmedins_code", "amount"),
    "providers": ("scheme", "fixmedins_code"),
    "persons": ("scheme", "psn_no"),
    "groups": ("scheme", "group_id", "psn_no", "fixmedins_code"),
    "inventory": ("scheme", "rule_id", "fixmedins_code"),
    "funds": ("scheme", "insutype", "fixmedins_code", "year"),
}


@dataclass(frozen=True)
class Truth:
    """What was planted, by table; an absent table is empty."""

    lines: pl.DataFrame
    settlements: pl.DataFrame
    providers: pl.DataFrame
    persons: pl.DataFrame
    groups: pl.DataFrame
    inventory: pl.DataFrame
    funds: pl.DataFrame


def read_truth(folder: Path) -> Truth:
    """Read `<folder>/truth/*.parquet` or `<folder>/*.parquet`.

    Raises InputRefused when there is no truth at all or a table lacks its columns.
    """
    place = folder / "truth" if (folder / "truth").is_dir() else folder
    found: dict[str, pl.DataFrame] = {}
    faults: list[str] = []
    for name, columns in TABLES.items():
        path = place / f"{name}.parquet"
        if not path.exists():
            found[name] = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
            continue
        found[name] = pl.read_parquet(path)
        missing = sorted(set(columns) - set(found[name].columns))
        if missing:
            faults.append(f"{path.name}: 缺少列 / lacks columns {missing}")
    if faults or all(frame.is_empty() for frame in found.values()):
        reasons = "; ".join(faults) or "没有真值表 / no truth tables (lines.parquet, providers.parquet, …)"
        raise InputRefused(f"{place}: {reasons}")
    return Truth(**found)


def periods(home: Home) -> list[str]:
    """Periods that have lists, in order; supplements count with their period."""
    names = (
        {path.name.split("-s")[0] for path in home.lists.iterdir() if path.is_dir()} if home.lists.is_dir() else set()
    )
    return sorted(name for name in names if not name.startswith("."))


def read_lists(home: Home) -> dict[str, pl.DataFrame]:
    """Every list of a home: clawback of all quarters together, the others of their last period.

    Raises InputRefused when no list has been made.
    """
    found: dict[str, pl.DataFrame] = {}
    claims: dict[str, pl.DataFrame] = {}
    for period in periods(home):
        for path in sorted(due.folder_of(home, period).glob("*.parquet")):
            frame = pl.read_parquet(path)
            if path.stem == "clawback":
                claims[period] = frame
            elif path.stem != "provider_score" or "Q" in period:
                found[path.stem] = frame
    if claims:
        found["clawback"] = pl.concat(list(claims.values()), how="vertical_relaxed")
    if not found:
        raise InputRefused(f"{home.lists}: 还没有清单，请先 jicha run / no lists yet; run `jicha run` first.")
    return found


def codes(frame: pl.DataFrame, column: str) -> set[str]:
    """Distinct values of a column."""
    return {str(value) for value in frame[column].drop_nulls().unique().to_list()}

"""What pages are made of: the lists as served and the published snapshot, never the warehouse."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from models.config import Config, load_config
from models.contracts import lists
from models.engine import open_published
from models.errors import UsageError
from models.home import Home
from models.manifest import FILE
from models.periods import month_start, parse_quarter
from models.publish import latest

_QUARTER = re.compile(r"\d{4}Q[1-4]")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Served:
    """One folder of lists, read when asked for."""

    folder: Path
    manifest: dict[str, Any]
    _read: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def period(self) -> str:
        return self.folder.name

    @cached_property
    def names(self) -> list[str]:
        """Its lists in the order of the contract."""
        return [name for name in lists() if (self.folder / f"{name}.parquet").exists()]

    def frame(self, name: str) -> pl.DataFrame:
        """Rows of a list; no rows where the folder does not have it, nulls in columns its lists did not have then."""
        if name not in self._read:
            path = self.folder / f"{name}.parquet"
            wanted = lists()[name].names
            there = pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))
            missing = [pl.lit(None, pl.String).alias(column) for column in wanted if column not in there.columns]
            self._read[name] = there.with_columns(missing)
        return self._read[name]

    def part(self, name: str, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of a list, read anew: of the quarters before, whose lists no page shows."""
        path = self.folder / f"{name}.parquet"
        if name in self._read or not path.exists():
            return self.frame(name).select(columns)
        there = pl.read_parquet(path, columns=[one for one in columns if one in pl.read_parquet_schema(path)])
        return there.with_columns(pl.lit(None, pl.String).alias(one) for one in columns if one not in there.columns)


@dataclass(frozen=True)
class Source:
    """The newest quarter in full, what came before for trends, the newest plan; `ask` queries the snapshot.

    `dossiers`: where the dossier of a provider lies below the reports folder, of the newest plan that has some.
    """

    quarter: Served
    earlier: tuple[Served, ...]
    plan: Served | None
    ask: Callable[..., pl.DataFrame]
    dossiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def as_of(self) -> str:
        return str(self.quarter.manifest.get("as_of", ""))[:16].replace("T", " ")

    @property
    def year_window(self) -> tuple[date, date]:
        """The twelve months up to the end of the quarter, end open."""
        end = parse_quarter(self.quarter.period).end
        return month_start(end, -12), end


def _served(home: Home, name: re.Pattern[str]) -> list[Served]:
    """The folders of that kind of period with a manifest, oldest first."""
    found = [path for path in home.lists.glob(f"*/{FILE}") if name.fullmatch(path.parent.name)]
    return [Served(path.parent, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(found)]


@dataclass(frozen=True)
class Snapshot:
    """Asks the published snapshot; opened for one question at a time, so that another process can ask as well."""

    path: Path
    config: Config

    def __call__(self, query: str, **params: Any) -> pl.DataFrame:
        with closing(open_published(self.path, self.config)) as engine:
            return engine.query(query, **params)


def open_source(home: Home) -> Source:
    """Everything the site needs of a home; raises UsageError where no quarter was made yet."""
    quarters = _served(home, _QUARTER)
    if not quarters:
        raise UsageError(f"{home.lists} 还没有季度清单 / holds no quarter's lists yet. Run `jicha run` first.")
    plans = _served(home, _YEAR)
    plan = plans[-1] if plans else None
    there = {code: str(path.relative_to(home.reports)) for code, path in _dossiers(home, plan).items()}
    ask = Snapshot(latest(home), load_config(home.config_file))
    return Source(quarters[-1], tuple(quarters[:-1]), plan, ask, there)


def _dossiers(home: Home, plan: Served | None) -> dict[str, Path]:
    """The page of every dossier made for a plan, by provider."""
    if plan is None:
        return {}
    found = sorted((home.reports / "dossiers" / plan.period).glob(f"[!.]*/{FILE}"))
    return {
        str(json.loads(one.read_text(encoding="utf-8"))["fixmedins_code"]): one.with_name("index.html") for one in found
    }


def fingerprint(home: Home) -> str:
    """Changes when a list, a snapshot's as-of, the dossiers there are or the code of the site do; the same state gives
    the same value.
    """
    here = Path(__file__).parent
    parts = [*home.lists.glob(f"*/{FILE}"), *here.rglob("*.*")]
    digest = hashlib.sha256()
    for path in sorted(part for part in parts if "__pycache__" not in part.parts):
        digest.update(str(path.relative_to(home.lists if path.is_relative_to(home.lists) else here)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path in sorted((home.reports / "dossiers").glob(f"*/[!.]*/{FILE}")):
        digest.update(f"{path.parent.relative_to(home.reports)}".encode())
    return digest.hexdigest()

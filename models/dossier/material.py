"""What dossiers are made of: the lists as served and the published snapshot, read once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from models.errors import UsageError
from models.frozen import file_sha256
from models.home import Home
from models.manifest import FILE, read_manifest
from models.periods import parse_quarter
from models.publish import latest
from models.site.overview import live
from models.site.source import Served, Source, open_source

QUARTERS = 4  # the plan looks at twelve months
Parts = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Material:
    """The newest plan and the quarters it looks at; `claims` holds supplements in place of what they changed."""

    source: Source
    plan: Served
    quarters: tuple[Served, ...]
    supplements: tuple[Served, ...]
    snapshot: Path

    @property
    def year(self) -> str:
        return self.plan.period

    @cached_property
    def planned(self) -> list[str]:
        """Providers within the year's capacity, first of the plan first."""
        plan = self.plan.frame("inspection")
        return plan.filter(pl.col("planned") == 1).sort("rank")["fixmedins_code"].to_list()

    @cached_property
    def known(self) -> dict[str, dict[str, Any]]:
        """The plan's row of every active provider."""
        return {str(row["fixmedins_code"]): row for row in self.plan.frame("inspection").to_dicts()}

    @cached_property
    def scores(self) -> dict[str, dict[str, Any]]:
        """The year's scores by provider."""
        return {str(row["fixmedins_code"]): row for row in self.plan.frame("provider_score").to_dicts()}

    @cached_property
    def claims(self) -> pl.DataFrame:
        """The rows of `clawback` of the quarters, each candidate once as it was served last."""
        frames = [one.frame("clawback") for one in (*self.quarters, *self.supplements)]
        filled = [frame for frame in frames if frame.height]
        if not filled:
            return frames[0]
        return pl.concat(filled).unique("candidate_id", keep="last", maintain_order=True)

    @cached_property
    def put_forward(self) -> pl.DataFrame:
        """The claims that still stand."""
        return live(self.claims)

    @cached_property
    def sample(self) -> pl.DataFrame:
        """The settlements drawn for second review."""
        filled = [frame for one in self.quarters if (frame := one.frame("review_sample")).height]
        return pl.concat(filled) if filled else self.quarters[-1].frame("review_sample")

    @cached_property
    def strata(self) -> pl.DataFrame:
        """All strata of the quarters' draws."""
        return self.source.ask("dossier/stratum", periods=[one.period for one in self.quarters])

    @cached_property
    def made_from(self) -> dict[str, Any]:
        """Digests of everything read; the same ones mean the same dossiers."""
        folders = (self.plan, *self.quarters, *self.supplements)
        return {
            "snapshot": {"file": self.snapshot.name, "sha256": file_sha256(self.snapshot)},
            "manifests": {one.period: file_sha256(one.folder / FILE) for one in folders},
        }

    def frame(self, name: str) -> pl.DataFrame:
        """A list of the newest quarter, which looks at the twelve months up to its end."""
        return self.quarters[-1].frame(name)


def gather(home: Home, year: str | None = None) -> Material:
    """Everything dossiers need of a home; `year`: of that plan, else the newest.

    Raises UsageError where no quarter or plan was made yet, JichaError where nothing is published.
    """
    source = open_source(home)
    plan = source.plan
    if year is not None:
        said = read_manifest(home.lists / year)
        plan = Served(home.lists / year, said) if said else None
    if plan is None:
        raise UsageError(
            f"{f'{year} ' if year else ''}没有年度检查计划 / there is no inspection plan in {home.lists}. "
            "It needs twelve months; run `jicha run` first."
        )
    until = str(plan.manifest.get("as_of", ""))[:10]
    served = (*source.earlier, source.quarter)
    begun = [one for one in served if parse_quarter(one.period).start.isoformat() <= until]
    chosen = tuple(begun[-QUARTERS:] or [source.quarter])
    return Material(source, plan, chosen, _supplements(home, chosen), latest(home))


def _supplements(home: Home, quarters: Sequence[Served]) -> tuple[Served, ...]:
    found = []
    for one in quarters:
        for path in sorted(home.lists.glob(f"{one.period}-s[0-9][0-9]")):
            said = read_manifest(path)
            if said is not None:
                found.append(Served(path, said))
    return tuple(found)


def parts(frame: pl.DataFrame, codes: Sequence[str]) -> Parts:
    """The rows by provider, in the frame's order; providers without rows are not in it."""
    mine = frame.filter(pl.col("fixmedins_code").is_in(list(codes)))
    found = mine.partition_by("fixmedins_code", as_dict=True, maintain_order=True)
    return {str(key[0]): part for key, part in found.items()}

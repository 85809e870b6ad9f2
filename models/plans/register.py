"""The register of issued plans: a folder a year, `register/plan-<year>`, written whole, never changed."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from models.errors import InputRefused, UsageError
from models.frozen import ENTRY, digests, freeze, unchanged
from models.home import Home
from models.manifest import read_manifest, verify
from models.periods import parse_year

#: lists of a plan that its results are held against
KEPT = ("inspection", "inspection_plan", "inspection_draw", "theme_plan", "theme_draw")


@dataclass(frozen=True)
class IssuedPlan:
    """One issued plan: its year, the digests of all files as issued, and its manifest."""

    year: str
    files: dict[str, str]
    manifest: dict[str, Any]


class PlanRegister:
    """Issued plans under `<home>/register/plan-<year>`; reading verifies that nothing was altered."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def _folder(self, year: str) -> Path:
        return self.home.register / f"plan-{year}"

    def years(self) -> list[str]:
        """Years whose plan is issued, in order."""
        return sorted(path.parent.name.removeprefix("plan-") for path in self.home.register.glob(f"plan-*/{ENTRY}"))

    def plan(self, year: str) -> IssuedPlan:
        """The entry of an issued plan. Raises InputRefused when it was altered."""
        try:
            found = IssuedPlan(**json.loads((self._folder(year) / ENTRY).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            raise InputRefused(self._altered(year, ENTRY)) from None
        if found.year != year:
            raise InputRefused(self._altered(year, ENTRY))
        return found

    def frame(self, year: str, name: str) -> pl.DataFrame | None:
        """A list of an issued plan as it was; None where it had none. Raises InputRefused when it was altered."""
        expected = self.plan(year).files.get(f"{name}.parquet")
        if expected is None:
            return None
        path = self._folder(year) / f"{name}.parquet"
        if not unchanged(path, expected):
            raise InputRefused(self._altered(year, path.name))
        return pl.read_parquet(path)

    def check_open(self, year: str) -> None:
        """Raise UsageError where the plan of a year is issued."""
        if year in self.years():
            raise UsageError(
                f"{year} 年度计划已下发，不再改动 / the plan of {year} is issued and stays as it is. "
                "What its visits found is in reports/review/inspection_rate and in the next plan's lists."
            )

    def fingerprint(self, before: str) -> str:
        """Hash of the plans of earlier years, empty while there is none: what a year's lists depend on."""
        known = [[year, sorted(self.plan(year).files.items())] for year in self.years() if year < before]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest() if known else ""

    def issue(self, year: str, stale: str | None = None) -> IssuedPlan:
        """Freeze the plan of a year as served.

        `stale`: why the plan no longer speaks for what is loaded, if it does not. Raises UsageError where there is no
        plan, it is issued already, stale, or not what its manifest says.
        """
        year = f"{parse_year(year):04d}"
        source = self.home.lists / year
        self.check_open(year)
        manifest = read_manifest(source)
        if manifest is None:
            raise UsageError(f"{year} 没有年度计划 / has no plan to issue. Run `jicha run --year {year}` first.")
        wrong = [f"stale: {stale}"] if stale else []
        wrong += verify(source)
        if wrong:
            raise UsageError(
                f"{year} 不能下发 / cannot be issued:\n  " + "\n  ".join(wrong) + f"\nRun `jicha run --year {year}`."
            )
        entry = IssuedPlan(year, digests(source), manifest)
        kept = [f"{name}.parquet" for name in KEPT if f"{name}.parquet" in entry.files]
        freeze(self._folder(year), source, kept, asdict(entry))
        return entry

    @staticmethod
    def _altered(year: str, file: str) -> str:
        return (
            f"计划登记 register/plan-{year}/{file} 缺失或被改动 / of the register of plans is missing or altered. "
            "Restore it from a backup; nothing else knows what was issued."
        )

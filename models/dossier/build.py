"""Writing dossiers: one folder a provider, whole or not at all, the same bytes for the same snapshot and lists."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from models.config import Config
from models.contracts.code import code_version
from models.dossier.evidence import Evidence, collect, specs, tables
from models.dossier.material import gather
from models.dossier.page import render
from models.errors import UsageError
from models.frozen import file_sha256
from models.home import Home
from models.lists.canonical import canonical
from models.lists.excel import write_workbook
from models.lists.flat import write_csv
from models.lists.replace import replaced_folder
from models.lists.told import told
from models.manifest import FILE, read_manifest
from models.site.names import slug

PAGE, WORKBOOK = "index.html", "workbook.xlsx"


@dataclass
class Written:
    """Folders that were written, and those that were up to date; by provider in the order asked for."""

    made: dict[str, Path] = field(default_factory=dict)
    fresh: dict[str, Path] = field(default_factory=dict)


def folder_of(home: Home, year: str, code: str) -> Path:
    """`<home>/reports/dossiers/<year>/<code>`; a code that could name another place is replaced by its hash."""
    return home.reports / "dossiers" / year / slug(code)


def write_dossiers(home: Home, config: Config, codes: Sequence[str] | None = None, year: str | None = None) -> Written:
    """Write the dossiers of some providers, by default of the first `config.reports.dossiers` of the plan.

    `year`: of that plan, else of the newest. The caller holds the home's writer lock. Raises UsageError where there is
    no plan, or for providers that the plan does not rank (all of them at once), JichaError where nothing is published.
    """
    material = gather(home, year)
    chosen = material.planned[: config.reports.dossiers] if codes is None else list(dict.fromkeys(codes))
    unknown = [code for code in chosen if code not in material.known]
    if unknown:
        raise UsageError(
            f"{material.year} 年计划中没有这些机构 / the plan does not rank these providers: {', '.join(unknown)}. "
            f"See lists/{material.year}/inspection: {len(material.known)} fixmedins_code."
        )
    about = {"code_version": code_version(), "language": config.language, "made_from": material.made_from}
    written = Written()
    stale = []
    for code in chosen:
        folder = folder_of(home, material.year, code)
        if _is_fresh(folder, about):
            written.fresh[code] = folder
        else:
            stale.append(code)
    if stale:
        evidence = collect(material, stale)
        for code in stale:
            folder = folder_of(home, material.year, code)
            with replaced_folder(folder, durable=False) as fresh:
                write_dossier(evidence, code, fresh, config.language, about)
            written.made[code] = folder
    return written


def _is_fresh(folder: Path, about: dict[str, Any]) -> bool:
    """True where the folder was made from the same, and no file of it is missing or cut short."""
    said = read_manifest(folder)
    if said is None or any(said.get(name) != value for name, value in about.items()):
        return False
    sizes = {name: one["bytes"] for name, one in said["files"].items()}
    return sizes == {path.name: path.stat().st_size for path in folder.iterdir() if path.name != FILE}


def write_dossier(evidence: Evidence, code: str, folder: Path, language: str, about: dict[str, Any]) -> None:
    """One provider's files into an existing folder; `about` stands in its manifest beside their digests."""
    material = evidence.material
    made = {name: canonical(specs()[name], _typed(name, frame)) for name, frame in tables(evidence, code).items()}
    for name, frame in made.items():
        write_csv(frame, folder / f"{name}.csv")
    facts = {
        "机构 / provider": code,
        "年度 / year": material.year,
        "截止 / as of": str(material.plan.manifest["as_of"]).replace("T", " "),
    }
    title = "工作底稿" if language == "zh" else "Dossier"
    shown = [told(specs()[name], frame, language, {}) for name, frame in made.items()]
    write_workbook(shown, title, folder / WORKBOOK, language, facts)
    (folder / PAGE).write_text(render(evidence, code, made), encoding="utf-8")
    _write_manifest(evidence, code, folder, about)


def _typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Frames without rows carry no types worth checking."""
    return frame if frame.height else frame.with_columns(pl.lit(None).alias(column) for column in specs()[name].names)


def _write_manifest(evidence: Evidence, code: str, folder: Path, about: dict[str, Any]) -> None:
    files = {
        path.name: {"sha256": file_sha256(path), "bytes": path.stat().st_size} for path in sorted(folder.iterdir())
    }
    row = evidence.material.known[code]
    facts = {
        **about,
        "fixmedins_code": code,
        "year": evidence.material.year,
        "quarters": [one.period for one in evidence.material.quarters],
        "as_of": evidence.material.plan.manifest["as_of"],
        "rank": row["rank"],
        "planned": row["planned"],
        "files": files,
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")

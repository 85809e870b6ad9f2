"""The report site of a home: made whole or not at all, and only when what it shows has changed."""

import json
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import wait
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from models import apart
from models.home import Home
from models.lists.replace import replaced_folder
from models.lists.told import names_of
from models.rules import registry
from models.site import cases, overview, portrait, portrait_rows
from models.site.groups import write_groups
from models.site.listpages import write_list_pages
from models.site.names import Addresses
from models.site.people import write_people
from models.site.quality import periods_of_docs, write_quality
from models.site.render import HERE, LANGUAGES, Writer
from models.site.rulepages import write_rules
from models.site.source import Source, fingerprint, open_source

STATE = "site.json"
PLOTLY = "plotly.min.js"
MANY = 100_000  # claims: beyond them one language is made after the other, for each holds gigabytes of rows


@dataclass(frozen=True)
class Built:
    """Where the site is, how many pages it has, whether it had to be made."""

    folder: Path
    pages: int
    fresh: bool


def folder_of(home: Home) -> Path:
    """`<home>/reports/site`."""
    return home.reports / "site"


def build(home: Home, force: bool = False) -> Built:
    """Make the site from the lists as served and the newest snapshot, if either changed since it was made.

    Raises UsageError where no quarter's lists are there, JichaError where nothing is published. The caller holds the
    home's writer lock.
    """
    target, mark = folder_of(home), fingerprint(home)
    known = _state(target)
    if not force and known.get("fingerprint") == mark and known.get("bytes") == _size(target):
        return Built(target, int(known["pages"]), True)
    source = open_source(home)
    with replaced_folder(target, durable=False) as folder:
        count = write_site(source, folder, periods_of_docs(home))
        state = {"fingerprint": mark, "pages": count, "bytes": _size(folder)}
        (folder / STATE).write_text(json.dumps(state, sort_keys=True) + "\n", encoding="utf-8")
    return Built(target, count, False)


def _size(folder: Path) -> int:
    """Bytes of all pages: a power cut leaves some of them empty."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.name != STATE and path.is_file())


def _state(target: Path) -> dict[str, Any]:
    """What the finished site says of itself; missing or unreadable means that it is made anew."""
    try:
        return dict(json.loads((target / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def write_site(source: Source, folder: Path, docs: list[str]) -> int:
    """All pages in both languages and what they share; returns the number of pages. `docs`: periods of Data Docs."""
    _write_static(folder)
    addresses = addresses_of(source)
    material = Material(
        source, addresses, overview.facts(source), portrait_rows.gather(source), cases.gather(source, addresses), docs
    )
    if source.quarter.frame("clawback").height > MANY:
        return sum(write_language(material, folder, language) for language in LANGUAGES)
    begun = [apart.submit(write_language, material, folder, language) for language in LANGUAGES[1:]]
    try:
        count = write_language(material, folder, LANGUAGES[0])
    finally:
        wait(begun)  # whatever happens, nobody writes into the folder any more
    return count + sum(one.result() for one in begun)


@dataclass(frozen=True)
class Material:
    """What all pages are made of, gathered once for both languages."""

    source: Source
    addresses: Addresses
    told: dict[str, Any]
    known: portrait_rows.Known
    found: dict[str, Mapping[str, cases.Rows]]
    docs: list[str]


def write_language(material: Material, folder: Path, language: str) -> int:
    """All pages of one language; returns their number."""
    source, addresses = material.source, material.addresses
    shared = {
        "quarter": source.quarter.period,
        "as_of": source.as_of,
        "plan_year": source.plan.period if source.plan else None,
        "addresses": addresses,
    }
    writer = Writer(folder, language, shared)
    overview.write_overview(writer, source, addresses, material.told)
    write_list_pages(writer, source, addresses)
    portrait.write_portraits(writer, material.known, addresses, source.dossiers)
    cases.write_cases(writer, source, material.found, addresses)
    write_groups(writer, source, addresses)
    write_people(writer, source, addresses)
    write_rules(writer, source, addresses)
    write_quality(writer, source, addresses, material.docs)
    return len(writer.written)


def _write_static(folder: Path) -> None:
    target = folder / "static"
    target.mkdir(parents=True)
    for path in sorted((HERE / "static").iterdir()):
        shutil.copyfile(path, target / path.name)
    spec = find_spec("plotly")  # found without importing it, which takes a second
    assert spec is not None and spec.origin is not None
    shutil.copyfile(Path(spec.origin).parent / "package_data" / PLOTLY, target / PLOTLY)
    front = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=zh/index.html">'
    (folder / "index.html").write_text(f'{front}<a href="zh/index.html">jicha 稽查</a>\n', encoding="utf-8")


def _pairs(frame: pl.DataFrame) -> Iterable[tuple[str, str]]:
    rows = frame.select("fixmedins_code", "setl_id").drop_nulls().unique(maintain_order=True)
    return ((str(code), str(setl_id)) for code, setl_id in rows.iter_rows())


def addresses_of(source: Source) -> Addresses:
    """Pages there will be: every scored provider, cases on lists, groups, rules, persons of the list `person`."""
    quarter = source.quarter
    cases: dict[str, str] = {}
    for name in ("clawback", "upcoding_case", "gathering_case"):
        for code, setl_id in _pairs(quarter.frame(name)):
            cases.setdefault(setl_id, code)
    scores = quarter.frame("provider_score")
    providers = scores["fixmedins_code"].to_list()
    people = quarter.frame("person")["psn_id"].unique().sort().to_list()
    return Addresses(
        sorted(set(providers)),
        sorted((code, setl_id) for setl_id, code in cases.items()),
        quarter.frame("gathering_group")["group_id"].to_list(),
        [rule.rule_id for rule in registry()],
        people,
        names_of({"provider_score": scores}),
    )

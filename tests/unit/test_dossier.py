"""Dossiers on a tiny home: every rule has its checklist, hostile cells and codes, digests, the same bytes twice."""

import csv
import hashlib
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest

from models.config import Config
from models.contracts.cases import CASES
from models.dossier import folder_of
from models.dossier.build import PAGE, WORKBOOK, write_dossier
from models.dossier.checklist import kind_of_model, kind_of_rules, kinds
from models.dossier.evidence import WHY, collect, specs
from models.dossier.material import Material
from models.home import Home
from models.lists.flat import FORMULA
from models.lists.told import told
from models.rules import registry
from models.site.source import Served, Source
from tests.unit.site_support import HOSTILE, MINE, OTHER, PERSONS, ROWS, answers, source_of, write_folder

BASIS = {
    "basis_id": "B1",
    "document": "=cmd()",
    "article": "第一条",
    "text": HOSTILE,
    "printed": "x",
    "valid_from": None,
}


def _answers(query: str, **asked: Any) -> pl.DataFrame:
    text = dict.fromkeys(specs()["basis"].names, "")
    lines = {name: [HOSTILE] for name in (*specs()["lines"].names, "fixmedins_code") if name != "rules"}
    known = {
        "dossier/stratum": pl.DataFrame(schema={"month": pl.Date, "stratum": pl.String, "units": pl.Int64}),
        "dossier/basis_text": pl.DataFrame([{**text, **BASIS}]).head(0),
        "dossier/fee_line": pl.DataFrame(lines).head(0),
        "site/case_settlement": pl.DataFrame(
            schema=dict.fromkeys(("setl_id", "mdtrt_id", "psn_id", "med_type", "grp_code"), pl.String)
            | dict.fromkeys(("begndate", "enddate"), pl.Date)
            | {"setl_time": pl.Datetime("us"), "paid": pl.Decimal(16, 2)}
        ),
    }
    return known[query] if query in known else answers(query, **asked)


@pytest.fixture
def material(tmp_path: Path) -> Material:
    source = source_of(tmp_path / "lists")
    snapshot = tmp_path / "snapshot.duckdb"
    snapshot.write_bytes(b"a snapshot")
    asking = Source(source.quarter, source.earlier, source.plan, _answers)
    assert source.plan is not None
    plan = write_folder(tmp_path / "plan" / "2026", {}, ("provider_score",))
    made = Served(source.plan.folder, source.plan.manifest)
    made._read["provider_score"] = plan.frame("provider_score")
    return Material(asking, made, (*source.earlier, source.quarter), (), snapshot)


def _make(material: Material, code: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    write_dossier(collect(material, [code]), code, folder, Config().language, {"made_from": material.made_from})
    return folder


def test_every_rule_has_a_checklist_and_every_name_in_it_is_known() -> None:
    by_rule = kind_of_rules()
    made = [rule for rule in registry() if rule.template]
    assert set(by_rule) == {rule.rule_id for rule in made} | CASES.keys()
    assert set(by_rule.values()) <= set(kinds())
    assert by_rule["R43"] == "stock" and by_rule["R06"] == "drug" and by_rule["R51"] == "card"
    assert {kind_of_model(name) for name in WHY if name.endswith(("_case", "_sample"))} == {"coding", "card", "sample"}
    assert all(one.pull for one in kinds().values())


@pytest.mark.parametrize("code", [MINE, OTHER], ids=["plain", "hostile"])
def test_hostile_cells_and_codes_stay_text(material: Material, tmp_path: Path, code: str) -> None:
    home = Home(tmp_path / "home")
    target = folder_of(home, "2026", code)
    assert target.parent == home.reports / "dossiers" / "2026"
    folder = _make(material, code, target)
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    parser.feed((folder / PAGE).read_text(encoding="utf-8"))
    assert not {"script", "img", "iframe", "b><img"} & set(tags)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if pl.Series([cell]).str.contains(FORMULA)[0] and not cell.startswith("'")]
    assert not any(path.is_symlink() or path.is_dir() for path in folder.iterdir())


def test_two_makings_give_the_same_bytes_and_the_manifest_tells_them(material: Material, tmp_path: Path) -> None:
    first, second = _make(material, MINE, tmp_path / "a"), _make(material, MINE, tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert {PAGE, WORKBOOK, "manifest.json", *(f"{name}.csv" for name in specs())} == set(names)
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    said = json.loads((first / "manifest.json").read_text(encoding="utf-8"))
    for name, one in said["files"].items():
        assert hashlib.sha256((first / name).read_bytes()).hexdigest() == one["sha256"], name
    assert set(said["files"]) == set(names) - {"manifest.json"}
    assert said["made_from"]["snapshot"]["sha256"] == hashlib.sha256(b"a snapshot").hexdigest()
    assert set(said["made_from"]["manifests"]) == {"2024Q4", "2025Q1", "2026"}


def test_findings_cases_and_checklist_tell_of_the_provider_alone(material: Material, tmp_path: Path) -> None:
    folder = _make(material, MINE, tmp_path / "mine")
    claims = pl.read_csv(folder / "clawback.csv", infer_schema=False)
    assert claims.height == sum(row["fixmedins_code"] == MINE for row in ROWS["clawback"])
    assert set(claims["psn_id"]) <= set(PERSONS)
    cases = pl.read_csv(folder / "cases.csv", infer_schema=False)
    assert set(cases["setl_id"]) == set(claims["setl_id"])
    assert set(cases["why"]) == {WHY["finding"]}
    checklist = pl.read_csv(folder / "checklist.csv", infer_schema=False)
    assert set(checklist["kind"]) == {kind_of_rules()[rule] for rule in claims["rule_id"]} | {"deviation"}
    with ZipFile(folder / WORKBOOK) as book:
        assert book.testzip() is None
    shown = claims["fund_amount"].cast(pl.Float64).sum()
    assert f"{shown:,.2f}" in (folder / PAGE).read_text(encoding="utf-8")


def test_a_supplement_replaces_what_it_changed(material: Material, tmp_path: Path) -> None:
    changed = {**ROWS["clawback"][0], "status": "withdrawn"}
    supplement = write_folder(tmp_path / "2025Q1-s01", {"clawback": [changed]}, ("clawback",))
    later = Material(material.source, material.plan, material.quarters, (supplement,), material.snapshot)
    assert later.claims.height == material.claims.height
    assert later.put_forward.height == material.put_forward.height - 1


def test_the_workbook_reads_back_as_the_table(material: Material, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    folder = _make(material, MINE, tmp_path / "mine")
    book = CalamineWorkbook.from_path(folder / WORKBOOK)
    titles = [spec.title_zh for spec in specs().values()]
    assert book.sheet_names[: len(titles)] == titles
    assert len(book.sheet_names) == 2 * len(titles), "a sheet of notes each"
    cells = book.get_sheet_by_name(specs()["clawback"].title_zh).to_python()
    place = specs()["clawback"].names.index("candidate_id")
    csv_ids = pl.read_csv(folder / "clawback.csv", infer_schema=False)["candidate_id"].to_list()
    assert [row[place] for row in cells[1:]] == csv_ids


def test_tables_are_told_in_words() -> None:
    tables = specs()
    assert tables["cases"].column("med_type").values["21"] == "普通住院"
    assert tables["cases"].column("kinds").detail, "the reason to pull says the same in Chinese"
    assert tables["frame"].column("month").show == "month"
    shown, frame = told(tables["frame"], pl.DataFrame({"stratum": ["inpatient|H1|1"]}), "zh", {})
    assert frame["stratum"].to_list() == ["住院｜H1｜金额档 1"] and shown.names == tables["frame"].names

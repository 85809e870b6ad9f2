"""Rows of lists as pages ask for them."""

from pathlib import Path

import polars as pl
import pytest

from models.contracts import lists
from models.rules import registry
from models.site import listpages
from models.site.listpages import columns_of
from models.site.names import Addresses
from models.site.render import Writer
from models.site.rowsby import RowsBy
from models.site.source import Served, Source
from models.site.tables import table
from models.site.words import class_title
from tests.unit.lists_support import plain_frame


def test_rows_by_a_column_keep_their_order() -> None:
    frame = pl.DataFrame({"code": ["B", "A", None, "B", "A"], "place": [0, 1, 2, 3, 4]})
    rows = RowsBy(frame, "code")
    assert {name: [row["place"] for row in rows[name]] for name in rows} == {"A": [1, 4], "B": [0, 3]}
    assert rows["A"][0] == {"code": "A", "place": 1}
    assert (len(rows), rows.get("C", []), "A" in rows, "C" in rows) == (2, [], True, False)
    assert dict(RowsBy(frame.clear(), "code")) == {}


def test_a_long_list_is_told_in_slices_as_in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = plain_frame("quality", 250)
    # the only long text stands far down, and its column needs the room at the top as well
    examples = ["x" * 200 if place == 240 else "y" for place in range(250)]
    frame = frame.with_columns(pl.Series("examples", examples))
    served = Served(tmp_path / "2025Q1", {"as_of": "2025-03-31"}, {"quality": frame})
    monkeypatch.setattr(listpages, "pages", lambda source: [listpages.ListPage("quality", served)])
    told = {}
    for size in (7, 1000):
        monkeypatch.setattr(listpages, "AT_A_TIME", size)
        addresses = Addresses([], [], [], [], [])
        shared = {"quarter": "2025Q1", "as_of": "", "plan_year": None, "addresses": addresses}
        writer = Writer(tmp_path / str(size), "zh", shared)
        listpages.write_list_pages(writer, Source(served, (), None, pl.DataFrame), addresses)
        told[size] = {path.name: path.read_bytes() for path in (tmp_path / str(size)).rglob("*") if path.is_file()}
    assert told[7] == told[1000]
    assert b"text wide long" in told[7]["2025Q1-quality.html"]
    assert sum(name.endswith(".js") for name in told[7]) >= 1


def test_every_list_page_says_why_a_row_is_listed_and_whom_a_code_names() -> None:
    for name, spec in lists().items():
        if {"reason", "reasons"} & set(spec.names):
            assert {"reason", "reasons"} & set(columns_of(name)), name
    addresses = Addresses(["H1"], [], [], [], [], {"H1": "甲医院"})
    told = table("upcoding_case", plain_frame("upcoding_case", 1).with_columns(fixmedins_code=pl.lit("H1")), "zh",
                 addresses, ["fixmedins_code"])  # fmt: skip
    assert [cell.text for row in told.rows for cell in row] == ["H1 甲医院"]


def test_months_and_strata_read_as_such() -> None:
    rows = plain_frame("review_sample", 1).with_columns(stratum=pl.lit("inpatient|H1|1"))
    told = table("review_sample", rows, "zh", Addresses([], [], [], [], []), ["stratum", "month"])
    assert [cell.text for row in told.rows for cell in row] == ["住院｜H1｜金额档 1", "2025-03"]


def test_every_class_and_rule_has_an_english_name() -> None:
    named = [class_title(name, "en") for rule in registry() for name in (rule.rule_class, rule.subclass)]
    assert [name for name in named if not name.isascii()] == []
    rows = plain_frame("rule_report", 1).with_columns(rule_id=pl.lit("R81"), rule_name=pl.lit("旧名"))
    told = table("rule_report", rows, "en", Addresses([], [], [], [], []), ["rule_name"])
    assert [cell.text for row in told.rows for cell in row] == ["Service against sex"]

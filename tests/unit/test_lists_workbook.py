"""A list as a workbook: what the library itself would write, notes, header, print, history."""

import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models.contracts import lists
from models.lists import canonical, excel, write_list
from tests.unit.lists_support import frame_of, plain_frame


class CellByCell(Worksheet):
    """A worksheet of the library that writes a block as the library would: row after row, cell after cell."""

    def write_block(self, first: int, columns: list[list[Any]]) -> None:
        write: Any = {str: self.write_string, float: self.write_number, bool: self.write_boolean}
        for row, cells in enumerate(zip(*columns, strict=True), start=first):
            for place, value in enumerate(cells):
                if value is not None:
                    write.get(type(value), self.write_datetime)(row, place, value)


class LibraryBook(xlsxwriter.Workbook):
    worksheet_class = CellByCell


def with_gaps(frame: pl.DataFrame, key: Collection[str]) -> pl.DataFrame:
    """Each column beyond the key begins with some empty cells; one in four has no others."""
    row = pl.int_range(pl.len())
    return frame.with_columns(
        pl.when(row >= (place * 7 % 11 if place % 4 else 999)).then(pl.col(name)).alias(name)
        for place, name in enumerate(frame.columns)
        if name not in key
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_is_what_the_library_writes(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, book in (("ours", excel.Book), ("library", LibraryBook)):
        (tmp_path / folder).mkdir()
        monkeypatch.setattr(excel, "Book", book)
        monkeypatch.setattr(excel, "SLICE", 7)
        for name, spec in lists().items():
            frame = canonical(spec, plain_frame(name, 30))
            for kind, rows in (("full", frame), ("gaps", with_gaps(frame, spec.key)), ("none", frame.clear())):
                excel.write_excel(spec, rows, tmp_path / folder / f"{name}-{kind}.xlsx", language)
    for path in sorted((tmp_path / "ours").glob("*.xlsx")):
        assert path.read_bytes() == (tmp_path / "library" / path.name).read_bytes(), path.name


def test_the_header_is_frozen_filtered_and_repeated(tmp_path: Path) -> None:
    write_list("inspection", plain_frame("inspection", 5), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "inspection.xlsx").worksheets[0]
    assert sheet.freeze_panes == "D2", "rank, code and name stay in sight"
    assert sheet.auto_filter.ref == "A1:Q6"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    amount = sheet.cell(2, 1 + lists()["inspection"].names.index("exposure_amount"))
    assert amount.number_format == "#,##0.00"


def test_a_wide_list_prints_readably_with_the_provider_on_each_page(tmp_path: Path) -> None:
    write_list("clawback", plain_frame("clawback", 5), tmp_path)
    write_list("outlier", plain_frame("outlier", 5), tmp_path)
    wide, narrow = (openpyxl.load_workbook(tmp_path / f"{name}.xlsx").worksheets[0] for name in ("clawback", "outlier"))
    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (2, "$A:$D")
    assert (narrow.page_setup.fitToWidth or 1, narrow.print_title_cols) == (1, None)


def test_a_history_stands_side_by_side_in_percent(tmp_path: Path) -> None:
    quarters = ["2024Q4", "2025Q1"]
    plain = {"fixmedins_code": "H1", "fixmedins_name": "甲院", "peer_group": "二级", "numerator": 1, "denominator": 2}
    rows = [
        {**plain, "indicator": name, "unit": unit, "quarter": quarter, "value": 0.25 + place}
        for name, unit in (("drug_share", "share"), ("cmi", "index"))
        for place, quarter in enumerate(quarters)
    ]
    frame = frame_of(lists()["indicator"], [{**row, "numerator": None, "denominator": None} for row in rows])
    write_list("indicator", frame, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "indicator.xlsx")
    sheet = book["历史"]
    assert [sheet.cell(1, place).value for place in (4, 5)] == quarters
    assert [sheet.cell(2, place).value for place in (1, 3, 4, 5)] == ["H1", "病例组合指数 CMI", 0.25, 1.25]
    assert sheet.cell(3, 4).number_format == "0.00%"
    assert book.sheetnames[-1] == "说明"


@pytest.mark.parametrize("name", sorted(lists()))
def test_words_for_codes_fit_their_column(name: str) -> None:
    narrow = {
        column.name: word
        for column in lists()[name].columns
        for word in column.values.values()
        if min(len(word.encode("gb18030")), 30) > column.width  # Chinese letters take two places
    }
    assert narrow == {}


@pytest.mark.parametrize(("name", "says"), [("theme_plan", "没有设定专项"), ("clawback", "本期没有符合条件的记录")])
def test_an_empty_list_says_why(name: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    excel.write_excel(lists()[name], plain_frame(name, 1).clear(), path)
    assert openpyxl.load_workbook(path).worksheets[0].max_row == 1  # said beside the cells: no row is read back
    with zipfile.ZipFile(path) as parts:
        assert says in parts.read("xl/drawings/drawing1.xml").decode()

"""A list as a workbook: what the library itself would write, notes, header, print, history."""

import re
import zipfile
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.contracts import ListSpec, lists
from models.lists import canonical, excel, package, rows, write_list
from models.lists.cells import Cutter, cells_of, lines_of
from models.lists.package import Streamed
from models.lists.sheet import ROW_HEIGHT
from tests.unit.lists_support import frame_of, plain_frame


def fill_cell_by_cell(
    sheet: Any, spec: ListSpec, frame: pl.DataFrame, cut: Cutter, language: str, formats: Sequence[Format]
) -> Streamed:
    """What `excel._fill` does, by the library alone: row after row, cell after cell."""
    write: Any = {str: sheet.write_string, float: sheet.write_number, bool: sheet.write_boolean}
    cells = [cells_of(column, frame[column.name], cut, language) for column in spec.columns]
    for row, values in enumerate(zip(*cells, strict=True), start=1):
        texts = [
            lines_of(str(value), column.width)
            for column, value in zip(spec.columns, values, strict=True)
            if value and excel._wraps(column)
        ]
        if max(texts, default=1) > 1:
            sheet.set_row(row, ROW_HEIGHT * max(texts))
        for place, value in enumerate(values):
            if value is not None:
                write.get(type(value), sheet.write_datetime)(row, place, value)
    return Streamed((), 0)


class LibraryBook(xlsxwriter.Workbook):
    class worksheet_class(Worksheet):  # noqa: N801  (the library's name)
        part = ""


def parts(path: Path) -> dict[str, bytes]:
    """The parts of a workbook; numbers with the 15 digits that a spreadsheet keeps."""
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        told = {name: found.read(name) for name in found.namelist()}
    digits = re.compile(rb"(?<=<v>)[^<]*")
    return {name: digits.sub(lambda number: b"%.15G" % float(number[0]), part) for name, part in told.items()}


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
    monkeypatch.setattr(rows, "SLICE", 7)
    ways = {"ours": (excel.Book, excel._fill), "library": (LibraryBook, fill_cell_by_cell)}
    for folder, (book, fill) in ways.items():
        (tmp_path / folder).mkdir()
        monkeypatch.setattr(excel, "Book", book)
        monkeypatch.setattr(excel, "_fill", fill)
        for name, spec in lists().items():
            frame = canonical(spec, plain_frame(name, 30))
            for kind, made in (("full", frame), ("gaps", with_gaps(frame, spec.key)), ("none", frame.clear())):
                excel.write_excel(spec, made, tmp_path / folder / f"{name}-{kind}.xlsx", language)
    for path in sorted((tmp_path / "ours").glob("*.xlsx")):
        assert parts(path) == parts(tmp_path / "library" / path.name), path.name


def test_values_that_a_spreadsheet_cannot_count_are_text_and_others_numbers(tmp_path: Path) -> None:
    spec = lists()["clawback"]
    early, late = datetime(1899, 5, 1, 8), datetime(2025, 5, 1, 8, 30, 15)
    told = frame_of(
        spec,
        [
            {"candidate_id": "a", "setl_time": early, "bundled": 2**60, "fund_amount": Decimal("1234567890123.4")},
            {"candidate_id": "b", "setl_time": late, "bundled": 1, "fund_amount": Decimal("-0.10")},
            {"candidate_id": "c", "notified_on": date(1900, 3, 1), "pric": Decimal("0.000012")},
        ],
    )
    excel.write_excel(spec, canonical(spec, told), tmp_path / "odd.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "odd.xlsx").worksheets[0]
    names = ("setl_time", "bundled", "fund_amount", "notified_on", "pric")
    places = [1 + spec.names.index(name) for name in names]
    assert [[sheet.cell(row, place).value for place in places] for row in (2, 3, 4)] == [
        [None, None, None, datetime(1900, 3, 1), 0.000012],
        ["1899-05-01 08:00:00", str(2**60), 1234567890123.4, None, None],
        [late, 1, -0.1, None, None],
    ]


def test_long_parts_take_sizes_of_eight_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = lists()["clawback"]
    made = canonical(spec, plain_frame("clawback", 30).with_columns(reason=pl.lit("&" * 500)))
    wrapped = [column for column in spec.columns if column.name == "reason"]
    shown = rows.show(spec.columns, wrapped, made, Cutter(), "zh")
    styles = dict.fromkeys(range(made.width), 99)
    assert sum(piece.nbytes for piece in rows.markup(shown, styles, 1_000_000)) < shown.most()
    monkeypatch.setattr(package, "PLAIN", 1_000)
    excel.write_excel(spec, made, tmp_path / "long.xlsx")
    assert openpyxl.load_workbook(tmp_path / "long.xlsx").worksheets[0].max_row == 31


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

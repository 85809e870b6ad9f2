"""A list as a workbook for people: Chinese titles, frozen header, filters, number formats, print layout, notes."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.contracts import ListColumn, ListSpec
from models.lists.cells import Cutter
from models.lists.empty import why_empty
from models.lists.history import has_history, write_history
from models.lists.notes import write_notes
from models.lists.package import Streamed, write_package
from models.lists.rows import first_used, markup, show
from models.lists.sheet import FONT, INK, LINE, PAPER, Book, Sheet

ROWS_PER_SHEET = 1_000_000  # Excel holds 1,048,576 rows a sheet, the header included
FAINT = "#7A8794"
WIDE = 190  # characters: beyond this a list is laid out for A3
READABLE = 260  # characters on a page of A3: a wider list goes on beside it, its first columns repeated
HEAD = 60  # characters: the name stays in sight where it stands within these

NUMBER_FORMATS = {
    "amount": "#,##0.00",
    "price": "#,##0.00####",
    "quantity": "General",
    "count": "#,##0",
    "share": "0.00%",
    "percentile": "0.0",
    "score": "#,##0.000",
    "probability": "0.0000",
    "significance": "0.0000",
    "flag": "0",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "time": "yyyy-mm-dd hh:mm",
    "code": "@",
}


def _cell_format(book: xlsxwriter.Workbook, column: ListColumn) -> Format:
    centred = column.show in {"flag", "date", "month", "time"} or bool(column.values)
    left = column.type == "varchar" and not centred
    look = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
    shown = {"num_format": NUMBER_FORMATS[column.show]} if column.show in NUMBER_FORMATS else {}
    placed = {"align": "center"} if centred else {"align": "left", "indent": 1} if left else {}
    return book.add_format(look | shown | placed | ({"text_wrap": True} if _wraps(column) else {}))


def _wraps(column: ListColumn) -> bool:
    """Whole sentences stand in their column, however long; what is folded away keeps rows low."""
    return column.show == "text" or (column.show == "json" and not column.detail)


def _header_format(book: xlsxwriter.Workbook, faint: bool) -> Format:
    return book.add_format(
        {
            "font_name": FONT,
            "font_size": 10,
            "bold": not faint,
            "italic": faint,
            "font_color": FAINT if faint else INK,
            "bg_color": PAPER,
            "bottom": 1,
            "bottom_color": LINE,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
        }
    )


def _plain(text: str) -> str:
    return text.replace("&", "&&")[:80]


def _lay_out_page(
    sheet: Worksheet, spec: ListSpec, language: str, about: Mapping[str, str], folded: frozenset[str]
) -> None:
    shown = sum(column.width for column in spec.columns if column.name not in folded)
    sheet.set_landscape()
    sheet.set_paper(8 if shown > WIDE else 9)
    sheet.fit_to_pages(math.ceil(shown / READABLE), 0)
    sheet.repeat_rows(0)
    if shown > READABLE and _head(spec, folded):
        sheet.repeat_columns(0, _head(spec, folded) - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.hide_gridlines(1)
    facts = "  ".join(f"{name} {value}" for name, value in about.items())
    sheet.set_header(f'&L&"{FONT},Bold"&12{_plain(spec.title(language))}&R&"{FONT}"&9{_plain(facts)}')
    line = "供人工核查，不作认定" if language == "zh" else "For people to decide; not a verdict"
    pages = "第 &P 页，共 &N 页" if language == "zh" else "Page &P of &N"
    sheet.set_footer(f'&L&"{FONT}"&8{line}&R&"{FONT}"&8{pages}')


def _head(spec: ListSpec, folded: frozenset[str]) -> int:
    """How many columns at the left say whom a row is about; none where no name stands near them."""
    wide = 0
    for place, column in enumerate(spec.columns):
        wide += 0 if column.name in folded else column.width
        if wide > HEAD:
            return 0
        if column.name in {"fixmedins_name", "rule_name"}:
            return place + 1
    return 0


def _lay_out_columns(
    book: xlsxwriter.Workbook, sheet: Worksheet, spec: ListSpec, language: str, folded: frozenset[str]
) -> list[Format]:
    """Columns and header; returns the format of each column."""
    after_folded = False
    formats = []
    for place, column in enumerate(spec.columns):
        fold = column.name in folded
        options: dict[str, int | bool] = {"level": 1, "hidden": True} if fold else {}
        if after_folded and not fold:
            options = {"collapsed": True}
        formats.append(_cell_format(book, column))
        sheet.set_column(place, place, column.width, formats[-1], options)
        after_folded = fold
    sheet.set_row(0, 34)
    headers = {faint: _header_format(book, faint) for faint in (False, True)}
    for place, column in enumerate(spec.columns):
        sheet.write_string(0, place, column.title(language), headers[column.name in folded])
    sheet.freeze_panes(1, _head(spec, folded))
    return formats


def _fill(
    sheet: Sheet, spec: ListSpec, frame: pl.DataFrame, cut: Cutter, language: str, formats: Sequence[Format]
) -> Streamed:
    """The rows of a sheet below its header, to be streamed into it; tells the sheet how far they reach."""
    if frame.is_empty():
        return Streamed((), 0)
    wrapped = [column for column in spec.columns if _wraps(column)]
    rows = show(spec.columns, wrapped, frame, cut, language)
    sheet.reach(frame.height)
    # formats are numbered by their first use, as the library does cell after cell
    styles = {place: formats[place]._get_xf_index() for place in first_used(rows.cells)}
    return Streamed(markup(rows, styles, 2), rows.most())


def _rule(sheet: Sheet, rows: int, columns: int, line: Format) -> None:
    """Filters, and a line below each row."""
    sheet.autofilter(0, 0, rows, columns - 1)
    if rows:
        look = {"type": "formula", "criteria": "=TRUE", "format": line}
        sheet.conditional_format(1, 0, rows, columns - 1, look)


def write_excel(
    spec: ListSpec,
    frame: pl.DataFrame,
    path: Path,
    language: str = "zh",
    about: Mapping[str, str] | None = None,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """Write a canonical frame as a workbook, in several sheets where it has more than `rows_per_sheet` rows.

    Text is written as text, never as formula, link or number; codes with a meaning are shown by it in Chinese. `about`
    (such as period and as-of) goes into the page header and the notes.
    """
    write_workbook([(spec, frame)], spec.title(language), path, language, about, rows_per_sheet)


def _tell_why_empty(sheet: Sheet, words: str) -> None:
    """Beside the cells, not in one: whoever reads the sheet back finds no row."""
    look = {"width": 560, "height": 60, "font": {"name": FONT, "size": 10, "color": FAINT}, "line": {"none": True}}
    sheet.insert_textbox(2, 0, words, {**look, "x_offset": 12})


def write_workbook(
    tables: Sequence[tuple[ListSpec, pl.DataFrame]],
    title: str,
    path: Path,
    language: str = "zh",
    about: Mapping[str, str] | None = None,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """Write several canonical frames as one workbook, each as `write_excel` does; their notes come last."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),  # the library's temporary files: keep them in the home
    }
    facts = dict(about or {})
    streamed: dict[str, Streamed] = {}
    made = BytesIO()
    with Book(made, options) as book:
        line = book.add_format({"bottom": 1, "bottom_color": LINE})
        book.set_properties({"title": title, "author": "jicha", "created": datetime(2000, 1, 1)})
        noted = []
        for spec, frame in tables:
            cut = Cutter()
            folded = frozenset(column.name for column in spec.columns if column.detail)
            for number, start in enumerate(range(0, max(frame.height, 1), rows_per_sheet), start=1):
                name = spec.title(language)[:24] + (f" {number}" if number > 1 else "")
                sheet = book.add_worksheet(name)
                formats = _lay_out_columns(book, sheet, spec, language, folded)
                _lay_out_page(sheet, spec, language, facts, folded)
                part = frame.slice(start, rows_per_sheet)
                streamed[sheet.part] = _fill(sheet, spec, part, cut, language, formats)
                _rule(sheet, part.height, len(spec.columns), line)
                if not frame.height:
                    _tell_why_empty(sheet, why_empty(spec.name, language))
            if has_history(spec):
                write_history(book, spec, frame, language, cut)
            noted.append((spec, frame.height, cut.counts))
        for spec, rows, cuts in noted:
            of = f" {spec.title(language)[:24]}" if len(noted) > 1 else ""
            write_notes(book, spec, language, facts, rows, cuts, of)
    write_package(made.getvalue(), streamed, path)

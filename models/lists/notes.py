"""The sheet of notes: what a list is, how to read it, and what every column means."""

from collections.abc import Mapping

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.contracts import ListColumn, ListSpec
from models.lists.cells import lines_of
from models.lists.sheet import FONT, INK, LINE, PAPER, ROW_HEIGHT

WIDTHS = (8, 20, 22, 62, 44, 34)
_WORDS = {
    "zh": {
        "sheet": "说明",
        "rows": "行数",
        "head": ("序号", "列名", "字段名", "说明", "取值", "备注"),
        "detail": "默认折叠，点列上方的 + 展开。",
        "cut": "有 {count} 个单元格超出 Excel 上限 32,767 个字符，已截断并以“…”结尾，全文见 Parquet 与 CSV。",
        "true": "是 / 否",
    },
    "en": {
        "sheet": "Notes",
        "rows": "Rows",
        "head": ("No.", "Column", "Field", "Meaning", "Values", "Remarks"),
        "detail": "Folded away; the + above the columns shows it.",
        "cut": "{count} cells were longer than Excel's 32,767 characters and end in an ellipsis; see Parquet or CSV.",
        "true": "TRUE / FALSE",
    },
}
_GENERAL = {
    "zh": (
        "本清单所列为与规则或模型相符的记录，供人工核查，不构成对任何机构或个人的认定。",
        "同名的 Parquet 与 CSV 文件内容相同：列名用字段名，代码用原值，证据、理由等为 JSON；本表以文字显示其含义。",
        "金额单位为元；超过 15 位有效数字的数值以文本写入，以免被四舍五入。时间精确到秒。",
        "CSV 为 UTF-8（带 BOM）、CRLF 换行；以 = + - @ 等开头的文本前加一个撇号，防止被当作公式，数值不受影响。",
        "文本中的控制字符以“\ufffd”代替。",
    ),
    "en": (
        "The list holds records that are consistent with a rule or a model; people decide, it is no verdict.",
        "The Parquet and CSV files of the same name hold the same rows under the field names; facts that are JSON "
        "there are told in words here.",
        "Amounts: yuan. Numbers of over 15 digits are text, so that they are not rounded; times are to the second.",
        "CSV: UTF-8 with BOM, CRLF; text that begins with = + - @ or the like has an apostrophe before it.",
        "Control characters in text are replaced by \ufffd.",
    ),
}


def _format(book: xlsxwriter.Workbook, **look: object) -> Format:
    return book.add_format({"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top", **look})


def _meaning_of_codes(column: ListColumn, language: str) -> str:
    if column.type == "boolean":
        return _WORDS[language]["true"]  # type: ignore[return-value]
    if language == "en":
        return ", ".join(column.values)
    return "；".join(f"{label}＝{code}" for code, label in column.values.items())


def _remarks(column: ListColumn, language: str, cut: int) -> str:
    words = _WORDS[language]
    said = [str(words["detail"])] if column.detail else []
    if cut:
        said.append(str(words["cut"]).format(count=cut))
    return "".join(said) if language == "zh" else " ".join(said)


def _top(sheet: Worksheet, book: xlsxwriter.Workbook, spec: ListSpec, language: str, facts: Mapping[str, str]) -> int:
    """Title, explanation, facts and general remarks; returns the next free row."""
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, spec.title(language), _format(book, bold=True, font_size=14))
    row = 1
    for line in (spec.explanation(language), *_GENERAL[language]):
        sheet.write_string(row, 0, line, _format(book))
        row += 1
    for name, value in facts.items():
        sheet.write_string(row, 0, name, _format(book, bold=True))
        sheet.write_string(row, 1, value, _format(book))
        row += 1
    return row + 1


def write_notes(
    book: xlsxwriter.Workbook,
    spec: ListSpec,
    language: str,
    about: Mapping[str, str],
    rows: int,
    cuts: Mapping[str, int],
    of: str = "",
) -> None:
    """Add the notes sheet; `cuts` counts cut cells by column.

    `of` ends the sheet's name where a workbook has several.
    """
    words = _WORDS[language]
    sheet = book.add_worksheet(f"{words['sheet']}{of}")
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    row = _top(sheet, book, spec, language, {**about, str(words["rows"]): f"{rows:,}"})
    head = _format(book, bold=True, bg_color=PAPER, bottom=1, bottom_color=LINE)
    for place, title in enumerate(words["head"]):
        sheet.write_string(row, place, title, head)
    plain = _format(book, text_wrap=True, bottom=4, bottom_color=LINE)
    centred = _format(book, align="center", bottom=4, bottom_color=LINE)
    for number, column in enumerate(spec.columns, start=1):
        cells = (
            column.title(language),
            column.name,
            column.explanation(language),
            _meaning_of_codes(column, language),
            _remarks(column, language, cuts.get(column.name, 0)),
        )
        lines = max(lines_of(text, width) for text, width in zip(cells, WIDTHS[1:], strict=True))
        sheet.set_row(row + number, ROW_HEIGHT * lines)
        sheet.write_number(row + number, 0, number, centred)
        for place, text in enumerate(cells, start=1):
            sheet.write_string(row + number, place, text, plain)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(row)

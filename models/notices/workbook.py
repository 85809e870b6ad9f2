"""A provider's notice as a workbook: summary, lines, and a reply sheet that reads back as `reply_d`."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.contracts import ListColumn, lists, tables
from models.contracts.cases import CASES
from models.lists.cells import Cutter, exact_number, lines_of, reaches_excel
from models.lists.sheet import FONT, PAPER, Book
from models.notices.facts import Notice

SUMMARY, LINES, REPLY = "告知", "明细", "reply_d"
#: columns of the list shown to the provider: no person, not even by pseudonym
SHOWN = (
    "candidate_id", "status", "rule_name", "track", "mdtrt_id", "ipt_otp_no", "setl_id", "bkkp_sn", "setl_time",
    "fee_ocur_time", "dept_code", "dr_code", "item_code", "item_name", "cnt", "pric", "allowed", "excess",
    "gross_amount", "fund_amount", "acct_amount", "amount_status", "reason", "basis",
)  # fmt: skip
REPLY_COLUMNS = ("candidate_id", "position", "submitted_on", "reason")
WIDTHS = {"amount": 14, "time": 17, "json": 20}
WHOLE = {"mdtrt_id": 21}  # identifiers that are looked up, where the list folds the column away
LINE_HEIGHT = 15.75  # points, whole pixels
_NUMBER = {"amount": "#,##0.00", "price": "#,##0.00####", "time": "yyyy-mm-dd hh:mm"}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Look = Callable[..., Format]


def write_notice(notice: Notice, path: Path) -> None:
    """Write one notice. Text is written as text, never as formula, link or number."""
    with Book(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": notice.number, "author": "jicha", "created": datetime(2000, 1, 1)})

        def look(**more: Any) -> Format:
            return book.add_format({"font_name": FONT, "font_size": 10, "valign": "vcenter", **more})

        for name, write in ((SUMMARY, _summary), (LINES, _lines), (REPLY, _reply)):
            sheet = book.add_worksheet(name)
            _head_pages(sheet, notice)
            write(sheet, notice, look)


def _head_pages(sheet: Worksheet, notice: Notice) -> None:
    """Every printed page says which notice it belongs to, and how many there are.

    A word stands before the number: digits after a font size would be read as part of it.
    """
    name = notice.fixmedins_name.replace("&", "&&")[:60]
    sheet.set_header(f'&L&"{FONT}"&9告知书编号 {notice.number.replace("&", "&&")}&R&"{FONT}"&9 {name}')
    sheet.set_footer(f'&L&"{FONT}"&8供核对，不作认定&R&"{FONT}"&8第 &P 页，共 &N 页')


def _facts(notice: Notice) -> tuple[tuple[str, str], ...]:
    closed, bundled = notice.rows.height - notice.live.height, notice.money(1)
    return (
        ("告知书编号", notice.number),
        ("定点医药机构", f"{notice.fixmedins_name}（{notice.fixmedins_code}）"),
        ("所属期", notice.period),
        ("告知日期", notice.notified_on.isoformat()),
        ("答复期限", f"{notice.reply_due_on.isoformat()}（{notice.reply_days} 个工作日）"),
        ("条数", f"{notice.live.height} 条" + (f"，另有撤回或办结 {closed} 条" if closed else "")),
        ("涉及基金（元）", f"{notice.money(0):,}"),
        ("按病种付费病例（元）", f"{bundled:,}" + ("，单独合计，年度清算前为暂定" if bundled else "")),
        ("个人账户（元）", f"{notice.money(column='acct_amount'):,}，另列"),
    )


def _words(notice: Notice) -> tuple[str, ...]:
    return (
        "所列记录与规则所述情形相符，供核对，不作认定。贵机构有权陈述、申辩并提供材料。",
        *_decided(notice),
        f"请逐条核对“{LINES}”，并在“{REPLY}”表填写意见（认可或申辩）、提交日期和理由，于答复期限前交回；两表次序相同。",
        f"填好的本工作簿请以文件名 reply_d_{notice.file_name}.xlsx 交回；意见未填的行不算答复。",
    )


def _decided(notice: Notice) -> tuple[str, ...]:
    """What is said of rows that a decision has upheld already, where there are any."""
    count = notice.live.filter(pl.col("rule_id").is_in(list(CASES))).height
    if not count:
        return ()
    names = "、".join(name for name, _ in CASES.values())
    return (f"其中 {count} 条（{names}）已经审核认定，认定结论供贵机构核对，同样可以陈述、申辩。",)


def _summary(sheet: Worksheet, notice: Notice, look: Look) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for place, width in enumerate((20, 30, 12, 9, 15, 15, 56)):
        sheet.set_column(place, place, width)
    plain, bold, wrapped = look(), look(bold=True), look(text_wrap=True, valign="top")
    sheet.write_string(0, 0, "医疗保障基金使用情况核查告知书", look(bold=True, font_size=15))
    row = 2
    for name, value in _facts(notice):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, plain)
        row += 1
    for text in _words(notice):
        row += 1
        sheet.merge_range(row, 0, row, 6, "", wrapped)
        sheet.write_string(row, 0, text, wrapped)
        sheet.set_row(row, 30)
    row += 2
    head = look(bold=True, bg_color=PAPER, bottom=1, text_wrap=True)
    for place, title in enumerate(("规则编号", "规则名称", "类别", "条数", "涉及费用（元）", "涉及基金（元）", "依据")):
        sheet.write_string(row, place, title, head)
    tracks = lists()["clawback"].column("track").values
    amount, counted = look(num_format="#,##0.00", valign="top"), look(valign="top")
    for rule_id, rule_name, track, count, gross, fund, basis in notice.by_rule():
        row += 1
        for place, text in ((0, rule_id), (1, rule_name), (2, tracks.get(track, track))):
            sheet.write_string(row, place, text or "", wrapped)
        sheet.write_string(row, 6, basis or "", look(text_wrap=True, valign="top", indent=1))
        sheet.set_row(row, LINE_HEIGHT * max(lines_of(basis or "", 56), lines_of(rule_name or "", 30)))
        sheet.write_number(row, 3, count, counted)
        _number(sheet, row, 4, gross, amount)
        _number(sheet, row, 5, fund, amount)


def _number(sheet: Worksheet, row: int, place: int, value: Decimal | int | float, shape: Format) -> None:
    if exact_number(value):
        sheet.write_number(row, place, float(value), shape)
    else:
        sheet.write_string(row, place, str(value), shape)


def _shape(column: ListColumn, look: Look) -> Format:
    if column.show in _NUMBER:
        return look(num_format=_NUMBER[column.show])
    return look(indent=1, text_wrap=column.show == "text") if column.type == "varchar" else look()


def _lines(sheet: Worksheet, notice: Notice, look: Look) -> None:
    spec, cut = lists()["clawback"], Cutter()
    columns = [spec.column(name) for name in SHOWN]
    head = look(bold=True, bg_color=PAPER, bottom=1, text_wrap=True, align="center")
    sheet.write_string(0, 0, "序号", head)
    sheet.set_column(0, 0, 6)
    # whole sentences, also in print; text keeps its distance from the number before it
    shapes = [_shape(column, look) for column in columns]
    for place, column in enumerate(columns, 1):
        sheet.write_string(0, place, column.title_zh, head)
        sheet.set_column(place, place, WHOLE.get(column.name, WIDTHS.get(column.show, column.width)))
    numbered = look()
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(2, 0)  # on one page no character would be legible
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    for row, values in enumerate(notice.lines.select(SHOWN).iter_rows(), 1):
        told = zip(columns, values, strict=True)
        high = max((lines_of(str(text), one.width) for one, text in told if one.show == "text" and text), default=1)
        sheet.set_row(row, LINE_HEIGHT * high)
        sheet.write_number(row, 0, row, numbered)
        for place, (column, value, shape) in enumerate(zip(columns, values, shapes, strict=True), 1):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(row, place, cut(column.name, column.values.get(value, value)), shape)
            elif isinstance(value, date) and reaches_excel(value):
                sheet.write_datetime(row, place, value, shape)
            elif isinstance(value, date):
                sheet.write_string(row, place, str(value), shape)
            else:
                _number(sheet, row, place, value, shape)
    sheet.autofilter(0, 0, max(notice.rows.height, 1), len(columns))


def _reply(sheet: Worksheet, notice: Notice, look: Look) -> None:
    """The sheet that is read back: named after its table, its columns by the table's Chinese titles."""
    head, asked = look(bold=True, bg_color=PAPER, bottom=1), "#FFFBE6"
    table = tables()["reply_d"]
    for place, name in enumerate(REPLY_COLUMNS):
        sheet.write_string(0, place, table.columns[name].title, head)
    sheet.set_column(0, 0, 68)
    sheet.set_column(1, 1, 10, look(bg_color=asked))
    sheet.set_column(2, 2, 13, look(bg_color=asked, num_format="yyyy-mm-dd"))
    sheet.set_column(3, 3, 60, look(bg_color=asked, num_format="@", text_wrap=True))
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    fixed = look()
    for row, candidate in enumerate(notice.live["candidate_id"], 1):
        sheet.write_string(row, 0, candidate, fixed)
    last = max(notice.live.height, 1)
    position = {
        "validate": "list", "source": list(table.columns["position"].words), "input_title": "意见",
        "error_title": "意见", "input_message": "认可（accept）或申辩（appeal）",
        "error_message": "只能填“认可”或“申辩”。",
    }  # fmt: skip
    day = {
        "validate": "date", "criteria": ">=", "value": notice.notified_on, "input_title": "提交日期",
        "input_message": "年-月-日，不早于告知日期", "error_title": "提交日期", "error_message": "不能早于告知日期。",
    }  # fmt: skip
    sheet.data_validation(1, 1, last, 1, position)
    sheet.data_validation(1, 2, last, 2, day)

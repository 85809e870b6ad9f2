"""Writing all notices of a list that is about to be issued."""

from datetime import date
from pathlib import Path

import polars as pl

from models.lists.replace import replaced_folder
from models.lists.sheet import FONT, PAPER, Book
from models.manifest import NOTICES
from models.notices.facts import Notice, notices_of
from models.notices.workbook import OPTIONS, write_notice

SUMMARY = "summary.xlsx"
TITLES = (
    "告知书编号", "定点医药机构编号", "定点医药机构名称", "条数", "撤回或办结", "涉及基金（元）",
    "按病种付费病例（元）", "个人账户（元）", "告知日期", "答复期限", "文件",
)  # fmt: skip


def write_notices(
    folder: Path, name: str, period: str, notified_on: date, reply_due_on: date, reply_days: int
) -> list[Notice]:
    """Write `<folder>/notices/<fixmedins_code>.xlsx` for every provider of the list in `folder`, and a summary.

    `name` is the issue's (2025Q1, 2025Q1-s01). The folder of notices is replaced whole.
    """
    rows = pl.read_parquet(folder / "clawback.parquet")
    notices = notices_of(rows, name, period, notified_on, reply_due_on, reply_days)
    with replaced_folder(folder / NOTICES) as fresh:
        for notice in notices:
            write_notice(notice, fresh / f"{notice.file_name}.xlsx")
        _write_summary(notices, fresh / SUMMARY)
    return notices


def _write_summary(notices: list[Notice], path: Path) -> None:
    """The bureau's own sheet: a line a notice, to send them by and to tick them off."""
    with Book(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet("告知汇总")
        head = book.add_format({"font_name": FONT, "bold": True, "bg_color": PAPER, "bottom": 1})
        text = book.add_format({"font_name": FONT})
        amount = book.add_format({"font_name": FONT, "num_format": "#,##0.00"})
        for place, title in enumerate(TITLES):
            sheet.write_string(0, place, title, head)
            sheet.set_column(place, place, 30 if place in (0, 2, 10) else 16)
        for row, one in enumerate(notices, 1):
            for place, word in enumerate((one.number, one.fixmedins_code, one.fixmedins_name)):
                sheet.write_string(row, place, word, text)
            sheet.write_number(row, 3, one.live.height, text)
            sheet.write_number(row, 4, one.rows.height - one.live.height, text)
            for place, money in enumerate((one.money(0), one.money(1), one.money(column="acct_amount")), 5):
                sheet.write_number(row, place, float(money), amount)
            for place, day in ((8, one.notified_on), (9, one.reply_due_on)):
                sheet.write_string(row, place, day.isoformat(), text)
            sheet.write_string(row, 10, f"{one.file_name}.xlsx", text)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, max(len(notices), 1), len(TITLES) - 1)

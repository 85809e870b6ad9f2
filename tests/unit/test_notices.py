"""Notices: what a provider is shown, what it can fill in, and that its reply reads back."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from models.contracts import lists, tables
from models.notices import write_notices
from models.notices.workbook import LINE_HEIGHT, LINES, REPLY, SUMMARY
from tests.unit.ingest_support import World, world  # noqa: F401
from tests.unit.lists_support import frame_of

TOLD, DUE = date(2025, 4, 10), date(2025, 5, 6)
PERSON = "f" * 64
ROW = {
    "period": "2025Q1", "fixmedins_code": "H1", "fixmedins_name": "甲医院", "psn_id": PERSON, "rule_id": "R12",
    "rule_name": "限性别用药", "track": "clear", "mdtrt_id": "M1", "ipt_otp_no": "住院8", "setl_id": "S1",
    "setl_time": datetime(2025, 2, 10, 8, 30), "gross_amount": Decimal("80.00"), "fund_amount": Decimal("60.00"),
    "acct_amount": Decimal("5.00"), "bundled": 0, "allowed": Decimal("1.0000"), "excess": Decimal("2.0000"),
    "status": "new", "reason": "与规则所述情形相符。", "basis": "依据待确认",
}  # fmt: skip
ROWS = [
    {**ROW, "candidate_id": "a" * 64},
    {**ROW, "candidate_id": "b" * 64, "item_name": '=HYPERLINK("http://x")', "reason": "<r><t>x</r>", "bundled": 1},
    {**ROW, "candidate_id": "c" * 64, "status": "withdrawn", "fund_amount": Decimal("0.00")},
    {**ROW, "candidate_id": "d" * 64, "fixmedins_code": "../H2", "fixmedins_name": "@cmd"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "2025Q1"
    made.mkdir()
    frame_of(lists()["clawback"], ROWS).write_parquet(made / "clawback.parquet")
    write_notices(made, "2025Q1", "2025Q1", TOLD, DUE, 15)
    return made / "notices"


def test_a_workbook_a_provider_and_a_summary_whatever_the_code(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "H1.xlsx"
    assert names[1].startswith("provider-")
    assert names[2] == "summary.xlsx"
    summary = openpyxl.load_workbook(folder / "summary.xlsx").worksheets[0]
    assert (summary.page_setup.orientation, summary.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    rows = list(summary.values)
    assert rows[1] == ("2025Q1-../H2", "../H2", "@cmd", 1, 0, 60, 0, 5, "2025-04-10", "2025-05-06", names[1])
    assert rows[2][:7] == ("2025Q1-H1", "H1", "甲医院", 2, 1, 60, 60)


def test_the_summary_comes_first_and_the_lines_say_what_a_reviewer_needs(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "H1.xlsx")
    assert book.sheetnames == [SUMMARY, LINES, REPLY]
    said = {row[0]: row[1] for row in book[SUMMARY].values if row[0] and row[1]}
    assert said["告知书编号"] == "2025Q1-H1"
    assert said["答复期限"] == "2025-05-06（15 个工作日）"
    assert said["涉及基金（元）"] == "60.00"
    assert said["条数"] == "2 条，另有撤回或办结 1 条"
    texts = [str(cell) for row in book[SUMMARY].values for cell in row if cell]
    assert [text for text in texts if "landing" in text or "入库" in text] == [], "nothing of the bureau's own work"
    for sheet in book.worksheets:  # pages that come apart say which notice they belong to
        assert "2025Q1-H1" in str(sheet.oddHeader.left.text) and "&P" in str(sheet.oddFooter.right.text)
    assert said["按病种付费病例（元）"].startswith("60.00")
    head, first, second, third = list(book[LINES].values)
    line = dict(zip(head, first, strict=True))
    assert (line["就诊ID"], line["住院/门诊号"], line["限定值"], line["超出值"], line["拟追回基金（元）"]) == (
        "M1", "住院8", 1, 2, 60,
    )  # fmt: skip
    assert second[head.index("理由")] == "<r><t>x</r>"
    assert [row[head.index("状态")] for row in (first, second, third)] == ["新增", "新增", "撤回"]
    assert [row[0] for row in book[REPLY].values] == ["疑点编号", "a" * 64, "b" * 64]


def test_sentences_stand_whole_in_print(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "H1.xlsx")[LINES]
    titles = [cell.value for cell in sheet[1]]
    for title in ("理由", "政策依据"):
        assert sheet.cell(2, titles.index(title) + 1).alignment.wrap_text, title
    assert sheet.row_dimensions[2].height == LINE_HEIGHT, "one line here: a row is as high as its longest text"


def test_what_was_decided_before_the_notice_is_said_so_and_can_be_answered(tmp_path: Path) -> None:
    decided = {**ROW, "candidate_id": "e" * 64, "rule_id": "S91", "rule_name": "高编高套"}
    frame_of(lists()["clawback"], [*ROWS, decided]).write_parquet(tmp_path / "clawback.parquet")
    write_notices(tmp_path, "2025Q1", "2025Q1", TOLD, DUE, 15)
    book = openpyxl.load_workbook(tmp_path / "notices" / "H1.xlsx")
    said = [str(row[0]) for row in book[SUMMARY].values if row[0]]
    assert [text for text in said if "已经审核认定" in text and "其中 1 条" in text]
    assert "e" * 64 in {row[0] for row in book[REPLY].values}
    other = openpyxl.load_workbook(next((tmp_path / "notices").glob("provider-*.xlsx")))
    assert not any("已经审核认定" in str(row[0]) for row in other[SUMMARY].values)


def test_lines_and_reply_stand_in_the_same_order(tmp_path: Path) -> None:
    frame_of(lists()["clawback"], [ROWS[2], *ROWS[:2]]).write_parquet(tmp_path / "clawback.parquet")
    write_notices(tmp_path, "2025Q1", "2025Q1", TOLD, DUE, 15)
    book = openpyxl.load_workbook(tmp_path / "notices" / "H1.xlsx")
    numbers = [row[1] for row in book[LINES].values][1:]
    assert numbers == ["a" * 64, "b" * 64, "c" * 64]  # what was withdrawn comes last
    assert [row[0] for row in book[REPLY].values][1:] == numbers[:2]


def test_no_person_and_no_formula_leaves(folder: Path) -> None:
    for path in folder.iterdir():
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert cell.hyperlink is None
                    assert PERSON not in str(cell.value)


def test_the_reply_sheet_offers_fixed_choices_only(folder: Path) -> None:
    checks = openpyxl.load_workbook(folder / "H1.xlsx")[REPLY].data_validations.dataValidation
    assert [(check.type, str(check.sqref)) for check in checks] == [("list", "B2:B3"), ("date", "C2:C3")]
    assert checks[0].formula1 == '"认可,申辩"'


def test_one_word_for_one_thing_and_sheets_of_before_are_read() -> None:
    word = lists()["clawback"].column("candidate_id").title_zh
    for table in ("reply_d", "decision_d"):
        column = tables()[table].columns["candidate_id"]
        assert column.title == word and "候选编号" in column.aliases


def test_a_filled_reply_reads_back_as_reply_d(folder: Path, world: World) -> None:  # noqa: F811
    book = openpyxl.load_workbook(folder / "H1.xlsx")
    sheet = book[REPLY]
    sheet["B2"], sheet["C2"], sheet["D2"] = "申辩", date(2025, 4, 20), "=有医嘱"
    target = world.landing / "reference" / "reply_d_H1.xlsx"
    target.parent.mkdir()
    book.save(target)
    world.load()
    assert world.rows("select candidate_id, submitted_on::varchar, position from cur.reply_d") == [
        ("a" * 64, "2025-04-20", "appeal")
    ]
    # the line without a position is no answer, and is not lost either
    assert world.fates()["reference/reply_d_H1.xlsx"] == (2, 1, 0, 0, 1)


def test_an_empty_list_makes_a_summary_alone(tmp_path: Path) -> None:
    frame_of(lists()["clawback"], []).write_parquet(tmp_path / "clawback.parquet")
    assert write_notices(tmp_path, "2025Q1-s01", "2025Q1", TOLD, DUE, 15) == []
    assert [path.name for path in (tmp_path / "notices").iterdir()] == ["summary.xlsx"]
    assert pl.read_parquet(tmp_path / "clawback.parquet").is_empty()

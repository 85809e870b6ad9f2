"""What a workbook tells in words that Parquet and CSV hold as codes, and that nothing of it is cut."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from models.contracts import lists
from models.contracts.words import flat_json, stratum
from models.lists.told import told
from models.lists.write import write_list, written_lists
from tests.unit.lists_support import plain_frame

REASONS = '[{"text": "' + "费用构成与较低层级相符，" * 12 + '"}, {"text": "请核对病历"}]'


def test_reasons_are_read_whole(tmp_path: Path) -> None:
    for name, column in (("upcoding_case", "reasons"), ("person", "reasons"), ("inspection", "look_at")):
        write_list(name, plain_frame(name, 1).with_columns(pl.lit(REASONS).alias(column)), tmp_path)
        sheet = openpyxl.load_workbook(tmp_path / f"{name}.xlsx").worksheets[0]
        cell = sheet.cell(2, 1 + lists()[name].names.index(column))
        assert cell.alignment.wrap_text, name
        assert (sheet.row_dimensions[2].height or 0) > 60, name


def test_identifiers_of_decisions_do_not_run_over_the_edge() -> None:
    last = {name: spec.columns[-1] for name, spec in lists().items()}
    assert [name for name, one in last.items() if one.name == "candidate_id" and not one.detail] == []


def test_months_are_months(tmp_path: Path) -> None:
    write_list("review_sample", plain_frame("review_sample", 1), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "review_sample.xlsx").worksheets[0]
    assert sheet.cell(2, 1 + lists()["review_sample"].names.index("month")).number_format == "yyyy-mm"


@pytest.mark.parametrize("late", [False, True])
def test_providers_have_names_in_every_workbook_of_a_folder(late: bool, tmp_path: Path) -> None:
    score = plain_frame("provider_score", 3)
    cases = plain_frame("upcoding_case", 3).with_columns(fixmedins_code=score["fixmedins_code"])
    first, second = {"provider_score": score}, {"upcoding_case": cases}
    more = (lambda: second) if late else dict
    with written_lists(first if late else first | second, tmp_path, "zh", {}, more) as files:
        assert {name: one.rows for name, one in files.items()} == {"provider_score": 3, "upcoding_case": 3}
    sheet = openpyxl.load_workbook(tmp_path / "upcoding_case.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    place = rows[0].index("定点医药机构名称")
    assert rows[0][place - 1] == "定点医药机构编号"
    assert {row[place] for row in rows[1:]} == set(score["fixmedins_name"])
    parquet = pl.read_parquet(tmp_path / "upcoding_case.parquet")
    assert parquet.columns == list(lists()["upcoding_case"].names)


def test_an_error_of_a_later_list_leaves_nothing_to_write_a_manifest_of(tmp_path: Path) -> None:
    def later() -> dict[str, pl.DataFrame]:
        raise LookupError("no such table")

    with pytest.raises(LookupError), written_lists({"quality": plain_frame("quality", 1)}, tmp_path, "zh", {}, later):
        raise AssertionError("nothing is written with a list missing")


def test_checks_and_tables_by_title_and_the_area_by_name() -> None:
    frame = plain_frame("quality", 1).with_columns(
        fixmedins_code=pl.lit(None, pl.String), table=pl.lit("setl_d"), check_id=pl.lit("setl_dates_order")
    )
    _, shown = told(lists()["quality"], frame, "zh", {"A": "甲"})
    (row,) = shown.to_dicts()
    assert (row["fixmedins_name"], row["table"]) == ("全统筹区", "结算")
    assert row["check_id"].endswith("（setl_dates_order）")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("total", "合计"),
        ("inpatient|H33099900001|1-3", "住院｜H33099900001｜金额档 1-3"),
        ("outpatient|level 1.02", "门诊｜医疗机构三级甲等合并"),
        ("outpatient|level -.02|1", "门诊｜未登记类别三级甲等合并｜金额档 1"),
        ("tertiary+secondary", "三级、二级"),
    ],
)
def test_strata_in_words(name: str, words: str) -> None:
    assert (stratum(name, "zh"), stratum(name, "en")) == (words, name)


def test_patterns_of_persons_have_words() -> None:
    patterns = lists()["person"].column("pattern").values
    assert [code for code in patterns if code in flat_json(f'{{"{code}": 2}}', "zh")] == []

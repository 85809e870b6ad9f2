"""Lists as files: three forms, one content; hostile cells; the same bytes every time."""

import random
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts import lists
from models.errors import JichaError
from models.lists import canonical, write_list
from models.lists.cells import LONGEST
from models.lists.excel import write_excel
from tests.unit.lists_support import frame_of, plain_frame, read_csv, read_excel

SPEC = lists()["clawback"]
HOSTILE = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''=1", "'quoted'", '"q"',
    '","',     "<script>alert(1)</script>",
    "<r>&</r>", "<r><t>x</t></r>", "http://example.invalid/", "mailto:a@b", "a\nb", "a\r\nb", "nul\x00nul",
    "\x01\x1f\x7f\x85",     "_x0041_", "\ufffe\uffff", "\u202eabc", "0012", "1e5", "TRUE", "NULL", "  pad  ",
    "😀" * 3, "a,b;c|d", "..\\..\\x",
    "#REF!", "{=1}", "x" * (LONGEST + 1), "汉" * LONGEST, " ", "'",
]  # fmt: skip


def three(frame: pl.DataFrame, folder: Path, **options: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    write_list("clawback", frame, folder, **options)
    return (
        pl.read_parquet(folder / "clawback.parquet"),
        read_csv(SPEC, folder / "clawback.csv"),
        read_excel(SPEC, folder / "clawback.xlsx"),
    )


def shown(parquet: pl.DataFrame) -> pl.DataFrame:
    """What a workbook tells of the rows: a confidence is a band there, which reads back as no number."""
    if "confidence" not in parquet.columns:
        return parquet
    return parquet.with_columns(confidence=pl.lit(None, pl.Float64))


@pytest.mark.parametrize("name", lists())
@pytest.mark.parametrize("rows", [0, 30])
def test_the_three_forms_hold_the_same(name: str, rows: int, tmp_path: Path) -> None:
    frame, spec = plain_frame(name, rows), lists()[name]
    made = write_list(name, frame, tmp_path)
    parquet = pl.read_parquet(tmp_path / f"{name}.parquet")
    assert made.rows == rows == parquet.height
    assert parquet.columns == list(spec.names)
    assert parquet.equals(read_csv(spec, tmp_path / f"{name}.csv"))
    assert shown(parquet).equals(read_excel(spec, tmp_path / f"{name}.xlsx"))


@pytest.mark.parametrize(
    ("confidence", "basis", "shown"),
    [
        (0.9, "prior", "高"),
        (0.79, "12", "中"),
        (0.49, "199", "低"),
        (0.4951, "200", "50%"),
        (0.9, "1234", "90%"),
        (None, "prior", None),
    ],
)
def test_people_see_a_band_until_enough_cases_are_decided(
    confidence: float | None, basis: str, shown: str | None, tmp_path: Path
) -> None:
    frame = frame_of(SPEC, [{"candidate_id": "c", "confidence": confidence, "confidence_basis": basis}])
    write_list("clawback", frame, tmp_path)
    head, row = openpyxl.load_workbook(tmp_path / "clawback.xlsx").worksheets[0].values
    assert row[list(head).index("把握度")] == shown
    assert pl.read_parquet(tmp_path / "clawback.parquet")["confidence"].to_list() == [confidence]


@pytest.mark.parametrize(
    ("language", "column", "said"),
    [("zh", "证据", "限定性别 男；发生日期 2025-01-11"), ("en", "Evidence", "limit gend 1; service date 2025-01-11")],
)
def test_people_read_facts_in_words(language: str, column: str, said: str, tmp_path: Path) -> None:
    facts = '{"limit_gend": "1", "service_date": "2025-01-11"}'
    frame = frame_of(SPEC, [{"candidate_id": "c", "evidence": facts}])
    write_excel(SPEC, canonical(SPEC, frame), tmp_path / "clawback.xlsx", language)
    head, row = openpyxl.load_workbook(tmp_path / "clawback.xlsx").worksheets[0].values
    assert row[list(head).index(column)] == said


def hostile_frame() -> pl.DataFrame:
    rows = [{"candidate_id": f"c{n:03d}", "item_name": text, "reason": text} for n, text in enumerate(HOSTILE)]
    return frame_of(SPEC, rows)


def test_hostile_text_comes_through_as_text(tmp_path: Path) -> None:
    parquet, csv, excel = three(hostile_frame(), tmp_path)
    assert parquet.equals(csv)
    for written, shown in zip(parquet["reason"], excel["reason"], strict=True):
        assert shown == written or (len(written) > LONGEST and shown == written[: LONGEST - 1] + "…")


def test_no_cell_of_the_workbook_is_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    write_list("clawback", hostile_frame(), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "clawback.xlsx").worksheets[0]
    place = SPEC.names.index("reason") + 1
    cells = [sheet.cell(row, place) for row in range(2, len(HOSTILE) + 2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)


def test_no_text_of_the_csv_can_run_and_numbers_stay_numbers(tmp_path: Path) -> None:
    frame = hostile_frame().with_columns(fund_amount=pl.lit("-1.50").cast(pl.Decimal(16, 2)))
    write_list("clawback", frame, tmp_path)
    raw = pl.read_csv(tmp_path / "clawback.csv", infer_schema=False)
    assert not raw["reason"].str.contains("^[=+\\-@\t\r\n＝＋－＠]").any()
    assert set(raw["fund_amount"]) == {"-1.50"}


def test_the_csv_begins_with_bom_and_ends_records_with_crlf(tmp_path: Path) -> None:
    write_list("quality", plain_frame("quality", 3), tmp_path)
    raw = (tmp_path / "quality.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbffixmedins_code,table,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4


def test_the_notes_explain_every_column_and_count_what_was_cut(tmp_path: Path) -> None:
    write_list("clawback", hostile_frame(), tmp_path, about={"期间": "2025Q1"})
    notes = openpyxl.load_workbook(tmp_path / "clawback.xlsx")["说明"]
    rows = [[cell.value for cell in row] for row in notes.iter_rows()]
    said = {str(row[2]): row for row in rows if row[2]}
    assert set(SPEC.names) <= said.keys()
    assert "1 个单元格" in str(said["reason"][5])
    assert ["期间", "2025Q1"] in [row[:2] for row in rows]


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path) -> None:
    parquet, _, excel = three(plain_frame("clawback", 25), tmp_path, rows_per_sheet=10)
    assert openpyxl.load_workbook(tmp_path / "clawback.xlsx").sheetnames == [
        "拟追回清单",
        "拟追回清单 2",
        "拟追回清单 3",
        "说明",
    ]
    assert shown(parquet).equals(excel)


def test_the_same_rows_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    frame = plain_frame("clawback", 3_000)
    order = list(range(frame.height))
    random.Random(4).shuffle(order)
    for name, given_frame in {
        "a": frame,
        "b": frame[order],
        "c": pl.concat([frame[:7], frame[7:]], rechunk=False),
    }.items():
        (tmp_path / name).mkdir()
        write_list("clawback", given_frame.to_arrow() if name == "b" else given_frame, tmp_path / name)
    for kind in ("parquet", "csv", "xlsx"):
        assert len({(tmp_path / name / f"clawback.{kind}").read_bytes() for name in "abc"}) == 1, kind


def test_cases_stand_by_what_pulling_the_record_is_worth() -> None:
    """A large difference, hardly likely, comes after a smaller likely one; without prices the likeliest is first."""
    told = [("S1", 0.01, "9000.00"), ("S2", 0.9, "500.00"), ("S3", 0.5, "900.00"), ("S4", 0.3, None), ("S5", 0.8, None)]
    rows = [
        {"setl_id": setl_id, "probability": probability, "payment_difference": money and Decimal(money)}
        for setl_id, probability, money in told
    ]
    made = canonical(lists()["upcoding_case"], frame_of(lists()["upcoding_case"], rows))
    assert made["setl_id"].to_list() == ["S2", "S3", "S1", "S5", "S4"]


def test_rounding_hides_the_noise_of_thread_order(tmp_path: Path) -> None:
    noisy = plain_frame("deviation", 4).with_columns(z=pl.lit(0.1) + 0.2, q_value=pl.lit(-0.0))
    made = canonical(lists()["deviation"], noisy)
    assert made["z"].to_list() == [0.3] * 4
    assert str(made["q_value"][0]) == "0.0"


def test_numbers_a_spreadsheet_would_round_are_text(tmp_path: Path) -> None:
    amount = Decimal("12345678901234.56")
    frame = frame_of(SPEC, [{"candidate_id": "c", "fund_amount": amount, "gross_amount": Decimal("0.10")}])
    write_list("clawback", frame, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "clawback.xlsx").worksheets[0]
    assert sheet.cell(2, 1 + SPEC.names.index("fund_amount")).value == "12345678901234.56"
    assert sheet.cell(2, 1 + SPEC.names.index("gross_amount")).value == 0.1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop("reason"), "missing columns: reason"),
        (lambda f: f.with_columns(fund_amount=pl.lit(1.5)), "fund_amount: found Float64"),
        (lambda f: f.with_columns(insutype=pl.lit(310)), "insutype: found Int32"),
        (lambda f: f.with_columns(confidence=pl.lit(float("nan"))), "confidence: 2 values are not finite"),
        (lambda f: f.with_columns(cnt=pl.lit("0.00005").cast(pl.Decimal(16, 5))), "cnt: 2 values have more decimals"),
        (lambda f: f.with_columns(cnt=pl.lit(10**17).cast(pl.Decimal(38, 0))), "cnt: values do not fit"),
        (lambda f: f.with_columns(candidate_id=pl.lit("x")), "2 rows share their key (candidate_id)"),
    ],
)  # fmt: skip
def test_what_breaks_the_contract_is_named(change, said: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(JichaError, match="clawback") as error:
        write_list("clawback", change(plain_frame("clawback", 2)), tmp_path)
    assert said in str(error.value)
    assert not list(tmp_path.iterdir())


def test_columns_beyond_the_contract_do_not_leave(tmp_path: Path) -> None:
    parquet, _, _ = three(plain_frame("clawback", 2).with_columns(psn_no=pl.lit("P1")), tmp_path)
    assert "psn_no" not in parquet.columns
    assert not any(b"psn_no" in path.read_bytes() for path in tmp_path.iterdir())


money = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
text = st.one_of(st.none(), st.text(max_size=40), st.sampled_from(HOSTILE[:34]))
row = st.fixed_dictionaries(
    {
        "setl_id": text,
        "item_name": text,
        "reason": text,
        "track": st.sampled_from(["clear", "suspect", None]),
        "fund_amount": st.one_of(st.none(), money),
        "cnt": st.one_of(st.none(), st.decimals(min_value=-(10**6), max_value=10**6, places=4)),
        "pric": st.one_of(st.none(), st.decimals(min_value=0, max_value=10**6, places=6)),
        "bundled": st.one_of(st.none(), st.integers(-(2**53), 2**53)),
        "confidence": st.one_of(st.none(), st.floats(0, 1)),
        "setl_time": st.one_of(st.none(), st.datetimes(datetime(1890, 1, 1), datetime(2100, 1, 1))),
        "notified_on": st.one_of(st.none(), st.dates(datetime(1890, 1, 1).date(), datetime(2100, 1, 1).date())),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(row, max_size=12))
def test_any_rows_read_back_alike_from_all_three(tmp_path_factory: pytest.TempPathFactory, rows: list[dict]) -> None:
    frame = frame_of(SPEC, [{**one, "candidate_id": f"c{n}"} for n, one in enumerate(rows)])
    parquet, csv, excel = three(frame, tmp_path_factory.mktemp("rows"))
    assert parquet.equals(csv)
    assert shown(parquet).equals(excel)
    assert parquet["fund_amount"].drop_nulls().sum() == frame["fund_amount"].drop_nulls().sum()

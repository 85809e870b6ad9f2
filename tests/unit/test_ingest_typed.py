"""Parquet, workbooks and zips: read as a text file of the same rows would be."""

import io
import warnings
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from models.errors import InputRefused
from tests.unit.ingest_support import SETTLEMENT, World, lines, settlements, text, world  # noqa: F401


def test_parquet_keeps_its_types(world: World) -> None:  # noqa: F811
    frame = pa.table(
        {
            name: [value]
            for name, value in SETTLEMENT.items()
            if name not in ("begndate", "hifp_pay", "setl_time", "age")
        }
        | {"begndate": [date(2025, 1, 2)], "hifp_pay": [Decimal("60.00")], "setl_time": [datetime(2025, 1, 3, 10)]}
    )
    buffer = io.BytesIO()
    pq.write_table(frame, buffer)
    world.put("202501/setl_d.parquet", buffer.getvalue())
    world.load()
    assert world.rows("select begndate, hifp_pay, setl_time, line_no from cur.setl_d") == [
        (date(2025, 1, 2), Decimal("60.00"), datetime(2025, 1, 3, 10), 2)
    ]


@pytest.mark.parametrize(
    ("values", "column", "expected"),
    [
        # what pandas makes of a column of whole numbers with an empty cell
        (pa.array([202501000012345.0, None]), "init_setl_id", ["202501000012345", None]),
        (pa.array([2.0, float("nan")]), "hosp_lv", ["02", None]),
        (pa.array([0.1 + 0.2, 1e7]), "oth_pay", [Decimal("0.30"), Decimal("10000000.00")]),
        (pa.array([12.34, 0.5], pa.float32()), "oth_pay", [Decimal("12.34"), Decimal("0.50")]),
        # what Spark writes where nobody names a scale
        (pa.array([Decimal(0), Decimal("1.5")], pa.decimal128(38, 18)), "oth_pay", [Decimal("0.00"), Decimal("1.50")]),
        (pa.array([Decimal(310), Decimal(390)], pa.decimal128(38, 10)), "insutype", ["310", "390"]),
        # a moment in time; the area's clock is China's
        (
            pa.array([datetime(2025, 1, 3, 16), datetime(2025, 1, 4)], pa.timestamp("us", "UTC")),
            "setl_time",
            [datetime(2025, 1, 4), datetime(2025, 1, 4, 8)],
        ),
    ],
)
def test_parquet_numbers_and_moments_read_as_text_would(
    world: World,  # noqa: F811
    values: pa.Array,
    column: str,
    expected: list[object],
) -> None:
    deliver_two(world, column, values)
    assert world.values(f"select {column} from cur.setl_d order by setl_id") == expected
    assert world.rows("select reason from meta.quarantine_reason") == []


@pytest.mark.parametrize("kind", [pa.binary(), pa.binary(3)])
def test_bytes_that_are_no_text_keep_their_row_out(world: World, kind: pa.DataType) -> None:  # noqa: F811
    deliver_two(world, "insutype", pa.array([b"310", b"\xff\xfe3"], kind))
    assert world.rows("select setl_id, insutype from cur.setl_d") == [("S1", "310")]
    assert world.rows("select reason, first_lines from meta.quarantine_reason") == [("bad_encoding", [3])]


def deliver_two(world: World, column: str, values: pa.Array) -> None:  # noqa: F811
    """Load two settlements, S1 and S2, whose one column has these values."""
    frame = pa.table({name: [value] * 2 for name, value in SETTLEMENT.items()} | {"setl_id": ["S1", "S2"]})
    there = frame.column_names.index(column) if column in frame.column_names else None
    frame = frame.append_column(column, values) if there is None else frame.set_column(there, column, values)
    buffer = io.BytesIO()
    pq.write_table(frame, buffer)
    world.put("202501/setl_d.parquet", buffer.getvalue())
    world.load()


SEX = [["rule_id", "subject_code", "gend", "valid_from"], ["R01", "X", 1, datetime(2024, 1, 1)]]


@pytest.mark.parametrize(
    ("sheets", "found"),
    [
        ({"说明": [["填写要求"]], "数据": SEX}, ["X"]),
        ({"old": SEX, "kp_sex": [SEX[0], ["R01", "Y", 2, "2024-01-01"]]}, ["Y"]),
        ({"2024": SEX, "2025": SEX}, "2024, 2025"),
        ({"甲": [["x", "y"], ["1", "2"]], "乙": [["x", "y"], ["3", "4"]]}, "none holds columns of the table: 甲, 乙"),
    ],
)
def test_the_sheet_that_holds_the_table_is_read(
    world: World,  # noqa: F811
    sheets: dict[str, list[list[object]]],
    found: list[str] | str,
) -> None:
    book, buffer = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(buffer)
    world.put("reference/kp_sex.xlsx", buffer.getvalue())
    if isinstance(found, str):
        with pytest.raises(InputRefused, match=found):
            world.load()
        return
    world.load()
    assert world.values("select subject_code from cur.kp_sex") == found


def test_a_failed_formula_keeps_its_row_out(world: World) -> None:  # noqa: F811
    book, buffer = Workbook(), io.BytesIO()
    book.create_sheet("说明").append(["#REF!"])
    sheet = book.create_sheet("kp_age")
    sheet.append(["rule_id", "subject_code", "age_max", "valid_from", "valid_to", "note"])
    sheet.append(["R07", "A1", "#N/A", "2024-01-01", None, "one"])
    sheet.append(["R07", "A2", 18, "2024-01-01", None, "#DIV/0!"])  # in a column that nobody reads
    sheet.append(["R07", "A3", 18, "2024-01-01", "#REF!", "three"])
    sheet.append(["#NAME?", None, None, None, None, None])
    assert sheet["C2"].data_type == "e"
    book.save(buffer)
    world.put("reference/kp_age.xlsx", buffer.getvalue())
    world.load()
    assert world.values("select subject_code from cur.kp_age") == ["A2"]
    assert world.rows("select reason, rows, first_lines from meta.quarantine_reason") == [
        ("formula_error", 3, [2, 4, 5])
    ]


def test_workbooks_serve_reference_tables(world: World) -> None:  # noqa: F811
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["定点医药机构编号", "定点医药机构名称", "医院等级", "床位数", "开业日期"])
    sheet.append(["H1", "一院", 2, 120, datetime(2001, 5, 6)])
    sheet.append([None, None, None, None, None])
    sheet.append(["H2", "二院", "11", "many", None])
    book.save(buffer)
    world.put("reference/medins_info_b.xlsx", buffer.getvalue())
    world.load()
    found = world.rows("select fixmedins_code, hosp_lv, bed_cnt, opened_on, line_no from cur.medins_info_b")
    assert found == [("H1", "02", 120, date(2001, 5, 6), 2)]
    assert world.rows("select reason, first_lines from meta.quarantine_reason order by 1") == [
        ("bad_int:bed_cnt", [4]),
        ("blank_line", [3]),
    ]
    world.put("202501/setl_d.xlsx", buffer.getvalue())
    with pytest.raises(InputRefused, match=r"202501/setl_d\.xlsx.*reference"):
        world.load()


def test_a_zip_holds_several_tables(world: World) -> None:  # noqa: F811
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("export/setl_d.csv", settlements({}))
        archive.writestr("export/fee_list_d_1.txt", lines({}))
        archive.writestr("__MACOSX/._setl_d.csv", b"junk")
    world.put("202501/all.zip", buffer.getvalue())
    world.load()
    assert world.fates() == {
        "202501/all.zip!export/fee_list_d_1.txt": (1, 1, 0, 0, 0),
        "202501/all.zip!export/setl_d.csv": (1, 1, 0, 0, 0),
    }


@pytest.mark.parametrize("member", ["../setl_d.csv", "a/../setl_d.csv", "202501\\setl_d.csv", "./setl_d.csv"])
def test_a_member_is_read_whatever_the_way_to_it(world: World, member: str) -> None:  # noqa: F811
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, settlements({}))
    world.put("202501/all.zip", buffer.getvalue())
    world.load()
    assert list(world.fates().values()) == [(1, 1, 0, 0, 0)]


class _OldName(zipfile.ZipInfo):
    """A member as older Chinese packers write it: its name in GB18030, without the mark of UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (the library's own hook)
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def test_names_in_a_zip_are_read_as_chinese_packers_write_them(world: World) -> None:  # noqa: F811
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(_OldName("导出/setl_d.csv"), settlements({}))
        archive.writestr(_OldName("导出/说明.doc"), "")
    world.put("202501/数据.zip", buffer.getvalue())
    summary = world.load()
    assert list(world.fates()) == ["202501/数据.zip!导出/setl_d.csv"]
    assert any("导出/说明.doc" in line for line in summary.warnings)


def test_two_members_of_one_name_are_refused(world: World) -> None:  # noqa: F811
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("setl_d.csv", settlements({}))
        archive.writestr("setl_d.csv", settlements({"setl_id": "S2"}))
    world.put("202501/all.zip", buffer.getvalue())
    with pytest.raises(InputRefused, match=r"202501/all\.zip!setl_d\.csv.*two files of one name"):
        world.load()


def test_a_nul_keeps_the_row_of_a_parquet_file_out_as_it_does_a_line(world: World) -> None:  # noqa: F811
    rows = [
        SETTLEMENT | {"setl_id": one, "dise_name": name} for one, name in (("S1", "a"), ("S2", "a\0b"), ("S3", "c"))
    ]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    world.put("202501/setl_d_1.parquet", buffer.getvalue())
    world.put("202501/setl_d_2.csv", settlements(*({**row, "setl_id": row["setl_id"] + "t"} for row in rows)))
    world.load()
    assert sorted(world.values("select setl_id from cur.setl_d")) == ["S1", "S1t", "S3", "S3t"]
    assert world.rows("select reason, first_lines from meta.quarantine_reason") == [("nul_byte", [3])] * 2

"""Reading: every format, encoding, separator, header and quoting of the contract."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from models import ingest
from models.config import Config
from models.errors import InputRefused
from models.ingest import sources
from tests.unit.ingest_support import LINE, SETTLEMENT, World, lines, settlements, text, world  # noqa: F401

NAMED = [SETTLEMENT | {"fixmedins_name": "人民医院，一部"}]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("202501/setl_d.csv", text(NAMED)),
        ("202501/SETL_D_01.CSV", text(NAMED)),
        ("202501/setl_d.txt", text(NAMED, "\t")),
        ("202501/setl_d.tsv.gz", text(NAMED, "\t")),
        ("202501/setl_d_hosp.csv", text(NAMED, "|")),
        ("202501/setl_d.csv", text(NAMED).replace("\n", "\r\n")),
        ("202501/setl_d.csv", text(NAMED).rstrip("\n")),
        ("202501/setl_d.csv", text(NAMED).encode("gb18030")),
        ("202501/setl_d.txt", text(NAMED, "|").encode("gbk")),
        ("202501/setl_d.csv", text(NAMED).encode("utf-8-sig")),
        ("202501/setl_d.csv", text(NAMED).encode("utf-16")),
        ("202501/setl_d.csv", b"\xfe\xff" + text(NAMED).encode("utf-16-be")),
        ("202501/setl_d.csv", text([{k: f'"{v}"' for k, v in NAMED[0].items()}])),
        ("202501/setl_d.txt", text([{k: f"@|{v}|@" for k, v in NAMED[0].items()}], "|").replace("\n", "\r\n")),
        ("202501/setl_d.txt", text([{f"@|{k}|@": f"@|{v}|@" for k, v in NAMED[0].items()}], "|")),
    ],
)
def test_formats_of_text(world: World, file: str, content: str | bytes) -> None:  # noqa: F811
    world.put(file, content)
    world.load()
    found = world.rows("select setl_id, fixmedins_name, setl_time, hifp_pay, line_no from cur.setl_d")
    assert found == [("S1", "人民医院，一部", datetime(2025, 1, 3, 10), Decimal("60.00"), 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("block", [1, 3, 7, 32])
def test_line_1_may_be_cut_anywhere(world: World, encoding: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    # 上 holds the byte of a line feed in UTF-16, and packed blocks may end within a character
    monkeypatch.setattr(sources, "BLOCK", block)
    content = text([SETTLEMENT | {"上传人": "上海"}]).encode(encoding)
    world.put("202501/setl_d.csv.gz", b"\xfe\xff" + content if encoding == "utf-16-be" else content)
    world.load()
    assert world.values("select medfee_sumamt from cur.setl_d") == [Decimal("100.00")]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ({"setl_id": "结算ID", "hifp_pay": "基本医疗保险统筹基金支出", "begndate": "开始日期"}, True),
        ({"setl_id": "SETL_ID", "psn_no": " Psn_No ", "begndate": "BEGNTIME", "enddate": "endtime"}, True),
        ({"medfee_sumamt": "total"}, False),
    ],
)
def test_header_names(world: World, header: dict[str, str], found: bool) -> None:  # noqa: F811
    renamed = {header.get(name, name): value for name, value in SETTLEMENT.items()}
    world.put("202501/setl_d.csv", text([renamed]))
    if found:
        world.load()
        assert world.values("select setl_id from cur.setl_d") == ["S1"]
        return
    with pytest.raises(InputRefused, match="medfee_sumamt"):
        world.load()


def test_aliases_hold_per_table_and_the_national_name_wins(world: World) -> None:  # noqa: F811
    world.put("202501/fee_list_d.csv", lines({"overlmt_selfpay": "1.00", "rx_drord_no": "R2", "rxno": "R1"}))
    world.put("202501/setl_d.csv", settlements({"overlmt_selfpay": "2.00"}))
    summary = world.load()
    assert world.rows("select overlmt_amt, rxno from cur.fee_list_d") == [(Decimal("1.00"), "R1")]
    assert world.values("select overlmt_selfpay from cur.setl_d") == [Decimal("2.00")]
    assert any("rx_drord_no" in line for line in summary.warnings)


def test_titles_of_the_interface_and_full_width_brackets(world: World) -> None:  # noqa: F811
    world.put("202501/fee_list_d.csv", lines({}).replace("bkkp_sn", "费用明细流水号"))
    world.put("202501/setl_d.csv", settlements({"oth_pay": "3.00"}).replace("oth_pay", "其他（基金）支出"))
    world.load()
    assert world.values("select bkkp_sn from cur.fee_list_d") == ["B1"]
    assert world.values("select oth_pay from cur.setl_d") == [Decimal("3.00")]


def test_values(world: World) -> None:  # noqa: F811
    odd = {"hosp_lv": "2", "gend": "-", "brdy": "19900203", "age": " ", "refd_setl_flag": "001", "mid_setl_flag": "000",
           "acct_pay": "   .50", "dise_codg": "\\N", "dise_name": "Null", "enddate": "20250103"}  # fmt: skip
    world.put("202501/setl_d.csv", settlements(odd))
    world.load()
    columns = "hosp_lv, gend, brdy, age, refd_setl_flag, mid_setl_flag, acct_pay, dise_codg, dise_name, enddate"
    assert world.rows(f"select {columns} from cur.setl_d") == [
        ("02", None, date(1990, 2, 3), None, "1", "0", Decimal("0.50"), None, None, date(2025, 1, 3))
    ]


def test_numbers_whose_digits_a_spreadsheet_lost_are_nobodys(world: World) -> None:  # noqa: F811
    empty = {"dise_codg": "", "fixmedins_name": "", "hosp_lv": ""}
    rows = [
        {"setl_id": "S1", "psn_no": "3.30106E+17"},
        {"setl_id": "4.4E+17", "psn_no": "3.3E+17", "hosp_lv": "1E+02"},
        {"setl_id": "S3", "dise_codg": "A17.000+G01*", "fixmedins_name": "3.3E+17", "hosp_lv": "1"},
        {"setl_id": "S4", "dise_codg": "1E10", "fixmedins_code": "H+1"},
    ]
    world.put(
        "202501/setl_d.csv",
        settlements(*(empty | one for one in rows)),
    )
    world.load()
    assert world.rows("select setl_id, dise_codg, fixmedins_code, hosp_lv from cur.setl_d order by 1") == [
        ("S3", "A17.000+G01*", "H1", "01"), ("S4", "1E10", "H+1", None),
    ]  # fmt: skip
    assert world.rows("select reason, first_lines from meta.quarantine_reason order by 1") == [
        ("lost_digits:hosp_lv", [3]), ("lost_digits:psn_no", [2, 3]), ("lost_digits:setl_id", [3]),
    ]  # fmt: skip


def test_only_the_codes_of_the_contract_are_decisions(world: World) -> None:  # noqa: F811
    words = ["upheld", " Partial", "维持", "不成立"]
    decisions = "".join(f"C{place},处理,2024-02-01,{word}\n" for place, word in enumerate(words))
    world.put("reference/decision_d.csv", "candidate_id,stage,decided_on,outcome\n" + decisions)
    world.put("reference/reply_d.csv", "candidate_id,submitted_on,position\nC1,2024-01-20,appeal\nC2,2024-01-20,认可\n")
    world.load()
    assert world.values("select outcome from cur.decision_d order by candidate_id") == [
        "upheld",
        "partial",
        "overturned",
    ]
    assert world.values("select position from cur.reply_d order by candidate_id") == ["appeal", "accept"]
    assert world.rows("select reason, first_lines from meta.quarantine_reason") == [("bad_code:outcome", [4])]


def test_an_unclosed_quote_spoils_its_own_line_only(world: World) -> None:  # noqa: F811
    rows = [{"setl_id": f"S{number}"} for number in range(1, 5)]
    world.put("202501/setl_d.csv", settlements(*rows).replace("S2,", '"S2,'))
    world.load()
    assert world.values("select setl_id from cur.setl_d order by 1") == ["S1", "S3", "S4"]
    assert world.rows("select reason, first_lines from meta.quarantine_reason") == [("unclosed_quote", [3])]


def test_only_a_fee_line_may_lack_its_settlement(world: World) -> None:  # noqa: F811
    world.put("202501/fee_list_d.csv", lines({"setl_id": ""}, {"bkkp_sn": "", "setl_id": "S2"}))
    world.load()
    assert world.rows("select bkkp_sn, setl_id from cur.fee_list_d") == [("B1", None)]
    assert world.values("select reason from meta.quarantine_reason") == ["missing:bkkp_sn"]


def test_a_record_in_place_of_the_header_is_not_quoted(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({"psn_no": "330100199001011234"}).split("\n", 1)[1])
    with pytest.raises(InputRefused, match="is the header missing") as refused:
        world.load()
    assert "330100199001011234" not in str(refused.value)


def test_a_file_without_line_feeds_is_no_header_that_holds_its_records(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({"psn_no": "330100199001011234"}).replace("\n", "\r"))
    with pytest.raises(InputRefused, match="carriage return") as refused:
        world.load()
    assert "330100199001011234" not in str(refused.value)


def test_refusals_say_what_is_allowed(world: World) -> None:  # noqa: F811
    world.put("202501/settlements.csv", "a,b\n")
    world.put("202501/medins_info_b.csv", "fixmedins_code,fixmedins_name\n")
    world.put("reference/setl_d.csv", settlements({}))
    world.put("2025-01/setl_d.csv", settlements({}))
    world.put("202501/setl_d.csv", settlements({}))
    world.put("202501/README.md", "hello")
    world.put("reference/psn_info_b.xls", "an older workbook")
    world.put("199912/setl_d.csv", settlements({}))
    world.put("202501/nothing.zip", b"PK\x05\x06" + bytes(18))
    world.put("202501/_SUCCESS", "")
    world.put("truth/setl_d.csv", "whatever")
    with pytest.raises(InputRefused) as refused:
        world.load()
    message = str(refused.value)
    assert "7 个文件" in message and refused.value.exit_code == 3
    for part in ("settlements.csv", "fee_list_d", "202501/medins_info_b.csv", "reference/setl_d.csv", "2025-01/",
                 "psn_info_b.xls", "199912/", "nothing.zip"):  # fmt: skip
        assert part in message
    assert "202501/setl_d.csv" not in message
    report = ingest.check(world.landing, Config())
    assert [one.file for one in report.files] == ["202501/setl_d.csv"]
    assert len(report.refused) == 7 and any("README.md" in line for line in report.warnings)


def test_check_counts_and_changes_nothing(world: World) -> None:  # noqa: F811
    world.put("202501/fee_list_d.csv", lines({}, {"cnt": "x", "pric": "y"}, {"cnt": "z"}) + "\nshort\n")
    before = sorted(path for path in world.landing.parent.rglob("*"))
    report = ingest.check(world.landing, Config())
    (one,) = report.files
    assert (one.rows_read, one.loaded, one.quarantined) == (5, 1, 4)
    assert one.reasons == {
        "bad_quantity:cnt": (2, [3, 4]),
        "bad_price:pric": (1, [3]),
        "blank_line": (1, [5]),
        "wrong_field_count": (1, [6]),
    }
    assert "bad_quantity:cnt: 2" in report.text()
    assert sorted(path for path in world.landing.parent.rglob("*")) == before
    assert LINE["bkkp_sn"] not in report.text()

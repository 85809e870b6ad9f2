"""Files of damaged and well-formed lines, each with what must become of it."""

import gzip
import hashlib
import itertools
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

COLUMNS = ("inspection_id", "fixmedins_code", "inspected_on", "team", "found_amount")
TITLES = ("检查编号", "定点医药机构编号", "检查日期", "检查组", "查出金额")
COUNTER = itertools.count()


@dataclass(frozen=True)
class Line:
    """Text of one line (or bytes that no encoding yields), and its fate: row values or reasons."""

    text: str
    row: tuple[str, str, date, str | None, Decimal | None] | None = None
    reasons: frozenset[str] = frozenset()
    broken: bool = False


@dataclass(frozen=True)
class Way:
    """How a file is written."""

    separator: str
    encoding: str
    newline: str
    packed: str
    titles: bool
    final_newline: bool


ways = st.builds(
    Way,
    st.sampled_from([",", "|", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["csv", "txt.gz", "zip"]),
    st.booleans(),
    st.booleans(),
)
PLAIN = {
    "inspection_id": "",
    "fixmedins_code": "H1",
    "inspected_on": "2025-01-10",
    "team": "一组",
    "found_amount": "12.50",
}
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; drop table raw.setl_d; --",
    "../../etc",
    "${x}",
    "%s{0}",
)
A = Decimal("12.50")
# kind -> (text, name, amount) of lines that load; commas stand for the separator of the file
GOOD: dict[str, list[tuple[str, str | None, Decimal | None]]] = {
    "quoted": [('"{key}","H1","2025-01-10","a,""b",12.50', 'a,"b', A), ('{key},H1,2025-01-10,"",12.50', None, A)],
    "enclosed": [("@|{key}|@,H1,2025-01-10,@|a,b|@,12.50", "a,b", A)],
    "inner_quote": [('{key},H1,2025-01-10,5" pipe,12.50', '5" pipe', A)],
    "carriage": [("{key},H1,2025-01-10,a\rb,12.50", "a\rb", A)],
    "nulls": [(f"{{key}},H1,2025-01-10,{nothing},  ", None, None) for nothing in (" null ", "NULL", "\\N", "-", "")],
    "formats": [
        (f"{{key}}, H1 ,{day},一组,   12.5", "一组", A)
        for day in ("20250110", "2025-01-10 23:59:59", "20250110235959", "2025-01-10T10:00")
    ],
    "hostile": [
        (f"{{key}},H1,2025-01-10,{name.replace('|', ';')},12.50", name.replace("|", ";"), A) for name in HOSTILE
    ],
}
# kind -> (cells, reasons) of lines with wrong values
BAD: dict[str, tuple[dict[str, tuple[str, ...]], tuple[str, ...]]] = {
    "amount": ({"found_amount": ("12,5x", "1e3", "0x1", "abc", "--1", "1_0")}, ("bad_amount:found_amount",)),
    "scale": ({"found_amount": ("1.005", "0.001")}, ("bad_amount:found_amount",)),
    "day": ({"inspected_on": ("2025-02-30", "infinity", "2025/01/10")}, ("bad_date:inspected_on",)),
    "missing": ({"fixmedins_code": (" ", "null", "-")}, ("missing:fixmedins_code",)),
    "several": (
        {"inspection_id": ("-",), "inspected_on": ("yesterday",), "found_amount": ("x",)},
        ("missing:inspection_id", "bad_date:inspected_on", "bad_amount:found_amount"),
    ),
    "nul": ({"team": ("a\0b",)}, ("nul_byte",)),
}
# kind -> (text, reason) of lines that are no record
WHOLE = {
    "blank": ("", "blank_line"),
    "spaces": ("   ", "blank_line"),
    "short": ("{key},H1,2025-01-10,一组", "wrong_field_count"),
    "long": ("{key},H1,2025-01-10,一组,12.50,", "wrong_field_count"),
    "swallow": ('"{key},H1,2025-01-10,一组,12.50"', "wrong_field_count"),
    "unclosed": ('{key},H1,2025-01-10,"一组,12.50', "unclosed_quote"),
    "unclosed_enclosed": ("{key},H1,2025-01-10,@|一组,12.50", "unclosed_quote"),
    "after_quote": ('{key},H1,2025-01-10,"一组"x,12.50', "bad_quote"),
}
KINDS = ("good", "good", "good", "undecodable", *GOOD, *BAD, *WHOLE)


class Maker:
    """Lines of every kind for one file; keys are kept apart by a running number."""

    def __init__(self, way: Way) -> None:
        self.way = way

    def first(self) -> Line:
        """A plain line; its Chinese name is no UTF-8 when written in GB18030, so that the two are told apart."""
        return self._line({"inspection_id": f"K{next(COUNTER)}", "team": "中文"})

    def make(self, kind: str) -> Line:
        """One line of this kind."""
        number = next(COUNTER)
        key = f"I{number}"
        if kind in BAD:
            fields, reasons = BAD[kind]
            chosen = {name: options[number % len(options)] for name, options in fields.items()}
            return self._line({"inspection_id": key, **chosen}, reasons=reasons)
        if kind in WHOLE:
            text, reason = WHOLE[kind]
            return Line(self._fill(text, key), reasons=frozenset({reason}))
        if kind == "undecodable" and self.way.encoding != "utf-8":
            return Line(
                self._fill("{key},H1,2025-01-10,\ue000,1", key), reasons=frozenset({"bad_encoding"}), broken=True
            )
        if kind in GOOD:
            text, name, amount = GOOD[kind][number % len(GOOD[kind])]
            row = (key, "H1", date(2025, 1, 10), None if name is None else self._fill(name, key), amount)
            return Line(self._fill(text, key), row)
        return self._line({"inspection_id": key})

    def _fill(self, text: str, key: str) -> str:
        return text.replace("{key}", key).replace(",", self.way.separator)

    def _line(self, fields: dict[str, str], reasons: tuple[str, ...] = ()) -> Line:
        cells = PLAIN | fields
        text = self.way.separator.join(cell.replace(self.way.separator, ";") for cell in cells.values())
        row = (cells["inspection_id"], "H1", date(2025, 1, 10), cells["team"], Decimal("12.50"))
        return Line(text, None if reasons else row, frozenset(reasons))


def encoded(one: Line, way: Way) -> bytes:
    """Bytes of a line; a broken one holds a sequence its encoding does not have."""
    name = "utf-8" if way.encoding == "utf-8-sig" else way.encoding
    if not one.broken:
        return one.text.encode(name)
    wrong = {"utf-8": b"\xff", "gb18030": b"\xff", "utf-16-le": b"\x00\xd8", "utf-16-be": b"\xd8\x00"}[name]
    before, after = one.text.split("\ue000")
    return before.encode(name) + wrong + after.encode(name)


def content(lines: list[Line], way: Way) -> bytes:
    name = "utf-8" if way.encoding == "utf-8-sig" else way.encoding
    mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(way.encoding, b"")
    newline = way.newline.encode(name)
    header = way.separator.join(TITLES if way.titles else (name.upper() for name in COLUMNS)).encode(name)
    body = newline.join([header, *(encoded(one, way) for one in lines)])
    return mark + body + (newline if way.final_newline else b"")


def write(folder: Path, part: int, data: bytes, packed: str) -> str:
    """Write one delivered file; returns its name in the manifest."""
    stem = f"inspection_d_{part}"
    if packed == "zip":
        with zipfile.ZipFile(folder / f"{stem}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{stem}.csv", data)
        return f"reference/{stem}.zip!{stem}.csv"
    (folder / f"{stem}.{packed}").write_bytes(gzip.compress(data, 1) if packed.endswith("gz") else data)
    return f"reference/{stem}.{packed}"


def expected(lines: list[Line], way: Way) -> tuple[dict[int, tuple], dict[int, tuple[frozenset[str], str]]]:
    """Rows and reasons by line number; without a final line feed an empty last line does not exist."""
    if lines and not way.final_newline and lines[-1].text == "":
        lines = lines[:-1]
    rows = {number: one.row for number, one in enumerate(lines, 2) if one.row}
    aside = {
        number: (one.reasons, hashlib.sha256(encoded(one, way)).hexdigest())
        for number, one in enumerate(lines, 2)
        if not one.row
    }
    return rows, aside


def file_of(kinds: list[str], way: Way) -> list[Line]:
    """Lines of a file below its header."""
    maker = Maker(way)
    return [maker.first(), *(maker.make(kind) for kind in kinds)]

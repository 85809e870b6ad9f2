"""The ways in which bureaus write a file: encoding, separator, quotes, header, formats, container."""

import gzip
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import polars as pl

from models.contracts import tables
from models.sample.write import as_text

IDENTITY_TITLE = {"psn_name": "人员姓名", "certno": "证件号码"}


@dataclass(frozen=True)
class Style:
    """One way of writing; `ext` decides the container."""

    name: str
    ext: str = "csv"
    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'  # '"' where needed, 'all' always, '@' for @|…|@
    header: str = "lower"  # lower, upper, alias, title
    date: str = "%Y-%m-%d"
    time: str = "%Y-%m-%d %H:%M:%S"
    null: str = ""
    padded: bool = False  # amounts as Oracle prints them
    integers: bool = False  # codes that lost their leading zeros
    flags3: bool = False  # flags of three characters
    eol: str = "\n"
    parts: int = 1


STYLES: tuple[Style, ...] = (
    Style("plain"),
    Style("bars in GB18030", encoding="gb18030", separator="|", header="upper", null="null"),
    Style("tabs with Chinese titles", ext="txt", encoding="utf-8-sig", separator="\t", header="title", null="\\N"),
    Style("loader quotes", ext="txt", separator="|", quote="@", header="alias", padded=True, eol="\r\n"),
    Style(
        "Excel copy",
        ext="csv.gz",
        encoding="gb18030",
        header="title",
        date="%Y%m%d",
        time="%Y%m%d%H%M%S",
        integers=True,
    ),
    Style("zip", ext="zip", header="alias", flags3=True, parts=2),
    Style("parquet", ext="parquet", parts=3),
    Style("tabs", ext="tsv", separator="\t", quote="none", time="%Y%m%d %H:%M:%S", null="null", integers=True),
    Style("quoted", encoding="utf-8-sig", quote="all", header="upper", null="-", padded=True, parts=2),
    Style(
        "tabs, zipped",
        ext="tsv.gz",
        encoding="gb18030",
        separator="\t",
        header="alias",
        date="%Y-%m-%d 00:00:00",
        flags3=True,
    ),
)


def titles(table: str, columns: list[str], header: str) -> list[str]:
    """Header names of the columns in a style."""
    spec = tables()[table].columns
    out = []
    for name in columns:
        column = spec.get(name)
        if header == "title":
            out.append(column.title if column else IDENTITY_TITLE[name])
        elif header == "alias":
            out.append((column.aliases[0] if column and column.aliases else name).upper())
        else:
            out.append(name.upper() if header == "upper" else name)
    return out


def styled(frame: pl.DataFrame, table: str, extra: tuple[str, ...], style: Style) -> pl.DataFrame:
    """The table as text in the style's formats (nulls still null); typed where the style is Parquet."""
    if style.ext == "parquet":
        return typed(frame, table, extra)
    text = as_text(frame, table, extra, style.date, style.time)
    spec = tables()[table].columns
    changes = []
    for name, column in spec.items():
        value = pl.col(name)
        if style.padded and column.type == "amount":
            changes.append(value.str.replace(r"^(-?)0\.", "${1}.").str.pad_start(13))
        if style.padded and name == "psn_no":
            changes.append(pl.col(name).str.pad_end(24))
        if style.integers and column.width:
            changes.append(value.str.strip_chars_start("0"))
        if style.flags3 and column.type == "flag" and name != "main_oprn_flag":  # that one has a 2
            changes.append(value.str.zfill(3))
    return text.with_columns(changes)


def records(text: pl.DataFrame, table: str, style: Style) -> list[bytes]:
    """Physical lines without their ends, encoded, the header first."""
    head = style.separator.join(titles(table, text.columns, style.header))
    rule: Any = {"all": "always", "none": "never", "@": "never"}.get(style.quote, "necessary")
    if style.quote == "@" and text.width:
        cells = [pl.format("@|{}|@", pl.col(c).fill_null(style.null)) for c in text.columns]
        text = text.select(pl.concat_str(cells, separator=style.separator))
    buffer = io.BytesIO()
    text.write_csv(buffer, include_header=False, separator=style.separator, null_value=style.null, quote_style=rule)
    return _encode(f"{head}\n".encode() + buffer.getvalue(), style).split(b"\n")[:-1]


def _encode(data: bytes, style: Style) -> bytes:
    return data if style.encoding.startswith("utf-8") else data.decode().encode(style.encoding)


def encoded(lines: list[bytes], style: Style) -> bytes:
    """The file's bytes before its container."""
    end = style.eol.encode()
    bom = b"\xef\xbb\xbf" if style.encoding == "utf-8-sig" else b""
    return bom + end.join(lines) + end


def contained(data: bytes, style: Style, member: str) -> bytes:
    """The bytes in their container, the same at every run."""
    if style.ext.endswith(".gz"):
        return gzip.compress(data, 5, mtime=0)
    if style.ext == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo(member, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
        return buffer.getvalue()
    return data


def typed(frame: pl.DataFrame, table: str, extra: tuple[str, ...]) -> pl.DataFrame:
    """The table with decimals, dates and times as such, everything else text."""
    text = as_text(frame, table, extra)
    spec = tables()[table].columns
    kinds = {"amount": pl.Decimal(16, 2), "price": pl.Decimal(16, 6)}
    columns = []
    for name, column in spec.items():
        value = pl.col(name)
        if column.type == "time":
            columns.append(value.str.to_datetime("%Y-%m-%d %H:%M:%S"))
        elif column.type == "date":
            columns.append(value.str.to_date("%Y-%m-%d"))
        elif column.type in kinds:
            columns.append(value.cast(kinds[column.type]))
    return text.with_columns(columns)


def parquet(frame: pl.DataFrame) -> bytes:
    """A Parquet part."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()

"""Files of a table as bureaus write them: Parquet with types, CSV in one of several styles. Nothing stays in memory."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import duckdb
import numpy as np

from models.contracts import tables
from models.sample.badrows import BadRows
from models.sample.style import STYLES, Style, titles

#: styles that a plain reader can read as well, so that its time can be compared
CSV_STYLES = tuple(style for style in STYLES if style.ext not in ("zip", "parquet"))
PLAIN = CSV_STYLES[0]
BLOCK, SPOILT = 1 << 22, 40
NEVER = ("\x1f", "\x1e")  # a separator and a quote that no cell holds


def columns_of(con: duckdb.DuckDBPyConnection, rows: str, table: str) -> dict[str, str]:
    """Columns of a delivery and the types they have: the contract's in its order, then what exports hold besides."""
    found = {name: kind for name, kind, *_ in con.execute(f"describe {rows}").fetchall()}
    known = {name: found.pop(name, "VARCHAR") for name in tables()[table].columns}
    return {**known, **{name: kind for name, kind in found.items() if name in ("psn_name", "certno")}}


def write_parquet(con: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str], path: Path) -> None:
    """One Parquet part of the rows (a query that has all columns or leaves some out)."""
    con.execute(f"copy ({_filled(con, rows, columns)}) to '{path}' (format parquet, compression zstd)")


def write_csv(
    con: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str], table: str, path: Path, style: Style,
    bad: BadRows | None = None,
) -> None:  # fmt: skip
    """One text part in a style, two lines of it spoilt where `bad` is there to keep count."""
    cells = ", ".join(_cell(table, name, kind, style) for name, kind in columns.items())
    text = f"select {cells} from ({_filled(con, rows, columns)})"
    separator, quote, rule = style.separator, '"', ""
    if style.quote == "@":
        joined = f" || '{style.separator}' || ".join(
            f"'@|' || coalesce({name}, '{style.null}') || '|@'" for name in columns
        )
        text, (separator, quote) = f"select {joined} as record from ({text})", NEVER
    elif style.quote == "none":
        quote = NEVER[1]
    elif style.quote == "all":
        rule = ", force_quote *"
    raw = path.with_name(path.name + ".raw")
    con.execute(
        f"copy ({text}) to '{raw}' (format csv, header false, delimiter '{separator}', quote '{quote}', "
        f"escape '{quote}', nullstr '{style.null}'{rule})"
    )
    _finish(raw, path, table, list(columns), style, bad)
    raw.unlink()


def _filled(con: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str]) -> str:
    there = {name for name, *_ in con.execute(f"describe {rows}").fetchall()}
    picked = ", ".join(name if name in there else f"cast(null as varchar) as {name}" for name in columns)
    return f"select {picked} from ({rows})"


def _cell(table: str, name: str, kind: str, style: Style) -> str:
    """A column as text in the formats of a style."""
    column = tables()[table].columns.get(name)
    if kind == "DATE":
        return f"strftime({name}, '{style.date}') as {name}"
    if kind == "TIMESTAMP":
        return f"strftime({name}, '{style.time}') as {name}"
    value = f"cast({name} as varchar)"
    if style.padded and column and column.type == "amount":
        value = f"lpad(regexp_replace({value}, '^(-?)0[.]', '\\1.'), 13, ' ')"
    elif style.padded and name == "psn_no":
        value = f"rpad({value}, 24, ' ')"
    elif style.integers and column and column.width:
        value = f"ltrim({value}, '0')"
    elif style.flags3 and column and column.type == "flag" and name != "main_oprn_flag":
        value = f"lpad({value}, 3, '0')"
    return f"{value} as {name}"


def _finish(raw: Path, path: Path, table: str, columns: list[str], style: Style, bad: BadRows | None) -> None:
    """Header, encoding, line ends, compression; UTF-8 in, the style's bytes out, block by block."""
    head = style.separator.join(titles(table, columns, style.header))
    code = "utf-8" if style.encoding.startswith("utf-8") else style.encoding
    end = style.eol.encode()
    with raw.open("rb") as source, opened(path, "wb") as out:
        out.write((b"\xef\xbb\xbf" if style.encoding == "utf-8-sig" else b"") + head.encode(code) + end)
        spoilt: list[bytes] = []
        if bad is not None:
            first = [line.rstrip(b"\n").decode().encode(code) for line, _ in zip(source, range(SPOILT), strict=False)]
            source.seek(0)
            made = bad.insert([head.encode(code), *first], table, columns, style, path.name, np.random.default_rng(0))
            spoilt = [line for line in made[1:] if line not in first]
        for block in _blocks(source):
            text = block if code == "utf-8" else block.decode().encode(code)
            out.write(text.replace(b"\n", end) if end != b"\n" else text)
        out.writelines(line + end for line in spoilt)  # at the end, where no quote left open swallows good rows


def opened(path: Path, mode: str) -> IO[bytes]:
    """A file for reading or writing bytes, compressed where its name says so."""
    if path.suffix == ".gz":
        return gzip.GzipFile(path, mode, compresslevel=1)  # type: ignore[return-value]
    return path.open(mode)


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    """Blocks that end with a line's end."""
    while block := source.read(BLOCK):
        yield block + source.readline()

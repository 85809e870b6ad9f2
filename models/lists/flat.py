"""A list as Parquet and as CSV, the same bytes wherever and whenever it is written."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 100_000
# What a spreadsheet takes for a formula, in half and full width. Apostrophes before it count as well, so that taking
# one apostrophe away from a cell that matches gives back exactly what was there.
FORMULA = "^'*[=+\\-@\t\r\n＝＋－＠]"


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a canonical frame with every writer setting fixed; no schema copy, no clock in the file."""
    table: pa.Table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    pq.write_table(
        table.replace_schema_metadata(None),
        path,
        row_group_size=ROW_GROUP,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        store_schema=False,
    )


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text cell that a spreadsheet would run; numbers stay numbers."""
    text = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(FORMULA)).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in text
    )


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a canonical frame as UTF-8 with BOM, records ended by CRLF (RFC 4180), formulas inert, empty = null."""
    inert(frame).write_csv(
        path,
        include_bom=True,
        line_terminator="\r\n",
        quote_style="necessary",
        float_scientific=False,
        date_format="%Y-%m-%d",
        datetime_format="%Y-%m-%d %H:%M:%S",
        null_value="",
    )

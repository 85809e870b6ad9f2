"""Landing files in plain form: UTF-8, comma, national names. The mess of real exports is another module's."""

from pathlib import Path

import polars as pl

from models.contracts import tables


def money_text(column: str) -> pl.Expr:
    """Fen as yuan with two decimals."""
    return scaled_text(column, 2)


def scaled_text(column: str, digits: int) -> pl.Expr:
    """An integer of 10^-digits as a decimal number."""
    value = pl.col(column)
    size = value.abs()
    return (
        pl.when(value.is_null())
        .then(None)
        .otherwise(
            pl.concat_str(
                [
                    pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit("")),
                    (size // 10**digits).cast(pl.String),
                    pl.lit("."),
                    (size % 10**digits).cast(pl.String).str.zfill(digits),
                ]
            )
        )
        .alias(column)
    )


def as_text(
    frame: pl.DataFrame,
    table: str,
    extra: tuple[str, ...] = (),
    date: str = "%Y-%m-%d",
    time: str = "%Y-%m-%d %H:%M:%S",
) -> pl.DataFrame:
    """The contract's columns of a table (and extra ones) as text, formatted by their type; missing columns are null."""
    columns = []
    spec, schema = tables()[table].columns, frame.schema
    if not schema:
        return pl.DataFrame(schema=dict.fromkeys([*spec, *extra], pl.String))
    for name in [*spec, *extra]:
        if name not in schema:
            columns.append(pl.lit(None, pl.String).alias(name))
            continue
        kind = spec[name].type if name in spec else "text"
        if schema[name] == pl.String:
            columns.append(pl.col(name))
        elif kind == "amount":
            columns.append(money_text(name))
        elif kind in ("price", "weight"):
            columns.append(scaled_text(name, 6))
        elif kind == "ratio":
            columns.append(scaled_text(name, 4))
        elif kind == "date":
            columns.append(pl.col(name).cast(pl.Int32).cast(pl.Date).dt.strftime(date).alias(name))
        elif kind == "time":
            columns.append(pl.from_epoch(name, time_unit="s").dt.strftime(time).alias(name))
        else:
            columns.append(pl.col(name).cast(pl.String))
    return frame.select(columns)


def plain(path: Path, text: pl.DataFrame) -> None:
    """One clean CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        text.write_csv(file, quote_style="necessary")


def truth(folder: Path, planted: dict[str, pl.DataFrame]) -> None:
    """The truth tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in planted.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)

"""One frame, one form: the contract's columns, order and types, clean text, rounded numbers, a defined row order."""

import polars as pl
import pyarrow as pa

from models.contracts import ListColumn, ListSpec
from models.errors import JichaError

# Characters no cell may carry: C0 and C1 controls but TAB and LF (illegal in XML, and they end or hide text elsewhere),
# the two non-characters, and the marks that turn the reading direction (a code could be shown as another one).
_ILLEGAL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
_REPLACEMENT = "\ufffd"

_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)


def _is_whole(found: pl.DataType) -> bool:
    return isinstance(found, _INTEGERS) or (isinstance(found, pl.Decimal) and found.scale == 0)


def _fits(column: ListColumn, found: pl.DataType) -> bool:
    """True where the type found may become the column's type without a guess; floats never become money."""
    if isinstance(found, pl.Null):
        return True
    if column.type.startswith("decimal"):
        return isinstance(found, pl.Decimal) or _is_whole(found)
    return {
        "varchar": isinstance(found, (pl.String, pl.Categorical, pl.Enum)),
        "bigint": _is_whole(found),
        "boolean": isinstance(found, pl.Boolean),
        "date": isinstance(found, pl.Date),
        "timestamp": isinstance(found, pl.Datetime) and found.time_zone is None,
        "double": isinstance(found, (pl.Float32, pl.Float64, pl.Decimal)) or _is_whole(found),
    }[column.type]


def _text(name: str) -> pl.Expr:
    clean = pl.col(name).cast(pl.String).str.replace_all("\r\n?", "\n").str.replace_all(_ILLEGAL, _REPLACEMENT)
    return pl.when(clean.str.len_bytes() > 0).then(clean).alias(name)


def _value(column: ListColumn) -> pl.Expr:
    cell = pl.col(column.name)
    if column.type == "varchar":
        return _text(column.name)
    if column.type == "double":
        return cell.cast(column.dtype).round(column.decimals or 0) + 0.0  # + 0.0: no minus zero
    if column.type == "timestamp":
        return cell.cast(column.dtype).dt.truncate("1s")
    return cell.cast(column.dtype)


def _unlike(column: ListColumn, series: pl.Series) -> str | None:
    """What shows before any value is made that a series cannot become the column; no cell value is quoted."""
    if not _fits(column, series.dtype):
        return f"{column.name}: found {series.dtype}, needs {column.type}"
    if column.type == "double" and series.dtype.is_float():
        bad = int((series.is_infinite() | series.is_nan()).sum() or 0)
        return f"{column.name}: {bad} values are not finite numbers" if bad else None
    return None


def _made(spec: ListSpec, given: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """All columns as the contract says, and what kept a value from becoming what it should."""
    try:
        made = given.select(_value(column) for column in spec.columns)
    except pl.exceptions.InvalidOperationError:
        return given, [problem for column in spec.columns if (problem := _misfit(column, given))]
    return made, [problem for column in spec.columns if (problem := _lost(column, made, given))]


def _misfit(column: ListColumn, given: pl.DataFrame) -> str | None:
    try:
        return _lost(column, given.select(_value(column)), given)
    except pl.exceptions.InvalidOperationError:
        return f"{column.name}: values do not fit {column.type}"


def _lost(column: ListColumn, made: pl.DataFrame, given: pl.DataFrame) -> str | None:
    found = given[column.name].dtype
    if not column.type.startswith("decimal") or not isinstance(found, pl.Decimal):
        return None
    finer = pl.Decimal(38, max(found.scale, column.decimals or 0))
    lost = int((made[column.name].cast(finer) != given[column.name].cast(finer)).sum() or 0)
    return f"{column.name}: {lost} values have more decimals than {column.type}" if lost else None


def _problems(spec: ListSpec, frame: pl.DataFrame) -> list[str]:
    missing = [name for name in spec.names if name not in frame.columns]
    if missing:
        return [f"missing columns: {', '.join(missing)}"]
    found = (_unlike(column, frame[column.name]) for column in spec.columns)
    return [problem for problem in found if problem]


def canonical(spec: ListSpec, frame: pl.DataFrame | pa.Table) -> pl.DataFrame:
    """The frame as the contract says: its columns only, in order, typed, rounded, clean, in the list's row order.

    Columns beyond the contract are left out. Text: empty becomes null, line ends become LF, characters no cell may
    carry become U+FFFD. Times are cut to seconds. Raises JichaError, naming every problem at once, when a column is
    missing or of another type, a number is not finite, a decimal does not fit, or two rows share the list's key.
    """
    given = pl.from_arrow(frame) if isinstance(frame, pa.Table) else frame
    assert isinstance(given, pl.DataFrame)
    problems = _problems(spec, given)
    if not problems:
        made, problems = _made(spec, given)
    if not problems:
        twice = int(made.select(spec.key).is_duplicated().sum())
        if twice:
            problems.append(f"{twice} rows share their key ({', '.join(spec.key)})")
    if problems:
        raise JichaError(
            f"清单 {spec.name} 与约定不符 / list {spec.name} does not keep its contract:\n  "
            + "\n  ".join(problems)
            + "\nThe contract is models/contracts/lists.yaml; the step that made the rows has to follow it."
        )
    places = [_place(told) for told, _ in spec.order_by]
    down = [descending for _, descending in spec.order_by]
    return made.sort(places, descending=down, nulls_last=down, maintain_order=True).rechunk()


def _place(told: str) -> pl.Expr:
    """What orders rows: a column, or the product of two (the rounded values, so that the order can be made again)."""
    first, *second = told.split("*")
    return pl.col(first).cast(pl.Float64) * pl.col(second[0]).cast(pl.Float64) if second else pl.col(first)

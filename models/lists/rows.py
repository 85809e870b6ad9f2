"""Rows of a list as the markup that the library would write of them, made column by column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from models.contracts import ListColumn
from models.lists.cells import DIGITS, EARLIEST, LONGEST, MOST_LINES, Cutter, cells_of, lines_of
from models.lists.sheet import ROW_HEIGHT, content, marked, number

SLICE = 20_000  # rows at once: some 50 MB of markup of a wide list
# a day that Excel counts as one; it counts a 29 February 1900 as well
_EPOCH = date(1899, 12, 30)
_MARKED = "_x[0-9a-fA-F]{4}_|[\x00-\x08\x0b-\x1f\ufffe\uffff]"  # what the library writes in another way


@dataclass(frozen=True)
class Shown:
    """What cells show: text, numbers, moments and booleans by column, and the lines of text each row needs.

    The columns in `ready` are markup already: they hold a value that a spreadsheet cannot count.
    """

    cells: pl.DataFrame
    lines: pl.Series
    ready: frozenset[str]

    def most(self) -> int:
        """Bytes of their markup at most: every letter escaped, places and styles as long as they come."""
        return 5 * int(self.cells.estimated_size()) + self.cells.height * (100 + 70 * self.cells.width)

    def slice(self, start: int, rows: int) -> "Shown":
        """Some of the rows."""
        return Shown(self.cells.slice(start, rows), self.lines.slice(start, rows), self.ready)


def show(
    columns: Sequence[ListColumn], wrapped: Sequence[ListColumn], frame: pl.DataFrame, cut: Cutter, language: str
) -> Shown:
    """What the cells of a canonical frame show; the text of `wrapped` columns makes rows higher."""
    ready = frozenset(column.name for column in columns if not _counts(column, frame[column.name]))
    cells = pl.DataFrame(
        _ready(column, frame[column.name], cut, language)
        if column.name in ready
        else _shown(column, frame[column.name], cut, language)
        for column in columns
    )
    lines = [_lines(cells[column.name], column.width) for column in wrapped]
    needed = cells.select(pl.max_horizontal(pl.repeat(1, pl.len(), dtype=pl.Int64), *lines)).to_series()
    return Shown(cells, needed, ready)


def _counts(column: ListColumn, values: pl.Series) -> bool:
    """False where a column holds a number or a day that a spreadsheet cannot keep."""
    if column.type in {"date", "timestamp"}:
        return not (values.cast(pl.Date) < EARLIEST).any()
    if column.type == "bigint" or column.type.startswith("decimal"):
        most = pl.lit(Decimal(10 ** (DIGITS - (column.decimals or 0)) - 1))
        return bool(pl.select(pl.lit(values).is_between(-most, most).all()).item())
    return True


def _ready(column: ListColumn, values: pl.Series, cut: Cutter, language: str) -> pl.Series:
    """Value by value."""
    cells = cells_of(column, values, cut, language)
    return pl.Series(column.name, [None if cell is None else content(cell) for cell in cells], dtype=pl.String)


def _shown(column: ListColumn, values: pl.Series, cut: Cutter, language: str) -> pl.Series:
    if column.type == "boolean" and language == "zh":
        return values.replace_strict({True: "是", False: "否"}, return_dtype=pl.String)
    if column.type != "varchar":
        return values
    if column.show == "json" or column.values:
        once = values.drop_nulls().unique(maintain_order=True)
        told = pl.Series(cells_of(column, once, cut, language), dtype=pl.String)
        values = values.replace_strict(once, told, default=None, return_dtype=pl.String)
    elif (values.str.len_chars() > LONGEST // 2).any():
        values = pl.Series(column.name, cells_of(column, values, cut, language), dtype=pl.String)
    if values.str.contains(_MARKED).any():
        values = pl.Series(column.name, [text and marked(text) for text in values.to_list()], dtype=pl.String)
    return values


def _lines(texts: pl.Series, width: int) -> pl.Series:
    once = texts.drop_nulls().unique()
    needed = [lines_of(text, width) if text else 1 for text in once.to_list()]
    return texts.replace_strict(once, pl.Series(needed, dtype=pl.Int64), default=1, return_dtype=pl.Int64)


def first_used(frame: pl.DataFrame) -> list[int]:
    """Places of the columns that have a value, in the order in which row after row comes to them."""
    first = {place: values.is_not_null().arg_max() for place, values in enumerate(frame) if values.count()}
    return sorted(first, key=lambda place: (first[place], place))


def markup(rows: Shown, styles: Mapping[int, int], first: int) -> Iterator[memoryview]:
    """The `<row>` elements from row number `first` on as UTF-8, some thousands at a time; `styles` by place."""
    for start in range(0, rows.cells.height, SLICE):
        part = rows.slice(start, SLICE)
        numbers = pl.int_range(first + start, first + start + part.cells.height, eager=True).cast(pl.String)
        cells = [
            _cell(f'<c r="{xl_col_to_name(place)}{{}}" s="{styles[place]}"', numbers, values, values.name in rows.ready)
            for place, values in enumerate(part.cells)
            if place in styles
        ]
        made = pl.select(pl.concat_str(_opened(numbers, part.lines), *cells, pl.lit("</row>"), ignore_nulls=True))
        yield _bytes(made.to_series())


def _opened(numbers: pl.Series, lines: pl.Series) -> pl.Expr:
    """The beginning of each row, higher where its text takes several lines."""
    higher = {count: f' ht="{_height(count)}" customHeight="1"' for count in range(2, MOST_LINES + 1)}
    return pl.format(
        '<row r="{}"{}>', numbers, pl.lit(lines).replace_strict(higher, default="", return_dtype=pl.String)
    )


def _height(lines: int) -> str:
    """Points of a row, as the library makes them: whole pixels."""
    return number(int(ROW_HEIGHT * lines * 4 / 3 + 0.5) * 0.75)


def _cell(place: str, numbers: pl.Series, values: pl.Series, ready: bool) -> pl.Expr:
    """The cells of a column; no cell where there is no value."""
    if ready:
        return pl.format(place + "{}", numbers, values)
    if values.dtype == pl.String:
        text = pl.lit(values)
        kept = pl.when(text.str.strip_chars() != text).then(pl.lit(' xml:space="preserve"')).otherwise(pl.lit(""))
        return pl.format(place + ' t="inlineStr"><is><t{}>{}</t></is></c>', numbers, kept, _escaped(text))
    kind = ' t="b"' if values.dtype == pl.Boolean else ""
    return pl.format(place + kind + "><v>{}</v></c>", numbers, _number(values))


def _escaped(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])


def _number(values: pl.Series) -> pl.Expr | pl.Series:
    """Numbers as the library writes them: moments as days, at most 16 digits."""
    cell = pl.lit(values)
    kind = values.dtype
    if kind == pl.Boolean or kind.is_integer():
        return cell.cast(pl.Int64).cast(pl.String)
    if isinstance(kind, pl.Decimal):  # at most 15 digits, so that a spreadsheet's number is the same
        whole = cell.cast(pl.String)
        return whole.str.strip_chars_end("0").str.strip_chars_end(".") if kind.scale else whole
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        values = pl.select(_days(cell)).to_series()
    return pl.Series([None if one is None else number(one) for one in values.to_list()], dtype=pl.String)


def _days(moment: pl.Expr) -> pl.Expr:
    """Days since Excel's first, the time as a part of the day."""
    since = moment.cast(pl.Datetime("us")) - pl.lit(_EPOCH).cast(pl.Datetime("us"))
    seconds = (since - pl.duration(days=since.dt.total_days())).dt.total_microseconds() / 1_000_000
    return since.dt.total_days() + seconds / 86_400


def _bytes(texts: pl.Series) -> memoryview:
    """What the texts hold one after another, without a copy of each."""
    found = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, held = found.buffers()
    ends = memoryview(offsets).cast("q")
    return memoryview(held)[ends[found.offset] : ends[found.offset + len(found)]]

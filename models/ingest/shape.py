"""From columns of a file to columns of a table: constants, value maps, wide columns, identities replaced."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contracts import Column, Table
from models.ingest import quick, typed
from models.ingest.header import Layout
from models.ingest.identity import Pseudonyms, all_known
from models.ingest.mapping import TableMapping
from models.ingest.parse import Parsed

IDENTITIES = ("person", "keyed")
_NULLS = pa.array(quick.NULLS)
# what a wide row says by its position, unless the file says it itself
_BY_POSITION = {"setl_list_diag_d": ("maindiag_flag", "diag_srt_no"), "setl_list_oprn_d": ("main_oprn_flag",)}


@dataclass(frozen=True)
class Shaped:
    """Rows of a table, named as in the warehouse, plus file_id, line_no, sub_no; identities are gone.

    Columns of `form.careful` are still text.
    """

    rows: pa.Table
    form: typed.Form


@dataclass(frozen=True)
class Shape:
    """How rows of one file become rows of one table."""

    table: Table
    layout: Layout
    mapping: TableMapping | None
    pseudonyms: Pseudonyms

    def chunk(self, parsed: Parsed, file_id: int) -> Shaped:
        """Shape what was read of one chunk."""
        strings = {name: _clean(parsed.table[name], parsed.nulls) for name in parsed.table.column_names}
        rows = parsed.table.num_rows
        texts = self._plain(strings, rows)
        places = {
            "file_id": pa.array(np.full(rows, file_id, np.int32)),
            "line_no": pa.array(parsed.line_no.astype(np.int64)),
            "sub_no": pa.array(np.zeros(rows, np.int32)),
        }
        if self.layout.month_from is not None:
            texts[typed.MONTH] = strings[f"c{self.layout.month_from}"]
        whole = pa.table(texts | places)
        return self._typed(self._widened(whole, strings) if self.layout.wide else whole)

    def _plain(self, strings: dict[str, pa.Array], rows: int) -> dict[str, pa.Array]:
        columns: dict[str, pa.Array] = {}
        for column in self.table.columns.values():
            if column.name in self.layout.indexes:
                columns[column.inside] = self._value(column, strings[f"c{self.layout.indexes[column.name]}"])
            elif self.mapping and column.name in self.mapping.constants:
                constant = pa.repeat(pa.scalar(self.mapping.constants[column.name], pa.string()), rows)
                columns[column.inside] = self._value(column, _clean(constant, False))
        return columns

    def _value(self, column: Column, values: pa.Array) -> pa.Array:
        if self.mapping and column.name in self.mapping.values:
            values = _mapped(values, self.mapping.values[column.name])
        return self.pseudonyms.replace(values) if column.type in IDENTITIES else values

    def _typed(self, rows: pa.Table) -> Shaped:
        """Type the columns whose text is plain; name the others."""
        careful, lacking, present = set(), set(), set()
        for column in self.table.columns.values():
            name = column.inside
            if name not in rows.column_names:
                continue
            present.add(name)
            values = _one(rows[name])
            if column.filled and values.null_count:
                lacking.add(name)
            done = _known(values) if column.type in IDENTITIES else quick.typed(values, column)
            if done is None:
                careful.add(name)
            elif done is not values:
                rows = rows.set_column(rows.column_names.index(name), name, done)
        month = typed.MONTH in rows.column_names
        form = typed.Form(self.table.name, frozenset(present), frozenset(careful), frozenset(lacking), month)
        return Shaped(rows, form)

    def _widened(self, plain: pa.Table, strings: dict[str, pa.Array]) -> pa.Table:
        """A row for each position that is filled; repeats within a line stay, `resolve` supersedes them."""
        parts = []
        positions = len(next(iter(self.layout.wide.values())))
        for position in range(positions):
            part, filled = plain, None
            for name, indexes in self.layout.wide.items():
                column = self.table.columns[name]
                values = strings[f"c{indexes[position]}"]
                filled = values.is_valid() if filled is None else pc.or_(filled, values.is_valid())
                part = part.append_column(column.inside, self._value(column, values))
            parts.append(self._positioned(part, position).filter(filled))
        return pa.concat_tables(parts)

    def _positioned(self, part: pa.Table, position: int) -> pa.Table:
        rows = part.num_rows
        part = part.set_column(
            part.column_names.index("sub_no"), "sub_no", pa.array(np.full(rows, position + 1, np.int32))
        )
        for name in _BY_POSITION.get(self.table.name, ()):
            if name not in part.column_names:
                text = str(position + 1) if name == "diag_srt_no" else str(int(position == 0))
                part = part.append_column(name, pa.repeat(pa.scalar(text, pa.string()), rows))
        return part


def _known(pseudonyms: pa.DictionaryArray) -> pa.DictionaryArray | None:
    """The pseudonyms, or None where some must be kept out."""
    return pseudonyms if all_known(pseudonyms) else None


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _clean(values: pa.Array | pa.ChunkedArray, nulls: bool) -> pa.Array:
    """Blanks around values removed, what stands for nothing made null (`nulls`: already done for untrimmed values)."""
    values = _one(values)
    if nulls and quick.bare(values):
        return values
    trimmed = pc.utf8_trim_whitespace(values)
    if nulls and quick.length(trimmed) == quick.length(values):
        return values
    return pc.if_else(pc.is_in(trimmed, value_set=_NULLS), pa.scalar(None, pa.string()), trimmed)


def _mapped(values: pa.Array, table: dict[str, str]) -> pa.Array:
    encoded = pc.dictionary_encode(values)
    out = [table.get(value, value) for value in encoded.dictionary.to_pylist()]
    return _clean(pc.take(pa.array(out, pa.string()), encoded.indices), False)

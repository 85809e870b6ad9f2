"""From columns of a file to columns of a table: constants, value maps, wide columns, identities replaced."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contracts import Column, Table
from models.ingest import typed
from models.ingest.header import Layout
from models.ingest.identity import Pseudonyms
from models.ingest.mapping import TableMapping

IDENTITIES = ("person", "keyed")
_NOTHING = pa.array(["", "null", "\\n", "-"])
# what a wide row says by its position, unless the file says it itself
_BY_POSITION = {"setl_list_diag_d": ("maindiag_flag", "diag_srt_no"), "setl_list_oprn_d": ("main_oprn_flag",)}


@dataclass(frozen=True)
class Shape:
    """How rows of one file become rows of one table."""

    table: Table
    layout: Layout
    mapping: TableMapping | None
    pseudonyms: Pseudonyms

    def chunk(self, strings: pa.Table, line_no: np.ndarray, file_id: int) -> pa.Table:
        """Columns named as in the warehouse, plus file_id, line_no, sub_no; strings still, identities gone."""
        strings = pa.table({name: _trimmed(strings[name]) for name in strings.column_names})
        rows = strings.num_rows
        columns = self._plain(strings, rows)
        places = {
            "file_id": pa.array(np.full(rows, file_id, np.int32)),
            "line_no": pa.array(line_no.astype(np.int64)),
            "sub_no": pa.array(np.zeros(rows, np.int32)),
        }
        plain = pa.table(columns | places)
        return self._widened(plain, strings) if self.layout.wide else plain

    def present(self, chunk: pa.Table) -> frozenset[str]:
        """Contract columns (inside names) a chunk holds."""
        return frozenset(column.inside for column in self.table.columns.values()) & frozenset(chunk.column_names)

    def _plain(self, strings: pa.Table, rows: int) -> dict[str, pa.Array]:
        columns: dict[str, pa.Array] = {}
        for column in self.table.columns.values():
            if column.name in self.layout.indexes:
                columns[column.inside] = self._value(column, strings[f"c{self.layout.indexes[column.name]}"])
            elif self.mapping and column.name in self.mapping.constants:
                constant = pa.repeat(pa.scalar(self.mapping.constants[column.name].strip(), pa.string()), rows)
                columns[column.inside] = self._value(column, constant)
        if self.layout.month_from is not None:
            columns[typed.MONTH] = strings[f"c{self.layout.month_from}"]
        return columns

    def _value(self, column: Column, values: pa.Array) -> pa.Array:
        values = _one(values)
        if self.mapping and column.name in self.mapping.values:
            values = _mapped(values, self.mapping.values[column.name])
        return self.pseudonyms.replace(values) if column.type in IDENTITIES else values

    def _widened(self, plain: pa.Table, strings: pa.Table) -> pa.Table:
        """A row for each position that is filled; repeats within a line stay, `resolve` supersedes them."""
        parts = []
        positions = len(next(iter(self.layout.wide.values())))
        for position in range(positions):
            part, filled = plain, None
            for name, indexes in self.layout.wide.items():
                column = self.table.columns[name]
                values = _one(strings[f"c{indexes[position]}"])
                there = pc.invert(pc.is_in(pc.utf8_lower(values), value_set=_NOTHING))
                filled = there if filled is None else pc.or_(filled, there)
                part = part.append_column(column.inside, self._value(column, values))
            part = self._positioned(part, position)
            parts.append(part.filter(filled))
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


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _trimmed(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_trim_whitespace(values)


def _mapped(values: pa.Array, table: dict[str, str]) -> pa.Array:
    encoded = pc.dictionary_encode(values)
    out = [table.get(value, value) for value in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(out, pa.string()), encoded.indices)

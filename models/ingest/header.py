"""The header of a delivery: which of its columns feed which contract columns."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from models.contracts import Table
from models.ingest.exact import split_line
from models.ingest.mapping import TableMapping
from models.ingest.summary import Unreadable

SEPARATORS = (",", "|", "\t")
_SHOWN = 12


@dataclass(frozen=True)
class Layout:
    """Columns of one file for one table: contract column -> index in the file, wide columns apart.

    `unknown` are delivered columns nothing uses (by name), `width` the number of columns.
    """

    width: int
    separator: str
    indexes: dict[str, int]
    wide: dict[str, tuple[int, ...]] = field(default_factory=dict)
    month_from: int | None = None
    unknown: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[int, ...]:
        """Indexes of all columns that are read."""
        used = {*self.indexes.values(), *(place for places in self.wide.values() for place in places)}
        if self.month_from is not None:
            used.add(self.month_from)
        return tuple(sorted(used))


def normal(name: str) -> str:
    """A header name as it is compared: full-width letters and brackets count as the plain ones."""
    return normalize("NFKC", name).strip().strip("\ufeff").strip().lower()


def names_for(table: Table) -> dict[str, list[str]]:
    """Contract column -> every name it may be delivered under, the preferred one first."""
    return {
        column.name: [normal(name) for name in (column.name, column.title, *column.aliases)]
        for column in table.columns.values()
    }


def _split(text: str) -> dict[str, list[str]]:
    return {sep: fields for sep in SEPARATORS if isinstance(fields := split_line(text, sep), list)}


def split_header(text: str, expected: Iterable[set[str]]) -> tuple[str, list[str]]:
    """Separator and column names of a header line: the separator under which most names are recognised.

    Raises Unreadable when none is.
    """
    known: set[str] = set().union(*expected)
    ways = _split(text)
    if not ways:
        raise Unreadable("表头引号未闭合 / the header has an unclosed quote; write one column name between separators")
    found = {sep: len({normal(name) for name in fields} & known) for sep, fields in ways.items()}
    best = max(ways, key=lambda sep: (found[sep], len(ways[sep])))
    return best, ways[best]


def layout(table: Table, header: Sequence[str], separator: str, mapping: TableMapping | None) -> Layout:
    """Match delivered columns with the contract (and the mapping); raises Unreadable with everything that is wrong."""
    names = [normal(name) for name in header]
    repeated = {name for name, times in Counter(names).items() if times > 1}
    place = {name: names.index(name) for name in names}
    faults: list[str] = []
    indexes, wide, month_from = _mapped(table, place, mapping, faults)
    fixed = set(mapping.constants) if mapping else set()
    for column, candidates in names_for(table).items():
        if column in indexes or column in wide or column in fixed:
            continue
        for name in candidates:
            if name in place:
                indexes[column] = place[name]
                break
    used = {*indexes.values(), *(one for places in wide.values() for one in places)}
    if month_from is not None:
        used.add(month_from)
    doubled = sorted({names[one] for one in used} & repeated)
    if doubled:
        faults.append(f"列名重复 / columns delivered twice: {', '.join(doubled)}; keep one of each")
    derived = {"maindiag_flag", "diag_srt_no", "main_oprn_flag"} if wide else set()
    missing = [
        column.name
        for column in table.columns.values()
        if column.required and column.name not in indexes and column.name not in wide
        and column.name not in fixed and column.name not in derived
    ]  # fmt: skip
    if missing:
        faults.append(
            f"缺少必需列 / required columns missing: {', '.join(missing)} "
            f"({_show(header, used)}); 补齐或写入 mapping.yaml / deliver them or name them in mapping.yaml"
        )
    if faults:
        raise Unreadable("; ".join(faults))
    unknown = tuple(name for one, name in enumerate(names) if one not in used and name)
    return Layout(len(header), separator, indexes, wide, month_from, unknown)


def _mapped(
    table: Table, place: Mapping[str, int], mapping: TableMapping | None, faults: list[str]
) -> tuple[dict[str, int], dict[str, tuple[int, ...]], int | None]:
    if mapping is None:
        return {}, {}, None
    wanted = [*mapping.columns.values(), *(one for many in mapping.wide.values() for one in many)]
    month = mapping.columns.get(mapping.month_from or "", mapping.month_from)
    if month is not None and normal(month) not in place and month in table.columns:
        month = next((name for name in names_for(table)[month] if name in place), None)
    elif month is not None:
        wanted.append(month)
    absent = sorted({name for name in wanted if normal(name) not in place})
    if absent:
        faults.append(f"mapping.yaml 所列列不在表头 / columns named in mapping.yaml are not there: {', '.join(absent)}")
        return {}, {}, None
    indexes = {column: place[normal(name)] for column, name in mapping.columns.items()}
    wide = {column: tuple(place[normal(name)] for name in many) for column, many in mapping.wide.items()}
    return indexes, wide, place[normal(month)] if month is not None else None


def _show(header: Sequence[str], used: set[int]) -> str:
    """What line 1 holds; nothing of it where no column is known, for it may be a record with names and numbers."""
    if not used:
        return (
            "首行没有认识的列名：是否缺表头，或分隔符不是 , | TAB / "
            "line 1 names no known column: is the header missing, or the separator none of , | TAB?"
        )
    shown = [name.strip()[:40] for name in header[:_SHOWN]]
    return "表头 / header has: " + ", ".join(shown) + (" …" if len(header) > _SHOWN else "")

"""List pages: the first rows on the page, all rows in parts beside it for search, sort and paging in the browser."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.contracts import lists
from models.lists.empty import why_empty
from models.site.charts import island
from models.site.names import Addresses
from models.site.render import Writer
from models.site.source import Served, Source
from models.site.tables import Cell, Head, table

FIRST_ROWS = 100
AT_A_TIME = 10_000
PART_BYTES = 300_000
#: columns too wide for a table on a page; Excel has them
LEFT_OUT = frozenset({"evidence", "fund_split", "psn_ids", "history", "look_at"})


@dataclass(frozen=True)
class ListPage:
    """One list of one folder that gets a page."""

    name: str
    served: Served

    @property
    def address(self) -> str:
        return f"list/{self.key}.html"

    @property
    def key(self) -> str:
        return f"{self.served.period}-{self.name}"


#: what people open a folder for; all else follows in the order of the contract
FOREMOST = ("inspection", "inspection_plan", "clawback")


def pages(source: Source) -> list[ListPage]:
    """The lists of the plan, then of the quarter; in each the foremost first."""
    folders = [source.plan] if source.plan else []
    made = [ListPage(name, served) for served in [*folders, source.quarter] for name in served.names]
    place = {name: at for at, name in enumerate(FOREMOST)}
    periods = [served.period for served in [*folders, source.quarter]]
    return sorted(made, key=lambda one: (periods.index(one.served.period), place.get(one.name, len(place))))


#: columns of the widest lists that a screen has room for, in the order of reading
CHOSEN = {
    "clawback": (
        "fixmedins_name", "setl_id", "item_name", "rule_name", "track", "fund_amount", "bundled", "confidence",
        "status", "reason",
    ),
    "fund_watch": (
        "scope", "insutype", "fixmedins_name", "month", "state", "spend_amount", "forecast_amount", "forecast_low",
        "forecast_high", "accumulated_amount", "budget_amount", "used_share", "elapsed_share", "growth",
        "year_end_amount", "year_end_low", "year_end_high", "warning_level", "warning",
    ),
    "inspection": (
        "rank", "fixmedins_name", "mode", "planned", "risk_score", "exposure_amount", "expected_recovery", "reason",
        "expected_recovery_low", "expected_recovery_high", "rank_low", "rank_high", "rank_last_year", "peer_group",
    ),
    "provider_score": (
        "fixmedins_name", "peer_group", "cases", "fund_amount", "finding_amount", "risk_score", "exposure_amount",
        "finding_percentile", "deviation_percentile", "upcoding_percentile", "split_stay_percentile",
        "gathering_percentile", "person_percentile", "outlier_percentile", "quality_percentile",
    ),
}  # fmt: skip


def columns_of(name: str) -> list[str]:
    """The columns a list page shows."""
    if name in CHOSEN:
        return list(CHOSEN[name])
    left_out = LEFT_OUT | ({"reasons"} if "reason" in lists()[name].names else set())  # a row says why it is listed
    return [one.name for one in lists()[name].columns if not one.detail and one.name not in left_out]


def _plain(cell: Cell) -> list[str] | str:
    if cell.href is None and cell.whole is None:
        return cell.text
    return [cell.text, cell.href or "", cell.whole or ""]


def write_parts(folder: Path, key: str, rows: Iterable[tuple[Cell, ...]]) -> list[str]:
    """All rows as scripts that hand them over (a page opened from disk cannot fetch); returns their names."""
    names: list[str] = []
    part: list[str] = []
    size = 0
    for row in rows:
        text = island([_plain(cell) for cell in row])
        if part and size + len(text.encode()) > PART_BYTES:
            names.append(_write_part(folder, key, len(names), part))
            part, size = [], 0
        part.append(text)
        size += len(text.encode())
    if part:
        names.append(_write_part(folder, key, len(names), part))
    return names


def _write_part(folder: Path, key: str, at: int, rows: list[str]) -> str:
    name = f"{key}-{at + 1}.js"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("jicha.rows([" + ",\n".join(rows) + "]);\n", encoding="utf-8")
    return name


def _rows(page: ListPage, heads: list[Head], language: str, addresses: Addresses) -> Iterator[tuple[Cell, ...]]:
    """All rows of a list, some at a time; a column that needs more room further down gets it in `heads`."""
    for some in page.served.frame(page.name).iter_slices(AT_A_TIME):
        told = table(page.name, some, language, addresses, columns_of(page.name))
        for place, head in enumerate(told.heads):
            if head.kind.endswith("long"):
                heads[place] = head
        yield from told.rows


def write_list_pages(writer: Writer, source: Source, addresses: Addresses) -> None:
    """The page of every list, and the page that names them all."""
    made = pages(source)
    for one in made:
        frame = one.served.frame(one.name)
        first = table(one.name, frame.head(FIRST_ROWS), writer.language, addresses, columns_of(one.name))
        heads, parts = list(first.heads), []
        if frame.height > FIRST_ROWS:  # what is on the page already is not sent again
            every = _rows(one, heads, writer.language, addresses)
            parts = write_parts(writer.root / writer.language / "data", one.key, every)
        writer.page(
            "list.html",
            one.address,
            spec=lists()[one.name],
            period=one.served.period,
            heads=heads,
            rows=[[cell._replace(kind=head.kind) for cell, head in zip(row, heads, strict=True)] for row in first.rows],
            total=frame.height,
            empty=why_empty(one.name, writer.language),
            island={"parts": parts, "rows": frame.height},
        )
    writer.page("lists.html", "lists.html", pages=[(one, lists()[one.name], one.served) for one in made])

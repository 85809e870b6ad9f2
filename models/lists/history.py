"""A list that holds a history laid out across: a line a provider and indicator, its quarters side by side."""

import polars as pl
import xlsxwriter

from models.contracts import ListSpec
from models.lists.cells import Cutter
from models.lists.sheet import FONT, INK, PAPER

SHEET = {"zh": "历史", "en": "History"}
#: number formats by the row's unit
FORMATS = {"share": "0.00%", "index": "0.000"}
LINES = 1_000_000


def has_history(spec: ListSpec) -> bool:
    """True for lists whose rows are an indicator's quarters."""
    return {"indicator", "quarter", "unit", "value"} <= set(spec.names)


def write_history(book: xlsxwriter.Workbook, spec: ListSpec, frame: pl.DataFrame, language: str, cut: Cutter) -> None:
    """Add the sheet of histories of a canonical frame; shares in percent, the latest quarter's peers at the end."""
    sheet = book.add_worksheet(SHEET[language])
    quarters = frame["quarter"].unique().sort().to_list()
    first, last = ["fixmedins_code", "fixmedins_name", "indicator"], ["peer_median", "peer_percentile", "peer_group"]
    style = {"font_name": FONT, "font_size": 10, "font_color": INK}
    head = book.add_format({**style, "bold": True, "bg_color": PAPER, "text_wrap": True, "align": "center"})
    text = book.add_format(style)
    numbers = {unit: book.add_format({**style, "num_format": shape}) for unit, shape in FORMATS.items()}
    points = book.add_format({**style, "num_format": "0.0"})
    titles = [spec.column(c).title(language) for c in first] + quarters + [spec.column(c).title(language) for c in last]
    for place, title in enumerate(titles):
        sheet.set_column(place, place, 18 if place < 2 else 24 if place == 2 else 10)
        sheet.write_string(0, place, title, head)
    sheet.set_column(len(titles) - 1, len(titles) - 1, 28)
    sheet.freeze_panes(1, len(first))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    labels = spec.column("indicator").values
    for row, line in enumerate(_lines(frame, labels).head(LINES).iter_rows(named=True), start=1):
        shown = labels.get(line["indicator"], line["indicator"]) if language == "zh" else line["indicator"]
        for place, words in enumerate((line["fixmedins_code"], line["fixmedins_name"] or "", shown)):
            sheet.write_string(row, place, cut(first[place], words), text)
        known = dict(zip(line["quarter"], line["value"], strict=True))
        shape = numbers.get(line["unit"], numbers["index"])
        for place, quarter in enumerate(quarters, start=len(first)):
            if known.get(quarter) is not None:
                sheet.write_number(row, place, known[quarter], shape)
        at = len(first) + len(quarters)
        for place, (number, look) in enumerate(((line["peer_median"], shape), (line["peer_percentile"], points))):
            if number is not None:
                sheet.write_number(row, at + place, number, look)
        sheet.write_string(row, at + 2, cut("peer_group", line["peer_group"] or ""), text)
    sheet.autofilter(0, 0, max(frame.height, 1), len(titles) - 1)


def _lines(frame: pl.DataFrame, labels: dict[str, str]) -> pl.DataFrame:
    """One line a provider and indicator: its quarters and values as lists, and what its latest quarter says."""
    rank = {name: place for place, name in enumerate(labels)}
    lines = frame.sort("fixmedins_code", "indicator", "quarter").group_by(
        "fixmedins_code", "indicator", maintain_order=True
    )
    latest = [pl.col(c).last() for c in ("fixmedins_name", "unit", "peer_median", "peer_percentile", "peer_group")]
    return (
        lines.agg(pl.col("quarter"), pl.col("value"), *latest)
        .with_columns(rank=pl.col("indicator").replace_strict(rank, default=len(rank), return_dtype=pl.Int64))
        .sort("fixmedins_code", "rank", "indicator")
    )

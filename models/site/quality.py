"""The quality page: what the data of the quarter lack, and the way to Data Docs."""

import polars as pl

from models.home import Home
from models.quality.titles import table_title
from models.site.names import Addresses
from models.site.render import Writer
from models.site.source import Source
from models.site.tables import table

AREA = ("table", "check_id", "severity", "rows", "violations", "rate", "examples")
PROVIDERS = ("fixmedins_code", "table", "check_id", "severity", "rows", "violations", "rate")
SHOWN = 100
COUNTS = ("rows_read", "loaded", "superseded", "cancelled", "quarantined")


def deliveries(source: Source) -> list[dict[str, object]]:
    """What became of the rows of every delivery: months with the newest first, then what holds for all of them."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for one in source.quarter.manifest.get("inputs", []):
        folder = str(one.get("file", "")).split("/", 1)[0]
        sums = found.setdefault((folder, str(one.get("table", ""))), dict.fromkeys(COUNTS, 0))
        for name in COUNTS:
            sums[name] += int(one.get(name, 0))
    by_table = sorted(found.items(), key=lambda one: one[0][1])
    newest = sorted(by_table, key=lambda one: (one[0][0].isdigit(), one[0][0]), reverse=True)  # ties keep their order
    return [{"folder": folder, "table": name, **sums} for (folder, name), sums in newest]


def write_quality(writer: Writer, source: Source, addresses: Addresses, docs: list[str]) -> None:
    """`quality.html`; `docs` are the periods that Data Docs hold."""
    rows = source.quarter.frame("quality")
    bad = rows.filter(pl.col("violations") > 0) if rows.height else rows
    area = bad.filter(pl.col("fixmedins_code").is_null()).sort(
        "severity", "violations", "table", "check_id", descending=[False, True, False, False]
    )
    mine = bad.filter(pl.col("fixmedins_code").is_not_null())
    mine = mine.sort("violations", "fixmedins_code", "table", "check_id", descending=[True, False, False, False])
    writer.page(
        "quality.html",
        "quality.html",
        checks=rows.filter(pl.col("fixmedins_code").is_null()).height,
        area=table("quality", area, writer.language, addresses, AREA),
        providers=table("quality", mine.head(SHOWN), writer.language, addresses, PROVIDERS),
        provider_rows=mine.height,
        deliveries=[{**one, "title": table_title(str(one["table"]), writer.language)} for one in deliveries(source)],
        warnings=[str(line) for line in source.quarter.manifest.get("warnings", [])],
        off=[str(line) for line in source.quarter.manifest.get("switched_off", [])],
        docs=docs,
    )


def periods_of_docs(home: Home) -> list[str]:
    """Periods with Data Docs of this home, newest first."""
    return sorted((path.parent.name for path in (home.reports / "quality").glob("*/index.html")), reverse=True)

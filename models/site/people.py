"""Persons on the list `person`, by pseudonym: their patterns, and where these records arose."""

import polars as pl

from models.site.names import Addresses, slug
from models.site.render import Writer
from models.site.rowsby import RowsBy
from models.site.source import Source
from models.site.tables import table

PATTERN = ("pattern", "observed", "limit", "fund_amount", "reasons")
LINK = ("pattern", "fixmedins_code", "dr_code", "settlements", "first_day", "last_day", "fund_amount")
CLAIM = ("fixmedins_name", "setl_id", "item_name", "rule_name", "fund_amount", "reason")


def write_people(writer: Writer, source: Source, addresses: Addresses) -> None:
    """Pages of some dozens of persons each; only the one asked for shows."""
    quarter, language = source.quarter, writer.language
    named = pl.col("psn_id").is_in([one for ids in addresses.person_pages for one in ids])
    patterns, links, claims, groups = (
        RowsBy(quarter.frame(name).filter(named), "psn_id")
        for name in ("person", "person_link", "clawback", "gathering_member")
    )
    for number, ids in enumerate(addresses.person_pages, 1):
        people = [
            {
                "psn_id": one,
                "anchor": slug(one),
                "patterns": table("person", patterns.get(one, []), language, addresses, PATTERN),
                "links": table("person_link", links.get(one, []), language, addresses, LINK),
                "claims": table("clawback", claims.get(one, []), language, addresses, CLAIM),
                "groups": [(row["group_id"], addresses.of("group", row["group_id"])) for row in groups.get(one, [])],
            }
            for one in ids
        ]
        writer.page("people.html", f"person/{number}.html", people=people)

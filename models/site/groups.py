"""Gathering group pages: who came when, against what the days' volumes make expected."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl

from models.contracts import lists
from models.contracts.words import flat_json
from models.meeting import Meetings, by_dates, listed_meetings
from models.site import charts
from models.site.cells import shown
from models.site.names import Addresses, slug
from models.site.render import Writer
from models.site.source import Source
from models.site.tables import table

FACTS = ("members", "joint_dates", "attendance", "observed", "expected", "score", "at_stake_amount", "first_date",
         "last_date", "ways", "together", "explanation")  # fmt: skip
MEMBERS = ("psn_id", "dates_present")
VISITS = (
    "seen_on",
    "setl_time",
    "fixmedins_name",
    "way",
    "psn_id",
    "setl_id",
    "fund_amount",
    "present",
    "expected",
    "volume",
)
VISITS_SHOWN = 200


def _by_group(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {str(key[0]): part for key, part in rows.partition_by("group_id", as_dict=True, maintain_order=True).items()}


def meeting_figure(met: Meetings, say: Callable[[str, str], str]) -> dict[str, Any] | None:
    """The plot of a group in the language of `say`; None without visits."""
    if not met.visits:
        return None
    words = {
        "member": say("成员", "member"),
        "hour": say("时", "hour"),
        "people": say("人数", "people"),
        "present": say("到场人数", "present"),
        "expected": say("预期人数", "expected"),
    }
    return charts.meetings(met, words)


def write_groups(writer: Writer, source: Source, addresses: Addresses) -> None:
    """One page a group; explained groups have their facts, the visits are listed for those that nothing explains."""
    quarter, language = source.quarter, writer.language
    all_members, all_visits = quarter.frame("gathering_member"), quarter.frame("gathering_case")
    members, visits = _by_group(all_members), _by_group(all_visits)
    names = dict(quarter.frame("provider_score").select("fixmedins_code", "fixmedins_name").iter_rows())
    columns = [lists()["gathering_group"].column(name) for name in FACTS]
    for row in quarter.frame("gathering_group").to_dicts():
        group_id = row["group_id"]
        mine, came = members.get(group_id, all_members.clear()), visits.get(group_id, all_visits.clear())
        codes = [str(code) for code in json.loads(row["fixmedins_codes"])]
        writer.page(
            "group.html",
            f"group/{slug(group_id)}.html",
            group=row,
            providers=[(code, names.get(code) or code, addresses.of("provider", code)) for code in codes],
            facts=[
                (one.title(language), shown(row[one.name], one, language), one.explanation(language))
                for one in columns
                if row[one.name] is not None
            ],
            looked_at=flat_json(row["evidence"] or "", language),
            members=table("gathering_member", by_dates(mine).to_dicts(), language, addresses, MEMBERS),
            visits=table("gathering_case", came[:VISITS_SHOWN].to_dicts(), language, addresses, VISITS),
            visit_count=came.height,
            figure=meeting_figure(listed_meetings(mine, came), writer.say),
        )

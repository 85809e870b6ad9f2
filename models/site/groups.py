"""Gathering group pages: who came when, against what the days' volumes make expected."""

import json
from typing import Any

from models.contracts import lists
from models.site import charts
from models.site.cells import flat_json, shown
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
Rows = list[dict[str, Any]]


def _by_group(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(row["group_id"], []).append(row)
    return found


def meeting_figure(members: Rows, visits: Rows, writer: Writer) -> dict[str, Any] | None:
    """Members (1 = most dates) by dates with the hour, and members present and expected; None without visits."""
    if not visits:
        return None
    ordered = sorted(members, key=lambda row: (-row["dates_present"], row["psn_id"]))
    number = {row["psn_id"]: at for at, row in enumerate(ordered, 1)}
    dots = [
        (str(row["seen_on"]), number[row["psn_id"]], round(row["setl_time"].hour + row["setl_time"].minute / 60, 2),
         f"{row['setl_time']:%H:%M}")
        for row in visits if row["psn_id"] in number
    ]  # fmt: skip
    days: dict[str, tuple[int, float]] = {}
    for row in visits:
        day = str(row["seen_on"])
        present, expected = days.get(day, (0, 0.0))
        days[day] = max(present, row["present"]), max(expected, row["expected"])
    words = {
        "member": writer.say("成员", "member"),
        "hour": writer.say("时", "hour"),
        "present": writer.say("到场人数", "present"),
        "expected": writer.say("预期人数", "expected"),
    }
    return charts.meetings(dots, [(day, *what) for day, what in sorted(days.items())], words)


def write_groups(writer: Writer, source: Source, addresses: Addresses) -> None:
    """One page a group; explained groups have their facts, the visits are listed for those that nothing explains."""
    quarter, language = source.quarter, writer.language
    members = _by_group(quarter.frame("gathering_member").to_dicts())
    visits = _by_group(quarter.frame("gathering_case").to_dicts())
    names = dict(quarter.frame("provider_score").select("fixmedins_code", "fixmedins_name").iter_rows())
    spec = lists()["gathering_group"]
    for row in quarter.frame("gathering_group").to_dicts():
        group_id = row["group_id"]
        mine, came = members.get(group_id, []), visits.get(group_id, [])
        codes = [str(code) for code in json.loads(row["fixmedins_codes"])]
        columns = [spec.column(name) for name in FACTS]
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
            looked_at=flat_json(row["evidence"] or ""),
            members=table("gathering_member", sorted(mine, key=_most_dates), language, addresses, MEMBERS),
            visits=table("gathering_case", came[:VISITS_SHOWN], language, addresses, VISITS),
            visit_count=len(came),
            figure=meeting_figure(mine, came, writer),
        )


def _most_dates(row: dict[str, Any]) -> tuple[int, str]:
    return -row["dates_present"], row["psn_id"]

"""Groups as rows of the lists `gathering_group` and `gathering_member`."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from models.gathering.chain import Found
from models.gathering.courses import course_share
from models.gathering.explain import Explained, explain, open_reason
from models.gathering.facts import Facts
from models.gathering.families import arrive_together, blocks
from models.gathering.grids import GRIDS, typical
from models.gathering.refine import Group
from models.gathering.rhythm import rhythm_of
from models.gathering.visits import Ints, Names, Visits


@dataclass(frozen=True)
class Described:
    """One group in words of the lists: members by psn_id, joint visits (`place` = unit · slots + slot), explanation;
    `rhythm` = period, phase and width of its dates at the unit where it meets most, `main`."""

    group: Group
    members: list[str]
    joint: pl.DataFrame
    explained: Explained
    dates: list[date]
    slots: int
    main: int
    rhythm: tuple[int, int, int] | None


def joint_rows(group: Group, scheduled: "Scheduled", names: Names, start: date) -> pl.DataFrame:
    """The members' visits on the group's dates: psn_id, fixmedins_code, way, seen_on, place, meeting_date."""
    grid, own = GRIDS[group.met.grid], scheduled.own
    rows, place = joint_places(group, scheduled)
    unit = own.unit[rows]
    return pl.DataFrame(
        {
            "psn_id": names.persons.gather(own.person[rows]), "fixmedins_code": names.providers.gather(unit),
            "way": names.ways.gather(unit), "place": place, "meeting_date": place // grid.parts,
            "day": own.day[rows].astype(np.int32),
        }
    ).with_columns(seen_on=pl.lit(start) + pl.duration(days="day"))  # fmt: skip


def joint_places(group: Group, scheduled: "Scheduled") -> tuple[Ints, Ints]:
    """Rows of the members' visits at the group's meetings, and their places (unit · slots + slot)."""
    grid, own = GRIDS[group.met.grid], scheduled.own
    slots = grid.count(own.days)
    rows = scheduled.rows(group.members)
    place = own.unit[rows].astype(np.int64) * slots + grid.slots(own, rows)
    inside = np.isin(place, group.met.units.astype(np.int64) * slots + group.met.slots)
    return rows[inside], place[inside]


def describe(group: Group, names: Names, facts: Facts, start: date, scheduled: "Scheduled") -> Described:
    """Members, joint visits with codes and money, dates and explanation of one group."""
    members = names.persons.gather(group.members).to_list()
    near = joint_rows(group, scheduled, names, start)
    mine = facts.of_few(members)
    keys = ["psn_id", "fixmedins_code", "way", "seen_on"]
    joint = near.join(mine.visits, on=keys, how="left", maintain_order="left")
    grid, met = GRIDS[group.met.grid], group.met
    first = np.maximum(grid.first_day(met.slots), 0)
    main = int(np.bincount(met.units).argmax())
    rhythm = rhythm_of(meeting_days(group, main, scheduled), scheduled.volume(main))
    share = float(np.mean([(int(p), main) in scheduled.regular for p in group.members]))
    away = elsewhere(mine, len(members), str(names.providers[main])) if arrive_together(joint) else 0
    course = course_share(scheduled.own, scheduled.rows(group.members), joint_places(group, scheduled)[0])
    people = mine.people.join(blocks(joint), on="psn_id", how="left", maintain_order="left")
    explained = explain(people, joint, int(first.max() - first.min()), share, rhythm, away, course, met.dates)
    return Described(
        group, members, joint, explained, sorted(near["seen_on"].unique().to_list()), grid.count(scheduled.own.days),
        main, rhythm,
    )  # fmt: skip


def meeting_rows(group: Group, unit: int, scheduled: "Scheduled") -> Ints:
    """Rows of the members' visits at a unit on the group's meetings, in whichever way days are paired."""
    own, rows = scheduled.own, scheduled.rows(group.members)
    rows = rows[own.unit[rows] == unit]
    inside = np.zeros(len(rows), dtype=bool)
    for met in group.pairings:
        inside |= np.isin(GRIDS[met.grid].slots(own, rows), met.slots[met.units == unit])
    return np.asarray(rows[inside])


def meeting_days(group: Group, unit: int, scheduled: "Scheduled") -> Ints:
    """The days on which a group's meetings at a unit begin; in a grid of two days the second of two days is none."""
    days = np.unique(scheduled.own.day[meeting_rows(group, unit, scheduled)].astype(np.int64))
    return days if GRIDS[group.met.grid].days == 1 else np.asarray(days[~np.isin(days - 1, days)])


def elsewhere(facts: Facts, members: int, provider: str) -> int:
    """Days on which more than half of the members, three at least, were together at another provider than this one.

    `facts` are those of the members alone.
    """
    away = facts.visits.filter(pl.col("fixmedins_code") != provider)
    together = away.group_by("fixmedins_code", "seen_on").agg(pl.col("psn_id").n_unique())
    return together.filter(pl.col("psn_id") >= max(3, members // 2 + 1)).height


def rhythmic_rows(told: list[Described], scheduled: "Scheduled") -> pl.DataFrame | None:
    """Joint visits of groups whose dates keep a rhythm and that nothing else explains, as rows of `rhythm.cohorts`."""
    found, own = [], scheduled.own
    for one in told:
        if one.rhythm is None or one.explained.explanation not in (None, "schedule"):
            continue
        rows = meeting_rows(one.group, one.main, scheduled)
        found.append(
            pl.DataFrame(
                {
                    "row": -1 - rows, "unit": own.unit[rows], "person": own.person[rows], "day": own.day[rows],
                    "minute": own.minute[rows], "period": np.full(len(rows), one.rhythm[0], dtype=np.int16),
                    "phase": np.full(len(rows), one.rhythm[1], dtype=np.int16),
                }
            )
        )  # fmt: skip
    return pl.concat(found) if found else None


@dataclass(frozen=True)
class Scheduled:
    """Who has a rhythm of their own where; all unscheduled visits, and `own`: those of the groups' members."""

    regular: set[tuple[int, int]]
    free: Visits
    own: Visits

    def rows(self, members: Ints) -> Ints:
        """Rows of `own` of some people, in their order; looks at no others, for groups are many."""
        order, people = self._by_person
        members = members.astype(people.dtype)  # else numpy would copy the column of people
        spans = zip(np.searchsorted(people, members), np.searchsorted(people, members, "right"), strict=True)
        found = np.concatenate([order[low:high] for low, high in spans])
        found.sort()
        return found

    @cached_property
    def _by_person(self) -> tuple[Ints, Ints]:
        """The rows of `own` in the order of people, and the person of each."""
        order = np.argsort(self.own.person, kind="stable")
        return order, self.own.person[order]

    def volume(self, unit: int) -> Ints:
        """Unscheduled visits of a unit by day, twice the usual at most: else a group makes its own rhythm usual."""
        if unit not in self._volumes:  # most groups meet at the same few units
            volume = np.bincount(self.free.day[self.free.span(unit)], minlength=self.free.days)
            self._volumes[unit] = np.minimum(volume, 2 * typical(volume[None])[0])
        return self._volumes[unit]

    @cached_property
    def _volumes(self) -> dict[int, Ints]:
        return {}


def scheduled_of(found: Found, visits: Visits) -> Scheduled:
    """The rhythms and visits that the descriptions of the groups need."""
    member = np.zeros(visits.persons, dtype=bool)
    for group in found.groups:
        member[group.members] = True
    rows = np.flatnonzero((found.rhythm.period > 0) & member[visits.person])
    regular = set(zip(visits.person[rows].tolist(), visits.unit[rows].tolist(), strict=True))
    free = found.unscheduled
    return Scheduled(regular, free, free.only(member[free.person]))


def group_row(group_id: str, one: Described) -> dict[str, object]:
    """One row of `gathering_group`; money counts each settlement once."""
    met, size = one.group.met, len(one.members)
    presences = one.joint.select("psn_id", "meeting_date").n_unique()
    money = one.joint.filter(pl.col("setl_id").is_not_null()).unique("setl_id").get_column("fund_amount").sum()
    row = {
        "group_id": group_id,
        "fixmedins_codes": json.dumps(sorted(one.joint["fixmedins_code"].unique().to_list())),
        "members": size, "joint_dates": met.dates,
        "attendance": round(presences / (size * max(met.dates, 1)), 4),
        "score": round(met.score, 4), "expected": round(float(met.expected.sum()), 4),
        "observed": int(met.present.sum()), "at_stake_amount": money or 0, "explanation": one.explained.explanation,
        "first_date": one.dates[0], "last_date": one.dates[-1],
        "ways": json.dumps(sorted(one.joint["way"].unique().to_list())),
        "together": GRIDS[met.grid].name.removesuffix("_odd"),
        "evidence": one.explained.evidence, "reason": one.explained.reason,
    }  # fmt: skip
    return {**row, "reason": row["reason"] or open_reason(row)}


def member_rows(group_id: str, one: Described) -> pl.DataFrame:
    """Rows of `gathering_member`: meetings each member was at."""
    seen = one.joint.group_by("psn_id").agg(dates_present=pl.col("meeting_date").n_unique().cast(pl.Int64))
    every = pl.DataFrame({"psn_id": one.members}).join(seen, on="psn_id", how="left", maintain_order="left")
    return every.select(pl.lit(group_id).alias("group_id"), "psn_id", pl.col("dates_present").fill_null(0))

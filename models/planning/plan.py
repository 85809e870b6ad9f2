"""The plan of a year: complaints, a public lot, those long unvisited, and what is left of the days by yield."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.planning.draw import Stratum, draw
from models.planning.lots import lot_order
from models.planning.solve import Problem, solve
from models.planning.teams import assign, fits
from models.planning.units import Flags, Floats, Frame, Ints, half
from models.settings_planning import Capacity


@dataclass(frozen=True)
class Plan:
    """Mode of every provider, who is planned with which team (0 first); half days of the visits; the draw.

    `lots` are the indices in the order of the draw; `short` the half days of complaints that do not fit;
    `missed` the visits that districts are short of.
    """

    mode: list[str]
    planned: Flags
    team: dict[int, int]
    half_days: Ints
    lots: Ints
    strata: list[Stratum]
    room: int  # half days of one team
    spare: int  # half days that the lot may cost at worst
    short: int
    missed: dict[str, int]

    @property
    def fixed(self) -> Flags:
        """Planned whatever the risk: complaints, lots, coverage."""
        return self.planned & (np.array(self.mode) != "risk")


def make_plan(frame: Frame, priority: Floats, planning: Capacity, seed: int, year: str) -> Plan:
    """Plan the visits of a year.

    `priority` (0–100) is what a day at the provider is worth: a visit of d days is worth d times as much, so that
    neither large nor small providers are preferred for their size. The lot is drawn before risk is looked at, from
    everybody without a complaint. Deterministic: whole numbers, ties by lot.
    """
    half_days, lots, room = frame.half_days(planning), lot_order(frame.codes, seed, year), half(planning.team_days)
    total = room * planning.teams
    mode = ["complaint" if code in frame.complained else "risk" for code in frame.codes]
    points = np.rint(priority * 10).astype(np.int64)
    place = _places(lots)
    complaints = sorted((i for i, one in enumerate(mode) if one == "complaint"), key=lambda i: (-points[i], place[i]))
    taken = _fitting(complaints, half_days, [], room, planning.teams)
    short = sum(int(half_days[i]) for i in complaints) - sum(int(half_days[i]) for i in taken)
    free = [int(i) for i in lots if mode[i] == "risk"]
    # whoever is drawn, this much can be spread over the teams (first fit leaves less than a visit unused a team)
    spare = total - (planning.teams - 1) * (int(half_days.max(initial=1)) - 1) - sum(int(half_days[i]) for i in taken)
    strata = draw(frame.kinds, half_days, free, planning.random_share, total, spare)
    for i in (i for one in strata for i in one.drawn):
        mode[i] = "random"
        taken.append(i)
    for i in _by_turn(frame, mode, free, half_days, taken, planning):
        mode[i] = "coverage"
        taken.append(i)
    must, kind = np.zeros(len(mode), dtype=bool), np.array(mode)
    must[taken] = True
    least = _least(frame.districts, planning)
    planned = solve(
        Problem(
            points * half_days + half_days, half_days, lots, must, (kind == "risk"), frame.districts, least,
            planning.teams, room,
        )
    )  # fmt: skip
    in_order = [int(i) for i in lots if planned[i]]
    team = assign(in_order, frame.codes, half_days, room, planning.teams, seed, year)
    made = Counter(frame.districts[i] for i in in_order)
    missed = {name: number - made[name] for name, number in sorted(least.items()) if made[name] < number}
    return Plan(mode, planned, team, half_days, lots, strata, room, spare, short, missed)


def sequence(planned: Flags, priority: Floats, lots: Ints) -> Ints:
    """Rank (1 first) of each provider: the plan, then everybody else, the higher priority first; ties go by the draw.

    A complaint secures a visit, not a rank: a list headed by complaints would hide what the data say.
    """
    line = np.lexsort((_places(lots), -priority, ~planned))
    rank = np.empty(len(planned), dtype=np.int64)
    rank[line] = np.arange(1, len(planned) + 1)
    return rank


def quick_plan(plan: Plan, priority: Floats, teams: int) -> Flags:
    """Who would be planned at another priority, by the highest that come within the days together (for draws)."""
    fixed = plan.fixed
    order = np.lexsort((_places(plan.lots), -priority))
    order = order[~fixed[order] & (np.array(plan.mode)[order] == "risk")]
    left = plan.room * teams - int(plan.half_days[fixed].sum())
    chosen = fixed.copy()
    chosen[order[np.cumsum(plan.half_days[order]) <= left]] = True
    return chosen


def quarters(plan: Plan, rank: Ints) -> dict[int, int]:
    """Quarter (1–4) of each planned visit: every team goes by rank, complaints first, a quarter of its days in each."""
    gone: Counter[int] = Counter()
    found = {}
    for i in sorted(plan.team, key=lambda i: (plan.mode[i] != "complaint", rank[i])):
        found[i] = min(4 * gone[plan.team[i]] // plan.room + 1, 4)
        gone[plan.team[i]] += int(plan.half_days[i])
    return found


def _places(lots: Ints) -> Ints:
    place = np.empty(len(lots), dtype=np.int64)
    place[lots] = np.arange(len(lots))
    return place


def _fitting(wanted: Sequence[int], half_days: Ints, taken: Sequence[int], room: int, teams: int) -> list[int]:
    """Those of the wanted, in turn, that still fit the teams' days."""
    visits = Counter(int(half_days[i]) for i in taken)
    found = []
    for i in wanted:
        length = int(half_days[i])
        visits[length] += 1
        if fits(visits, [room] * teams):
            found.append(i)
        else:
            visits[length] -= 1
    return found


def _by_turn(
    frame: Frame, mode: Sequence[str], free: Sequence[int], half_days: Ints, taken: Sequence[int], planning: Capacity
) -> list[int]:
    """Those visited longest ago (never first; equal ones by lot) within their share; none where no visit is on record.

    The first in turn is taken even if it alone is more than the share: else a large one would wait for ever.
    """
    if not frame.last_visit:
        return []
    budget = int(planning.coverage_share * planning.teams * half(planning.team_days))
    waiting = sorted(
        (place for place, i in enumerate(free) if mode[i] == "risk"),
        key=lambda place: (frame.last_visit.get(frame.codes[free[place]], date.min), place),
    )
    wanted: list[int] = []
    spent = 0
    for place in waiting:
        length = int(half_days[free[place]])
        if budget and (not wanted or spent + length <= budget):
            wanted.append(free[place])
            spent += length
    return _fitting(wanted, half_days, taken, half(planning.team_days), planning.teams)


def _least(districts: Sequence[str], planning: Capacity) -> Mapping[str, int]:
    """Least visits by district, no more than it has providers."""
    there = Counter(name for name in districts if name)
    wanted = {name: planning.district_quota.get(name, planning.district_visits) for name in there}
    return {name: min(number, there[name]) for name, number in wanted.items() if number}

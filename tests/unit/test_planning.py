"""The plan under capacity: the optimum against trying everything, lots, teams, complaints, quotas."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.planning import Frame, Plan, make_plan
from models.planning.lots import lot, team_order
from models.planning.plan import quarters, sequence
from models.planning.solve import Problem, solve, worth
from models.planning.teams import fits
from models.scores.planned import warnings_of
from models.settings_planning import Planning


def frame_of(
    kinds: list[str], complained: str = "", districts: str = "", visited: dict[str, date] | None = None
) -> Frame:
    codes = [f"H{i:03d}" for i in range(len(kinds))]
    named = frozenset(codes[int(i)] for i in complained.split())
    return Frame(codes, kinds, list(districts) or ["A"] * len(kinds), named, visited or {})


def plan_of(frame: Frame, priority: list[float], seed: int = 1, **more: object) -> Plan:
    return make_plan(frame, np.array(priority), Planning.model_validate({"district_visits": 0, **more}), seed, "2026")


def by_trying(problem: Problem) -> tuple[int, int]:
    """The worth of the best plan, of all that fit."""
    best = (-(10**9), 0)
    for bits in product((False, True), repeat=len(problem.value)):
        chosen = np.array(bits)
        if (problem.must & ~chosen).any() or (chosen & ~(problem.may | problem.must)).any():
            continue
        if fits(Counter(int(d) for d in problem.half_days[chosen]), [problem.room] * problem.teams):
            best = max(best, worth(problem, chosen))
    return best


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_plan_is_worth_as_much_as_the_best_of_all(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 8))
    numbers = st.lists(st.integers(0, 30), min_size=n, max_size=n)
    half_days = np.array(data.draw(st.lists(st.sampled_from([1, 2, 3, 5, 8]), min_size=n, max_size=n)))
    problem = Problem(
        value=np.array(data.draw(numbers)) * half_days + half_days,
        half_days=half_days,
        lots=np.array(data.draw(st.permutations(range(n)))),
        must=np.zeros(n, dtype=bool),
        may=np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n))),
        districts=data.draw(st.lists(st.sampled_from("AB"), min_size=n, max_size=n)),
        least={"A": data.draw(st.integers(0, 2)), "B": 1},
        teams=data.draw(st.integers(1, 3)),
        room=data.draw(st.integers(1, 12)),
    )
    chosen = solve(problem)
    assert worth(problem, chosen) == by_trying(problem)
    assert (chosen == solve(problem)).all()


def test_equal_providers_are_chosen_by_lot_not_by_the_solver() -> None:
    frame = frame_of(["pharmacy"] * 30)
    plan = plan_of(frame, [50.0] * 30, teams=1, team_days=8, random_share=0)
    first = sorted(frame.codes, key=lambda code: lot(1, "2026", code))[:8]
    assert [code for code, planned in zip(frame.codes, plan.planned, strict=True) if planned] == sorted(first)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_seed_gives_the_same_draw_and_teams_that_anybody_can_replay(seed: int) -> None:
    kinds = ["tertiary"] * 3 + ["secondary"] * 6 + ["primary"] * 20 + ["pharmacy"] * 40
    frame, rng = frame_of(kinds), np.random.default_rng(seed)
    plan, again = (plan_of(frame, list(rng.uniform(0, 100, 69)), seed, teams=3) for _ in range(2))
    assert plan.strata == again.strata, "who is drawn does not depend on risk"
    for one in plan.strata:
        members = [frame.codes[i] for i in one.members]
        assert members == sorted(members, key=lambda code: lot(seed, "2026", code)) and one.units >= 2
    assert {i for i, mode in enumerate(plan.mode) if mode == "random"} == {i for s in plan.strata for i in s.drawn}
    spent = Counter(dict.fromkeys(range(3), 0))
    for i, team in plan.team.items():
        spent[team] += int(plan.half_days[i])
    assert max(spent.values()) <= plan.room and set(plan.team) == set(np.flatnonzero(plan.planned))
    longest = max(plan.team, key=lambda i: (plan.half_days[i], [-ord(c) for c in lot(seed, "2026", frame.codes[i])]))
    assert plan.team[longest] == team_order(3, seed, "2026", frame.codes[longest])[0]


def test_another_year_draws_others() -> None:
    frame = frame_of(["pharmacy"] * 60)
    drawn = [
        make_plan(frame, np.zeros(60), Planning(team_days=Decimal(10)), 1, year).strata[0].drawn
        for year in ("2026", "2027")
    ]
    assert drawn[0] != drawn[1]


def test_every_provider_of_a_stratum_is_drawn_as_often() -> None:
    frame = frame_of(["secondary"] * 5 + ["pharmacy"] * 15)
    seen: Counter[str] = Counter()
    for seed in range(400):
        for one in plan_of(frame, [0.0] * 20, seed, teams=1, team_days=20).strata:
            seen.update(frame.codes[i] for i in one.drawn)
            chance = one.units / len(one.members)
    assert all(abs(number - 400 * chance) < 4 * (400 * chance * (1 - chance)) ** 0.5 for number in seen.values())


def test_complaints_are_planned_whatever_their_rank_and_what_does_not_fit_is_said() -> None:
    plan = plan_of(frame_of(["secondary"] * 4, complained="0 1 2"), [1, 3, 2, 9], teams=1, team_days=10)
    assert plan.mode == ["complaint", "complaint", "complaint", "risk"] and not sum(s.units for s in plan.strata)
    assert plan.planned.tolist() == [False, True, True, False] and plan.short == 10
    assert sequence(plan.planned, np.array([1.0, 3.0, 2.0, 9.0]), plan.lots).tolist() == [4, 1, 2, 3]


@pytest.mark.parametrize("team_days", [8, 9, 10])
def test_where_complaints_leave_no_room_nobody_is_drawn_at_random(team_days: int) -> None:
    """What a visit may leave unused in each team can be more than all that complaints leave."""
    frame = frame_of(["tertiary"] + ["secondary"] * 9, complained=" ".join(str(i) for i in range(8)))
    plan = plan_of(frame, [0.0] * 10, teams=4, team_days=team_days, random_share=0.2)
    assert plan.spare < 0
    assert [one.units for one in plan.strata] == [0] and len(plan.strata[0].members) == 2
    assert any("双随机" in line for line in warnings_of(plan, 0.2))
    assert not any("双随机" in line for line in warnings_of(plan, 0.0))


def test_the_long_unvisited_and_districts_get_their_part() -> None:
    visited = {f"H{i:03d}": date(2020 + i % 5, 1, 1) for i in range(1, 20)}
    frame = frame_of(["pharmacy"] * 20, districts="A" * 18 + "BB", visited=visited)
    priority = [float(50 - i) for i in range(20)]
    plan = plan_of(frame, priority, teams=1, team_days=10, random_share=0, coverage_share=0.1, district_visits=1)
    assert [i for i, mode in enumerate(plan.mode) if mode == "coverage"] == [0], "the one never visited"
    assert sum(plan.planned[18:]) == 1 and plan.planned[18], "the best of the district"
    assert plan_of(frame, priority, teams=1, team_days=8, district_quota={"B": 2}).planned[18:].all()


def test_each_team_spreads_its_days_over_the_year() -> None:
    plan = plan_of(frame_of(["pharmacy"] * 40), [float(i) for i in range(40)], teams=2, team_days=10)
    rank = sequence(plan.planned, np.arange(40.0), plan.lots)
    assert Counter(quarters(plan, rank).values()) == {1: 6, 2: 4, 3: 6, 4: 4}


def test_visits_that_do_not_fit_whole_are_not_planned() -> None:
    """Two teams with five days each cannot make three visits of three days, though nine is less than ten."""
    plan = plan_of(
        frame_of(["secondary"] * 3),
        [9, 8, 7],
        teams=2,
        team_days=5,
        visit_days={"secondary": 3, "tertiary": 5},
        random_share=0,
    )
    assert plan.planned.tolist() == [True, True, False]
    assert fits({5: 2, 3: 2, 2: 2}, [10, 10]) and not fits({6: 3}, [10, 10])

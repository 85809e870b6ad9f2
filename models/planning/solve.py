"""Which visits are worth the days: an integer programme, solved by HiGHS, its answer made exact and free of ties.

    maximise    sum value_i x_i - penalty sum short_d
    subject to  the visits fit the teams' days; visits of district d + short_d >= least_d; x_i = 1 where it must be

Numbers are whole: values, half days. HiGHS works to a tolerance, so its answer is only read as how many visits of each
class (half days, district) are made: inside a class the most valuable are the best choice, equal ones by lot. Classes
that tie among one another are told apart by a small part of the value that follows the lot.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from models.planning.teams import fits
from models.planning.units import Flags, Floats, Ints

#: nodes after which HiGHS hands over the best plan found so far (a count, not a time: the same on every machine)
NODES = 1_000


@dataclass(frozen=True)
class Problem:
    """Providers with whole values and half days; `lots` are their indices in the order of the draw."""

    value: Ints
    half_days: Ints
    lots: Ints
    must: Flags
    may: Flags
    districts: Sequence[str]
    least: Mapping[str, int]  # visits by district
    teams: int
    room: int  # half days of one team


def solve(problem: Problem) -> Flags:
    """Planned providers. What must be has to fit; raises RuntimeError where HiGHS finds no plan at all."""
    chosen = _canonical(problem, _programme(problem, packed=False))
    if fits(_visits(problem, chosen), [problem.room] * problem.teams):
        return chosen
    return _canonical(problem, _programme(problem, packed=True))


def worth(problem: Problem, chosen: Flags) -> tuple[int, int]:
    """What a plan is worth, exactly: minus the visits that districts are short of, then the sum of values."""
    made = Counter(problem.districts[int(i)] for i in np.flatnonzero(chosen))
    short = sum(max(least - made[district], 0) for district, least in problem.least.items())
    return -short, int(problem.value[chosen].sum())


def _visits(problem: Problem, chosen: Flags) -> Counter[int]:
    return Counter(int(d) for d in problem.half_days[chosen])


def _programme(problem: Problem, packed: bool) -> Flags:
    """The answer of HiGHS, rounded; `packed` holds it to whole visits a team, else only to the teams' days together."""
    n, districts = len(problem.value), sorted(problem.least)
    lengths = sorted({int(d) for d in problem.half_days[problem.may | problem.must]}) if packed else []
    extra = len(lengths) * problem.teams
    size = n + len(districts) + extra
    penalty = float(problem.value.sum() + 1)
    cost = np.concatenate([-(problem.value + _by_lot(problem)), np.full(len(districts), penalty), np.zeros(extra)])
    upper = np.concatenate(
        [
            (problem.may | problem.must).astype(float),
            [float(problem.least[d]) for d in districts],
            np.full(extra, np.inf),
        ]
    )
    lower = np.concatenate([problem.must.astype(float), np.zeros(size - n)])
    days = sparse.csr_array(np.concatenate([problem.half_days, np.zeros(size - n)])[None, :])
    limits = [optimize.LinearConstraint(days, -np.inf, float(problem.room * problem.teams))]
    if districts:
        where = np.array([[float(name == one) for name in problem.districts] for one in districts])
        rows = sparse.hstack([where, sparse.eye(len(districts)), sparse.csr_array((len(districts), extra))])
        limits.append(optimize.LinearConstraint(rows, [float(problem.least[d]) for d in districts], np.inf))
    if packed:
        limits += _packing(problem, lengths, n + len(districts))
    result = optimize.milp(
        cost, integrality=np.ones(size), bounds=optimize.Bounds(lower, upper), constraints=limits,
        options={"mip_rel_gap": 0.0, "node_limit": NODES, "presolve": True},
    )  # fmt: skip
    if result.x is None:
        raise RuntimeError(f"HiGHS: {result.message}")
    return np.asarray(np.round(result.x[:n]) == 1)


def _packing(problem: Problem, lengths: list[int], before: int) -> list[optimize.LinearConstraint]:
    """Visits of each length a team makes: they sum to those chosen, and fit each team's days."""
    each = len(lengths)
    of_length = np.array([[float(d == length) for d in problem.half_days] for length in lengths])
    gap = sparse.csr_array((each, before - len(problem.value)))
    made = sparse.kron(np.ones((1, problem.teams)), sparse.eye(each))
    same = sparse.hstack([of_length, gap, -made])
    days = sparse.kron(sparse.eye(problem.teams), np.array([lengths], dtype=float))
    held = sparse.hstack([sparse.csr_array((problem.teams, before)), days])
    return [
        optimize.LinearConstraint(same, 0, 0),
        optimize.LinearConstraint(held, -np.inf, float(problem.room)),
    ]


def _by_lot(problem: Problem) -> Floats:
    """Less than a point over all visits together: between plans of equal value the lots decide."""
    n = len(problem.lots)
    place = np.empty(n)
    place[problem.lots] = np.arange(n)
    return np.asarray((1 - place / n) * problem.half_days / (problem.room * problem.teams + 1) / 2)


def _canonical(problem: Problem, answer: Flags) -> Flags:
    """The same number of visits of each class, by value, equal ones by lot."""
    place = np.empty(len(problem.lots), dtype=np.int64)
    place[problem.lots] = np.arange(len(problem.lots))
    chosen = problem.must.copy()
    taken = Counter(
        (int(problem.half_days[i]), problem.districts[int(i)]) for i in np.flatnonzero(answer & ~problem.must)
    )
    for i in np.lexsort((place, -problem.value)):
        key = (int(problem.half_days[i]), problem.districts[int(i)])
        if problem.may[i] and not problem.must[i] and taken[key]:
            taken[key] -= 1
            chosen[i] = True
    return chosen

"""Whether visits fit the teams' days, and which team visits whom: by public lot, the second half of 双随机."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import optimize, sparse

from models.planning.lots import team_order
from models.planning.units import Ints


def fits(visits: Mapping[int, int], room: Sequence[int]) -> bool:
    """Whether so many visits (half days -> number) can be spread over teams with so many half days left.

    First fit by decreasing length settles nearly every case; the rest is asked of an integer programme.
    """
    left = sorted(room, reverse=True)
    for length in sorted(visits, reverse=True):
        waiting = visits[length]
        for team in range(len(left)):
            taken = min(waiting, left[team] // length)
            left[team] -= taken * length
            waiting -= taken
        if waiting:
            return _fits_exactly(visits, room)
    return True


def _fits_exactly(visits: Mapping[int, int], room: Sequence[int]) -> bool:
    lengths = sorted(length for length, number in visits.items() if number)
    if sum(length * visits[length] for length in lengths) > sum(room):
        return False
    each = len(lengths)
    number = sparse.kron(np.ones((1, len(room))), sparse.eye(each))
    days = sparse.kron(sparse.eye(len(room)), np.array([lengths]))
    wanted = np.array([visits[length] for length in lengths])
    result = optimize.milp(
        np.zeros(each * len(room)),
        integrality=np.ones(each * len(room)),
        constraints=[
            optimize.LinearConstraint(number, wanted, wanted),
            optimize.LinearConstraint(days, -np.inf, np.array(room, dtype=float)),
        ],
    )
    return bool(result.status == 0)


def assign(
    planned: Sequence[int], codes: Sequence[str], half_days: Ints, room: int, teams: int, seed: int, year: str
) -> dict[int, int]:
    """Team (0 first) of every planned provider, none beyond its `room` (half days).

    The longest visits first, among equal ones in the order of the draw: each goes to the team with the smallest lot,
    sha256(seed|year|fixmedins_code|team), after which the rest of the plan still fits. `planned` is in the order of the
    draw, and fits.
    """
    order = sorted(planned, key=lambda i: -int(half_days[i]))
    waiting = Counter(int(half_days[i]) for i in order)
    left = [room] * teams
    found: dict[int, int] = {}
    for i in order:
        length = int(half_days[i])
        waiting[length] -= 1
        for team in team_order(teams, seed, year, codes[i]):
            if left[team] < length:
                continue
            left[team] -= length
            if fits(waiting, left):
                found[i] = team
                break
            left[team] += length
    return found

"""The random stratum (双随机): a stratified simple random sample of the providers, drawn before risk is looked at.

Every provider without a complaint is in the frame. Strata are kinds of providers, neighbouring kinds joined until each
draws at least two, so that what is found there speaks for the whole frame with an interval (Cochran 1977, 5.1).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.planning.units import KINDS, Ints

LEAST = 2


@dataclass(frozen=True)
class Stratum:
    """One stratum of the draw: kinds joined by `+`, members in the order of their lots, the first `units` drawn."""

    name: str
    members: tuple[int, ...]
    units: int

    @property
    def drawn(self) -> tuple[int, ...]:
        return self.members[: self.units]


def draw(
    kinds: Sequence[str], half_days: Ints, frame: Sequence[int], share: float, days: int, room: int
) -> list[Stratum]:
    """Strata of the frame and what is drawn of each.

    `frame`: indices in the order of the draw; `share` of all `days` (half days) is what the draw may cost on average,
    `room` (half days) what it may cost at worst, whoever is drawn; where complaints leave no room, nobody is. How many
    a stratum draws follows from numbers and days alone, never from who they are: the chance of being drawn is
    units ÷ members, exactly.
    """
    cost = sum(int(half_days[i]) for i in frame)
    if not cost:
        return []
    rate = min(Fraction(share).limit_denominator(10_000) * days / cost, Fraction(1))
    strata = _strata(kinds, frame, rate)
    while rate and sum(_worst(half_days, one) for one in strata) > room:
        rate = rate * 9 / 10 if rate > Fraction(1, 10_000) else Fraction(0)
        strata = _strata(kinds, frame, rate)
    return strata


def _worst(half_days: Ints, stratum: Stratum) -> int:
    """Half days where the dearest visits of the stratum are drawn."""
    return sum(sorted((int(half_days[i]) for i in stratum.members), reverse=True)[: stratum.units])


def _strata(kinds: Sequence[str], frame: Sequence[int], rate: Fraction) -> list[Stratum]:
    """Kinds joined, from the dearest visits down, until the rate draws LEAST of each; what is left joins the last."""
    count = Counter(kinds[i] for i in frame)
    groups: list[list[str]] = []
    waiting: list[str] = []
    for kind in (one for one in KINDS if count[one]):
        waiting.append(kind)
        if sum(count[one] for one in waiting) * rate >= LEAST:
            groups.append(waiting)
            waiting = []
    if waiting:
        groups = [*groups[:-1], [*groups[-1], *waiting]] if groups else [waiting]
    found = []
    for group in groups:
        members = tuple(i for i in frame if kinds[i] in group)
        found.append(Stratum("+".join(group), members, int(len(members) * rate + Fraction(1, 2))))
    return found

"""How large a city is, and how its care is spread."""

from dataclasses import dataclass
from datetime import date

from models.periods import month_start

#: what one city's export of a year holds (scale 1)
PEOPLE, VISITS, SETTLEMENTS, LINES = 1_135_000, 5_900_000, 7_000_000, 97_700_000
PROVIDERS, LEAST_PROVIDERS = 2_000, 100
#: share of the providers by class: tertiary, secondary, township, clinic, pharmacy
CLASSES = (0.06, 0.08, 0.16, 0.30, 0.40)
OUTSIDE, GANGS_A_MILLION = 0.02, 10


@dataclass(frozen=True)
class CitySpec:
    """`scale` 1 is a city of 1.1 million insured; everything but catalogue and knowledge points grows with it."""

    scale: float = 0.05
    months: int = 12
    seed: int = 1
    first_month: str = "202501"
    points: int = 250_000

    @property
    def people(self) -> int:
        return max(500, round(PEOPLE * self.scale))

    @property
    def providers(self) -> int:
        return max(LEAST_PROVIDERS, round(PROVIDERS * self.scale))

    @property
    def visits(self) -> int:
        """Visits a month."""
        return max(400, round(VISITS * self.scale / 12))

    @property
    def gangs(self) -> int:
        return max(2, round(VISITS * self.scale / 1e6 * GANGS_A_MILLION))

    @property
    def bounds(self) -> tuple[int, ...]:
        """First provider of each class, and the end."""
        ends, done = [0], 0.0
        for share in CLASSES:
            done += share
            ends.append(round(done * self.providers))
        return tuple(ends)

    @property
    def month_starts(self) -> list[date]:
        """First days of the months, and of the month after the last."""
        first = date(int(self.first_month[:4]), int(self.first_month[4:]), 1)
        return [month_start(first, n) for n in range(self.months + 1)]

"""What every scheme needs to know of the world, and the people kept free for schemes."""

from dataclasses import dataclass, field

import numpy as np

from models.sample.catalogue import Catalogue
from models.sample.draft import Draft
from models.sample.months import DAY, Calendar
from models.sample.people import People
from models.sample.providers import CLINIC, SECONDARY, TERTIARY, TOWNSHIP, Providers


@dataclass
class Scene:
    """The world so far. `scale` is the number of cases a scheme plants for each of its kinds."""

    cal: Calendar
    people: People
    providers: Providers
    catalogue: Catalogue
    home: np.ndarray
    draft: Draft
    rng: np.random.Generator
    taken: set[int] = field(default_factory=set)

    @property
    def scale(self) -> int:
        return max(1, min(12, len(self.people) // 1700))

    def actors(self, n: int, mask: np.ndarray | None = None) -> np.ndarray:
        """Up to n people without random stays that no scheme has used yet."""
        free = self.people.actor & ~self.people.outside
        free[list(self.taken)] = False
        if mask is not None:
            free &= mask
        among = np.flatnonzero(free)
        chosen = self.rng.choice(among, min(n, len(among)), replace=False)
        self.taken.update(int(p) for p in chosen)
        return chosen

    def age(self) -> np.ndarray:
        """Age at the start of the world, as a fraction."""
        return (self.cal.first_day - self.people.birth) / 365.25

    def days(self, n: int, margin: int = 0) -> np.ndarray:
        """Distinct working days inside the world, leaving a margin at its end."""
        days = np.arange(self.cal.first_day, max(self.cal.first_day + 1, self.cal.end_day - margin))
        days = days[(days + 3) % 7 < 6]
        return np.sort(self.rng.choice(days, min(n, len(days)), replace=False))

    def hospital(self, *classes: int) -> int:
        """A random plain provider of these classes (any hospital or clinic when none is named)."""
        return int(self.rng.choice(self.plain(*(classes or (CLINIC, TOWNSHIP, SECONDARY, TERTIARY)))))

    def plain(self, *classes: int) -> np.ndarray:
        """Providers of these classes without a scheme of their own; all of them where there is none."""
        among = self.providers.of_class(*classes)
        plain = among[self.providers.role[among] == ""]
        return plain if len(plain) else among

    def moment(self, day: int | np.ndarray, hour: float = 9.0, spread: float = 7.0) -> np.ndarray:
        """Seconds on a day, between `hour` and `hour + spread`."""
        day = np.asarray(day)
        return day * DAY + ((hour + spread * self.rng.random(day.shape)) * 3600).astype(np.int64)

    def visit(
        self, person: int, provider: int, day: int, origin: str, med_type: str = "11", at: int | None = None
    ) -> int:
        """One outpatient visit with an ordinary basket; returns its vid."""
        when = int(self.moment(day)) if at is None else at
        vid = self.draft.add_visits(
            person=np.array([person]),
            provider=np.array([provider]),
            med_type=med_type,
            begin=np.array([day]),
            end=np.array([day]),
            at=np.array([when]),
            origin=origin,
        )
        return int(vid[0])

    def charge(self, vid: int, key: str, cnt: int, at: int, mark: int = 0, price: int | None = None) -> None:
        """One fee line of a visit."""
        item = self.catalogue[key]
        pric = int(self.catalogue.price[item]) if price is None else price
        self.draft.add_lines(np.array([vid]), item, cnt, pric, at, mark)

    def psn(self, person: int) -> str:
        """psn_no of a person, for the truth."""
        return str(self.people.psn_no[person])

    def code(self, provider: int) -> str:
        """fixmedins_code of a provider, for the truth."""
        return str(self.providers.code[provider])

    def date(self, day: int) -> str:
        """ISO date, for the truth."""
        return str(np.datetime64(int(day), "D"))

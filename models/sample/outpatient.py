"""Ordinary outpatient life.

Visits with a weekly rhythm, chronic refills, dialysis shifts, purchases, and what they charge.
"""

import numpy as np
import polars as pl

from models.sample.catalogue import Catalogue
from models.sample.draft import Draft
from models.sample.months import DAY, Calendar, draw_days
from models.sample.people import People
from models.sample.providers import CLINIC, PHARMACY, SECONDARY, TERTIARY, TOWNSHIP, Providers

VISITS_PER_PERSON_MONTH = 0.32
MAX_A_DAY, MAX_A_MONTH = 2, 9


def opening(rng: np.random.Generator, pharmacy: np.ndarray) -> np.ndarray:
    """Second of the day of a settlement: pharmacies until nine, others until five."""
    morning = rng.random(len(pharmacy)) < 0.62
    hours = np.where(morning, 8 + 3.8 * rng.random(len(pharmacy)), 13.4 + 3.9 * rng.random(len(pharmacy)))
    hours = np.where(pharmacy, 8.5 + 12 * rng.random(len(pharmacy)), hours)
    return (hours * 3600).astype(np.int64)


def homes(rng: np.random.Generator, people: People, providers: Providers) -> np.ndarray:
    """The usual provider of each person, one column a class (0 pharmacy … 4 tertiary)."""
    columns = []
    for cls in (PHARMACY, CLINIC, TOWNSHIP, SECONDARY, TERTIARY):
        among = providers.of_class(cls)
        plain = among[providers.spec[among] != "dialysis"]
        among = plain if len(plain) else among
        weight = providers.weight[among]
        columns.append(rng.choice(among, size=len(people), p=weight / weight.sum()))
    return np.stack(columns, axis=1)


def _thin(person: np.ndarray, day: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Keep at most MAX_A_DAY visits a day and MAX_A_MONTH a month: honest people stay below every frequency limit."""
    frame = pl.DataFrame({"p": person, "d": day, "m": month}).with_columns(
        a=pl.int_range(pl.len()).over("p", "d"), b=pl.int_range(pl.len()).over("p", "m")
    )
    return ((frame["a"] < MAX_A_DAY) & (frame["b"] < MAX_A_MONTH)).to_numpy()


def random_visits(
    rng: np.random.Generator, d: Draft, people: People, providers: Providers, home: np.ndarray, cal: Calendar
) -> None:
    """Visits by chance: heavy-tailed over people, weekly over days, mostly to the usual provider."""
    n = int(len(people) * len(cal.names) * VISITS_PER_PERSON_MONTH)
    person = rng.choice(len(people), size=n, p=people.visit_weight / people.visit_weight.sum())
    day = draw_days(rng, cal, n)
    keep = _thin(person, day, cal.month_of(day))
    person, day = person[keep], day[keep]
    n = len(person)
    cls = rng.choice(5, size=n, p=[0.34, 0.22, 0.19, 0.15, 0.10])
    provider = home[person, cls]
    stray = rng.random(n) < 0.2
    provider[stray] = home[rng.integers(0, len(people), stray.sum()), cls[stray]]
    away = ~people.outside[person] & (rng.random(n) < 0.008)
    outer = np.flatnonzero(providers.external)
    provider[away] = rng.choice(outer, away.sum())
    pharmacy = (cls == PHARMACY) & ~away
    emergency = np.isin(cls, (SECONDARY, TERTIARY)) & (rng.random(n) < 0.07)
    age = (day - people.birth[person]) / 365.25
    maternity = (cls >= SECONDARY) & (people.gend[person] == 2) & (age > 21) & (age < 40) & (rng.random(n) < 0.15)
    med_type = np.select([pharmacy, maternity, emergency], ["41", "51", "13"], "11")
    elsewhere = rng.random(n) < 0.5
    pay_loc = np.where(people.outside[person] | away, np.where(elsewhere, "3", "4"), "2")
    pay_loc = np.where((pay_loc == "2") & ~pharmacy & (rng.random(n) < 0.003), "1", pay_loc)
    d.add_visits(
        person=person,
        provider=provider,
        med_type=med_type,
        begin=day,
        end=day,
        at=day * DAY + opening(rng, pharmacy),
        pay_loc=pay_loc,
        ttp=(med_type == "13") & (rng.random(n) < 0.04),
    )


def chronic_visits(
    rng: np.random.Generator, d: Draft, people: People, providers: Providers, home: np.ndarray, cal: Calendar
) -> None:
    """Monthly refills at one place; at the `rhythm` clinics every patient keeps a fixed weekday."""
    patients = np.flatnonzero((people.chronic >= 0) & ~people.actor)
    rhythm = providers.of_role("rhythm")
    place = np.where(
        rng.random(len(patients)) < 0.45, home[patients, 0], home[patients, rng.integers(1, 4, len(patients))]
    )
    fixed = rng.random(len(patients)) < 0.06
    if len(rhythm):
        place[fixed] = rng.choice(rhythm, fixed.sum())
    fixed &= len(rhythm) > 0
    fortnight = fixed & (rng.random(len(patients)) < 0.5)
    step = np.where(fortnight, 14, np.where(fixed, 28, 30))
    slots = (cal.end_day - cal.first_day) // 14 + 1
    start = cal.first_day + rng.integers(0, 30, len(patients)) % step
    k = np.arange(slots)[None, :]
    jitter = rng.integers(-3, 4, (len(patients), slots)) * ~fixed[:, None]
    day = start[:, None] + k * step[:, None] + jitter
    came = (rng.random(day.shape) < 0.94) & (day >= cal.first_day) & (day < cal.end_day)
    row, col = np.nonzero(came)
    day = day[row, col]
    d.add_visits(
        person=patients[row],
        provider=place[row],
        med_type="14",
        begin=day,
        end=day,
        at=day * DAY + opening(rng, providers.cls[place[row]] == PHARMACY),
        dise=people.chronic[patients[row]],
        pay_loc=np.where(people.outside[patients[row]], "3", "2"),
    )


def dialysis_visits(
    rng: np.random.Generator, d: Draft, people: People, providers: Providers, catalogue: Catalogue, cal: Calendar
) -> None:
    """Shifts of the dialysis centre: three fixed weekdays a week, morning or afternoon."""
    centre = providers.of_role("dialysis")
    able = np.flatnonzero(
        ~people.actor
        & ~people.outside
        & (people.chronic < 0)
        & (people.death == 0)
        & (cal.first_day - people.birth > 40 * 365)
    )
    n = min(len(able), max(2, len(people) // 900))
    if not len(centre) or n == 0:
        return
    patients = rng.choice(able, n, replace=False)
    people.dialysis[patients] = True
    days = np.arange(cal.first_day, cal.end_day)
    shift = np.arange(n) % 4
    on = np.isin((days + 3) % 7, (0, 2, 4))[None, :] ^ (shift[:, None] >= 2)
    on &= ((days + 3) % 7 != 6)[None, :]
    on &= rng.random(on.shape) < 0.97
    row, col = np.nonzero(on)
    day = days[col]
    at = day * DAY + np.where(shift[row] % 2 == 0, 8, 14) * 3600 + rng.integers(0, 2400, len(row))
    vid = d.add_visits(
        person=patients[row],
        provider=int(centre[0]),
        med_type="14",
        begin=day,
        end=day,
        at=at,
        dise=9,
        basket=False,
        origin="dialysis",
    )
    item = catalogue["S321"]
    d.add_lines(vid, item, 1, int(catalogue.price[item]), at - 900)
    drug = catalogue["D201"]
    d.add_lines(vid[::2], drug, 1, int(catalogue.price[drug]), at[::2] - 600)


class Baskets:
    """Fills visits that still want an ordinary basket with fee lines."""

    def __init__(self, rng: np.random.Generator, catalogue: Catalogue, providers: Providers, people: People) -> None:
        self.rng, self.catalogue, self.providers, self.people = rng, catalogue, providers, people

    def _slot(self, d: Draft, v: pl.DataFrame, mask: np.ndarray, chance: float, use: str, cnt: np.ndarray) -> None:
        """One line for a share of the masked visits, its item drawn among those of a use."""
        hit = np.flatnonzero(mask & (self.rng.random(v.height) < chance))
        if not len(hit):
            return
        among = self.catalogue.use(use)
        item = among[(len(among) * self.rng.random(len(hit)) ** 1.6).astype(np.int64)]
        at = v["at"].to_numpy()[hit] - self.rng.integers(120, 3000, len(hit))
        d.add_lines(v["vid"].to_numpy()[hit], item, self.rng.choice(cnt, len(hit)), self.catalogue.price[item], at)

    def fill(self, d: Draft) -> None:
        """Charge every outpatient visit that wants a basket."""
        v = d.visits.frame().filter(pl.col("basket") & (pl.col("fam") < 0))
        cls = self.providers.cls[v["provider"].to_numpy()]
        med = v["med_type"].to_numpy()
        chronic = med == "14"
        pharmacy = cls == PHARMACY
        clinical = ~pharmacy
        one, some = np.array([1]), np.array([1, 1, 1, 2, 2, 3])
        for n, level in enumerate((CLINIC, TOWNSHIP, SECONDARY, TERTIARY)):
            self._slot(d, v, clinical & (cls == level), 0.97, f"consult{n + 1}", one)
        plain = clinical & ~chronic
        self._slot(d, v, plain, 0.34, "lab", one)
        self._slot(d, v, plain & (cls >= TOWNSHIP), 0.22, "lab", one)
        self._slot(d, v, plain & (cls >= TOWNSHIP), 0.17, "exam", one)
        self._slot(d, v, plain, 0.14, "treat", np.array([1, 1, 2, 3]))
        self._slot(d, v, plain & (med == "13"), 0.6, "material", some)
        self._slot(d, v, med == "51", 0.9, "maternity", one)
        self._slot(d, v, ~chronic, 0.9, "acute", some)
        self._slot(d, v, ~chronic, 0.45, "acute", some)
        self._slot(d, v, ~chronic, 0.22, "acute", some)
        self._slot(d, v, plain, 0.06, "herb", np.array([5, 6, 7]))
        self._slot(d, v, ~chronic, 0.05, "selfpaid", one)
        self._chronic(d, v.filter(pl.Series(chronic)))
        self._nobody_pays_for_nothing(d, v)

    def _nobody_pays_for_nothing(self, d: Draft, v: pl.DataFrame) -> None:
        """Visits that chance left without a line get one drug."""
        charged = d.lines.frame()["vid"].unique()
        empty = v.filter(~pl.col("vid").is_in(charged.implode()))
        drug = self.catalogue.use("acute")[empty["vid"].to_numpy() % 7]
        d.add_lines(empty["vid"].to_numpy(), drug, 1, self.catalogue.price[drug], empty["at"].to_numpy() - 180)

    def _chronic(self, d: Draft, v: pl.DataFrame) -> None:
        """Refills: each patient's own drug, one pack for a month or half of a second one."""
        drugs = self.catalogue.use("chronic")
        person, disease = v["person"].to_numpy(), v["dise"].to_numpy()
        first = drugs[disease + 4 * (person % 3)]
        at, vid = v["at"].to_numpy(), v["vid"].to_numpy()
        d.add_lines(vid, first, 1, self.catalogue.price[first], at - 300)
        both = person % 5 == 0
        second = drugs[(disease + 1) % 4 + 4 * (person % 3)]
        d.add_lines(vid[both], second[both], 1, self.catalogue.price[second[both]], at[both] - 240)

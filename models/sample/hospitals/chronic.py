"""Outpatient settlements of people with chronic diseases: a visit a month or so, each person mostly at one provider."""

import numpy as np
import polars as pl

from models.sample.hospitals.cases import Seasons
from models.sample.hospitals.catalogue import Ints
from models.sample.hospitals.roles import Schemes
from models.sample.hospitals.roster import CLASS_COST, Roster

DISEASES = ("M00500", "M01600", "M04600", "M07800", "M03900", "M05300")
DIAGNOSES = ("I10.x00", "E11.900", "I25.103", "N18.900", "M06.900", "J44.900")
_BASE = np.array([5.1, 5.5, 5.4, 6.0, 5.7, 5.3])
VISITS = 9.0  # a person's settlements in the whole world


def draw_chronic(
    rng: np.random.Generator, settlements: int, months: int, roster: Roster, schemes: Schemes, seasons: Seasons
) -> pl.DataFrame:
    """One row a settlement: person, hospital, month, disease, male, age, cost (yuan)."""
    people = max(int(settlements / VISITS), 1)
    chance = roster.size**0.8
    home = rng.choice(len(chance), people, p=chance / chance.sum())
    disease = rng.choice(len(DISEASES), people, p=[0.34, 0.26, 0.15, 0.08, 0.08, 0.09])
    effect = rng.normal(0, 0.4, people)
    count = rng.poisson(VISITS * rng.gamma(3, 1 / 3, people))
    who: Ints = np.repeat(np.arange(people), count)
    month = rng.integers(0, months, len(who))
    keep = month >= roster.active_from[home[who]]
    who, month = who[keep], month[keep]
    hospital = home[who]
    log = (
        _BASE[disease[who]] + CLASS_COST[roster.cls[hospital]] + roster.chronic[hospital] + schemes.cost[hospital]
        + effect[who] + 0.5 * seasons.drug_price[month] + rng.normal(0, 0.4, len(who))
    )  # fmt: skip
    age, male = np.clip(rng.normal(66, 11, people), 30, 95).astype(np.int64), rng.integers(0, 2, people)
    return pl.DataFrame(
        {
            "person": who, "hospital": hospital, "month": month, "disease": disease[who], "age": age[who],
            "male": male[who], "cost": np.round(np.exp(log), 2),
        }
    )  # fmt: skip

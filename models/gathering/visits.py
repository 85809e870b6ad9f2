"""Visits as sorted arrays: one row a person, unit (provider and way of coming together) and day."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.beside import LARGE
from models.config import Config
from models.engine.duck import Engine
from models.errors import UsageError
from models.scores.window import Window

MOST_PERSONS, MOST_UNITS = 1 << 25, 1 << 18
# where day, person and unit begin in a packed visit (sql/gathering/visit.sql)
DAY_BITS, PERSON_BITS, UNIT_BITS = 11, 20, 45
Ints = np.ndarray


@dataclass(frozen=True)
class Visits:
    """Rows sorted by unit, person, day; `day` counts from the window's first, `minute` is the first swipe of the day.

    `run` (length runs + 1) = where each (unit, person) begins; `persons` and `units` = how many numbers there are.
    """

    unit: Ints
    person: Ints
    day: Ints
    minute: Ints
    run: Ints
    persons: int
    units: int
    days: int

    def __len__(self) -> int:
        return len(self.unit)

    def starts(self) -> Ints:
        """Row at which every unit begins, and the end."""
        # keys of another type would make numpy copy the whole column
        return np.searchsorted(self.unit, np.arange(self.units + 1, dtype=self.unit.dtype))

    def span(self, unit: int) -> slice:
        """The rows of a unit."""
        return slice(*np.searchsorted(self.unit, np.array([unit, unit + 1], dtype=self.unit.dtype)).tolist())

    def only(self, keep: Ints) -> "Visits":
        """The rows where `keep` is true."""
        return of_sorted(
            self.unit[keep], self.person[keep], self.day[keep], self.minute[keep], self.persons, self.units, self.days
        )


@dataclass(frozen=True)
class Names:
    """What the numbers stand for: psn_id by person (its person_no in core), provider and way by unit."""

    persons: pl.Series
    providers: pl.Series
    ways: pl.Series


def of_sorted(unit: Ints, person: Ints, day: Ints, minute: Ints, persons: int, units: int, days: int) -> Visits:
    """Visits from columns already sorted by unit, person, day."""
    fresh = np.ones(len(unit), dtype=bool)
    if len(unit):
        fresh[1:] = (unit[1:] != unit[:-1]) | (person[1:] != person[:-1])
    run = np.append(np.flatnonzero(fresh), len(unit)).astype(np.int64)
    return Visits(unit, person, day, minute, run, persons, units, days)


def unpack(packed: Ints, persons: int, units: int, days: int) -> Visits:
    """Visits from packed numbers (see sql/gathering/visit.sql) in any order; the order of rows cannot matter."""
    packed.sort()
    if len(packed):
        first = np.ones(len(packed), dtype=bool)
        np.not_equal(packed[1:] >> DAY_BITS, packed[:-1] >> DAY_BITS, out=first[1:])
        if not first.all():
            packed = packed[first]
    unit = (packed >> UNIT_BITS).astype(np.int32)
    person = ((packed >> PERSON_BITS) & (MOST_PERSONS - 1)).astype(np.int32)
    day = ((packed >> DAY_BITS) & 511).astype(np.int16)
    minute = (packed & 2047).astype(np.int16)
    return of_sorted(unit, person, day, minute, persons, units, days)


def read_visits(engine: Engine, window: Window, config: Config) -> tuple[Visits, Names]:
    """The visits of a window from core.settlement; UsageError when there are more people or units than numbers."""
    bounds = {**window.bounds(), **kinds_of_care(config)}
    for table in ("kind", "unit"):
        engine.temporary(f"gathering_{table}", f"gathering/{table}", **bounds)
    people = engine.frame("select person_no, psn_id from core.person")
    persons, units = int(people["person_no"].max() or 0) + 1, engine.count("gathering_unit")  # type: ignore[arg-type]
    if persons > MOST_PERSONS or units > MOST_UNITS:
        raise UsageError(
            f"聚集分析最多 {MOST_PERSONS} 人、{MOST_UNITS} 个机构（分就诊方式） / gathering takes at most that "
            f"many people and providers by way; found {persons} and {units}. Analyse a smaller area."
        )
    packed = engine.query("gathering/visit", **bounds)["packed"].to_numpy().astype(np.int64, copy=True)
    visits = unpack(packed, persons, units, (window.until - window.start).days)
    names = _names(engine, people, persons)
    if len(visits) > LARGE:  # the kernels need the memory now; of smaller data other queries may run beside these
        engine.release()
    return visits, names


def kinds_of_care(config: Config) -> dict[str, list[str]]:
    """Parameters that tell purchases from visits: med_type of sales over the counter, and of the chronic benefit."""
    params = config.params
    return {"pharmacy_med_types": params.pharmacy_med_types, "chronic_med_types": params.chronic_med_types}


def _names(engine: Engine, people: pl.DataFrame, persons: int) -> Names:
    # a column of long texts filled by `scatter` is counted wrongly inside groups (polars 2.1: no value equals another)
    number = pl.Series("person_no", np.arange(persons), dtype=people.schema["person_no"])
    numbered = number.to_frame().join(people, on="person_no", how="left", maintain_order="left")["psn_id"]
    unit = engine.frame("select fixmedins_code, way from gathering_unit order by unit")
    return Names(numbered, unit["fixmedins_code"], unit["way"])

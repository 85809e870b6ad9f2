"""What the records say about people of interest: their visits with codes and money, household, work, home, age."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.engine.frames import put
from models.gathering.visits import kinds_of_care
from models.scores.window import Window

#: main diagnoses and registered diseases of long treatment; `M` and a digit is a registered chronic disease. Infections
#: treated for months, tumours, blood, glands and diabetes, mind, nerves, glaucoma, circulation, lung, bowel and liver,
#: skin and joints, kidney, pregnancy, dialysis, rehabilitation, transplants
CHRONIC = (
    r"^(M\d{5}|A1[5-9]|B18|B2[0-4]|C|D5[5-9]|D6[016-9]|E0[35]|E1[0-4]|F0[0-3]|F2|F3[0-3]|G12|G20|G30|G35|G40|G70|H40"
    r"|I0[5-9]|I1[0-3]|I2[057]|I42|I48|I50|I6[39]|J4[457]|J84|K5[01]|K7[34]|L40|M0[568]|M3[2-5]|M45|N0[2-5]|N18"
    r"|O|Z3[4-6]|Z49|Z5[01]|Z94)"
)
SCREENING = r"^Z(0[0-2]|1[0-3]|2[3-9])"


@dataclass(frozen=True)
class Facts:
    """`visits`: setl_id, psn_id, fixmedins_code, way, seen_on, setl_time, fund_amount, chronic, screening,
    coded (any diagnosis at all).
    `people`: psn_id, household_no, emp_no, admdvs, age. The rows of one person follow each other in both."""

    visits: pl.DataFrame
    people: pl.DataFrame

    def of(self, people: Iterable[str]) -> "Facts":
        """Those about some of the people."""
        some = pl.col("psn_id").is_in(sorted(set(people)))
        return Facts(self.visits.filter(some), self.people.filter(some))

    def of_few(self, people: Iterable[str]) -> "Facts":
        """Those about a few of the people, in the same order; looks at no others, for groups are many."""
        some = set(people)
        return Facts(_picked(self.visits, self._visits_at, some), _picked(self.people, self._people_at, some))

    @cached_property
    def _visits_at(self) -> "Places":
        return _places(self.visits)

    @cached_property
    def _people_at(self) -> "Places":
        return _places(self.people)


#: of each person the first row and how many
Places = dict[str, tuple[int, int]]


def _places(frame: pl.DataFrame) -> Places:
    runs = frame.select(pl.col("psn_id").rle().alias("run")).unnest("run").with_columns(first=pl.col("len").cum_sum())
    return {name: (end - rows, rows) for rows, name, end in runs.iter_rows()}


def _picked(frame: pl.DataFrame, places: Places, people: set[str]) -> pl.DataFrame:
    spans = sorted(places[name] for name in people if name in places)
    return pl.concat([frame.slice(*span) for span in spans]) if spans else frame.clear()


def facts_of(engine: Engine, window: Window, config: Config, people: Iterable[str]) -> Facts:
    """The facts about some people in a window."""
    visits = visits_of(engine, window, config, people)
    return Facts(visits, engine.query("gathering/member", **window.bounds()))


def visits_of(engine: Engine, window: Window, config: Config, people: Iterable[str]) -> pl.DataFrame:
    """Their visits alone, for which the published snapshot is enough; leaves who they are in `gathering_someone`."""
    someone = pl.DataFrame({"psn_id": sorted(set(people))}, schema={"psn_id": pl.String})
    put(engine, "gathering_someone", someone, temporary=True)
    params = {
        **window.bounds(), **kinds_of_care(config), "chronic_pattern": CHRONIC, "screening_pattern": SCREENING,
    }  # fmt: skip
    return engine.query("gathering/member_visit", **params).sort("psn_id", "seen_on", "setl_id", "way")


def neighbours_of(engine: Engine, window: Window, providers: Iterable[str]) -> pl.DataFrame:
    """Regular visitors of providers by employer and village: fixmedins_code, kind (emp_no, admdvs), value, people."""
    places = pl.DataFrame({"fixmedins_code": sorted(set(providers))}, schema={"fixmedins_code": pl.String})
    put(engine, "gathering_place", places, temporary=True)
    return engine.query("gathering/neighbour", **window.bounds())

"""A city's visits for the bench of gathering: heavy-tailed crowds with a few hundred gangs among them."""

import json
from pathlib import Path

import duckdb
import numpy as np

from models.engine.duck import SCHEMAS
from models.sample.hospitals.tables import SETTLEMENT
from models.sample.visits.gangs import gangs
from models.sample.visits.place import City, CitySpec

DAYS, CHUNK = 366, 2_000_000
GANGS_A_MILLION = 10
#: the columns that the search for groups reads; others would only make the generation longer
READ = (
    "psn_id", "person_no", "fixmedins_code", "is_inpatient", "med_type", "begndate", "enddate", "pay_loc",
    "mid_setl_flag", "setl_time", "refund_state",
)  # fmt: skip
PERSON = "md5({0}::varchar) || md5(({0} + 1)::varchar)"
INSERT = f"""insert into core.settlement (psn_id, person_no, fixmedins_code, is_inpatient, med_type, begndate, pay_loc,
setl_time, refund_state) select {PERSON.format("person")}, person, 'H' || lpad(provider::varchar, 11, '0'), false, '11',
date '2024-01-01' + day::integer, '2', timestamp '2024-01-01' + to_days(day::integer) + to_minutes(minute::integer),
'none' from chunk"""


def make(path: Path, millions: float) -> None:
    """Write so many million visits, and the gangs among them to `<path>.json` (members by psn_id, those irregular)."""
    rows, people = int(millions * 1e6), int(millions * 50_000)
    providers = people // 500
    rng = np.random.default_rng(7)
    weight = np.arange(1, providers + 1) ** -1.02
    share = np.cumsum(weight / weight.sum())
    home = np.searchsorted(share, rng.random(people))
    days = np.cumsum(np.array([1.25, 1.1, 1, 1, 1, 0.6, 0.35])[np.arange(DAYS) % 7] * rng.lognormal(0, 0.1, DAYS))
    lively = np.cumsum(rng.gamma(1.5, 1, people))
    with duckdb.connect(str(path)) as con:
        con.execute("set preserve_insertion_order = false")
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {schema}")
        con.execute(f"create table core.settlement ({', '.join(f'{n} {SETTLEMENT[n]}' for n in READ)})")
        con.execute("create table core.provider (fixmedins_code varchar, fixmedins_type varchar)")
        for done in range(0, rows, CHUNK):
            n = min(CHUNK, rows - done)
            person = np.searchsorted(lively, rng.random(n) * lively[-1])
            provider = np.where(rng.random(n) < 0.5, home[person], np.searchsorted(share, rng.random(n)))
            day = np.searchsorted(days, rng.random(n) * days[-1])
            minute = np.minimum(480 + rng.gamma(2.0, 90, n), 1050).astype(int)
            _insert(con, person, provider, day, minute)
        _gangs(con, path, millions, people, weight / weight.sum(), rng)
        con.execute("create table core.person as from core.settlement select distinct psn_id, person_no")
        con.execute("insert into core.provider select distinct fixmedins_code, '1' from core.settlement")


def _gangs(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    millions: float,
    people: int,
    weight: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Gangs as in the invented cities: 5–40 people, 6–30 dates, 40% of them in the busiest hospitals."""
    none, spec = np.zeros(people, dtype=np.int64), CitySpec(7, people, round(millions * GANGS_A_MILLION))
    usual = np.full((len(weight), DAYS), -1, dtype=np.int64)
    city = City(spec, rng, none, none + 40, none, none, none, none + 1.0, weight, none[: len(weight)], usual, [])
    made = gangs(city)
    for part in city.parts:
        minute = np.where(part.minute < 0, rng.integers(480, 1050, len(part.day)), part.minute)
        _insert(con, part.person, part.provider, part.day, minute)
    told = [
        [
            psn_id
            for (psn_id,) in con.execute(f"select {PERSON.format('m')} from (select unnest($1) as m)", [m]).fetchall()
        ]
        for m in (gang.members.tolist() for gang in made if not gang.rhythm)
    ]
    every = len(made)
    path.with_suffix(".json").write_text(json.dumps({"irregular": told, "gangs": every}))


def _insert(
    con: duckdb.DuckDBPyConnection, person: np.ndarray, provider: np.ndarray, day: np.ndarray, minute: np.ndarray
) -> None:
    chunk = {"person": person, "provider": provider, "day": day, "minute": minute}
    con.execute(INSERT)
    del chunk

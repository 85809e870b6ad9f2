"""A city's visits as rows of core.settlement, and the truth about who came together and why."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from models.engine.duck import Engine
from models.sample.hospitals.tables import DIAGNOSIS, PROVIDER, SETTLEMENT, add, empty_contract, number_people, write
from models.sample.seeds import stream
from models.sample.visits import innocent
from models.sample.visits.gangs import Gang, gangs
from models.sample.visits.place import START, City, CitySpec, Ints, background, make_city

PERIOD = "2024Q4"
MED_TYPE = ("11", "11", "41")
#: with the letter longer than the 12 characters up to which texts are kept in place, as pseudonyms are
DIGITS = 15


@dataclass(frozen=True)
class CityTruth:
    """Members are person numbers; `person_code` turns them into psn_id."""

    gangs: list[Gang]
    families: list[Ints]
    dialysis: Ints
    clinics: list[Ints]
    visits: int


def person_code(number: Ints) -> pl.Series:
    """psn_id of people."""
    return pl.DataFrame({"psn_id": number}).select(_code("psn_id").alias("psn_id")).to_series()


def _code(number: str) -> pl.Expr:
    return pl.lit("p") + pl.col(number).cast(pl.String).str.zfill(DIGITS)


def fill(engine: Engine, spec: CitySpec) -> CityTruth:
    """Write a city into an engine (core.settlement, core.diagnosis, core.provider, cur.psn_info_b); year 2024."""
    rng = stream(spec.seed, "visits")
    city = make_city(spec, rng)
    background(city)
    families = innocent.families(city)
    dialysis = innocent.dialysis(city)
    clinics = innocent.chronic_clinics(city)
    innocent.screening(city)
    innocent.events(city)
    made = gangs(city)
    rows = _rows(city)
    empty_contract(engine)
    write(engine, "core.settlement", SETTLEMENT, [rows.drop("code")])
    number_people(engine)
    coded = rows.filter(pl.col("code") != "").select(
        "setl_id", diag_code="code", diag_type=pl.lit("1"), is_main=pl.lit(True), is_icd=pl.lit(True)
    )
    write(engine, "core.diagnosis", DIAGNOSIS, [coded])
    write(engine, "core.provider", PROVIDER, [_providers(city)])
    if spec.registry:
        add(engine, "cur.psn_info_b", _people(city))
    return CityTruth(made, families, dialysis, clinics, rows.height)


def _rows(city: City) -> pl.DataFrame:
    person, provider, day, minute = (
        np.concatenate([getattr(part, name) for part in city.parts]) for name in ("person", "provider", "day", "minute")
    )
    med = np.repeat([part.med for part in city.parts], [len(part.day) for part in city.parts])
    code = np.repeat([part.code for part in city.parts], [len(part.day) for part in city.parts])
    n = len(day)
    usual = np.minimum(480 + city.rng.gamma(2.0, 90, n), 1050).astype(np.int64)
    minute = np.where(minute < 0, usual, minute)
    fund = (30 + city.rng.gamma(2.0, 40, n)).round(2)
    med = np.where(med == "", np.array(MED_TYPE)[city.kind[provider]], med)
    start = datetime(START.year, START.month, START.day)
    frame = pl.DataFrame({"person": person, "day": day, "minute": minute, "fund": fund, "med_type": med, "code": code})
    money = pl.col("fund").cast(pl.Decimal(16, 2))
    moment = pl.lit(start) + pl.duration(days="day", minutes="minute")
    return frame.with_columns(
        psn_id=_code("person"),
        person_no=pl.col("person").cast(pl.Int32),
        setl_id=pl.lit("s") + pl.int_range(n).cast(pl.String).str.zfill(9),
        fixmedins_code=pl.lit("H") + pl.Series(provider).cast(pl.String).str.zfill(11),
        setl_time=moment, begndate=moment.dt.date(), enddate=moment.dt.date(), is_inpatient=pl.lit(False),
        source=pl.lit("setl_d"), insutype=pl.lit("310"), pay_loc=pl.lit("2"), refund_state=pl.lit("none"),
        mid_setl_flag=pl.lit("0"), age=pl.Series(city.age[person]).cast(pl.Decimal(6, 1)),
        net_fund=money, paid=money, net_medfee_sumamt=money,
        dise_codg=pl.when(pl.col("code").str.starts_with("M")).then("code"),
    ).with_columns(
        mdtrt_id=pl.lit("m") + pl.col("setl_id"), month=pl.col("begndate").dt.month_start(),
        quarter=pl.lit("2024Q") + pl.col("begndate").dt.quarter().cast(pl.String),
    ).drop("person", "day", "minute", "fund")  # fmt: skip


def _people(city: City) -> pl.DataFrame:
    number = np.arange(city.spec.people)
    rows = {"number": number, "household": city.household, "village": city.village, "emp": city.employer}
    return pl.DataFrame(rows).select(
        psn_id=_code("number"),
        household_no=pl.lit("h") + pl.col("household").cast(pl.String),
        admdvs=pl.lit("3399") + pl.col("village").cast(pl.String).str.zfill(2),
        emp_no=pl.when(pl.col("emp") >= 0).then(pl.lit("e") + pl.col("emp").cast(pl.String)),
    )  # fmt: skip


def _providers(city: City) -> pl.DataFrame:
    number = pl.Series("n", np.arange(len(city.weight))).cast(pl.String).str.zfill(11)
    return pl.DataFrame({"fixmedins_code": "H" + number, "fixmedins_name": "H" + number})

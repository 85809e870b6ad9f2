"""Frames of inpatient stays: settlements (interim ones too), visits, stays, groups."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.sample.hospitals import codes
from models.sample.hospitals.cases import Cases
from models.sample.hospitals.catalogue import CLASSES, Floats, Ints
from models.sample.hospitals.payment import INSURANCES, Payment
from models.sample.hospitals.roster import DIP, Roster
from models.sample.hospitals.spec import HospitalSpec

#: share of stays with an interim settlement, which holds the charges of these classes
INTERIM = 0.015
INTERIM_CLASSES = np.isin(CLASSES, ("01", "04", "09"))
#: share of stays that belong to someone already treated there
RETURNS = 0.16


@dataclass(frozen=True)
class Visits:
    """Per case: who, when, how it was settled."""

    person: Ints
    insurance: Ints
    end: np.ndarray  # datetime64[D]
    interim: np.ndarray


def make_visits(rng: np.random.Generator, cases: Cases, spec: HospitalSpec) -> Visits:
    """Give every case a person, an insurance and a day of discharge inside its month."""
    n = len(cases)
    first = np.datetime64(spec.start, "M") + cases.month
    days = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
    end = first.astype("datetime64[D]") + (rng.random(n) * days.astype(np.int64)).astype(np.int64)
    person = _persons(rng, cases)
    worker = (person * 2654435761 % 1000) < np.where(cases.age > 60, 330, 420)
    return Visits(person, np.where(worker, 0, 1), end, rng.random(n) < INTERIM)


def _persons(rng: np.random.Generator, cases: Cases) -> Ints:
    """Numbers of persons; some stays are returns of a person of the same sex, age and family to the same hospital."""
    n = len(cases)
    order = np.lexsort((rng.random(n), cases.age, cases.male, cases.family, cases.hospital))
    same = np.ones(n - 1, bool)
    for values in (cases.age, cases.male, cases.family, cases.hospital):
        same &= values[order][1:] == values[order][:-1]
    same &= np.abs(np.diff(cases.month[order])) >= 1
    starts = np.r_[True, ~(same & (rng.random(n - 1) < RETURNS * 3))]
    person = np.empty(n, np.int64)
    person[order] = np.cumsum(starts)
    return person


def settlements(
    cases: Cases, visits: Visits, charges: Floats, pay: Payment, grp_code: pl.Series, weight: Floats, roster: Roster,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """One row a settlement of a stay, in yuan as floats; an interim settlement holds its own classes and no group."""
    n = len(cases)
    total = charges.sum(1) / 100
    early = np.where(visits.interim, charges[:, INTERIM_CLASSES].sum(1) / 100, 0.0)
    share = early / np.maximum(total, 0.01)
    dip = roster.method[cases.hospital] == DIP
    # the fund's part follows each settlement's costs; the case is priced with its last settlement
    fund_early = np.round(pay.fund * share, 2)
    fund_last, person_last = pay.fund - fund_early, pay.person - np.round(pay.person * share, 2)
    paid = np.minimum(fund_last, np.maximum(pay.pay_std - person_last, 0))
    common = pl.DataFrame(
        {
            "case": np.arange(n), "psn_id": codes.person_code(visits.person), "hospital": cases.hospital,
            "fixmedins_code": codes.provider_code(cases.hospital), "gend": np.where(cases.male == 1, "1", "2"),
            "age": cases.age, "insutype": np.array(INSURANCES)[visits.insurance], "end": visits.end, "los": cases.los,
            "hour": rng.integers(8, 18, n), "minute": rng.integers(0, 60, n),
            "doctor": codes.doctor_code(cases.hospital, cases.department, cases.doctor),
            "dscg_way": np.where(rng.random(n) < 0.96, "1", np.where(rng.random(n) < 0.5, "4", "2")),
            "hi_paymtd": np.where(dip, "3", "4"), "mdtrt_id": codes.number("M", np.arange(n), 10),
        }
    )  # fmt: skip
    last = common.with_columns(
        setl_id=codes.number("S", np.arange(n), 10), mid=pl.lit("0"), cost=total - early, fund=fund_last,
        person=person_last, paid=paid, pay_std=pay.pay_std, grp_code=grp_code,
        grp_type=pl.Series(np.where(dip, "DIP", "DRG")), wt=weight,
        part=pl.Series(np.where(visits.interim, 2, 1)),
    )  # fmt: skip
    half = np.maximum(cases.los // 2, 1)
    first = common.with_columns(
        setl_id=codes.number("I", np.arange(n), 10), mid=pl.lit("1"), cost=early, fund=fund_early,
        person=pay.person - person_last, paid=fund_early, pay_std=pl.lit(None, pl.Float64),
        grp_code=pl.lit(None, pl.String), grp_type=pl.lit(None, pl.String), wt=pl.lit(None, pl.Float64),
        part=pl.lit(0, pl.Int64), end=pl.Series(visits.end - half), los=pl.Series(cases.los - half),
    ).filter(pl.Series(visits.interim))  # fmt: skip
    return pl.concat([last, first.select(last.columns).cast(last.schema)])

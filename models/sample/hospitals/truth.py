"""The truth of a world: who plays what, what each hospital's costs are to be expected, what was overpaid.

Expected costs are found by treating fresh patients: every hospital, and one without any effect of its own per class and
way of payment, gets the same number of new cases, costed without chance. A hospital's ratio compares its mean log cost
in each billed group with that of the honest hospitals of its class (itself left out), over the groups it really had.
"""

import numpy as np
import polars as pl

from models.sample.hospitals import codes
from models.sample.hospitals.cases import Cases, Seasons, draw, upcode
from models.sample.hospitals.catalogue import Catalogue, Floats
from models.sample.hospitals.charges import expected_charges
from models.sample.hospitals.roles import Schemes
from models.sample.hospitals.roster import Roster
from models.sample.hospitals.spec import HospitalSpec

FRESH = 2500
#: roles whose costs follow their patients only
HONEST = ("honest", "mid_honest", "new", "took_over", "severe")
_CELL = ["method", "cls", "special", "grp_ver", "grp_code"]


def cost_ratios(
    rng: np.random.Generator, spec: HospitalSpec, roster: Roster, catalogue: Catalogue, seasons: Seasons,
    schemes: Schemes, cases: Cases, group: pl.Series, cost: Floats,
) -> pl.DataFrame:  # fmt: skip
    """hospital, cost_ratio, cost_ratio_typical for the last twelve months."""
    means = _fresh_means(rng, spec, roster, catalogue, seasons, schemes)
    honest = pl.Series([role in HONEST for role in roster.role])
    facts = pl.DataFrame({"hospital": np.arange(len(roster.cls)), "honest": honest, "cls": roster.cls,
                          "method": roster.method, "special": roster.special})  # fmt: skip
    means = means.join(facts, on="hospital")
    peers = means.filter("honest").group_by(_CELL).agg(total=pl.col("log").sum(), peers=pl.len())
    typical = means.filter(pl.col("hospital") >= roster.count).select(*_CELL, typical="log")
    both = (
        means.join(peers, on=_CELL, how="left")
        .join(typical, on=_CELL, how="left")
        .with_columns(
            centre=(pl.col("total") - pl.when("honest").then("log").otherwise(0.0))
            / (pl.col("peers") - pl.col("honest").cast(pl.Int64)),
        )
    )
    recent = cases.month >= spec.window
    weight = pl.DataFrame({"hospital": cases.hospital, "grp_code": group, "month": cases.month, "cost": cost})
    weight = weight.filter(pl.Series(recent)).with_columns(
        grp_ver=pl.Series(seasons.version)[weight.filter(pl.Series(recent))["month"]]
    )
    weight = weight.group_by("hospital", "grp_ver", "grp_code").agg(pl.col("cost").sum())
    joined = weight.join(both, on=["hospital", "grp_ver", "grp_code"])
    return (
        joined.filter(pl.col("centre").is_finite() & (pl.col("peers") >= 4))
        .sort("hospital", "grp_ver", "grp_code")
        .group_by("hospital", maintain_order=True)
        .agg(
            cost_ratio=(((pl.col("log") - pl.col("centre")) * pl.col("cost")).sum() / pl.col("cost").sum()).exp(),
            cost_ratio_typical=(
                ((pl.col("log") - pl.col("typical")) * pl.col("cost")).sum()
                / pl.col("cost").filter(pl.col("typical").is_not_null()).sum()
            ).exp(),
        )
    )


def _fresh_means(
    rng: np.random.Generator,
    spec: HospitalSpec,
    roster: Roster,
    catalogue: Catalogue,
    seasons: Seasons,
    schemes: Schemes,
) -> pl.DataFrame:
    """Mean log cost without chance by hospital and billed group, from the same number of new cases everywhere."""
    who = np.repeat(np.arange(len(roster.cls)), FRESH)
    early = np.maximum(roster.active_from[who], spec.window)
    month = early + (rng.random(len(who)) * (spec.months - early)).astype(np.int64)
    fresh = draw(rng, who, month, roster, catalogue, seasons, schemes)
    upcode(rng, fresh, roster, catalogue, seasons, schemes, spec.window)
    log = np.log(expected_charges(fresh, roster, catalogue, seasons, schemes).sum(1))
    diagnosis = codes.main_diagnosis(fresh, fresh.coded)
    frame = pl.DataFrame(
        {"hospital": who, "grp_ver": seasons.version[month], "log": log,
         "grp_code": codes.group(fresh, fresh.billed, diagnosis, roster, catalogue, seasons)}
    )  # fmt: skip
    return (
        frame.group_by("hospital", "grp_ver", "grp_code")
        .agg(pl.col("log").mean())
        .sort("hospital", "grp_ver", "grp_code")
    )


def units(roster: Roster, schemes: Schemes) -> pl.DataFrame:
    """Departments and doctors with a planted factor."""
    rows = [
        (one, "department", codes.department_code(np.array([department]))[0], "dept_over", float(np.exp(lift)))
        for one, (department, lift) in sorted(schemes.department.items())
    ] + [
        (one, "doctor", codes.doctor_code(*(np.array([x]) for x in (one, department, doctor)))[0], "doctor_over",
         float(np.exp(lift)))
        for one, (department, doctor, lift) in sorted(schemes.doctor.items())
    ]  # fmt: skip
    schema = {"hospital": pl.Int64, "level": pl.String, "unit_code": pl.String, "role": pl.String, "factor": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(fixmedins_code=codes.provider_code(frame["hospital"].to_numpy())).drop("hospital")

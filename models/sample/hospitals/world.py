"""Draws a world of hospitals and writes it into the tables that the scores read."""

import numpy as np
import polars as pl

from models.engine.duck import Engine
from models.sample.hospitals import codes, coding, frames, payment, reference, tables, truth
from models.sample.hospitals.cases import Cases, Seasons, draw, make_seasons, upcode
from models.sample.hospitals.catalogue import Catalogue, Ints, make_catalogue
from models.sample.hospitals.charges import charge, expected_charges
from models.sample.hospitals.chronic import DISEASES, draw_chronic
from models.sample.hospitals.lines import fee_lines
from models.sample.hospitals.roles import cast
from models.sample.hospitals.roster import CLASS_COST, DIP, Roster, make_roster
from models.sample.hospitals.spec import HospitalSpec, HospitalTruth
from models.sample.hospitals.stays import make_visits, settlements
from models.sample.seeds import stream


def fill(engine: Engine, spec: HospitalSpec) -> HospitalTruth:
    """Write the world of `spec` into an engine (replacing core.* and cur.* tables) and return its truth.

    Fills core.settlement, core.stay, core.fee_line, core.diagnosis, core.operation, core.provider, cur.mdtrt_d,
    cur.drg_grp_d, cur.drg_std, cur.pay_par and, if the spec says so, cur.kp_cc and cur.kp_expect; all other cur tables
    are there, empty.
    The same spec gives the same rows.
    """
    rng = stream(spec.seed, "hospitals")
    catalogue = make_catalogue(rng)
    roster = make_roster(rng, spec, catalogue)
    change = int(rng.integers(spec.months // 4, spec.months - 2))
    seasons = make_seasons(rng, spec.months, spec.start.month, change)
    schemes = cast(rng, spec, roster, catalogue)
    hospital, month = _volume(rng, spec, roster)
    cases = draw(rng, hospital, month, roster, catalogue, seasons, schemes)
    upcode(rng, cases, roster, catalogue, seasons, schemes, spec.window)
    charges = charge(rng, cases, expected_charges(cases, roster, catalogue, seasons, schemes), catalogue)
    visits = make_visits(rng, cases, spec)
    cost = charges.sum(1) / 100
    price = payment.rates(_typical_cost(catalogue, cases, roster, seasons, cost))
    pay = payment.pay(cases, visits.insurance, cost, price, roster, catalogue, seasons)
    diagnosis, had = codes.main_diagnosis(cases, cases.coded), codes.main_diagnosis(cases, cases.diagnosis)
    billed = codes.group(cases, cases.billed, diagnosis, roster, catalogue, seasons)
    right = codes.group(cases, cases.true, had, roster, catalogue, seasons)
    weight = payment.weight(cases, cases.billed, cases.coded, roster, catalogue, seasons)
    stays = settlements(cases, visits, charges, pay, billed, weight, roster, rng)
    known = coding.secondary(rng, cases, roster, schemes)
    lines = fee_lines(rng, cases, visits, charges, known)
    chronic = draw_chronic(rng, spec.chronic, spec.months, roster, schemes, seasons)
    _write(engine, spec, roster, catalogue, cases, seasons, stays, lines, chronic, diagnosis, known, price, change)
    ratios = truth.cost_ratios(
        stream(spec.seed, "truth"), spec, roster, catalogue, seasons, schemes, cases, billed, cost
    )
    return HospitalTruth(
        providers=_provider_truth(spec, roster, cases, ratios),
        cases=_case_truth(cases, billed, right, pay),
        units=truth.units(roster, schemes),
    )


def _volume(rng: np.random.Generator, spec: HospitalSpec, roster: Roster) -> tuple[Ints, Ints]:
    """Hospital and month of every case; volumes differ by month, and a hospital has none before it opens."""
    busy = rng.lognormal(0, 0.05, spec.months) * (np.arange(spec.months)[None, :] >= roster.active_from[:, None])
    count = rng.poisson(roster.size[:, None] * busy * rng.lognormal(0, 0.08, busy.shape))
    cell = np.repeat(np.arange(count.size), count.ravel())
    return cell // spec.months, cell % spec.months


def _typical_cost(catalogue: Catalogue, cases: Cases, roster: Roster, seasons: Seasons, cost: np.ndarray) -> float:
    """Cost of a case of weight one at a secondary hospital."""
    wt = payment.weight(cases, cases.true, cases.diagnosis, roster, catalogue, seasons)
    return float(cost.sum() / (wt * np.exp(CLASS_COST[roster.cls[cases.hospital]])).sum())


def _write(
    engine: Engine, spec: HospitalSpec, roster: Roster, catalogue: Catalogue, cases: Cases, seasons: Seasons,
    stays: pl.DataFrame, lines: pl.DataFrame, chronic: pl.DataFrame, diagnosis: np.ndarray, known: pl.DataFrame,
    price: np.ndarray, change: int,
) -> None:  # fmt: skip
    tables.empty_contract(engine)
    hospitals = reference.providers(roster, spec)
    tables.write(engine, "core.provider", tables.PROVIDER, [hospitals])
    names = hospitals.select("fixmedins_name", "hosp_lv", hospital=pl.int_range(pl.len(), dtype=pl.Int64))
    version = np.array(codes.VERSIONS)[roster.method[cases.hospital], seasons.version[cases.month]]
    versions = pl.DataFrame({"case": np.arange(len(cases)), "grp_ver": version})
    settled = frames.core_settlement(frames.inpatient(stays, names, versions))
    visited = frames.core_settlement(frames.outpatient(chronic, names, DISEASES, spec))
    tables.write(engine, "core.settlement", tables.SETTLEMENT, [settled, visited])
    tables.write(engine, "core.stay", tables.STAY, [frames.core_stay(settled)])
    tables.write(engine, "core.fee_line", tables.LINE, [frames.core_fee_line(lines, settled)])
    _write_codes(engine, roster, cases, settled, diagnosis, known)
    grouped = settled.filter(pl.col("grp_code").is_not_null()).select(
        "setl_id", "grp_type", "grp_ver", "grp_code", "wt", "pay_std"
    )
    tables.add(engine, "cur.drg_grp_d", grouped.with_columns(grp_name=pl.col("grp_code"), file_id=1))
    tables.add(engine, "cur.drg_std", reference.group_standards(catalogue, spec, change))
    tables.add(engine, "cur.pay_par", reference.payment_parameters(price, spec))
    for name, frame in reference.knowledge(spec).items():
        tables.add(engine, f"cur.{name}", frame)


def _write_codes(
    engine: Engine, roster: Roster, cases: Cases, settled: pl.DataFrame, diagnosis: np.ndarray, known: pl.DataFrame
) -> None:
    """Diagnoses, operations and departments of the stays; a stay's list goes with its last settlement."""
    setl = codes.number("S", np.arange(len(cases)), 10)
    main = pl.DataFrame({"setl_id": setl, "diag_code": diagnosis}).with_columns(
        is_main=pl.lit(True), diag_srt_no=pl.lit(1, pl.Int32)
    )
    code = codes.SECONDARY_CODE[known["code"].to_numpy()]
    others = known.select(
        pl.Series("setl_id", setl.gather(known["case"])), pl.Series("diag_code", code), is_main=pl.lit(False),
        diag_srt_no=pl.col("order").cast(pl.Int32),
    )  # fmt: skip
    every = [
        f.with_columns(
            diag_name=pl.col("diag_code"), diag_type=pl.lit("1"), adm_cond_type=pl.lit("1"), is_icd=pl.lit(True)
        )
        for f in (main, others)
    ]
    tables.write(engine, "core.diagnosis", tables.DIAGNOSIS, every)
    level = np.where(roster.method[cases.hospital] == DIP, cases.billed, 0)
    operated = pl.DataFrame(
        {"setl_id": setl, "oprn_oprt_code": codes.operation(cases, level, roster),
         "oper_dr_code": codes.doctor_code(cases.hospital, cases.department, cases.doctor)}
    ).filter(pl.col("oprn_oprt_code") != "")  # fmt: skip
    days = settled.select("setl_id", oprn_oprt_date="begndate")
    operated = operated.join(days, on="setl_id", maintain_order="left").with_columns(
        oprn_oprt_name=pl.col("oprn_oprt_code"), is_main=pl.lit(True)
    )
    tables.write(engine, "core.operation", tables.OPERATION, [operated])
    department = codes.department_code(cases.department)
    visit = pl.DataFrame({"mdtrt_id": codes.number("M", np.arange(len(cases)), 10), "adm_dept_codg": department,
                          "dscg_dept_codg": department})  # fmt: skip
    tables.add(engine, "cur.mdtrt_d", visit.with_columns(file_id=1))


def _provider_truth(spec: HospitalSpec, roster: Roster, cases: Cases, ratios: pl.DataFrame) -> pl.DataFrame:
    n = roster.count
    recent = cases.month >= spec.window
    window = np.bincount(cases.hospital[recent], minlength=n)[:n]
    planted = np.bincount(cases.hospital[recent & (cases.scheme == 2)], minlength=n)[:n]
    frame = pl.DataFrame(
        {
            "hospital": np.arange(n), "fixmedins_code": codes.provider_code(np.arange(n)), "role": roster.role[:n],
            "peer_class": roster.cls[:n], "method": np.where(roster.method[:n] == DIP, "DIP", "DRG"),
            "window_cases": window,
            "upcoded_share": np.round(planted / np.maximum(window, 1), 4),
        }
    )  # fmt: skip
    joined = frame.join(ratios, on="hospital", how="left", maintain_order="left")
    return joined.with_columns(pl.col("cost_ratio", "cost_ratio_typical").round(5)).drop("hospital")


def _case_truth(cases: Cases, billed: pl.Series, right: pl.Series, pay: payment.Payment) -> pl.DataFrame:
    n = len(cases)
    by_method = np.maximum(pay.pay_std - pay.person, 0)
    over = np.where(cases.scheme > 0, np.clip(pay.pay_std - pay.true_std, 0, by_method), 0.0)
    scheme = np.array(["", "error", "upcoding"])[cases.scheme]
    return pl.DataFrame(
        {
            "setl_id": codes.number("S", np.arange(n), 10), "fixmedins_code": codes.provider_code(cases.hospital),
            "month": cases.month, "grp_code": billed, "true_grp_code": right, "overpaid": np.round(over, 2),
            "scheme": scheme,
        }
    ).with_columns(scheme=pl.when(pl.col("scheme") != "").then("scheme"))  # fmt: skip

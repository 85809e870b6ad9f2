"""The invented hospitals: the same spec gives the same world, money adds up, roles are what they say."""

import numpy as np
import polars as pl
import pytest

from models.engine.duck import Engine, memory_engine
from models.sample.hospitals import SPENDERS, UPCODERS, HospitalSpec, HospitalTruth, fill
from models.sample.hospitals.catalogue import make_catalogue
from models.sample.hospitals.roles import CAST, cast
from models.sample.hospitals.roster import make_roster

SMALL = HospitalSpec(seed=3, hospitals=90, stays=24_000, months=15, chronic=4_000)
MOVED = {*UPCODERS, *SPENDERS, "thrifty"}


@pytest.fixture(scope="module")
def world() -> tuple[Engine, HospitalTruth]:
    engine = memory_engine()
    return engine, fill(engine, SMALL)


def test_the_same_spec_gives_the_same_world(world: tuple[Engine, HospitalTruth]) -> None:
    again = memory_engine()
    truth = fill(again, SMALL)
    for table in ("settlement", "fee_line", "diagnosis", "operation", "provider", "stay"):
        one = world[0].frame(f"select * from core.{table} order by all")
        assert one.equals(again.frame(f"select * from core.{table} order by all")), table
    assert truth.providers.equals(world[1].providers)
    assert truth.cases.equals(world[1].cases)


def test_lines_add_up_to_settlements(world: tuple[Engine, HospitalTruth]) -> None:
    off = world[0].frame(
        "select s.setl_id from core.settlement as s left join (select setl_id, sum(det_item_fee_sumamt) as fee "
        "from core.fee_line group by setl_id) as l on s.setl_id = l.setl_id "
        "where s.is_inpatient and coalesce(l.fee, 0) <> s.net_medfee_sumamt"
    )
    assert off.is_empty()
    lines, stays = world[0].count("core.fee_line"), world[0].count("core.stay")
    assert lines > 8 * stays


def test_billed_groups_are_in_the_standard_and_paid_is_bounded(world: tuple[Engine, HospitalTruth]) -> None:
    engine = world[0]
    assert engine.frame(
        "select distinct grp_ver, grp_code from core.settlement as s where grp_code is not null and not exists "
        "(select 1 from cur.drg_std as d where d.grp_type = s.grp_type and d.grp_ver = s.grp_ver "
        "and d.grp_code = s.grp_code and d.wt = s.wt)"
    ).is_empty()
    assert engine.frame("select 1 from core.settlement where paid > net_fund or paid < 0 or net_fund < 0").is_empty()


def test_roles_move_the_costs_of_few_hospitals_of_a_class() -> None:
    played: set[str] = set()
    for seed in range(6):
        spec = HospitalSpec(seed=seed, hospitals=130, stays=130_000)
        rng = np.random.default_rng(seed)
        catalogue = make_catalogue(rng)
        roster = make_roster(rng, spec, catalogue)
        cast(rng, spec, roster, catalogue)
        roles = pl.DataFrame({"role": roster.role, "cls": roster.cls, "method": roster.method}).head(130)
        shares = roles.group_by("cls", "method").agg(pl.col("role").is_in(list(MOVED)).mean())
        assert shares["role"].max() <= 1 / 8
        assert roles["role"].is_in(list(MOVED)).sum() >= 6
        played |= set(roster.role)
    assert set(CAST) <= played


def test_only_upcoders_upcode(world: tuple[Engine, HospitalTruth]) -> None:
    truth = world[1]
    planted = truth.providers.filter(pl.col("role").is_in(UPCODERS))
    assert planted["upcoded_share"].min() > 0.02
    assert truth.providers.filter(~pl.col("role").is_in(UPCODERS))["upcoded_share"].max() == 0
    assert set(truth.units["level"]) == {"department", "doctor"}
    moved = truth.cases.filter(pl.col("scheme") == "upcoding")
    assert (moved["grp_code"] != moved["true_grp_code"]).all()
    assert moved["overpaid"].sum() > 0


def test_who_writes_dearer_diagnoses_changes_nothing_else() -> None:
    spec = HospitalSpec(seed=5, hospitals=90, stays=30_000, months=15, chronic=500)
    engine = memory_engine()
    truth = fill(engine, spec)
    code = truth.providers.filter(pl.col("role") == "upcoder_diagnosis")["fixmedins_code"]
    assert len(code) == 1
    moved = truth.cases.filter((pl.col("fixmedins_code") == code[0]) & (pl.col("scheme") == "upcoding"))
    assert moved.height > 30
    parts = moved.select(
        billed=pl.col("grp_code").str.split(":"), had=pl.col("true_grp_code").str.split(":"), setl_id="setl_id"
    ).with_columns(pl.col("billed", "had").list.to_struct(fields=["diagnosis", "treatment"]))
    billed, had = parts["billed"].struct, parts["had"].struct
    assert (billed.field("treatment") == had.field("treatment")).all()
    assert (billed.field("diagnosis") != had.field("diagnosis")).all()
    assert (billed.field("diagnosis").str.slice(0, 3) == had.field("diagnosis").str.slice(0, 3)).all()
    standards = engine.frame("select distinct grp_ver, grp_code, wt from cur.drg_std where grp_type = 'DIP'")
    versions = engine.frame("select setl_id, grp_ver, wt from core.settlement")
    priced = moved.join(versions, on="setl_id").join(
        standards, left_on=["grp_ver", "true_grp_code"], right_on=["grp_ver", "grp_code"], suffix="_true"
    )
    assert priced.height == moved.height and (priced["wt"] > priced["wt_true"]).all()


def test_a_world_without_schemes_has_none() -> None:
    engine = memory_engine()
    truth = fill(engine, HospitalSpec(seed=4, hospitals=60, stays=12_000, chronic=2_000, planted=False))
    assert set(truth.providers["role"]) == {"honest"}
    assert truth.cases.filter(pl.col("scheme") == "upcoding").is_empty()
    assert truth.units.is_empty()


def test_true_ratios_are_those_planted(world: tuple[Engine, HospitalTruth]) -> None:
    known = world[1].providers.drop_nulls("cost_ratio_typical")
    honest = np.log(known.filter(pl.col("role") == "honest")["cost_ratio_typical"].to_numpy())
    assert 0.05 < honest.std() < 0.2
    for role, low, high in (("overspend", 1.45, 2.2), ("overspend_mild", 1.1, 1.7), ("underspend", 0.45, 0.7)):
        some = known.filter(pl.col("role") == role)["cost_ratio_typical"]
        assert some.is_between(low, high).all(), role

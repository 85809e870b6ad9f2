"""Ways of coming together: outpatient visits, purchases, stays; the same in every query."""

from datetime import datetime

import polars as pl

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.gathering.facts import visits_of
from models.gathering.plot import group_days
from models.gathering.visits import read_visits
from models.sample.hospitals.tables import DIAGNOSIS, PROVIDER, SETTLEMENT, empty_contract, number_people, write
from models.scores.window import quarter_window

PERIOD = "2024Q4"
#: provider, its type in the register, med_type, way
CASES = [
    ("H1", "1", "11", "outpatient"),
    ("H1", "1", "14", "outpatient"),
    ("H1", "1", "41", "pharmacy"),  # a hospital's sale over the counter
    ("H2", "2", "41", "pharmacy"),
    ("H2", "2", "11", "pharmacy"),  # a pharmacy settles under another code
    ("H2", "2", "14", "outpatient"),  # the chronic benefit is another kind of care
    ("H3", None, "11", "outpatient"),  # not in the register
    ("H3", None, "18", "pharmacy"),
]


def _engine() -> Engine:
    engine = memory_engine()
    empty_contract(engine)
    money = pl.lit(30).cast(pl.Decimal(16, 2))
    rows = pl.DataFrame(
        [
            {
                "setl_id": f"s{i}", "mdtrt_id": f"m{i}", "psn_id": f"p{i}", "person_no": i, "fixmedins_code": code,
                "med_type": med, "setl_time": datetime(2024, 3, 1, 9, i),
            }
            for i, (code, _, med, _) in enumerate(CASES)
        ]
    ).with_columns(
        begndate=pl.col("setl_time").dt.date(), enddate=pl.col("setl_time").dt.date(), is_inpatient=pl.lit(False),
        source=pl.lit("setl_d"), pay_loc=pl.lit("2"), refund_state=pl.lit("none"), mid_setl_flag=pl.lit("0"),
        net_fund=money, paid=money,
    )  # fmt: skip
    write(engine, "core.settlement", SETTLEMENT, [rows])
    number_people(engine)
    write(engine, "core.diagnosis", DIAGNOSIS, [])
    known = sorted({(code, kind) for code, kind, *_ in CASES if kind})
    register = pl.DataFrame(known, schema=["fixmedins_code", "fixmedins_type"], orient="row")
    write(engine, "core.provider", PROVIDER, [register])
    return engine


def test_sales_of_a_pharmacy_are_purchases_whatever_their_code_but_for_the_chronic_benefit() -> None:
    engine, window, config = _engine(), quarter_window(PERIOD), Config()
    visits, names = read_visits(engine, window, config)
    person = names.persons.gather(visits.person).str.slice(1).cast(pl.Int64)
    seen = {(CASES[i][0], CASES[i][2]): names.ways[int(u)] for i, u in zip(person, visits.unit, strict=True)}
    assert seen == {(code, med): way for code, _, med, way in CASES}


def test_every_query_tells_the_same_way() -> None:
    engine, window, config = _engine(), quarter_window(PERIOD), Config()
    facts = visits_of(engine, window, config, [f"p{i}" for i in range(len(CASES))])
    assert dict(facts.select("psn_id", "way").rows()) == {f"p{i}": case[3] for i, case in enumerate(CASES)}
    days = group_days(engine, PERIOD, facts, config)
    volumes = {(code, way): people for code, way, people in days.select("fixmedins_code", "way", "people").iter_rows()}
    counted = pl.DataFrame(CASES, schema=["code", "type", "med", "way"], orient="row").group_by("code", "way").len()
    assert volumes == {(code, way): n for code, way, n in counted.iter_rows()}

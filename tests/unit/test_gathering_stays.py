"""Stays: people admitted on the same days and discharged on the same days, again and again."""

import json
from datetime import date, timedelta

import numpy as np
import polars as pl

from models.config import Config, EngineSettings
from models.engine.duck import memory_engine
from models.gathering import gathering
from models.gathering.plot import group_meetings
from models.sample.hospitals.tables import DIAGNOSIS, PROVIDER, SETTLEMENT, empty_contract, number_people, write

GANG = [f"g{i}" for i in range(8)]
ADMITTED = [date(2024, 2, 6), date(2024, 4, 17), date(2024, 6, 25), date(2024, 9, 12), date(2024, 11, 5)]
STAYS = {"is_inpatient": True, "source": "setl_d", "pay_loc": "2", "mid_setl_flag": "0", "refund_state": "none"}


def _rows() -> pl.DataFrame:
    """A hospital's 1,500 stays of 900 people, and eight people who were there five times together for a week each."""
    rng = np.random.default_rng(5)
    stays = [
        (f"p{rng.integers(900)}", date(2024, 1, 1) + timedelta(days=int(day)), int(rng.integers(3, 12)))
        for day in rng.integers(0, 350, 1_500)
    ]
    stays += [(person, day, 7) for person in GANG for day in ADMITTED if (person, day) != ("g3", ADMITTED[2])]
    rows = [
        {
            "setl_id": f"s{i}", "mdtrt_id": f"m{i}", "psn_id": person, "fixmedins_code": "H1", "begndate": begun,
            "enddate": begun + timedelta(days=days), "age": 40 + i % 30,
            "setl_time": pl.select(pl.datetime(begun.year, begun.month, begun.day, 10)).item() + timedelta(days=days),
        }
        for i, (person, begun, days) in enumerate(stays)
    ]  # fmt: skip
    money = pl.lit(3000).cast(pl.Decimal(16, 2))
    return pl.DataFrame(rows).with_columns(
        *(pl.lit(value).alias(name) for name, value in STAYS.items()),
        person_no=pl.col("psn_id").rank("dense"),
        net_fund=money,
        paid=money,
    )


def test_stays_begun_and_ended_together_are_a_group_and_their_money_counts_once() -> None:
    engine = memory_engine()
    empty_contract(engine)
    write(engine, "core.settlement", SETTLEMENT, [_rows()])
    number_people(engine)
    write(engine, "core.diagnosis", DIAGNOSIS, [])
    write(engine, "core.provider", PROVIDER, [])
    gathering(engine, "2024Q4", Config(engine=EngineSettings(threads=1)))
    group = engine.frame("select * from score.gathering_group").row(0, named=True)
    members = engine.frame("select psn_id from score.gathering_member order by psn_id")["psn_id"].to_list()
    assert members == GANG
    assert json.loads(group["ways"]) in (["admission"], ["discharge"])  # one of the two: a stay counts once
    assert (group["joint_dates"], group["explanation"]) == (5, None)
    assert group["at_stake_amount"] == 39 * 3000
    cases = engine.frame("select * from score.gathering_case")
    assert cases.height == cases["setl_id"].n_unique() == 39
    assert "入院" in cases["reason"][0] or "出院" in cases["reason"][0]
    met = group_meetings(engine, "2024Q4", group["group_id"], Config())
    assert len(met.visits) == sum(present for _, present, _ in met.days) == 39

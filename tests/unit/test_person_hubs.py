"""Providers and doctors behind many conspicuous people: where they are told, whom with, the same rows every time."""

from datetime import date

import polars as pl
import pytest

from models import core
from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.periods import month_start
from models.persons import persons
from models.persons.hubs import judged
from models.scores.people import people_scores
from models.scores.window import Window, quarter_window
from tests.given import given


def crowd(shuffled: bool = False, threads: int = 2) -> Engine:
    """Twelve people who each go to one doctor of H1 five times a day, among honest people at ten hospitals."""
    rows = [
        {"setl_id": f"G{p}-{n}", "psn_no": f"G{p}", "med_type": "11",
         "setl_time": f"2025-02-{p + 1:02d} {8 + n:02d}:00:00", "fixmedins_code": "H1",
         "chfpdr_code": "D1", "hifp_pay": 50}
        for p in range(12) for n in range(5)
    ] + [
        {"setl_id": f"N{h}-{p}", "psn_no": f"N{h}-{p}", "med_type": "11",
         "setl_time": f"2025-02-{p % 27 + 1:02d} 09:00:00", "fixmedins_code": f"H{h}",
         "chfpdr_code": f"D{p % 4}", "hifp_pay": 50}
        for h in range(10) for p in range(80)
    ]  # fmt: skip
    if shuffled:
        rows = [rows[(7 * place) % len(rows)] for place in range(len(rows))]
    engine = memory_engine()
    engine.con.execute(f"set threads = {threads}")
    given(engine, setl_d=rows, medins_info_b=[{"fixmedins_code": f"H{h}"} for h in range(10)])
    core.build(engine, Config())
    persons(engine, "2025Q1", Config())
    return engine


def test_a_doctor_and_a_provider_behind_many_such_people() -> None:
    engine = crowd()
    top = engine.frame("select * from score.person_hub order by q_value, level, fixmedins_code, unit_code").to_dicts()
    assert [(row["level"], row["fixmedins_code"], row["unit_code"]) for row in top[:2]] == [
        ("doctor", "H1", "D1"), ("provider", "H1", None),
    ]  # fmt: skip
    assert all(row["flagged"] == 12 and row["ratio"] > 2 and row["fund_amount"] == 3000 for row in top[:2])
    told = people_scores(engine, quarter_window("2025Q1"), pl.Series([f"H{h}" for h in range(10)]))
    scores = dict(told.select("fixmedins_code", "person_score").drop_nulls().rows())
    assert len(scores) == 10
    assert max(scores, key=lambda code: scores[code]) == "H1"
    for until in (date(2025, 5, 1), date(2025, 6, 1)):  # a plan whose last months are no whole quarter yet
        plan = Window("2026", month_start(until, -12), until)
        assert people_scores(engine, plan, told["fixmedins_code"]).equals(told)
    links = engine.frame("select psn_id, fixmedins_code, dr_code, settlements, fund_amount from score.person_link")
    assert links.height == 12
    assert links["fund_amount"].sum() == 3000


@pytest.mark.parametrize(
    ("flagged", "q"),
    [
        ([1], [None]),  # nobody to compare with
        ([3, 0, 0], [None] * 3),
        ([1, *[0] * 9], [1.0, *[1.0] * 9]),  # that others have none does not make one impossible
        ([2, *[0] * 9], [0.07, *[1.0] * 9]),
        ([9, *[0] * 9], [0.0, *[1.0] * 9]),
        ([2] * 10, [0.54] * 10),
    ],
)
def test_a_provider_is_compared_with_enough_others_only(flagged: list[int], q: list[float | None]) -> None:
    units = pl.DataFrame(
        [("provider", f"H{place}", None, "1", 100, some) for place, some in enumerate(flagged)],
        schema=["level", "fixmedins_code", "unit_code", "fixmedins_type", "persons", "flagged"],
        orient="row",
    )
    found = judged(units, 5)
    assert [None if one is None else round(one, 2) for one in found["q_value"]] == q
    assert (found["ratio"].is_null() == found["q_value"].is_null()).all()


def test_equal_rows_from_shuffled_input_and_other_threads() -> None:
    one, other = crowd(), crowd(shuffled=True, threads=1)
    for table in ("person", "person_link", "person_hub"):
        first, second = (e.frame(f"select * from score.{table}") for e in (one, other))
        assert first.equals(second), table
    left = one.frame("select table_schema || '.' || table_name as name from information_schema.tables")[
        "name"
    ].to_list()
    assert not {"score.person_wanted", "score.person_settlement"} & set(left)

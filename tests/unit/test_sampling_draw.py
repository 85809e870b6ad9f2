"""The draw of second review: strata, fractions, lots that anybody can replay, and what the rules found is left out."""

import hashlib
import math
from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from models.config import Config, Sampling
from models.core import build
from models.engine.duck import Engine, memory_engine
from models.sampling.draw import Draw, draw
from models.sampling.strata import LADDER, Cell, boundaries, fraction, place
from tests.findings import find
from tests.given import given

JANUARY, Q1 = date(2025, 1, 1), (date(2025, 1, 1), date(2025, 4, 1))


def world(engine: Engine, inpatient: int = 60, outpatient: int = 300, seed: int = 1) -> list[dict[str, Any]]:
    """Settlements of January to March at two hospitals and a pharmacy, amounts as skewed as real ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for place_, (provider, kind, count, size) in enumerate(
        [("H1", "21", inpatient, 8.5), ("H2", "21", inpatient // 4, 8.0), ("H1", "11", outpatient, 4.0),
         ("P1", "41", outpatient // 3, 4.5)]
    ):  # fmt: skip
        for number in range(count * 3):
            month = number % 3 + 1
            row = {"setl_id": f"S{place_}-{number}", "fixmedins_code": provider, "med_type": kind}
            row |= {"setl_time": f"2025-{month:02d}-{number % 27 + 1:02d} 10:00:00", "enddate": f"2025-{month:02d}-01"}
            rows.append({**row, "begndate": row["enddate"], "hifp_pay": f"{float(np.exp(rng.normal(size, 1))):.2f}"})
    medins = [{"fixmedins_code": code, "hosp_lv": "09", "fixmedins_type": "1"} for code in ("H1", "H2", "P1")]
    given(engine, setl_d=rows, medins_info_b=medins)
    build(engine, Config())
    find(engine, [])
    return rows


def drawn(engine: Engine, config: Config, found_in: str | None = "2025Q1") -> Draw:
    return draw(engine, Q1, config, found_in)


@pytest.fixture
def engine() -> Engine:
    return memory_engine()


SOME = Config(sampling=Sampling(outpatient_fraction=0.02, outpatient_shared_below=0))


def test_every_stratum_gets_its_fraction_and_two_at_least(engine: Engine) -> None:
    world(engine)
    made = drawn(engine, SOME)
    assert {part.split("|")[0] for part in made.strata["stratum"]} == {"inpatient", "outpatient"}
    for row in made.strata.iter_rows(named=True):
        share = Fraction(str(SOME.sampling.inpatient_fraction if row["kind"] == "inpatient" else 0.02))
        assert row["units"] == min(row["population"], max(2, math.ceil(share * row["population"])))
    chances = dict(
        zip(
            made.strata["stratum"] + made.strata["month"].cast(str),
            made.strata["units"] / made.strata["population"],
            strict=True,
        )
    )
    for row in made.sample.iter_rows(named=True):
        assert row["selection_probability"] == round(chances[row["stratum"] + str(row["month"])], 8)
        assert row["seed"] == SOME.seed


def test_anybody_replays_the_draw_from_what_is_published(engine: Engine) -> None:
    rows = world(engine)
    made = drawn(engine, SOME)
    ends = {(m, k, c): (low, high) for m, k, c, low, high in made.classes.iter_rows()}
    frames: dict[tuple[str, date], list[str]] = defaultdict(list)
    for row in rows:
        month = date.fromisoformat(row["setl_time"][:8] + "01")
        kind = "inpatient" if row["med_type"] == "21" else "outpatient"
        fen = int(row["hifp_pay"].replace(".", ""))
        amount = next(
            c for (m, k, c), (low, high) in ends.items() if (m, k) == (month, kind) and low <= fen < (high or fen + 1)
        )
        own = [one for one in made.strata.filter(made.strata["month"] == month)["stratum"]
               if one.startswith(f"{kind}|{row['fixmedins_code']}|")]  # fmt: skip
        name = next(one for one in own if amount in _span(one.rsplit("|", 1)[1]))
        frames[name, month].append(hashlib.sha256(f"{SOME.seed}|{row['setl_id']}".encode()).hexdigest())
    for stratum in made.strata.iter_rows(named=True):
        lots = sorted(frames[stratum["stratum"], stratum["month"]])
        assert len(lots) == stratum["population"]
        mine = made.sample.filter(
            (made.sample["stratum"] == stratum["stratum"]) & (made.sample["month"] == stratum["month"])
        )
        assert sorted(mine["lot"]) == lots[: stratum["units"]]
        assert stratum["last_lot"] == lots[stratum["units"] - 1]


def _span(label: str) -> range:
    first, _, last = label.partition("-")
    return range(int(first), int(last or first) + 1)


def test_what_the_rules_found_leaves_and_the_next_in_line_comes(engine: Engine) -> None:
    world(engine)
    before = drawn(engine, SOME, None)
    gone = before.sample["setl_id"][:5].to_list()
    find(engine, [{"setl_id": one, "claim_kind": "none"} for one in gone])
    after = drawn(engine, SOME)
    stayed = set(before.sample["setl_id"]) - set(gone)
    assert stayed <= set(after.sample["setl_id"]), "who is drawn on load and passes stays drawn"
    assert not set(gone) & set(after.sample["setl_id"])
    assert after.strata["units"].sum() == before.strata["units"].sum()
    assert after.strata["population"].sum() == before.strata["population"].sum() - 5
    find(engine, [{"setl_id": one, "period": "2025Q2"} for one in gone])
    assert drawn(engine, SOME).sample.equals(before.sample), "findings of other quarters do not count"


def test_the_same_seed_draws_the_same_and_another_seed_others(engine: Engine) -> None:
    world(engine)
    first = drawn(engine, SOME).sample.sort("setl_id")
    assert drawn(engine, SOME).sample.sort("setl_id").equals(first)
    other = drawn(engine, SOME.model_copy(update={"seed": 2})).sample
    assert set(other["setl_id"]) != set(first["setl_id"])


def test_every_settlement_is_drawn_with_its_probability() -> None:
    """Over many seeds the lots are a simple random sample: how often each is drawn is what chance allows."""
    ids, drawn_times = [f"S{n}" for n in range(40)], np.zeros(40)
    for seed in range(2000):
        lots = [hashlib.sha256(f"{seed}|{one}".encode()).hexdigest() for one in ids]
        drawn_times[sorted(range(40), key=lots.__getitem__)[:4]] += 1
    spread = 2000 * 0.1 * 0.9
    assert ((drawn_times - 200) ** 2 / spread).sum() * 40 / 39 < 73  # chi squared, 39 degrees, 0.001


def test_unpaid_and_refunded_settlements_are_no_part_of_the_frame(engine: Engine) -> None:
    rows: list[dict[str, Any]] = [{"setl_id": f"S{n}", "hifp_pay": 100 + n} for n in range(6)]
    rows += [{"setl_id": "free", "hifp_pay": 0, "psn_part_amt": 9}]
    rows += [{"setl_id": "back", "hifp_pay": 70}]
    rows += [{"setl_id": "R", "hifp_pay": -70, "refd_setl_flag": "1", "init_setl_id": "back"}]
    given(engine, setl_d=rows)
    build(engine, Config())
    find(engine, [])
    made = drawn(engine, Config(sampling=Sampling(inpatient_fraction=1)))
    assert sorted(made.sample["setl_id"]) == [f"S{n}" for n in range(6)]
    assert made.strata["population"].sum() == 6


def test_results_come_back_under_an_id_made_by_the_contracts_rule(engine: Engine) -> None:
    world(engine, inpatient=8, outpatient=9)
    sample = drawn(engine, SOME).sample
    wanted = [hashlib.sha256(f"S90|{one}|".encode()).hexdigest() for one in sample["setl_id"]]
    assert sample["candidate_id"].to_list() == wanted


FRACTIONS = [
    # what is configured, stratum, its fraction
    ({}, "inpatient|H1|1", "0.05"),
    ({}, "outpatient|H1|1", "0.001"),
    ({"inpatient|H1": 0.2}, "inpatient|H1|2-3", "0.2"),
    ({"inpatient|H1": 0.2, "inpatient|H1|3": 0.5}, "inpatient|H1|3", "0.5"),
    ({"inpatient|H1": 0.2}, "inpatient|H10|1", "0.05"),
]


@pytest.mark.parametrize(("configured", "stratum", "expected"), FRACTIONS)
def test_fractions_by_stratum(configured: dict[str, float], stratum: str, expected: str) -> None:
    assert fraction(Sampling(fractions=configured), stratum) == Fraction(expected)


def _cells(units: list[int], provider: str = "H1", kind: str = "inpatient", level: str = "1.09") -> list[Cell]:
    return [Cell(JANUARY, kind, provider, level, number, count) for number, count in enumerate(units, 1)]


PLACES = [
    # settlements by amount class, strata with how many are drawn of each
    ([200, 100, 40], {"1": 10, "2": 5, "3": 2}),
    ([200, 100, 5], {"1": 10, "2-3": 6}),
    ([3, 4, 5], {"1-3": 2}),
    ([5, 30, 30], {"1-2": 2, "3": 2}),
    ([1], {"1": 2}),
]


@pytest.mark.parametrize(("units", "strata"), PLACES)
def test_small_amount_classes_join_their_neighbour(units: list[int], strata: dict[str, int]) -> None:
    placed = place(_cells(units), Sampling())
    assert {one.stratum.rsplit("|", 1)[1]: one.take for one in placed} == strata


def test_small_providers_share_their_strata_where_the_configuration_says_so() -> None:
    big, small = _cells([3000, 900], "H1", "outpatient"), _cells([60, 50], "H2", "outpatient")
    cells = [*big, *small, *_cells([70], "H3", "outpatient")]
    names = {one.cell.fixmedins_code: one.stratum for one in place(cells, Sampling()) if one.cell.amount_class == 1}
    assert names == {"H1": "outpatient|H1|1", "H2": "outpatient|level 1.09|1", "H3": "outpatient|level 1.09|1"}
    own = place(cells, Sampling(outpatient_shared_below=0))
    assert {one.stratum.split("|")[1] for one in own} == {"H1", "H2", "H3"}
    asked = place(cells, Sampling(fractions={"outpatient|H3": 0.1}))
    assert {one.stratum for one in asked if one.cell.fixmedins_code == "H3"} == {"outpatient|H3|1"}


def test_ends_of_amount_classes_are_round_and_split_the_money() -> None:
    fen = np.exp(np.random.default_rng(3).normal(12, 1, 5000)).astype(np.int64)
    ends = boundaries(fen, 3)
    assert len(ends) == 2 and set(ends) <= set(LADDER.tolist())
    parts = [fen[(fen >= low) & (fen < high)] for low, high in zip([0, *ends], [*ends, 10**12], strict=True)]
    assert all(len(part) > 50 for part in parts)
    within = sum(len(part) * part.std() for part in parts)
    thirds = np.array_split(np.sort(fen), 3)
    assert within < sum(len(part) * part.std() for part in thirds), "better than equal numbers"


@pytest.mark.parametrize("fen", [[], [700, 700, 700]])
def test_amounts_that_are_alike_have_no_classes(fen: list[int]) -> None:
    assert boundaries(np.array(fen, dtype=np.int64), 3) == []

"""Coverage by simulation: 90% intervals hold 90% on symmetric frames; on skewed ones the limit does, or is refused."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from models.config import Config
from models.sampling.coverage import SHARES, Cell, Coverage, Pattern, simulate
from models.sampling.estimate import COVERAGE, Reviewed, estimates, patterns

EVERY = np.array([1.0])
RARE = Pattern({"inpatient": 0.02}, SHARES)


def _cover(cells: list[Cell], pattern: Pattern, seed: int, frames: int = 20, draws: int = 500) -> Coverage:
    rows = {"total": range(len(cells))}
    return simulate(cells, rows, [pattern], np.random.default_rng(seed), frames, draws)["total"]


def _normal(rng: np.random.Generator, sizes: list[tuple[int, int]]) -> list[Cell]:
    return [Cell(rng.normal(1000, 200, size), units, "inpatient") for size, units in sizes]


def _skewed(rng: np.random.Generator, sizes: list[tuple[int, int]]) -> list[Cell]:
    return [Cell(np.exp(rng.normal(8, 1.2, size)), units, "inpatient") for size, units in sizes]


SYMMETRIC = [
    # settlements and draws of each stratum
    [(600, 40)],
    [(200, 12), (400, 30), (100, 20)],
    [(50, 5)] * 12,
]


@pytest.mark.parametrize("sizes", SYMMETRIC, ids=["one stratum", "three", "twelve small"])
@pytest.mark.parametrize("seed", [1, 2])
def test_on_symmetric_frames_the_interval_holds_nine_times_in_ten(sizes: list[tuple[int, int]], seed: int) -> None:
    # everything wrong by its whole amount: what is estimated is as symmetric as the amounts
    whole = Pattern({"inpatient": 1.0}, EVERY)
    cells = _normal(np.random.default_rng(seed), sizes)
    held = simulate(cells, {"total": range(len(cells))}, [whole], np.random.default_rng(seed), 4, 1500)["total"]
    assert held.interval == pytest.approx(0.90, abs=0.02)


SKEWED = [
    # strata, share in error
    ([(2000, 50)], 0.02),
    ([(2000, 200)], 0.02),
    ([(30, 2)] * 60, 0.02),
    ([(2000, 200)], 0.3),
]


@pytest.mark.parametrize(("sizes", "rate"), SKEWED)
@pytest.mark.parametrize("seed", [3, 4])
def test_on_skewed_frames_the_limit_holds_although_the_interval_does_not(
    sizes: list[tuple[int, int]], rate: float, seed: int
) -> None:
    cells = _skewed(np.random.default_rng(seed), sizes)
    held = _cover(cells, Pattern({"inpatient": rate}, SHARES), seed, frames=10, draws=300)
    assert held.lower >= COVERAGE
    assert held.interval < 0.88


@pytest.mark.parametrize("seed", [5, 6])
def test_where_the_limit_does_not_hold_it_is_refused(seed: int) -> None:
    """Nearly everything wrong but a few in order: the sample overstates too often, and the simulation says so."""
    cells = [Cell(np.concatenate([np.full(1990, 100.0), np.zeros(10)]), 40, "inpatient")]
    held = _cover(cells, Pattern({"inpatient": 0.99}, EVERY), seed, frames=10, draws=300)
    assert held.lower < COVERAGE
    row = estimates([_reviewed(40, 2000, wrong=40)], {"total": held}).filter(_is("total")).row(0, named=True)
    assert not row["usable"] and "覆盖率" in row["why_not"]
    assert row["recoverable_amount"] == row["sample_amount"]


def test_the_simulation_is_the_same_in_every_run() -> None:
    cells = _skewed(np.random.default_rng(7), [(300, 20), (40, 40), (1, 1)])
    assert _cover(cells, RARE, 9, 3, 50) == _cover(cells, RARE, 9, 3, 50)


def _is(name: str) -> pl.Expr:
    return pl.col("stratum") == name


def _reviewed(units: int, population: int, wrong: int, decided: int | None = None) -> Reviewed:
    """A stratum whose settlements were paid 100 yuan each; of the drawn `wrong` are wrong by 50."""
    found: list[int | None] = [*[5_000] * wrong, *[0] * (units - wrong)]
    found[(units if decided is None else decided) :] = [None] * (units - (units if decided is None else decided))
    drawn = [(10_000, 4, one) for one in found]
    return Reviewed("inpatient|H1|1", "inpatient", population, population * 10_000, population * 4, drawn)


GOOD = Coverage(0.99, 0.8)
ROWS = [
    # units, wrong, decided, coverage, usable, part of the reason
    (40, 8, 40, GOOD, True, None),
    (40, 8, 39, GOOD, False, "尚有 1 份未复审"),
    (20, 8, 20, GOOD, False, "不足 30 份"),
    (40, 8, 40, Coverage(0.94, 0.8), False, "低于 95%"),
    (40, 8, 40, None, False, "未能模拟"),
    (40, 0, 40, GOOD, False, "未查实"),
    (40, 8, 0, GOOD, False, "尚无复审结果"),
]


@pytest.mark.parametrize(("units", "wrong", "decided", "coverage", "usable", "why"), ROWS)
def test_the_limit_is_offered_only_where_all_conditions_hold(
    units: int, wrong: int, decided: int, coverage: Coverage | None, usable: bool, why: str | None
) -> None:
    strata = [_reviewed(units, 1000, wrong, decided)]
    covered = {"total": coverage} if coverage else {}
    row = estimates(strata, covered).filter(_is("total")).row(0, named=True)
    assert (row["n"], row["drawn"], row["population"], row["usable"]) == (decided, units, 1000, usable)
    if why is None:
        assert row["why_not"] is None
        assert str(row["plain_ratio"]) == str(row["estimate"]) == "10000.00"  # 8 of 40 x 1,000 x 50 yuan
        assert row["recoverable_amount"] == row["lower_limit"] == row["interval_low"]
        assert row["lower_limit"] < row["estimate"] < row["interval_high"]
    else:
        assert why in row["why_not"]
        assert (f"只能追回样本中已查实的 {row['sample_amount']} 元" in row["why_not"]) == bool(row["sample_amount"])
        assert bool(row["sample_amount"]) == (wrong > 0 and decided > 0)  # of nothing found no amount is told
        assert row["recoverable_amount"] == row["sample_amount"]


def test_rows_add_up_from_strata_to_providers_kinds_and_the_whole() -> None:
    base = _reviewed(10, 100, 3)
    names = ["inpatient|H1|1", "inpatient|H1|2-3", "inpatient|H2|1-3", "outpatient|level 1.09|1"]
    frame = estimates([dataclasses.replace(base, name=name, kind=name.split("|")[0]) for name in names], {})
    sums = dict(zip(frame["stratum"], frame["population"], strict=True))
    assert sums == {
        **dict.fromkeys(names, 100), "inpatient|H1": 200, "inpatient|H2": 100, "outpatient|level 1.09": 100,
        "inpatient": 300, "outpatient": 100, "total": 400,
    }  # fmt: skip


def test_the_limit_is_no_less_than_what_the_sample_holds() -> None:
    row = estimates([_reviewed(4, 400, 1)], {}).filter(_is("total")).row(0, named=True)
    assert row["interval_low"] < 0 < row["sample_amount"] == row["lower_limit"]


def _wrong_whole(name: str, wrong: int, units: int = 30) -> Reviewed:
    """A stratum of 600 settlements of 100 yuan, of which `wrong` drawn ones are wrong by all of it."""
    drawn = [(10_000, 3, 10_000)] * wrong + [(10_000, 3, 0)] * (units - wrong)
    return Reviewed(name, name.split("|")[0], 600, 6_000_000, 1800, drawn)


ALL_WRONG = [
    # of 30 drawn settlements of the first hospital those wrong by their whole amount; hospitals with 1 of 30 beside it
    (30, 0),  # at 95% in order wrong, one sample in five has no settlement in order and would ask for everything
    (30, 19),  # in the mean of all hospitals it vanishes
    (27, 19),
]


@pytest.mark.parametrize(("wrong", "others"), ALL_WRONG)
def test_a_provider_with_everything_wrong_is_judged_by_its_own_decisions(wrong: int, others: int) -> None:
    strata = [
        _wrong_whole("inpatient|H0|1", wrong),
        *(_wrong_whole(f"inpatient|H{n}|1", 1) for n in range(1, others + 1)),
    ]
    cells = [Cell(np.full(600, 100.0), 30, one.name) for one in strata]
    held = simulate(cells, {"inpatient|H0": [0]}, patterns(strata, Config()), np.random.default_rng(1))
    assert held["inpatient|H0"].lower < COVERAGE
    row = estimates(strata, held).filter(_is("inpatient|H0")).row(0, named=True)
    assert not row["usable"] and row["recoverable_amount"] == row["sample_amount"] == wrong * 100


@pytest.mark.parametrize("wrong", [36, 38])
def test_the_same_amount_of_nearly_every_stay_is_planted_as_such(wrong: int) -> None:
    """50 yuan of nine stays in ten: held once too rarely for an offer (0.90), while shares of skewed amounts hold."""
    rng = np.random.default_rng(8)
    fen = np.round(np.exp(rng.normal(13, 1, 600))).astype(np.int64)
    drawn = [(int(one), 3, 5_000 if place < wrong else 0) for place, one in enumerate(fen[:40])]
    stratum = Reviewed("inpatient|H1|1", "inpatient", 600, int(fen.sum()), 1800, drawn)
    cells = [Cell(fen / 100, 40, stratum.name)]
    held = simulate(cells, {"total": [0]}, patterns([stratum], Config()), np.random.default_rng(1))["total"]
    assert held.lower < COVERAGE


def test_errors_are_planted_like_those_nearest_in_amount() -> None:
    own = np.array([[float(n), 1.0 if n < 100 else 0.01] for n in (10, 11, 12, 13, 14, 1000, 1001, 1002, 1003, 1004)])
    amounts, rng = np.array([12.0, 1002.0, 9_000.0]), np.random.default_rng(2)
    assert Pattern({}, SHARES, {"": own}).planted("inpatient|H1|1", amounts, rng) == pytest.approx([12, 10.02, 90])
    same = Pattern({}, SHARES, {"": own}, same_amount=True).planted("inpatient|H1|1", amounts, rng)
    assert same[0] <= 12.0 and same[1:] == pytest.approx([10.02, 10.02], abs=0.021)


def test_the_limit_is_no_more_than_what_was_paid() -> None:
    """Everything drawn is wrong by all of it, and dearer than what was not drawn: no more than all of it can be."""
    stratum = Reviewed(
        "inpatient|H1|1", "inpatient", 600, 6_000_000, 1800, [(11_000 + n % 3, 3, 11_000 + n % 3) for n in range(40)]
    )
    row = estimates([stratum], {"total": GOOD}).filter(_is("total")).row(0, named=True)
    assert row["usable"] and row["estimate"] > row["fund_amount"]
    assert row["recoverable_amount"] == row["lower_limit"] == row["fund_amount"] == 60_000

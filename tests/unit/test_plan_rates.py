"""Hit rates of inspections: unbiased from the lot, with intervals that hold; against truth by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from models.plans.rates import Drawn, hypergeometric, lift, of_lot, of_visits


@pytest.mark.parametrize(
    ("hits", "visits", "expected"),
    [  # Clopper-Pearson, tabulated
        (0, 10, (0.0, 0.0, 0.3085)),
        (1, 10, (0.1, 0.0025, 0.4450)),
        (5, 10, (0.5, 0.1871, 0.8129)),
        (10, 10, (1.0, 0.6915, 1.0)),
        (1, 1, (1.0, 0.025, 1.0)),
    ],
)
def test_the_rate_of_chosen_visits(hits: int, visits: int, expected: tuple[float, ...]) -> None:
    rate = of_visits(hits, visits)
    assert rate is not None and (rate.value, rate.low, rate.high) == pytest.approx(expected, abs=1e-4)
    assert of_visits(0, 0) is None


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.data())
def test_exact_limits_are_those_of_the_tails(frame: tuple[int, int], data: st.DataObject) -> None:
    population, drawn = frame
    hits = data.draw(st.integers(0, drawn))
    held = [
        total
        for total in range(hits, population - drawn + hits + 1)
        if hypergeom.sf(hits - 1, population, total, drawn) > 0.025
        and hypergeom.cdf(hits, population, total, drawn) > 0.025
    ]
    assert hypergeometric(population, drawn, hits) == (min(held), max(held))


STRATA = st.lists(
    st.integers(1, 40).flatmap(
        lambda n: st.integers(1, n).flatmap(
            lambda drawn: st.integers(1, drawn).flatmap(
                lambda seen: st.integers(0, seen).map(lambda hits: Drawn(n, drawn, seen, hits))
            )
        )
    ),
    min_size=1,
    max_size=4,
)


@given(STRATA)
def test_an_interval_holds_its_value_and_missing_results_widen_it(strata: list[Drawn]) -> None:
    rate = of_lot(strata)
    assert rate is not None and 0 <= rate.low <= rate.value <= rate.high <= 1
    told = of_lot([Drawn(one.population, one.drawn, one.drawn, one.hits) for one in strata])
    assert told is not None and rate.low <= told.low + 1e-12
    if all(one.visited == one.population for one in strata):
        assert rate.low == pytest.approx(rate.value) == rate.high


def test_a_stratum_without_a_result_gives_no_rate() -> None:
    assert of_lot([Drawn(10, 2, 2, 1), Drawn(5, 2, 0, 0)]) is None
    assert of_lot([]) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lot_is_unbiased_and_its_interval_covers_while_risk_visits_are_not(seed: int) -> None:
    """A population of known hits: pharmacies rarely, hospitals often; the risky ones are found more often."""
    rng = np.random.default_rng(seed)
    sizes, drawn, rates = (60, 120, 300), (4, 7, 18), (0.5, 0.25, 0.1)
    hit = [rng.random(n) < p for n, p in zip(sizes, rates, strict=True)]
    truth = sum(int(one.sum()) for one in hit) / sum(sizes)
    values, covered = [], 0
    for _ in range(400):
        hits = [int(rng.choice(one, k, replace=False).sum()) for k, one in zip(drawn, hit, strict=True)]
        found = of_lot([Drawn(n, k, k, x) for n, k, x in zip(sizes, drawn, hits, strict=True)])
        assert found is not None
        values.append(found.value)
        covered += found.low <= truth <= found.high
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values) - truth) < 3.5 * error
    assert covered / 400 >= 0.94


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.4])
def test_a_tiny_lot_covers(rate: float) -> None:
    """Every draw of 3 among 40, weighed by its chance: the interval holds the truth in 95 of 100 at least."""
    total = round(40 * rate)
    covered = 0.0
    for hits in range(4):
        found = of_lot([Drawn(40, 3, 3, hits)])
        assert found is not None
        covered += float(hypergeom.pmf(hits, 40, total, 3)) * (found.low <= total / 40 <= found.high)
    assert covered >= 0.95


def test_lift_is_the_ratio_with_an_interval() -> None:
    risk, everybody = of_visits(8, 10), of_lot([Drawn(100, 20, 20, 4)])
    assert risk is not None and everybody is not None
    found = lift(risk, everybody)
    assert found is not None and found[0] == pytest.approx(4.0)
    assert 1.5 < found[1] < 4 < found[2] < 11
    nobody = of_lot([Drawn(100, 20, 20, 0)])
    assert nobody is not None and lift(risk, nobody) is None

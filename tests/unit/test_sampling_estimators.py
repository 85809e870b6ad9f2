"""The estimators against published worked examples, to the printed digit, and against their own design."""

import itertools
import math
from fractions import Fraction

import pytest

from models.sampling.estimators import (
    Sums,
    combined_ratio,
    expansion,
    plain_ratio,
    ratio,
    separate_ratio,
    sums_of,
    yuan,
)


def summary(population: int, units: int, mean: str, variance: str) -> Sums:
    """The sums behind a printed mean and variance."""
    y = Fraction(mean) * units
    return Sums(population, units, y, Fraction(variance) * (units - 1) + y * y / units)


# Cochran (1977), section 2.7: signatures on 676 petition sheets, 50 counted: sum 1,471, sum of squares 54,497
PETITION = Sums(676, 50, Fraction(1471), Fraction(54497))

# Lohr, Sampling: Design and Analysis, section 3.2: acres of farms in 3,078 counties, by region
FARMS = [
    summary(1054, 103, "300504.16", "29618183543"),
    summary(220, 21, "97629.81", "7647472708"),
    summary(1382, 135, "211315.04", "53587487856"),
    summary(422, 41, "662295.51", "396185950266"),
]


def _school(population: int, total_x: int, n: int, x: int, y: int, xx: int, yy: int, xy: int) -> Sums:
    return Sums(population, n, Fraction(y), Fraction(yy), Fraction(x), Fraction(xx), Fraction(xy), Fraction(total_x))


# Lumley's survey package for R, data `apistrat` (x enroll, y api.stu), example of svyratio: sums of 100 E, 50 H, 50 M
SCHOOLS = [
    _school(4421, 1877350, 100, 41678, 35502, 20100668, 14540460, 17044937),
    _school(755, 1013824, 50, 66035, 53526, 109279081, 74325088, 88952856),
    _school(1018, 920298, 50, 41624, 34785, 42310204, 30316915, 35464569),
]

# Scheaffer, Mendenhall and Ott, Elementary Survey Sampling, example 8.2: residents and income of 25 of 415 blocks
BLOCKS = [
    (8, 96), (12, 121), (4, 42), (5, 65), (6, 52), (6, 40), (7, 75), (5, 65), (8, 45), (3, 50), (2, 85), (6, 43),
    (5, 54), (10, 49), (9, 53), (3, 50), (6, 32), (5, 22), (5, 45), (4, 37), (6, 51), (8, 30), (7, 39), (3, 47),
    (8, 41),
]  # fmt: skip

# the same book, example 6.1: basal area and volume of 12 of 250 trees, 75 square feet in all
AREA = ["0.3", "0.5", "0.4", "0.9", "0.7", "0.2", "0.6", "0.5", "0.8", "0.4", "0.8", "0.6"]
VOLUME = [6, 9, 7, 19, 15, 5, 12, 9, 20, 9, 18, 13]


def test_expansion_of_one_sample() -> None:
    made = expansion([PETITION])
    assert round(float(made.value)) == 19888
    spread = float((PETITION.yy - PETITION.y**2 / 50) / 49)
    assert f"{spread:.1f}" == "229.0"
    assert float(made.variance) == pytest.approx(676**2 * spread / 50 * (1 - 50 / 676))
    assert made.degrees == 49


def test_stratified_expansion() -> None:
    made = expansion(FARMS, degrees="strata")
    assert f"{made.standard_error:.0f}" == "50417248"
    assert f"{made.standard_error / 3078:.0f}" == "16380"
    assert f"{float(made.value) / 3078:.0f}" == "295561"
    assert made.degrees == 296
    low, high = made.interval(0.95)  # printed: 263,325 to 327,797
    assert (f"{low / 3078:.0f}", f"{high / 3078:.0f}") == ("263325", "327797")


def test_stratified_expansion_with_unequal_fractions() -> None:
    totals = [Sums(one.population, one.units, one.x, one.xx) for one in SCHOOLS]
    made = expansion(totals)
    assert (f"{float(made.value):.0f}", f"{made.standard_error:.0f}") == ("3687178", "114642")


def test_combined_and_separate_ratio() -> None:
    one = ratio(SCHOOLS)
    assert (f"{float(one.value):.7f}", f"{one.standard_error:.7g}") == ("0.8369569", "0.007757103")
    combined, separate = combined_ratio(SCHOOLS, weighted=True), separate_ratio(SCHOOLS, weighted=True)
    assert (f"{float(combined.value):.0f}", f"{combined.standard_error:.2f}") == ("3190038", "29565.98")
    assert (f"{float(separate.value):.0f}", f"{separate.standard_error:.2f}") == ("3190022", "29756.44")


def test_ratio_of_one_sample() -> None:
    made = combined_ratio([sums_of(250, VOLUME, [Fraction(one) for one in AREA], 75)])
    assert (f"{float(made.value):.2f}", f"{2 * made.standard_error:.2f}") == ("1589.55", "186.32")


def test_clusters_by_case() -> None:
    cases = sums_of(415, [income * 1000 for _, income in BLOCKS], [size for size, _ in BLOCKS], 2500)
    assert (cases.units, int(cases.x), int(cases.y)) == (25, 151, 1329000)
    each = ratio([cases])
    assert (f"{float(each.value):.0f}", f"{2 * each.standard_error:.0f}") == ("8801", "1617")
    assert f"{float(expansion([cases]).value):.0f}" == "22061400"
    assert f"{float(combined_ratio([cases]).value):.0f}" == "22003311"


# Published table of all six samples of two of four logs: x 67, 63, 66, 69, y 68, 62, 64, 70, total x 265
LOGS = [
    # sample, ratio estimate, its variance, expansion, its variance
    ((0, 1), "265.0000", "8.0000", 260, 72),
    ((0, 2), "263.0075", "18.0903", 264, 32),
    ((0, 3), "268.8971", "0.0017", 276, 8),
    ((1, 2), "258.8372", "1.7307", 252, 8),
    ((1, 3), "265.0000", "8.0000", 264, 128),
    ((2, 3), "263.0370", "18.2677", 268, 72),
]


@pytest.mark.parametrize(("drawn", "by_ratio", "spread", "expanded", "its_spread"), LOGS)
def test_every_sample_of_a_small_population(
    drawn: tuple[int, int], by_ratio: str, spread: str, expanded: int, its_spread: int
) -> None:
    x, y = [67, 63, 66, 69], [68, 62, 64, 70]
    sample = sums_of(4, [y[i] for i in drawn], [x[i] for i in drawn], 265)
    made, plain = combined_ratio([sample]), expansion([sample])
    assert (f"{float(made.value):.4f}", f"{float(made.variance):.4f}") == (by_ratio, spread)
    assert (plain.value, round(plain.variance, 9)) == (expanded, its_spread)
    assert plain_ratio([sample]) == plain.value  # one stratum: the bureau's rule is the expansion


def test_the_expansion_and_its_variance_are_unbiased() -> None:
    values = [[0, 0, 7, 30, 3], [100, 0, 250, 90]]
    truth = sum(map(sum, values))
    estimates = [
        expansion([sums_of(5, [values[0][i] for i in a]), sums_of(4, [values[1][i] for i in b])])
        for a in itertools.combinations(range(5), 2)
        for b in itertools.combinations(range(4), 3)
    ]
    mean = sum(one.value for one in estimates) / len(estimates)
    assert mean == truth
    spread = float(sum((one.value - truth) ** 2 for one in estimates) / len(estimates))
    assert sum(one.variance for one in estimates) / len(estimates) == pytest.approx(spread)


def test_degrees_of_freedom_of_unequal_strata() -> None:
    wide, narrow = sums_of(100, [0, 100]), sums_of(100, [1, 2, 1, 2, 1, 2])
    assert expansion([wide, narrow]).degrees == pytest.approx(1, abs=0.01)  # one stratum carries the variance
    assert expansion([wide, narrow], degrees="strata").degrees == 6


def test_a_stratum_seen_whole_has_no_error_and_one_unit_is_too_few() -> None:
    assert expansion([sums_of(1, [40])]).variance == 0
    assert expansion([sums_of(3, [1, 2, 4])]).variance == 0
    with pytest.raises(ValueError, match="too few units"):
        expansion([sums_of(9, [1])])
    with pytest.raises(ValueError, match="positive total"):
        combined_ratio([sums_of(9, [1, 2], [0, 0], 5)])


def test_the_limit_is_the_lower_end_of_the_interval() -> None:
    made = expansion([sums_of(50, [0, 1, 2, 3, 4])])
    assert made.lower_limit() == made.interval()[0]
    assert made.lower_limit() == pytest.approx(100 - 2.131847 * math.sqrt(made.variance))  # t of 95% with 4 degrees


@pytest.mark.parametrize(("fen", "said"), [(Fraction(1, 2), "0.01"), (Fraction(149, 100), "0.01"), (250.0, "2.50")])
def test_yuan_are_rounded_half_up(fen: float | Fraction, said: str) -> None:
    assert str(yuan(fen)) == said

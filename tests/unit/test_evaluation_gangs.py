"""What `jicha evaluate --gangs` prints: means over cities against their bars, and how groups are matched."""

import polars as pl
import pytest

from models.evaluation.gangs import MATCH, Tally, _best, table

CASES = [
    # measure, hits and denominator a world, mean, met
    ("group recall", [(19, 20), (18, 20)], 0.925, "是 / yes"),  # above bar − 0.02, upper limit above the bar
    ("group recall", [(17, 20), (18, 20)], 0.875, "否 / no"),
    ("group recall", [(92, 100), (92, 100)], 0.92, "否 / no"),  # near enough, but the interval never reaches the bar
    ("families unexplained", [(0, 1), (2, 1)], 1.0, "是 / yes"),
    ("families unexplained", [(0, 1), (3, 1)], 1.5, "否 / no"),  # no world may exceed it, whatever the mean
    ("dialysis or clinic unexplained", [(0, 1), (1, 1)], 0.5, "否 / no"),
    ("group recall, 5 co-visits", [(1, 20), (3, 20)], 0.1, None),
]


@pytest.mark.parametrize(("name", "parts", "mean", "met"), CASES)
def test_a_bar_is_met_by_mean_and_interval_and_a_ceiling_by_every_world(
    name: str, parts: list[tuple[float, float]], mean: float, met: str | None
) -> None:
    tally = Tally()
    for hits, of in parts:
        tally.add(name, hits, of)
    row = table(tally).filter(pl.col("measure") == name).row(0, named=True)
    assert (row["mean"], row["met"]) == (pytest.approx(mean), met)


def test_worlds_without_a_denominator_say_nothing() -> None:
    tally = Tally()
    tally.add("one-day recall", 0, 0)
    tally.add("one-day recall", 3, 4)
    assert table(tally).row(0, named=True)["mean"] == 0.75


def test_a_group_matches_a_gang_with_half_of_both() -> None:
    gang = {1, 2, 3, 4}
    assert MATCH == 0.5
    assert _best(gang, [{1, 2}, {9}]) == {1, 2}
    assert _best(gang, [{1, 2, 9}]) is None
    assert _best(gang, []) is None

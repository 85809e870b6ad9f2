"""Innocent explanations of a group, and what is said where the records are silent."""

import json
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from models.gathering.explain import explain, open_reason
from models.gathering.families import arrive_together, blocks, household_share


def test_household_needs_a_register_or_ages_of_a_family() -> None:
    adults = pl.DataFrame({"household_no": [None] * 6, "age": [31.0, 35.0, 41.0, 38.0, 45.0, 39.0]})
    family = pl.DataFrame({"household_no": [None] * 5, "age": [38.0, 36.0, 9.0, 5.0, 66.0]})
    registered = adults.with_columns(household_no=pl.Series(["h1", "h1", "h1", "h1", "h2", "h2"]))
    assert household_share(adults.cast({"household_no": pl.String})) == (0.0, True)
    assert household_share(family.cast({"household_no": pl.String})) == (1.0, True)
    assert household_share(registered) == (pytest.approx(4 / 5), False)


@pytest.mark.parametrize(
    ("dates", "ages", "share"),
    [  # on which dates members come; two families who met twice; people who come on the same dates
        (["abcdxy"] * 5 + ["efghxy"] * 5, [38, 36, 9, 5, 66, 40, 42, 12, 65, 7], 8 / 9),
        (["abcdxy"] * 5 + ["efghxy"] * 5, [38, 36, 29, 55, 66, 40, 42, 32, 65, 27], 0),
        (["abcdefghxy"] * 10, [38, 36, 9, 5, 66, 40, 42, 12, 65, 7], 0),
        (["abcdxy"] * 5 + ["efghxy"] * 5, [38, 36, 9, 5, 66, 40, 42, 32, 65, 27], 4 / 9),
    ],
)
def test_families_who_met_by_chance_are_told_apart(dates: list[str], ages: list[int], share: float) -> None:
    names = [f"p{i}" for i in range(10)]
    joint = pl.DataFrame(
        [(name, "H1", date) for name, own in zip(names, dates, strict=True) for date in own],
        schema=["psn_id", "fixmedins_code", "meeting_date"], orient="row",
    )  # fmt: skip
    people = pl.DataFrame({"psn_id": names, "household_no": [None] * 10, "age": [float(age) for age in ages]})
    people = people.cast({"household_no": pl.String}).join(blocks(joint), on="psn_id")
    assert household_share(people, elsewhere=0) == (pytest.approx(share), True)


@pytest.mark.parametrize(
    ("minutes", "together"),
    [([0, 9, 20, 31], True), ([0, 40, 90, 150], False), (None, False)],  # a family; people gathered; only days known
)
def test_a_family_arrives_together(minutes: list[int] | None, together: bool) -> None:
    rows = [
        {"psn_id": f"p{i}", "fixmedins_code": "H1", "seen_on": date(2024, 3, day),
         "setl_time": datetime(2024, 3, day, 9) + timedelta(minutes=m) if minutes else datetime(2024, 3, day)}
        for day in (1, 8, 20) for i, m in enumerate(minutes or [0] * 4)
    ]  # fmt: skip
    assert arrive_together(pl.DataFrame(rows)) is together


def test_explanations_come_with_their_shares() -> None:
    people = pl.DataFrame({"psn_id": ["p", "q", "r"], "household_no": ["a", "b", "c"], "age": [40.0, 50.0, 60.0]})
    joint = pl.DataFrame({"psn_id": list("pqrpq"), "chronic": [1, 1, 1, 1, 0], "screening": [0] * 5, "coded": [1] * 5})
    told = explain(people, joint, 10, 0.0, None)
    assert told.explanation == "chronic"
    assert json.loads(told.evidence)["also"] == ["one_off"]
    assert explain(people, joint.with_columns(chronic=0), 100, 0.0, None).explanation is None


@pytest.mark.parametrize(
    ("children", "adults", "dates", "coded", "explanation"),
    [
        (20, 2, 3, 0, "screening"),
        (20, 2, 3, 1, None),  # their codes say something else
        (20, 2, 8, 0, None),
        (8, 0, 3, 0, None),
        (12, 6, 3, 0, None),
    ],
)
def test_a_class_is_known_by_its_ages_where_nobody_writes_diagnoses(
    children: int, adults: int, dates: int, coded: int, explanation: str | None
) -> None:
    ages = [8.0 + i % 5 for i in range(children)] + [40.0] * adults
    names = [f"p{i}" for i in range(len(ages))]
    people = pl.DataFrame({"psn_id": names, "household_no": [f"h{i}" for i in range(len(ages))], "age": ages})
    joint = pl.DataFrame({"psn_id": names}).with_columns(chronic=0, screening=0, coded=coded)
    assert explain(people, joint, 200, 0.0, None, dates=dates).explanation == explanation


@pytest.mark.parametrize(
    ("age", "household", "coded", "ways", "unknown"),
    [
        (40.0, None, 1, "outpatient", ""),
        (None, "h", 1, "outpatient", ""),
        (None, None, 1, "outpatient", "同一家庭"),
        (40.0, None, 0, "outpatient", "体检筛查、慢特病"),
        (None, None, 0, "outpatient", "体检筛查、慢特病、同一家庭"),
        (40.0, None, 0, "pharmacy", ""),  # where nobody writes diagnoses
    ],
)
def test_what_the_records_are_silent_about_is_not_said_to_be_nought(
    age: float | None, household: str | None, coded: int, ways: str, unknown: str
) -> None:
    names = list("pqrst")
    homes = [household and household + name for name in names]
    people = pl.DataFrame(
        {"psn_id": names, "household_no": homes, "age": [age] * 5},
        schema={"psn_id": pl.String, "household_no": pl.String, "age": pl.Float64},
    )
    joint = pl.DataFrame({"psn_id": names * 8, "chronic": [0] * 40, "screening": [0] * 40, "coded": [coded] * 40})
    told = explain(people, joint, 200, 0.0, (14, 3, 1))
    row = {"members": 5, "fixmedins_codes": '["H1"]', "ways": json.dumps([ways]), "joint_dates": 8, "together": "day"}
    text = open_reason({**row, "attendance": 1.0, "observed": 40, "expected": 1.0, "evidence": told.evidence})
    assert told.explanation is None
    assert "每14天一次" in text
    assert (f"{unknown}无从判断" in text) == bool(unknown)
    assert all(f"{name}0%" not in text for name in unknown.split("、") if name)


@pytest.mark.parametrize(
    ("homes", "coded", "explanation"),
    [  # household of each member, whose visits carry codes
        ("hhh.....", "...xxxxx", "chronic"),  # a family and the shift one of them is treated in
        ("hhhhh...", "....xxx.", "household"),
        ("hh......", "...xxxxx", None),  # two of a couple prove nothing
        ("hhh.....", "...xxx..", None),
    ],
)
def test_each_member_may_have_a_reason_of_his_own(homes: str, coded: str, explanation: str | None) -> None:
    names = [f"p{i}" for i in range(8)]
    own = [home if home == "h" else f"h{i}" for i, home in enumerate(homes)]
    people = pl.DataFrame({"psn_id": names, "household_no": own, "age": [40.0 + i for i in range(8)]})
    codes = [int(coded[i] == "x") for i in range(8)] * 3
    joint = pl.DataFrame({"psn_id": names * 3, "chronic": codes, "screening": [0] * 24, "coded": codes})
    assert explain(people, joint, 200, 0.0, None).explanation == explanation

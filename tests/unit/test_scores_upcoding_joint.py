"""The two legs of the judgement, and what the record should show, from small tables."""

from datetime import date

import polars as pl
import pytest

from models.engine.duck import memory_engine
from models.scores.coding.carriers import expected_items
from models.scores.coding.joint import judge
from tests.given import given

NONE = [None] * 14


def test_a_provider_of_few_cases_does_not_lead_the_ranking() -> None:
    """What is known of two providers is the same; one has 25 cases, too few to be judged."""
    who = [f"H{place:02d}" for place in range(14)]
    head = {"peer_group": "g", "grp_type": "DRG", "fixmedins_code": who}
    calm = [0.05, -0.04, 0.02, -0.06, 0.03, -0.02, 0.04, -0.05, 0.01, 0.06, -0.03, 0.0]
    share = pl.DataFrame(
        {**head, "cases": [25, *[300] * 13], "top_cases": 120, "expected_cases": 100.0, "effect": [0.8, 0.8, *calm],
         "noise": 0.02}
    )  # fmt: skip
    misfit = pl.DataFrame({**head, "dear": [15, *[120] * 13], "misfit": [0.6, 0.6, *calm], "noise": 0.02})
    names = ("fragile_upgrade", "fragile_z", "fragile_p", "fragile_low")
    fragile = pl.DataFrame({**head, **dict.fromkeys(names, NONE)}, schema_overrides=dict.fromkeys(names, pl.Float64))
    found = {row["fixmedins_code"]: row for row in judge(share, misfit, fragile, 5, 30).to_dicts()}
    few, many = found["H00"], found["H01"]
    assert (few["q_value"], few["share_z"], few["misfit_z"]) == (None, None, None)
    assert many["q_value"] < 0.05
    assert 0 < few["score"] < 0.6 * many["score"]


@pytest.mark.parametrize(("valid_to", "items"), [(None, ["A1"]), ("2025-03-01", ["A1"]), ("2024-12-31", [])])
def test_points_of_expected_items_count_while_they_are_valid(valid_to: str | None, items: list[str]) -> None:
    point = {"rule_id": "S20", "subject_code": "E11.900", "item_codes": "A1", "valid_from": "2020-01-01"}
    engine = given(memory_engine(), kp_expect=[{**point, "valid_to": valid_to}])
    single = pl.DataFrame({"setl_id": ["1"], "diag_code": ["E11.900"]})
    cases = pl.DataFrame(
        {"setl_id": ["1"], "case_id": ["1"], "fixmedins_code": ["H1"], "level": [1], "levels": [2], "grp_type": ["DRG"],
         "grp_ver": ["2.0"], "family": ["ES1"], "setl_date": [date(2025, 2, 1)]}
    )  # fmt: skip
    assert expected_items(engine, single, cases)["item"].to_list() == items

"""Pooled evaluation: the figures of a world that can be counted by hand, intervals, and the command's usage."""

from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from models.errors import UsageError
from models.evaluation.pooled import pooled
from models.evaluation.pooled.coding_facts import coding_facts
from models.evaluation.pooled.cost_facts import cost_facts, marked, null_facts
from models.evaluation.pooled.intervals import by_world, wilson
from models.evaluation.pooled.report import bars_table, figure, role_table
from models.evaluation.pooled.worlds import Facts, Scored
from models.sample.hospitals import HospitalTruth
from pipelines.cli.evaluate import command

ROLES = {"A": "upcoder_uniform", "B": "honest", "C": "thrifty", "D": "overspend", "E": "doctor_over"}


def _truth() -> HospitalTruth:
    codes = list(ROLES)
    ratio = [0.9, 1.0, 0.7, 1.4, 1.1]
    providers = pl.DataFrame(
        {"fixmedins_code": codes, "role": list(ROLES.values()), "cost_ratio": ratio, "cost_ratio_typical": ratio}
    )
    cases = pl.DataFrame({"setl_id": [f"S{i}" for i in range(100)], "scheme": ["upcoding"] * 4 + [None] * 96})
    cases = cases.with_columns(overpaid=pl.when(pl.col("scheme").is_not_null()).then(100.0).otherwise(0.0))
    units = pl.DataFrame({"fixmedins_code": ["E"], "level": ["doctor"], "unit_code": ["D000050302"]})
    return HospitalTruth(providers, cases, units)


def _row(level: str, code: str, unit: str, direction: str, **changes: Any) -> dict[str, Any]:
    plain = {"level": level, "fixmedins_code": code, "unit_code": unit, "direction": direction, "grp_type": "DRG",
             "grp_code": None, "q_value": 0.01, "assessable": True, "ratio_low": 0.8,
             "ratio_high": 1.05, "z": 3.0}  # fmt: skip
    return {**plain, **changes}


def _scored() -> Scored:
    deviation = pl.DataFrame(
        [
            _row("provider", "A", "A", "under", q_value=0.5),
            _row("provider", "B", "B", "over", z=4.0),
            _row("provider", "D", "D", "over"),
            _row("doctor", "E", "D000050302", "over"),
            _row("department", "E", "K03", "over"),
            _row("department", "E", "K04", "over"),
        ],
        infer_schema_length=None,
    )
    provider = pl.DataFrame(
        {"fixmedins_code": list("ABCD"), "score": [2.0, 3.0, 1.0, 0.0], "q_value": [0.01, 0.02, 0.5, None]}
    )
    case = pl.DataFrame({"setl_id": ["S0", "S1", "S9"], "probability": [0.9, 0.8, 0.1]})
    case = case.with_columns(payment_difference=pl.lit(9.0))
    stays = pl.DataFrame(
        {"setl_id": [f"S{i}" for i in range(100)], "fixmedins_code": ["A"] * 50 + ["B"] * 50,
         "grp_code": ["AA11"] * 100, "paid": list(range(100))}
    )  # fmt: skip
    return Scored(_truth(), deviation, provider, case, {"A": 0.5, "B": 0.4}, {"A": 1.0, "B": 5.0}, stays)


def _value(facts: Facts, measure: str) -> tuple[float, float]:
    found = figure(facts, measure, True)
    assert found is not None
    return found.numerator, found.denominator


def test_coding_figures_of_a_small_world() -> None:
    facts = Facts()
    coding_facts(facts, 0, _scored(), 0.05)
    assert _value(facts, "auc") == (3, 4)  # above C, D and the unscored E, below B
    assert _value(facts, "top_2n") == (1, 1)
    assert _value(facts, "innocent_thrifty") == (0, 1)
    assert _value(facts, "fdp_upcoding") == (0.5, 1)
    found = figure(facts, "lift", False)
    assert found is not None
    assert found.value == pytest.approx(0.5 / 0.05)  # two of the four overpaid cases are listed
    assert _value(facts, "lift|paid")[0] == 0


def test_cost_figures_of_a_small_world() -> None:
    facts = Facts()
    cost_facts(facts, 0, _scored(), 0.05)
    assert _value(facts, "overspend_found") == (1, 1)
    assert _value(facts, "overspend_top") == (1, 1)  # D, behind B
    assert _value(facts, "doctor_found") == (1, 1)
    assert _value(facts, "fdp_deviation_provider") == (0.5, 1)
    assert _value(facts, "coverage") == (2, 3)  # D's 1.4 lies outside
    true = dict(marked(_scored(), 0.05).filter(pl.col("level") != "provider").select("unit_code", "true").rows())
    assert true == {"D000050302": True, "K03": True, "K04": False}


def test_null_worlds_and_the_printed_tables() -> None:
    facts = Facts()
    null_facts(facts, 0, _scored(), 0.05)
    assert _value(facts, "null_provider") == (1, 1)
    coding_facts(facts, 1, _scored(), 0.05)
    cost_facts(facts, 1, _scored(), 0.05)
    table = bars_table(facts, 1, 1, 7).frame
    assert table.height >= 20
    assert set(role_table(facts).frame["角色 / role"]) == set(ROLES.values())


def test_intervals() -> None:
    low, high = wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-3)
    error, low, high = by_world(pl.Series([1.0, 3.0]).to_numpy(), pl.Series([2.0, 4.0]).to_numpy())
    assert low < 4 / 6 < high
    assert error > 0


def test_usage() -> None:
    with pytest.raises(UsageError):
        pooled(0, 0, 1)
    assert isinstance(CliRunner().invoke(command, []).exception, UsageError)
    assert isinstance(CliRunner().invoke(command, ["--worlds", "1", "--truth", "x"]).exception, UsageError)

"""Evaluation against planted truth, on tables small enough to check by eye."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from models.errors import InputRefused
from models.evaluation.evaluate import tables
from models.evaluation.measures import NOT_BUILT, area, over, precision_recall, top_recall
from models.evaluation.people import pairs_of, people_table
from models.evaluation.person_patterns import pattern_table
from models.evaluation.provider_schemes import lookalike_table, provider_table
from models.evaluation.rules import line_table
from models.evaluation.truth import Truth, read_truth
from models.scores.window import quarter_window
from tests.unit.test_scores_worlds import engine_with, moment


def money(*values: str) -> pl.Series:
    return pl.Series([Decimal(value) for value in values], dtype=pl.Decimal(16, 2))


LINES = pl.DataFrame(
    {
        "scheme": ["whole"] * 4,
        "rule_id": ["R06", "R06", "R67", "R24"],
        "setl_id": ["S1", "S2", "S1", "S9"],
        "bkkp_sn": ["B1", "B2", "B1", "B9"],
        "gross_amount": money("10", "20", "10", "5"),
        "fund_amount": money("7", "14", "7", "4"),
        "claimable": [1, 1, 0, 1],
        "claim_amount": money("7", "14", "0", "4"),
    }
)
CLAWBACK = pl.DataFrame(
    {
        "rule_id": ["R06", "R06", "R06"],
        "also_found_by": ['["R67"]', "[]", "[]"],
        "setl_id": ["S1", "S2", "S3"],
        "bkkp_sn": ["B1", "B2", "B3"],
        "fixmedins_code": ["H1", "H1", "H2"],
        "fund_amount": money("7", "13.99", "1"),
    }
)
PROVIDERS = pl.DataFrame(
    {"scheme": ["upcoding", "overspending", "lookalike_severe"], "fixmedins_code": ["H1", "H2", "H3"]}
)


def truth_of(**some: pl.DataFrame) -> Truth:
    columns = {
        "lines": LINES.schema,
        "settlements": {"scheme": pl.String, "setl_id": pl.String, "fixmedins_code": pl.String},
        "providers": PROVIDERS.schema,
        "persons": {"scheme": pl.String, "psn_no": pl.String},
        "groups": {"scheme": pl.String, "group_id": pl.String, "psn_no": pl.String},
        "inventory": {"scheme": pl.String, "fixmedins_code": pl.String},
        "funds": dict.fromkeys(("scheme", "insutype", "fixmedins_code", "year"), pl.String),
    }
    return Truth(**{name: some.get(name, pl.DataFrame(schema=kinds)) for name, kinds in columns.items()})


def test_lines_are_counted_by_rule_and_amounts_to_the_fen() -> None:
    listed = {"S1": "2025Q1", "S2": "2025Q1"}  # S9 belongs to a quarter without lists
    frame = line_table(truth_of(lines=LINES), {"clawback": CLAWBACK}, {"R06"}, listed).frame
    rows = {row["rule_id"]: row for row in frame.iter_rows(named=True)}
    assert set(rows) == {"R06", "R67", "全部 / all"}
    assert (rows["R06"]["planted"], rows["R06"]["precision"], rows["R06"]["recall"]) == (2, 0.6667, 1.0)
    assert rows["R06"]["to_the_fen"] == "1/2"
    assert (rows["R67"]["recall"], rows["R67"]["note"]) == (1.0, NOT_BUILT)  # named in also_found_by
    assert rows["全部 / all"]["planted_amount"] == Decimal("21.00")
    assert rows["全部 / all"]["claimed_amount"] == Decimal("20.99")


def test_without_lists_recall_is_nought_not_an_error() -> None:
    frame = line_table(truth_of(lines=LINES), {}, set(), {"S1": "2025Q1"}).frame
    assert frame["recall"].to_list() == [0.0] * frame.height


def test_providers_are_judged_beside_the_baselines() -> None:
    upcoding = pl.DataFrame(
        {"fixmedins_code": ["H1", "H2", "H3"], "score": [2.0, 0.1, 0.4], "q_value": [0.01, 0.9, 0.04]}
    )
    paid, tiers = {"H1": 1.0, "H2": 9.0, "H3": 5.0}, {"H1": 0.7, "H2": 0.2, "H3": 0.8}
    frame = provider_table(truth_of(providers=PROVIDERS), {"upcoding_provider": upcoding}, paid, tiers).frame
    rows = {(row["scheme"], row["method"]): row for row in frame.iter_rows(named=True)}
    ours = rows["upcoding", "jicha"]
    assert (ours["precision"], ours["recall"], ours["auc"]) == (0.5, 1.0, 1.0)
    assert rows["upcoding", "按基金支付 / total paid"]["auc"] == 0.0
    assert rows["upcoding", "MCC/CC 占比 / MCC-CC share"]["auc"] == 0.5
    assert rows["overspending", "jicha"]["note"] == NOT_BUILT


def test_look_alikes_say_who_flags_them() -> None:
    upcoding = pl.DataFrame({"fixmedins_code": ["H3"], "score": [0.4], "q_value": [0.04]})
    row = lookalike_table(truth_of(providers=PROVIDERS), {"upcoding_provider": upcoding}).frame.row(0, named=True)
    assert (row["fixmedins_code"], row["upcoding"], row["over"]) == ("H3", "是 / yes", NOT_BUILT)


def test_gathering_is_judged_by_pairs_beside_co_visits_and_prints_no_person() -> None:
    days = ["2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27", "2025-02-03"]
    people = [("P1", days), ("P2", days), ("P3", days[:3])]
    rows = [
        {
            "fixmedins_code": "H1",
            "psn_id": f"x{person}",
            "is_inpatient": False,
            "grp_type": None,
            "setl_time": moment(day),
        }
        for person, some in people
        for day in some
    ]
    groups = pl.DataFrame(
        {"scheme": ["gathering"] * 2, "group_id": ["G1"] * 2, "psn_no": ["P1", "P2"], "fixmedins_code": ["H1"] * 2}
    )
    engine = engine_with(rows, [("H1", "11")])
    engine.con.execute("alter table core.settlement add column quarter varchar default '2025Q1'")
    results = tables(engine, {}, truth_of(groups=groups), ["2025Q1"], lambda number: f"x{number}")
    found = results[3].frame
    assert found.select("planted", "found", "precision", "recall").rows() == [
        (1, 0, None, 0.0),
        (1, 3, 0.3333, 1.0),
        (1, 1, 1.0, 1.0),
    ]
    assert "xP1" not in str([result.frame.to_dicts() for result in results])


@pytest.mark.parametrize(
    ("found", "planted", "expected"),
    [({"a", "b"}, {"a"}, (0.5, 1.0)), (set(), {"a"}, (None, 0.0)), ({"a"}, set(), (0.0, None))],
)
def test_precision_and_recall(found: set[str], planted: set[str], expected: tuple[float | None, float | None]) -> None:
    assert precision_recall(found, planted) == expected


def test_curves_and_tops() -> None:
    score = over(["a", "b", "c", "d"], {"a": 3.0, "b": 1.0, "c": 1.0, "d": None})
    assert area(score, {"a", "b"}) == 0.875
    assert area(score, set()) is None
    assert top_recall(score, {"d"}) == 0.0
    assert top_recall(score, {"b"}) == 1.0
    assert pairs_of({"G": ["2", "1", "1", "3"]}) == {"1|2", "1|3", "2|3"}


def test_truth_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="真值"):
        read_truth(tmp_path)
    (tmp_path / "truth").mkdir()
    pl.DataFrame({"scheme": ["x"]}).write_parquet(tmp_path / "truth" / "providers.parquet")
    with pytest.raises(InputRefused, match="fixmedins_code"):
        read_truth(tmp_path)


def test_person_patterns_are_judged_in_their_window_and_look_alikes_counted() -> None:
    persons = pl.DataFrame(
        {
            "scheme": ["frequent_outpatient", "frequent_outpatient", "hoarding", "lookalike_dialysis"],
            "psn_no": ["1", "2", "3", "4"],
            "month": ["202501", "202312", "", ""],
        }
    )
    settlements = pl.DataFrame(
        {"scheme": ["after_death"] * 2, "setl_id": ["S1", "S2"], "psn_no": ["5", "6"], "fixmedins_code": ["H1"] * 2}
    )
    listed = pl.DataFrame(
        {
            "psn_id": ["x1", "x4", "x3", "x3", "x5"],
            "pattern": ["frequent_outpatient", "frequent_outpatient", "hoarding", "many_providers", "after_death"],
        }
    )
    truth = truth_of(persons=persons, settlements=settlements)
    frame = pattern_table(truth, {"person": listed}, lambda n: f"x{n}", quarter_window("2025Q1"), {"S1"}).frame
    rows = {row[0]: row[1:5] for row in frame.rows()}
    assert rows == {
        "frequent_outpatient": (1, 2, 0.5, 1.0),
        "hoarding": (1, 1, 1.0, 1.0),
        "after_death": (1, 1, 1.0, 1.0),
        "lookalike_dialysis": (1, 1, None, None),
    }


def test_stock_is_judged_by_provider_and_by_item_and_quarter() -> None:
    columns = ["scheme", "rule_id", "fixmedins_code", "item_code", "month"]
    rows = [("shortfall", "R43", "P1", "X", m) for m in ("202501", "202502", "202504")] + [
        ("shortfall", "R43", "P2", "X", "202503")
    ]
    planted = pl.DataFrame(rows, schema=columns, orient="row")
    clawback = pl.DataFrame(
        {
            "rule_id": ["R43", "R43", "R06"],
            "fixmedins_code": ["P1", "P3", "P2"],
            "item_code": ["X", "X", "X"],
            "period": ["2025Q1"] * 3,
        }
    )
    frame = people_table(truth_of(inventory=planted), {"clawback": clawback}, {}, str).frame
    columns = ["scheme", "planted", "found", "precision", "recall"]
    judged = {scheme: tuple(counts) for scheme, *counts in frame.select(columns).rows()}
    assert judged["inventory (providers)"] == (2, 2, 0.5, 0.5)
    assert judged["inventory (items, quarters)"] == (2, 2, 0.5, 0.5)

"""Issued plans and what came of them: which visit counts for what, the list of hit rates, calibration."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.config import Config
from models.contracts import lists
from models.engine.duck import Engine, memory_engine
from models.errors import InputRefused, UsageError
from models.home import Home
from models.lists.manifest import write_manifest
from models.lists.write import written_lists
from models.plans import PlanRegister, visited
from models.plans.report import calibration, inspection_rates
from models.plans.visits import Visited, YearOfVisits
from models.scores.draws import recovery
from tests.unit.lists_support import frame_of

END = date(2026, 12, 31)
PLANNED = {"A": "random", "B": "random", "C": "risk", "D": "risk", "E": "complaint", "F": "coverage"}


def served(home: Home, planned: dict[str, str], others: str = "GHIJ", factor: float | None = None) -> Home:
    """A home whose plan of 2026 is made: one stratum of everybody without a complaint."""
    codes = [*planned, *others]
    drawn = sum(mode == "random" for mode in planned.values())
    frame = [code for code in codes if planned.get(code) != "complaint"]
    rows: dict[str, list[dict[str, Any]]] = {
        "inspection": [
            {"rank": i, "fixmedins_code": code, "mode": planned.get(code, "risk"), "planned": int(code in planned),
             "expected_recovery": Decimal(100)} for i, code in enumerate(codes, 1)
        ],
        "inspection_plan": [
            {"rank": i, "fixmedins_code": code, "mode": mode} for i, (code, mode) in enumerate(planned.items(), 1)
        ],
        "inspection_draw": [
            {"stratum": "primary", "place": i, "fixmedins_code": code, "stratum_size": len(frame),
             "stratum_drawn": drawn, "drawn": int(planned.get(code) == "random")} for i, code in enumerate(frame, 1)
        ],
    }  # fmt: skip
    folder = home.lists / "2026"
    folder.mkdir(parents=True)
    frames = {name: frame_of(lists()[name], some) for name, some in rows.items()}
    with written_lists(frames, folder, "zh", {}) as files:
        pass
    more: dict[str, Any] = {"planning": {"calibration": {"ratio": factor}}} if factor else {}
    write_manifest(
        folder, period="2026", as_of="2025-12-31", inputs=[], lists=files, config=Config(), key_fingerprint="", **more
    )
    return home


def visits(*rows: tuple[str, str, str | None, float | None]) -> Engine:
    """Inspections as (provider, day, mode, found)."""
    engine = memory_engine()
    engine.con.execute(
        "create table cur.inspection_d (inspection_id varchar, fixmedins_code varchar, inspected_on date, "
        "mode varchar, team varchar, found_amount decimal(16, 2), recovered_amount decimal(16, 2))"
    )
    for n, (code, day, mode, found) in enumerate(rows):
        engine.con.execute(
            "insert into cur.inspection_d values (?, ?, ?, ?, null, ?, null)", [f"J{n}", code, day, mode, found]
        )
    return engine


@pytest.fixture
def issued(tmp_path: Path) -> PlanRegister:
    plans = PlanRegister(served(Home(tmp_path), PLANNED))
    plans.issue("2026")
    return plans


def test_an_issued_plan_stays_and_alterations_are_noticed(issued: PlanRegister) -> None:
    assert issued.years() == ["2026"] and issued.fingerprint("2026") == "" != issued.fingerprint("2027")
    with pytest.raises(UsageError, match="issued"):
        issued.issue("2026")
    path = issued.home.register / "plan-2026" / "inspection_draw.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputRefused, match="altered"):
        issued.frame("2026", "inspection_draw")


def test_nothing_or_a_changed_or_stale_plan_is_not_issued(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no plan"):
        PlanRegister(Home(tmp_path)).issue("2026")
    plans = PlanRegister(served(Home(tmp_path), PLANNED))
    with pytest.raises(UsageError, match="stale"):
        plans.issue("2026", stale="data changed")
    (tmp_path / "lists" / "2026" / "inspection.csv").write_text("x")
    with pytest.raises(UsageError, match="changed since"):
        plans.issue("2026")


@pytest.mark.parametrize(
    ("row", "selection", "result"),
    [  # visit; the selection it counts for, whether it is a hit (None: no result)
        (("A", "2026-03-01", None, 5), "random", True),
        (("A", "2026-03-01", "双随机", 0), "random", False),
        (("A", "2026-03-01", "random", None), "random", None),
        (("A", "2026-03-01", "complaint", 5), "outside", True),  # a complaint's visit tells nothing of the lot
        (("C", "2026-12-31", "01", 5), "risk", True),  # an unknown code leaves it to the plan
        (("E", "2026-01-01", "举报", 5), "complaint", True),
        (("G", "2026-03-01", None, 5), "outside", True),
        (("C", "2025-12-31", None, 5), None, None),
        (("C", "2027-01-01", None, 5), None, None),
    ],
)
def test_which_visit_counts_for_what(
    issued: PlanRegister, row: tuple[str, str, str | None, float | None], selection: str | None, result: bool | None
) -> None:
    made = visited(visits(row), issued, END)
    seen = [unit for unit in made[0].units if unit.told or unit.untold]
    assert [unit.selection for unit in seen] == ([selection] if selection else [])
    for unit in seen:
        assert (unit.hit if unit.known else None) == result


def test_visits_after_the_day_asked_for_are_not_known(issued: PlanRegister) -> None:
    engine = visits(("A", "2026-03-01", None, 5), ("B", "2026-08-01", None, 5))
    assert inspection_rates(visited(engine, issued, date(2026, 6, 30)))["visited"].sum() == 2  # frame and random
    assert visited(engine, issued, date(2025, 12, 31)) == []


def test_the_list_of_hit_rates(issued: PlanRegister) -> None:
    engine = visits(
        ("A", "2026-03-01", None, 30), ("B", "2026-04-01", None, 0), ("C", "2026-05-01", None, 0),
        ("C", "2026-06-01", None, 20), ("D", "2026-05-01", None, 50), ("G", "2026-05-01", None, 1),
    )  # fmt: skip
    rows = {row["selection"]: row for row in inspection_rates(visited(engine, issued, END)).to_dicts()}
    assert list(rows) == ["frame", "random", "risk", "complaint", "coverage", "outside"]
    frame, risk = rows["frame"], rows["risk"]
    assert (frame["population"], frame["planned"], frame["visited"], frame["hits"]) == (9, 2, 2, 1)
    # 1 of 2 drawn of 9: with 1 to 8 hits among the nine the draw is no surprise
    assert (frame["hit_rate"], frame["hit_rate_low"], frame["hit_rate_high"]) == pytest.approx((0.5, 1 / 9, 8 / 9))
    assert frame["recovery_ratio"] == pytest.approx(0.15) and frame["recovery_ratio_high"] > 0.15
    assert (risk["visited"], risk["hits"], risk["hit_rate"], risk["lift"]) == (2, 2, 1.0, 2.0)
    assert risk["found_amount"] == Decimal(70) and risk["found_per_visit_amount"] == Decimal(35)
    assert rows["complaint"]["hit_rate"] is None and "1 家计划内机构尚无结果" in rows["complaint"]["note"]
    assert rows["outside"]["planned"] == 0 and rows["random"]["lift"] is None


def year_of(found: list[int | None], population: int, scale: float = 1.0) -> YearOfVisits:
    units = [
        Visited("2026", "", "random", f"H{i}", "primary", Decimal(100), int(x is not None), 0, Decimal(x or 0))
        for i, x in enumerate(found)
    ]
    return YearOfVisits("2026", units, {("", "primary"): population}, scale)


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (year_of([50, 70, 60], 30), 0.6),
        (year_of([50, 70, 60], 30, scale=2.0), 1.2),  # the plan's own expectation had been doubled
        (year_of([50, 70], 30), None),  # fewer visits than asked
        (year_of([50, 70, 60, None], 30), None),  # not everybody drawn has a result
    ],
)
def test_calibration_wants_the_whole_lot(year: YearOfVisits, expected: float | None) -> None:
    found = calibration([year], least=3)
    assert (found.ratio if found else None) == (pytest.approx(expected) if expected else None)


def test_a_calibrated_recovery_is_multiplied_and_less_sure() -> None:
    claims = pl.DataFrame(
        {"fixmedins_code": ["H1"], "rule_id": ["R06"], "confidence": [0.5], "decided": [100],
         "fund_amount": [Decimal("1000.00")], "fund_square": [Decimal("10000.00")]}
    )  # fmt: skip
    known = calibration([year_of([50, 70, 60], 30)], least=3)
    plain = recovery(["H1"], claims, np.random.default_rng(1))
    made = recovery(["H1"], claims, np.random.default_rng(1), known)
    assert made.expected[0] == pytest.approx(0.6 * plain.expected[0])
    assert made.draws.std() / made.draws.mean() > plain.draws.std() / plain.draws.mean()
    assert known is not None and "2026" in known.sentence


def test_the_lot_calibrates_without_bias() -> None:
    """Providers find 0.7 yuan per yuan expected on the whole, the risky ones more: the lot says 0.7."""
    rng = np.random.default_rng(5)
    found = rng.gamma(0.7, 100, 200).round()
    truth = found.sum() / 20_000
    ratios = []
    for _ in range(300):
        drawn = rng.choice(found, 40, replace=False)
        known = calibration([year_of([int(x) for x in drawn], 200)], least=30)
        assert known is not None
        ratios.append(known.ratio)
    assert abs(np.mean(ratios) - truth) < 4 * np.std(ratios) / np.sqrt(300)

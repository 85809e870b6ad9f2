"""What a run begins of its later quarters: quality first, and scores only where its lists may be made."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from assets import quality, scores
from models.beside import Beside
from models.config import Config
from models.engine.duck import memory_engine
from models.engine.spill import SpillWatch
from models.home import Home
from models.session import Options, Session

CASES: dict[str, tuple[bool, str | None, list[str]]] = {
    "passes": (False, None, ["quality 2024Q3", "deviation 2024Q3", "quality 2024Q4", "deviation 2024Q4"]),
    "stopped": (True, None, ["quality 2024Q3", "quality 2024Q4", "deviation 2024Q4"]),
    "accepted": (True, "known", ["quality 2024Q3", "deviation 2024Q3", "quality 2024Q4", "deviation 2024Q4"]),
}


@pytest.mark.parametrize("case", CASES)
def test_quality_comes_first_and_stops_the_scores(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked, reason, expected = CASES[case]
    done: list[str] = []

    def measure(_: Session, period: str, __: object) -> Any:
        done.append(f"quality {period}")
        return SimpleNamespace(blocked=blocked and period == "2024Q3")

    monkeypatch.setattr(quality, "_measure", measure)
    monkeypatch.setitem(scores.BESIDE, "deviation", lambda _, __, period: done.append(f"deviation {period}"))
    engine = memory_engine()
    engine.con.execute("set threads = 2")
    engine.con.execute("create table core.fee_line (setl_id varchar)")
    options = Options(landing=None, home=tmp_path, accept_quality=reason)
    session = Session(options, Home(tmp_path), Config(), engine, b"", Beside(), SpillWatch(tmp_path))
    quality.begin_quarters(session, ["2024Q3", "2024Q4"], [dg.AssetKey("deviation"), dg.AssetKey("claim")])
    for period in ("2024Q3", "2024Q4"):
        found: Any = session.beside.result(engine, ("quality", period), pytest.fail)
        assert found.blocked == (blocked and period == "2024Q3")
        session.beside.result(engine, ("deviation", period), pytest.fail)
    session.beside.close()
    assert done == expected

"""Lots drawn again from a manifest: equal as issued, not equal after any change."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputRefused
from models.planning import Frame, make_plan
from models.planning.replay import replay
from models.planning.units import KINDS
from models.scores.planned import facts_of
from models.settings_planning import Planning
from pipelines.cli.replay import command


def manifest_of(kinds: list[str], seed: int = 7, **more: Any) -> dict[str, Any]:
    """The manifest of a plan of these providers, as it is read back from the file."""
    codes = [f"H{i:03d}" for i in range(len(kinds))]
    frame = Frame(codes, kinds, ["A"] * len(kinds), frozenset(codes[:2]), {codes[-1]: date(2025, 1, 1)})
    planning = Planning.model_validate(more)
    rng = np.random.default_rng(seed)
    plan = make_plan(frame, rng.uniform(0, 100, len(kinds)), planning, seed, "2026")
    facts = facts_of(plan, frame, planning, seed, "2026")
    return dict(json.loads(json.dumps({"period": "2026", "planning": facts})))


SHARE = st.floats(0, 1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=60), st.integers(0, 99), st.integers(1, 4), st.floats(0, 1)
)
def test_every_plan_replays_from_its_manifest_alone(kinds: list[str], seed: int, teams: int, share: float) -> None:
    checks = replay(manifest_of(kinds, seed, teams=teams, random_share=round(share, 3)))
    assert checks and all(one.equal for one in checks)


MANIFEST = manifest_of(["pharmacy"] * 40 + ["primary"] * 10)


@pytest.mark.parametrize(
    ("path", "change", "fails"),
    [
        (("seed",), lambda seed: seed + 1, "pharmacy"),
        (("replay", "drawn", "pharmacy"), lambda drawn: ["H039", *drawn[1:]], "pharmacy"),
        (("replay", "frame", "pharmacy"), lambda codes: codes[3:], "pharmacy"),
        (("settings", "random_share"), lambda _: "0.6", "pharmacy"),
        (("replay", "visits"), lambda all_: {code: [days, 3 - team] for code, (days, team) in all_.items()}, "teams"),
    ],
)
def test_a_change_shows(path: tuple[str, ...], change: Any, fails: str) -> None:
    altered = copy.deepcopy(MANIFEST)
    place = altered["planning"]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = change(place[path[-1]])
    assert any(fails in one.what for one in replay(altered) if not one.equal)


@pytest.mark.parametrize("manifest", [{"period": "2025Q1"}, {"period": "2026", "planning": {"seed": 1}}])
def test_what_cannot_be_replayed_is_refused(manifest: dict[str, Any]) -> None:
    with pytest.raises(InputRefused, match="manifest"):
        replay(manifest)


def test_the_command_says_equal_or_not(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST), encoding="utf-8")
    told = CliRunner().invoke(command, [str(tmp_path)], catch_exceptions=False)
    assert told.exit_code == 0 and "all equal" in told.output
    path.write_text(json.dumps({"manifest": MANIFEST | {"planning": MANIFEST["planning"] | {"seed": 8}}}))
    with pytest.raises(InputRefused, match="public seed"):
        CliRunner().invoke(command, [str(path)], catch_exceptions=False)
    with pytest.raises(InputRefused, match="cannot be read"):
        CliRunner().invoke(command, [str(tmp_path / "none")], catch_exceptions=False)

"""Themed plans: their providers, their own capacity and lots, replay, and errors that say what is allowed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.config import Config, load_config
from models.engine.duck import Engine
from models.errors import UsageError
from models.planning.lots import lot
from models.planning.replay import replay
from models.rules.themes import check_themes
from models.scores import inspection
from models.scores.store import ScoreSummary
from models.settings_planning import Planning
from tests.unit.test_scores_plan import plan_world

DAYS = {"visit_days": dict.fromkeys(("tertiary", "secondary", "primary", "ungraded", "pharmacy"), 1)}


def made(*themes: dict[str, Any]) -> tuple[Engine, ScoreSummary, Config]:
    engine, config = plan_world()
    planning = config.planning.model_dump() | {"themes": [DAYS | {"team_days": 5} | one for one in themes]}
    config = Config(planning=Planning.model_validate(planning))
    engine.con.execute("update core.settlement set dise_codg = 'M07803' where fixmedins_code in ('H002', 'H005')")
    return engine, inspection(engine, 2026, config), config


def rows_of(engine: Engine, table: str = "theme_plan") -> pl.DataFrame:
    return engine.frame(f"select * from score.{table} where period = '2026' order by theme, fixmedins_code")


def test_without_themes_the_lists_are_empty() -> None:
    engine, summary, _ = made()
    assert rows_of(engine).is_empty() and rows_of(engine, "theme_draw").is_empty()
    assert "themes" not in summary.facts


@pytest.mark.parametrize(
    ("subject", "providers", "first"),
    [
        ({"rules": "R06"}, 24, "H002"),  # the only one with claims of the rule
        ({"rules": "政策类"}, 24, "H002"),
        ({"dise_codg": "M07803"}, 2, "H002"),
        ({"provider_type": "tertiary"}, 12, None),
        ({"provider_type": "pharmacy"}, 0, None),
        ({"group": "A"}, None, None),
        ({"diagnosis": "Z99"}, 0, None),
    ],
)
def test_a_theme_has_its_own_providers(subject: dict[str, str], providers: int | None, first: str | None) -> None:
    engine, summary, _ = made({"name": "专项", "random_share": 0, **subject})
    rows = rows_of(engine)
    if providers is not None:
        assert rows.height == providers
    if providers == 0:
        assert any("没有符合的机构" in one for one in summary.warnings)
    if first:
        assert rows.filter(pl.col("rank") == 1)["fixmedins_code"].to_list() == [first]
    assert sorted(rows["rank"].to_list()) == list(range(1, rows.height + 1))
    assert set(rows.filter(pl.col("planned") == 1)["team"].unique()) <= {1}
    assert rows.filter(pl.col("planned") == 1)["days"].sum() <= Decimal(5)


def test_a_theme_has_its_own_lots_which_replay_and_leaves_the_annual_plan_alone() -> None:
    one = {"name": "透析", "rules": "R06", "random_share": 0.4, "teams": 2}
    engine, summary, config = made(one, {"name": "药店", "provider_type": "secondary"})
    plain, _, _ = made()
    for table in ("inspection", "inspection_plan", "inspection_draw"):
        assert rows_like(engine, table).equals(rows_like(plain, table))
    draw = rows_of(engine, "theme_draw").filter(pl.col("theme") == "透析")
    assert draw.height == 24 and draw["drawn"].sum() == 4  # 0.4 of ten days of one-day visits
    code = draw["fixmedins_code"][0]
    assert draw["lot"][0] == lot(config.seed, "2026|透析", code)
    assert set(draw.filter(pl.col("drawn") == 1)["fixmedins_code"]) == set(
        rows_of(engine).filter((pl.col("theme") == "透析") & (pl.col("mode") == "random"))["fixmedins_code"]
    )
    checks = replay({"period": "2026", "planning": summary.facts})
    assert [one.what for one in checks].count("透析 检查组 / teams") == 1
    assert all(one.equal for one in checks) and sum("药店" in one.what for one in checks) == 2


def rows_like(engine: Engine, table: str) -> pl.DataFrame:
    return engine.frame(f"select * from score.{table} where period = '2026' order by fixmedins_code")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[{name: a}]", "exactly one of rules, provider_type, dise_codg, diagnosis, group; given: none"),
        ("[{name: a, rules: R06, group: BR2}]", "given: rules, group"),
        ("[{name: a, provider_type: clinic}]", "pharmacy"),
        ("[{name: 'a|b', rules: R06}]", "planning.themes.0.name"),
        ("[{name: a, diagnosis: 'Z%'}]", "planning.themes.0.diagnosis"),
        ("[{name: a, rules: R06}, {name: a, rules: R24}]", "twice: a"),
        ("[{name: a, rules: R06, team_days: 4}]", "takes longer than the 4 days"),
    ],
)
def test_errors_of_the_configuration_say_what_is_allowed(tmp_path: Path, text: str, wanted: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"planning:\n  themes: {text}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"config\.yaml") as told:
        load_config(path)
    assert wanted in str(told.value)


def test_rules_that_nobody_knows_are_all_named_at_once() -> None:
    themes = [{"name": name, "rules": rules} for name, rules in (("甲", "R06"), ("乙", "不存在"), ("丙", "X1"))]
    with pytest.raises(UsageError, match="政策类") as told:
        check_themes(Config(planning=Planning.model_validate({"themes": themes})))
    assert "乙" in str(told.value) and "丙" in str(told.value) and "甲" not in str(told.value)

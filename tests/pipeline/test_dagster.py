"""The Dagster side: definitions hold together, the sensor waits for completeness, schedules ask for their period."""

import os
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest

from assets.lists import _results
from models import rules
from models.lists.folder import Made
from pipelines.assembly import build_defs
from pipelines.schedules import annual_plan, annual_targets, quarterly_lists, quarterly_publication
from pipelines.sensors import requests


def test_definitions_load_and_every_rule_is_an_asset() -> None:
    defs = build_defs()
    dg.Definitions.validate_loadable(defs)
    keys = {key.to_user_string() for key in defs.resolve_all_asset_keys()}
    wanted = {f"finding/{rule.rule_id}" for rule in rules.registry() if rule.implemented}
    assert wanted <= keys
    assert {
        "raw_month",
        "core/settlement",
        "quality",
        "deviation",
        "list/clawback",
        "plan/inspection",
        "dossier",
    } <= keys


def test_assets_say_what_they_are_to_who_meets_a_number() -> None:
    told = {spec.key.to_user_string(): spec.description or "" for spec in build_defs().resolve_all_asset_specs()}
    assert [key for key, text in told.items() if len(text) < 5 or "None" in text] == []
    why = {rule.rule_id: rule.why for rule in rules.registry()}["R43"]
    assert why and why in told["finding/R43"] and "疑点 / suspect" in told["finding/R43"]
    assert "一分钱只列一次" in told["list/clawback"]


def test_what_starts_by_itself_says_what_it_does() -> None:
    defs = build_defs()
    told = {one.name: one.description or "" for one in [*(defs.schedules or []), *(defs.sensors or [])]}
    assert len(told) == 5
    assert [name for name, text in told.items() if " / " not in text] == []


def test_a_supplement_links_the_pages_of_its_period() -> None:
    made = Made(Path("lists/2025Q1-s01"), rows={"fund_watch": 3, "clawback": 0}, amounts={"clawback": Decimal("0.00")})
    found = {str(one.asset_key): dict(one.metadata or {}) for one in _results(made, "list")}
    watch, claims = (next(facts for key, facts in found.items() if name in key) for name in ("fund_watch", "clawback"))
    assert str(watch["page"].value).endswith("/list/2025Q1-fund_watch.html")
    assert "fund_amount" not in watch and claims["fund_amount"] == "0.00"


SCHEDULED = [
    # moment of the schedule, schedule, partition asked for
    (datetime(2025, 4, 10, 6, tzinfo=UTC), quarterly_lists, "2025-01-01"),
    (datetime(2026, 1, 10, 6, tzinfo=UTC), quarterly_lists, "2025-10-01"),
    (datetime(2025, 12, 10, 6, tzinfo=UTC), annual_plan, "2026"),
    (datetime(2025, 4, 10, 7, tzinfo=UTC), quarterly_publication, None),
    (datetime(2025, 12, 10, 7, tzinfo=UTC), annual_targets, None),
]


@pytest.mark.parametrize(("moment", "schedule", "partition"), SCHEDULED, ids=["Q1", "Q4", "plan", "site", "targets"])
def test_schedules_ask_for_the_period_before(
    moment: datetime, schedule: dg.ScheduleDefinition, partition: str | None
) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    request = schedule(context)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == partition


def test_sensor_loads_a_month_once_it_is_complete(tmp_path: Path) -> None:
    month = tmp_path / "202501"
    month.mkdir()
    (month / "setl_d.csv").write_text("setl_id\n", encoding="utf-8")
    now = time.time()
    found, state = requests(tmp_path, {}, now)
    assert found == [], "still being written"
    (month / "_SUCCESS").touch()
    found, state = requests(tmp_path, state, now)
    assert [request.partition_key for request in found] == ["2025-01-01"]
    found, state = requests(tmp_path, state, now)
    assert found == [], "seen already"
    (month / "fee_list_d.csv").write_text("bkkp_sn\n", encoding="utf-8")
    found, state = requests(tmp_path, state, now)
    assert len(found) == 1, "a delivery that changed is loaded again"


def test_sensor_takes_a_quiet_folder_without_success_file(tmp_path: Path) -> None:
    month = tmp_path / "202501"
    month.mkdir()
    file = month / "setl_d.csv"
    file.write_text("setl_id\n", encoding="utf-8")
    long_ago = time.time() - 3600
    os.utime(file, (long_ago, long_ago))
    found, _ = requests(tmp_path, {}, time.time())
    assert [request.partition_key for request in found] == ["2025-01-01"]

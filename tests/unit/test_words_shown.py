"""What a reader sees of codes, shares and small numbers."""

from pathlib import Path

import polars as pl
import pytest

from models.contracts.words import flat_json
from models.site import charts
from models.site.cells import number
from models.site.funds import named
from models.site.portrait import all_of
from models.site.quality import deliveries
from models.site.source import Served, Source
from models.site.words import tongue


def test_codes_of_the_field_come_with_their_meaning() -> None:
    assert named({"scope": "insurance", "insutype": "390"}, "zh") == "城乡居民基本医疗保险"
    assert named({"scope": "insurance", "insutype": "3xx"}, "zh") == "险种 3xx"
    assert named({"scope": "insurance", "insutype": "390"}, "en") == "residents' insurance"


def test_shares_in_evidence_are_percentages() -> None:
    text = '{"chronic_share": 1.0, "schedule_share": 0.125, "span_days": 302}'
    assert flat_json(text, "en") == "chronic share 100%; schedule share 12.5%; span days 302"


def test_a_small_probability_is_not_shown_as_zero() -> None:
    assert number(0.0002, "probability") == "<0.001"
    assert number(0.0, "probability") == "0.000"
    assert number(0.0006, "probability") == "0.001"


def test_all_groups_of_a_kind_have_a_name_in_both_languages() -> None:
    assert all_of("DISE") == ("全部病种", "all diseases")
    assert all_of("DRG") == ("全部病组 DRG", "all groups DRG")


def test_money_on_axes_has_separators_and_no_letters() -> None:
    drawn = charts.columns(["24-04"], [3_000_000], "元")
    assert drawn["layout"]["yaxis"]["tickformat"] == ",~f"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("险种登记有误 / insurance recorded wrong", "险种登记有误", "险种登记有误 / insurance recorded wrong"),
        ("只有中文", "只有中文", "只有中文"),
        ("血压 / 脉搏未记录", "血压 / 脉搏未记录", "血压 / 脉搏未记录"),
    ],
)
def test_a_remark_in_two_languages_is_told_to_chinese_readers_in_theirs(text: str, zh: str, en: str) -> None:
    assert (tongue(text, "zh"), tongue(text, "en")) == (zh, en)


def test_the_newest_delivery_comes_first_and_what_holds_for_all_months_last() -> None:
    inputs = [{"file": f"{name}/x.csv", "table": "setl_d"} for name in ("202412", "reference", "202501")]
    source = Source(Served(Path("2025Q1"), {"inputs": inputs}), (), None, lambda *_: pl.DataFrame())
    assert [one["folder"] for one in deliveries(source)] == ["202501", "202412", "reference"]

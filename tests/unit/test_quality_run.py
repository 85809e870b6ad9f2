"""The whole stage in small: results, stored tables, gate, configured limits, pages that need no network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import quality
from models.config import Config, Quality
from models.engine import Engine
from models.errors import UsageError
from models.home import Home
from models.quality.offline import body_of
from tests.given import rows_of
from tests.unit.quality_support import world

HOSTILE = '<img src="http://x.example/a.png" onerror="alert(1)">'
BAD = {"hifp_pay": 80, "maf_pay": 1, "fund_pay_sumamt": 80, "medfee_sumamt": 80}
GOOD = {"hifp_pay": 80, "maf_pay": 0}


def small(bad: int, good: int) -> Engine:
    settlements = [{**BAD, "setl_id": f"B{i}", "fixmedins_code": f"H{i % 2}"} for i in range(bad)]
    settlements += [{**GOOD, "setl_id": f"G{i}", "fixmedins_code": "H0"} for i in range(good)]
    return world(setl_d=settlements)


def check(result: quality.QualityResult, check_id: str) -> quality.CheckResult:
    return next(one for one in result.checks if one.check_id == check_id)


def test_results_name_what_was_found_and_allowed(tmp_path: Path) -> None:
    result = quality.run(small(1, 9), Config(), Home(tmp_path), ["2025Q1"])
    found = check(result, "setl_fund_sum")
    assert (found.table, found.severity, found.success, found.rows, found.violations, found.rate, found.period) == (
        "setl_d", "fail", False, 10, 1, 0.1, "2025Q1",
    )  # fmt: skip
    assert "1/10 = 10.00%" in found.message
    assert "5.00%" in found.message
    assert [one.check_id for one in result.blocked] == ["setl_fund_sum"]
    absent = check(result, "line_price_count")
    assert (absent.applicable, absent.success, absent.rate) == (False, True, None)
    assert "不适用" in absent.message
    assert len(result.checks) == len(quality.catalogue())


def test_a_few_violations_are_told_and_let_pass(tmp_path: Path) -> None:
    result = quality.run(small(1, 30), Config(), Home(tmp_path), ["2025Q1"])
    assert check(result, "setl_fund_sum").violations == 1
    assert result.blocked == []


def test_a_quarter_without_settlements_is_blocked(tmp_path: Path) -> None:
    result = quality.run(small(0, 1), Config(), Home(tmp_path), ["2026Q1"])
    assert [one.check_id for one in result.blocked] == ["setl_rows"]


def test_the_list_has_all_checks_of_the_area_and_what_providers_violate(tmp_path: Path) -> None:
    engine = small(3, 7)
    quality.run(engine, Config(), Home(tmp_path), ["2025Q1"])
    assert rows_of(
        engine,
        'select fixmedins_code, "table", severity, rows, violations, rate, examples from quality.result '
        "where check_id = 'setl_fund_sum' order by fixmedins_code nulls first",
    ) == [
        (None, "setl_d", "fail", 10, 3, 0.3, '["B0", "B2"]'),
        ("H0", "setl_d", "fail", 9, 2, 0.222222, '["B0", "B2"]'),
        ("H1", "setl_d", "fail", 1, 1, 1.0, '["B1"]'),
    ]
    assert rows_of(engine, "select count(*) from quality.result where fixmedins_code is null") == [
        (len(quality.catalogue()),)
    ]


def test_running_again_replaces_only_its_period(tmp_path: Path) -> None:
    engine = small(1, 1)
    both = "select count(*), count(distinct period) from quality.result where fixmedins_code is null"
    quality.run(engine, Config(), Home(tmp_path), ["2025Q1", "2025Q2"])
    quality.run(engine, Config(), Home(tmp_path), ["2025Q1"])
    assert rows_of(engine, both) == [(2 * len(quality.catalogue()), 2)]
    with engine.transaction():
        quality.run(engine, Config(), Home(tmp_path), None)
    assert rows_of(engine, both) == [(2 * len(quality.catalogue()), 2)]


def test_every_quarter_with_settlements_is_checked_by_default(tmp_path: Path) -> None:
    engine = world(
        setl_d=[{}, {"setl_time": "2024-12-31 12:00:00"}], outmed_setl_d=[{"setl_time": "2024-07-01 12:00:00"}]
    )
    assert quality.run(engine, Config(), Home(tmp_path)).periods == ["2024Q3", "2024Q4", "2025Q1"]


def test_who_takes_failed_checks_over_gives_a_reason_which_is_recorded_once(tmp_path: Path) -> None:
    engine = small(1, 1)
    result = quality.run(engine, Config(), Home(tmp_path), ["2025Q1"])
    with pytest.raises(UsageError, match="理由"):
        quality.accept(engine, result, "  ")
    quality.accept(engine, result, " 已核对'; drop table x ")
    quality.accept(engine, result, "已核对'; drop table x")
    assert rows_of(engine, "select * from meta.accepted_quality") == [
        ("2025Q1", "已核对'; drop table x", '["setl_fund_sum"]')
    ]


@pytest.mark.parametrize(
    ("unmatched", "limits", "blocked"),
    [
        (19, Quality(), []),
        (20, Quality(), ["refund_unmatched_rare"]),
        (1, Quality(fail_rate={"refund_unmatched_rare": 0.01}), ["refund_unmatched_rare"]),
    ],
)
def test_a_share_of_a_few_rows_only_warns(unmatched: int, limits: Quality, blocked: list[str], tmp_path: Path) -> None:
    refunds = [f"R{i}" for i in range(unmatched)]
    engine = world(setl_d=[GOOD, *({**GOOD, "setl_id": name} for name in refunds)], unmatched=refunds)
    result = quality.run(engine, Config(quality=limits), Home(tmp_path), ["2025Q1"])
    found = check(result, "refund_unmatched_rare")
    assert [one.check_id for one in result.blocked] == blocked
    assert (found.success, found.severity) == (False, "fail" if blocked else "warn")


@pytest.mark.parametrize(
    ("limits", "blocked"),
    [
        (Quality(fail_rate={"setl_fund_sum": 0.1}), []),
        (Quality(warn_rate={"setl_fund_sum": 0.0}), []),
        (Quality(fail_rate={"setl_fund_sum": 0.1, "month_settlements": 0.5}), ["month_settlements"]),
    ],
)
def test_limits_are_configurable(limits: Quality, blocked: list[str], tmp_path: Path) -> None:
    result = quality.run(small(1, 9), Config(quality=limits), Home(tmp_path), ["2025Q1"])
    assert [one.check_id for one in result.blocked] == blocked


def test_wrong_limits_are_refused_all_at_once(tmp_path: Path) -> None:
    limits = Quality(fail_rate={"nosuch": 0.1, "setl_sign": 2}, warn_rate={"setl_sign": 0.1})
    with pytest.raises(UsageError) as refused:
        quality.run(small(0, 1), Config(quality=limits), Home(tmp_path), ["2025Q1"])
    assert all(text in str(refused.value) for text in ("nosuch", "2.0 不在 0 到 1", "both fail_rate and warn_rate"))


def test_a_wrong_period_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2025Q1"):
        quality.run(small(0, 1), Config(), Home(tmp_path), ["202501"])


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[dict[str, str]]:
    engine = world(setl_d=[{**BAD, "setl_id": HOSTILE}], nat_data_dic_a=[{"dic_type_code": "GEND"}])
    result = quality.run(engine, Config(), Home(tmp_path), ["2025Q1"])
    folder = tmp_path / "reports" / "quality"
    assert result.docs == folder / "index.html"
    yield {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.*"))}


def test_pages_need_no_network_and_run_no_script(pages: dict[str, str]) -> None:
    assert pages.keys() == {
        "index.html", "2025Q1/index.html", "2025Q1/setl_d.html", "2025Q1/code_set.html",
    }  # fmt: skip
    for name, text in pages.items():
        assert not re.search(r"<(script|link|img|iframe|form)|\son\w+\s*=\s*[\"'][^&]|@import|url\(", text), name
        assert all("http" not in value for value in re.findall(r"(?:href|src)\s*=\s*\"([^\"]*)\"", text)), name
    assert "setl_fund_sum" in pages["2025Q1/setl_d.html"]
    assert "&lt;img src=" in pages["2025Q1/index.html"]


def test_links_between_pages_lead_somewhere(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        folder = Path(name).parent
        for target in re.findall(r'href="([^"#]+)"', text):
            parts: list[str] = []
            for part in (folder / target).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in pages, (name, target)


def test_the_same_data_give_the_same_pages_and_rows(tmp_path: Path) -> None:
    bytes_of, rows = [], []
    for name in ("a", "b"):
        engine = small(3, 7)
        quality.run(engine, Config(), Home(tmp_path / name), ["2025Q1"])
        bytes_of.append([path.read_bytes() for path in sorted((tmp_path / name).rglob("*.html"))])
        rows.append(rows_of(engine, "select * from quality.result"))
    assert bytes_of[0] == bytes_of[1]
    assert rows[0] == rows[1]


def test_bodies_keep_text_and_lose_what_is_fetched() -> None:
    page = (
        "<html><head><script>x</script></head><body>"
        "<nav class='navbar sticky-top'><img src='http://a'/><nav>n</nav></nav>"
        "<p onclick='x()' class='a'>1 &lt; 2<br/><a href='http://b'>b</a><a href='#c'>c</a></p>"
        "<footer>f</footer></body></html>"
    )
    assert body_of(page) == '<p class="a">1 &lt; 2<br><a>b</a><a href="#c">c</a></p>'

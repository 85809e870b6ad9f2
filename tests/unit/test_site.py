"""The report site on a tiny home: hostile cells, what may leave the house, links, the same bytes."""

import re
import sys
from decimal import Decimal
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import unquote, urlsplit

import polars as pl
import pytest

from models.contracts.words import flat_json
from models.errors import UsageError
from models.home import Home
from models.site.build import fingerprint, write_site
from models.site.cells import number, suppressed
from models.site.charts import island, spark
from models.site.names import slug
from models.site.portrait import indicators
from models.site.serve import serving
from models.site.source import Served
from tests.unit.site_support import MINE, OTHER, PERSONS, PLAN, source_of


class Links(HTMLParser):
    """Addresses and anchors of a page, and its elements by name."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.tags: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        told = dict(attrs)
        assert not any(name.startswith("on") for name in told), f"{tag} {told}"
        self.links += [value for name in ("href", "src") if (value := told.get(name))]
        if told.get("id"):
            self.anchors.add(str(told["id"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    (root / "quality" / "2025Q1").mkdir(parents=True)
    (root / "quality" / "2025Q1" / "index.html").write_text("docs", encoding="utf-8")
    write_site(source_of(root / "lists"), root / "site", ["2025Q1"])
    return root / "site"


def _read(path: Path) -> Links:
    parser = Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def test_every_link_leads_to_a_page_and_an_anchor(site: Path) -> None:
    pages = {path: _read(path) for path in site.rglob("*.html")}
    assert len(pages) > 100
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            assert not parts.scheme and not parts.netloc, f"{path}: {link} leaves the site"
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file() and target.is_relative_to(site.parent), f"{path}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path}: {link}"


def test_hostile_cells_stay_text(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = _read(path)
        assert "img" not in page.tags and ("i" not in page.tags or path.parent.name in {"provider", "self"}), path
        assert "alert('乙院')</script>" not in path.read_text(encoding="utf-8"), path
        assert "<img" not in path.read_text(encoding="utf-8"), path
    for path in site.rglob("data/*.js"):
        assert "<" not in path.read_text(encoding="utf-8"), path
    assert all(path.resolve().is_relative_to(site) for path in site.rglob("*"))


def test_the_self_check_page_names_nobody_else(site: Path) -> None:
    """No other provider, no pseudonym, no rank, plan or case, no small count, no way into the site."""
    for language in ("zh", "en"):
        text = (site / language / "self" / f"{slug(MINE)}.html").read_text(encoding="utf-8")
        for other in (OTHER, "乙院", slug(OTHER), "H2"):
            assert other not in text
        assert not any(psn_id[:12] in text for psn_id in PERSONS[1:])
        assert str(PLAN[0]["exposure_amount"]) not in text and "计划检查理由" not in text and "K01" not in text
        assert "&lt;5" in text and "77.77" not in text, "counts below five, money of a group that others share"
        assert "1.75" not in text and "1.125" not in text, "a value of three cases, a median of two peers"
        page = site / language / "self" / f"{slug(MINE)}.html"
        targets = {(page.parent / link).resolve() for link in _read(page).links if link[0] == "."}
        assert {path.parent.name for path in targets} == {"static", "self"}, "only its other language"


def test_the_portrait_shows_what_the_house_may_see(site: Path) -> None:
    text = (site / "zh" / "provider" / f"{slug(MINE)}.html").read_text(encoding="utf-8")
    assert "计划检查理由" in text and "77.77" in text and "case/H1-1.html#S0" in text
    case = (site / "zh" / "case" / "H1-1.html").read_text(encoding="utf-8")
    assert "A00" in case and "规则" in case


def test_funds_and_quotas_stand_against_their_budgets(site: Path) -> None:
    for language, left in (("zh", "结余"), ("en", "Left")):
        text = (site / language / "index.html").read_text(encoding="utf-8")
        assert left in text and "580.00" in text and "2,500 (2,400 – 2,600)" in text and "区间下限也超过预算" in text
        assert '"array":[15.0]' in text and '"arrayminus":[15.0]' in text, "the forecast has its interval"
    mine = (site / "zh" / "provider" / f"{slug(MINE)}.html").read_text(encoding="utf-8")
    assert "222.00" in mine, "what is left of the quota"


def test_a_value_without_peers_says_why() -> None:
    row = {"indicator": "cmi", "quarter": "2025Q1", "unit": "index", "rule_id": None, "value": 1.0, "cases": 25,
           "peers": 9, "peer_median": None, "peer_percentile": None, "note": None}  # fmt: skip
    assert "不足 30 例" in indicators([row], ["2025Q1"], "zh", outside=False)[0]["note"]
    assert indicators([row | {"peer_percentile": 50.0}], ["2025Q1"], "zh", outside=False)[0]["note"] is None


def test_grades_go_outside_once_they_are_published(site: Path) -> None:
    for code, shown in ((MINE, True), (OTHER, False)):
        inside = (site / "zh" / "provider" / f"{slug(code)}.html").read_text(encoding="utf-8")
        outside = (site / "zh" / "self" / f"{slug(code)}.html").read_text(encoding="utf-8")
        assert "<b>B</b> · 88 分" in inside and "认定成立 2 项扣 4 分" in inside and "未扣分项" not in inside
        assert ("信用等级" in outside) == shown
    assert "截止 2026-02-02" in (site / "zh" / "self" / f"{slug(MINE)}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("many", [100_000, -1])  # -1: one language after the other, as of a city
def test_the_same_lists_give_the_same_bytes(
    many: int, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["models.site.build"], "MANY", many)  # the package has a function of that name
    write_site(source_of(tmp_path / "lists"), tmp_path / "site", ["2025Q1"])
    ours = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path / "site"): path for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert ours.keys() == again.keys()
    assert not [name for name, path in again.items() if path.read_bytes() != ours[name]]


def test_pages_are_small_and_both_languages_have_all(site: Path) -> None:
    zh = {path.relative_to(site / "zh") for path in (site / "zh").rglob("*.html")}
    assert zh == {path.relative_to(site / "en") for path in (site / "en").rglob("*.html")}
    assert all(
        path.stat().st_size < 1_000_000 for path in site.rglob("*") if path.name != "plotly.min.js" and path.is_file()
    )


def test_no_page_speaks_of_fraud(site: Path) -> None:
    for path in [*site.rglob("*.html"), *site.rglob("*.js")]:
        if path.name != "plotly.min.js":
            assert not re.search(r"\bfraud|欺诈|骗保", path.read_text(encoding="utf-8")), path


def test_a_changed_list_changes_the_fingerprint(tmp_path: Path) -> None:
    home = Home(tmp_path)
    source_of(home.lists)
    before = fingerprint(home)
    assert fingerprint(home) == before
    (home.lists / "2026" / "manifest.json").write_text("{}", encoding="utf-8")
    assert fingerprint(home) != before


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with serving(tmp_path, 0) as address:
        port = urlsplit(address).port
        assert port
        with pytest.raises(UsageError, match="site-port"), serving(tmp_path, port):
            pass


CELLS = [
    # value, shown as, text
    (1234.5, "amount", "1,234.50"),
    (0.1234, "share", "12.3%"),
    (0.00123, "share", "0.12%"),
    (0.00001, "share", "<0.01%"),
    (2.5, "quantity", "2.5"),
    (2000, "count", "2,000"),
    (-0.0004, "score", "0.00"),
    (Decimal("-0.001"), "amount", "0.00"),
    (0.0, "significance", "<0.001"),
    (0.0004, "significance", "<0.001"),
    (0.0, "probability", "0.000"),
]


@pytest.mark.parametrize(("value", "show", "text"), CELLS)
def test_numbers_are_shown_by_their_kind(value: float, show: str, text: str) -> None:
    assert number(value, show) == text


def test_counts_below_five_are_not_told() -> None:
    assert [suppressed(n) for n in (None, 0, 1, 4, 5, 1200)] == ["", "0", "<5", "<5", "5", "1,200"]


def test_evidence_is_written_flat_and_text_that_is_no_json_stays() -> None:
    assert flat_json('[{"text": "一", "z": 1}, {"a": 2, "b": null}]', "zh") == "一；（a 2）"
    assert flat_json("{no json", "zh") == "{no json"


def test_data_in_a_page_cannot_end_its_script() -> None:
    assert island({"x": "</script>&"}) == '{"x":"\\u003c/script\\u003e\\u0026"}'


def test_a_line_needs_two_points_and_shows_what_others_had_where_known() -> None:
    assert spark([1.0], [1.0]) == "" and spark([1.0, 2.0], [None, None]).startswith("|M2.0")


def test_a_code_that_names_another_place_is_no_address() -> None:
    assert slug("../x") != "../x" and slug("H1") == "H1"


ASKED = [
    # host, path, status
    ("127.0.0.1", "/site/index.html", 200),
    ("localhost", "/quality/2025Q1/index.html", 200),
    ("127.0.0.1", "/", 302),
    ("evil.example", "/site/index.html", 404),
    ("127.0.0.1", "/site/static/", 404),
    ("127.0.0.1", "/other/x.txt", 404),
    ("127.0.0.1", "/site/../other/x.txt", 404),
    ("127.0.0.1", "/site/%2e%2e/other/x.txt", 404),
    ("127.0.0.1", "/../outside.txt", 404),
    ("127.0.0.1", "/site/zh/list/2024Q1-clawback.html", 302),  # an earlier quarter's, which the UI still links
    ("127.0.0.1", "/site/zh/provider/2024Q1-clawback.html", 404),
]


def test_only_the_site_is_served_and_only_to_this_machine(site: Path) -> None:
    reports = site.parent
    (reports / "other").mkdir()
    for path in (reports / "other" / "x.txt", reports.parent / "outside.txt"):
        path.write_text("x", encoding="utf-8")
    with serving(reports, 0) as address:
        found = []
        for host, asked, _ in ASKED:
            connection = HTTPConnection("127.0.0.1", urlsplit(address).port)
            connection.request("GET", asked, headers={"Host": host})
            answer = connection.getresponse()
            found.append((host, asked, answer.status))
            assert answer.status != 200 or "default-src 'none'" in str(answer.getheader("Content-Security-Policy"))
            connection.close()
    assert found == ASKED


def test_lists_served_before_a_column_was_added_are_shown(tmp_path: Path) -> None:
    served = source_of(tmp_path).quarter
    path = served.folder / "deviation.parquet"
    before = pl.read_parquet(path)
    before.drop("reference").write_parquet(path)
    now = Served(served.folder, served.manifest).frame("deviation")
    assert now.height == before.height and now["reference"].is_null().all()

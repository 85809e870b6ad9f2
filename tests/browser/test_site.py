"""Report sites of small counties in headless Chromium: the whole one of a quarter, and of a year the fullest page of
every kind, of which pictures are kept under build/site-pictures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urldefrag

import pytest

from models.home import Home
from models.site import folder_of
from models.site.serve import serving
from tests.browser.chromium import Tab, binary, tab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(binary() is None, reason="Chromium is not installed (apt-get install chromium)"),
]
PICTURES = Path(__file__).parents[2] / "build" / "site-pictures"
PLOTS = "Array.from(document.querySelectorAll('figure.chart'), f => f.querySelectorAll('.main-svg').length > 0)"
LINKS = "Array.from(document.querySelectorAll('a[href]'), a => a.href)"
ROWS = "document.querySelectorAll('#list tbody tr').length"
TYPE = "(() => {{ const i = document.querySelector('.tools input'); i.value = {0!r};"
TYPE += " i.dispatchEvent(new Event('input')) }})()"
FOUND = "document.querySelector('.found').textContent"
SORTED = "Array.from(document.querySelectorAll('th')).findIndex(h => h.getAttribute('aria-sort') === 'descending')"
CASES = "Array.from(document.querySelectorAll('.case'), c => getComputedStyle(c).display).filter(d => d !== 'none')"
INDEX = "getComputedStyle(document.querySelector('.index')).display"


@contextmanager
def served(home: Path) -> Iterator[tuple[str, Path]]:
    """Address and folder of the site that the run made."""
    place = Home(home)
    with serving(place.reports, 0) as address:
        yield address, folder_of(place)


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[tuple[str, Path]]:
    """Of a year."""
    with served(home) as found:
        yield found


@pytest.fixture(scope="module")
def quarter_site(quarter_home: Path) -> Iterator[tuple[str, Path]]:
    """Of a quarter, with a plan: pages of every kind, but few of each."""
    with served(quarter_home) as found:
        yield found


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Tab]:
    with tab(tmp_path / "profile") as made:
        yield made


def test_every_page_and_every_link(quarter_site: tuple[str, Path], page: Tab) -> None:
    """From the overview every page is reached, none has an error, every plot is drawn, no link leads nowhere."""
    address, folder = quarter_site
    todo, seen, plots, dead = [f"{address}zh/index.html"], set(), 0, []
    known = set(todo)
    while todo:
        url = todo.pop()
        page.open(url)
        drawn = page.ask(PLOTS)
        assert all(drawn), f"{url}: a plot is not drawn"
        assert not page.errors, f"{url}: {page.errors}"
        plots += len(drawn)
        seen.add(url)
        for link, anchor in {tuple(urldefrag(one)) for one in page.ask(LINKS)}:
            file = folder.parent / link.removeprefix(address.removesuffix("site/"))
            if not file.is_file() or (anchor and f'id="{anchor}"' not in file.read_text(encoding="utf-8")):
                dead.append(f"{url} -> {link}#{anchor}")
            if link not in known and link.startswith(address):
                known.add(link)
                todo.append(link)
    assert not dead, dead[:10]
    made = {f"{address}{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.html")}
    assert made - seen == {f"{address}index.html"}, "pages that nothing leads to"
    assert plots > 20


def _kinds(folder: Path, language: str) -> dict[str, str]:
    """One page of every kind, and of every list: the fullest."""
    found = {}
    for path in sorted((folder / language).rglob("*.html"), key=lambda one: (one.stat().st_size, one.name)):
        kind = path.parent.name if path.parent.name != language else path.stem
        found[kind if kind != "list" else f"list-{path.stem.split('-', 1)[1]}"] = path.relative_to(folder).as_posix()
    return found


def test_both_sites_have_pages_of_the_same_kinds(site: tuple[str, Path], quarter_site: tuple[str, Path]) -> None:
    """So the small one, which is walked whole, leaves no kind of page out."""
    assert {"case", "group", "person", "provider", "rule", "self"} <= _kinds(quarter_site[1], "zh").keys()
    assert _kinds(site[1], "zh").keys() == _kinds(quarter_site[1], "zh").keys()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pictures(site: tuple[str, Path], page: Tab, language: str) -> None:
    """Pages stay within their width, on screen and in print."""
    address, folder = site
    for kind, name in _kinds(folder, language).items():
        page.open(address + name)
        assert all(page.ask(PLOTS)), f"{name}: a plot is not drawn"
        first = page.ask("document.querySelector('.case')?.id ?? ''")
        if first:
            page.ask(f"location.hash = {first!r}")
        page.picture(PICTURES / f"{language}-{kind}.png")
        assert page.ask("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
    for kind in ("provider", "self"):
        page.open(address + _kinds(folder, language)[kind])
        page.pdf(PICTURES / f"{language}-{kind}.pdf")
        page.picture(PICTURES / f"{language}-{kind}-print.png", width=760, printed=True)
        assert page.ask("getComputedStyle(document.querySelector('.tongue')).display") == "block"
    assert not page.errors, page.errors


def test_search_and_sort(site: tuple[str, Path], page: Tab) -> None:
    """A long list is paged, searched over all its rows and sorted by number, by keyboard as well."""
    address, folder = site
    long = max((folder / "zh" / "list").glob("*-indicator.html"))
    page.open(f"{address}zh/list/{long.name}")
    assert page.ask(ROWS) == 100
    page.ask("document.querySelector('.after').click()")
    page.until(FOUND + ".includes('101')")
    page.ask(TYPE.format("CMI"))
    page.until("Array.from(document.querySelectorAll('#list tbody tr')).every(r => r.textContent.includes('CMI'))")
    page.ask("Array.from(document.querySelectorAll('th.number button'))[0].focus()")
    for kind in ("keyDown", "keyUp"):
        page.send("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    page.until(f"{SORTED} >= 0")
    cells = page.ask(f"Array.from(document.querySelectorAll('#list tbody tr'), r => r.cells[{SORTED}].textContent)")
    values = [float(cell.replace(",", "")) for cell in cells if cell]
    assert values and values == sorted(values, reverse=True)
    page.ask(TYPE.format("no such thing"))
    page.until(f"{ROWS} === 0")
    assert not page.errors, page.errors


def test_a_case_shows_alone(site: tuple[str, Path], page: Tab) -> None:
    address, folder = site
    path = min((folder / "zh" / "case").glob("*.html"))
    page.open(f"{address}zh/case/{path.name}")
    assert page.ask(f"{CASES}.length") == 0 and page.ask(INDEX) == "block"
    page.ask("document.querySelector('.index li a').click()")
    page.until(f"{CASES}.length === 1")
    assert page.ask(INDEX) == "none"

"""Executing the notebooks of auditors for the targets of the plan: an executed copy and its page, side by side.

A kernel is a process of its own that reads the published snapshot; the source in `notebooks/` is never written to, and
what auditors do with copies touches nothing here.
"""

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from models.config import Config
from models.errors import JichaError, UsageError
from models.home import Home
from models.lists.replace import replaced_folder
from models.notebooks.look import Look, open_snapshot
from models.site.names import slug

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "notebooks"
#: what is executed for a target, where there is anything to show in it
BOOKS = ("provider", "group_deviation", "gathering_group", "case_comparison", "list_review")
KERNEL = "python3"
PATIENCE = 300  # seconds a kernel may take to start, and a cell to run
STYLE = Path(__file__).with_name("page.css")


@dataclass(frozen=True)
class Executed:
    """One notebook as it was executed, and its page."""

    name: str
    notebook: Path
    page: Path


def folder_of(home: Home, year: str, code: str) -> Path:
    """`<home>/reports/notebooks/<year>/<code>`; a code that could name another place is replaced by its hash."""
    return home.reports / "notebooks" / year / slug(code)


def execute(source: Path, target: Path, parameters: Mapping[str, str | None]) -> Executed:
    """Execute a notebook with these parameters into `target` (.ipynb) and write its page beside it.

    Offline: the kernel listens on this machine alone and the page fetches nothing. Raises JichaError with the failing
    cell's error where a cell fails.
    """
    with _alone() as place:
        import papermill
        from traitlets.config import Config as Settings

        try:
            papermill.execute_notebook(
                str(source), str(target), parameters=dict(parameters), kernel_name=KERNEL, progress_bar=False,
                autosave_cell_every=0, request_save_on_cell_execute=False,
                start_timeout=PATIENCE, execution_timeout=PATIENCE,
                config=Settings({"KernelManager": {"transport": "ipc", "ip": f"{place}/kernel"}}),
            )  # fmt: skip
        except papermill.PapermillExecutionError as fault:
            raise JichaError(
                f"笔记本 {source.name} 执行出错 / the notebook failed in cell {fault.exec_count}: "
                f"{fault.ename}: {fault.evalue}"
            ) from None
        page = target.with_suffix(".html")
        page.write_text(_page(target), encoding="utf-8")
    return Executed(source.stem, target, page)


def _page(notebook: Path) -> str:
    """The executed notebook as one page without scripts."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(template_name="basic").from_filename(str(notebook))
    title, style = escape(notebook.stem), STYLE.read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><link rel="icon" href="data:,"><title>{title}</title><style>{style}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'


@contextmanager
def _alone() -> Iterator[str]:
    """Kernels find this project wherever it lies, speak through sockets of this user alone, and keep no history.

    Yields a folder of their own for those sockets.
    """
    with TemporaryDirectory(prefix="jicha-") as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        asked = {"PYTHONPATH": paths, "JUPYTER_RUNTIME_DIR": place, "IPYTHONDIR": place}
        before = {name: os.environ.get(name) for name in asked}
        os.environ.update(asked)
        try:
            yield place
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def books_for(look: Look, provider: str) -> list[str]:
    """The notebooks in which the provider has something to show: a pharmacy has no groups of cases."""
    has = {
        "group_deviation": look.first_deviation(provider),
        "gathering_group": look.first_group(provider),
        "case_comparison": look.first_case(provider),
    }
    return [name for name in BOOKS if has.get(name, provider) is not None]


def execute_for_targets(home: Home, config: Config, codes: Sequence[str] | None = None) -> dict[str, list[Executed]]:
    """Execute the notebooks of some providers, by default of the first `config.reports.notebooks` of the newest plan.

    A provider's folder is replaced whole. The caller holds the home's writer lock. Raises JichaError where nothing is
    published or a notebook fails, UsageError where the snapshot has no plan.
    """
    look = open_snapshot(home.root)
    chosen = list(codes) if codes is not None else _planned(look)[: config.reports.notebooks]
    found: dict[str, list[Executed]] = {}
    for code in chosen:
        target = folder_of(home, look.year, code)
        with replaced_folder(target, durable=False) as fresh:
            made = [
                execute(SOURCES / f"{name}.ipynb", fresh / f"{name}.ipynb", {"home": str(home.root), "provider": code})
                for name in books_for(look, code)
            ]
        found[code] = [Executed(one.name, target / one.notebook.name, target / one.page.name) for one in made]
    return found


def _planned(look: Look) -> list[str]:
    plan = look.frame(
        "select fixmedins_code from score.inspection where period = $year and planned = 1 order by rank", year=look.year
    )
    if plan.is_empty():
        raise UsageError(f"{look.year} 年计划没有检查对象 / the plan of {look.year} has no target.")
    return [str(code) for code in plan["fixmedins_code"]]

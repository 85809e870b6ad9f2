"""Every notebook executes on the small snapshot; four stay open while a run writes; copies of auditors touch no run."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.notebooks import open_snapshot
from models.notebooks.run import BOOKS, SOURCES, books_for
from tests.pipeline.support import jicha, list_bytes, run, tree_bytes
from tests.pipeline.test_privacy import files_with, planted

OPEN = """import sys
from pathlib import Path
from models.notebooks.run import SOURCES, execute
home, target, *names = sys.argv[1:]
for name in names:
    execute(SOURCES / f"{name}.ipynb", Path(target) / f"{name}.ipynb", {"home": home})
"""
JOB = """import sys
from pathlib import Path
from models.home import Home
from models.session import Options
from pipelines.instance import open_instance
from pipelines.run import Runner
home = Path(sys.argv[1])
options = Options(landing=None, home=home, key_file=Path(sys.argv[2]))
Runner(options, open_instance(Home(home))).job("targets")
"""


def _python(text: str, *words: object) -> None:
    import subprocess
    import sys

    told = subprocess.run([sys.executable, "-c", text, *map(str, words)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_sources_hold_no_outputs_and_have_parameters() -> None:
    assert {path.stem for path in SOURCES.glob("*.ipynb")} == set(BOOKS)
    for name in BOOKS:
        cells = json.loads((SOURCES / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code), name
        assert code[0]["metadata"]["tags"] == ["parameters"], name
        assert not any("parameters" in cell["metadata"].get("tags", []) for cell in code[1:]), name


@pytest.fixture(scope="module")
def copy(quarter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the home that may be written to, with notebooks for one target."""
    place = tmp_path_factory.mktemp("notebooks") / "home"
    shutil.copytree(quarter_home, place, symlinks=True)
    (place / "config.yaml").write_text("reports: {dossiers: 1, notebooks: 1}\n", encoding="utf-8")
    return place


def test_four_notebooks_are_open_while_a_run_writes(
    copy: Path, quarter_landing: Path, key_file: Path, tmp_path: Path
) -> None:
    """And every notebook executes with its defaults: the fifth follows the first."""
    changed = tmp_path / "landing"
    shutil.copytree(quarter_landing, changed)
    month = sorted(path for path in changed.iterdir() if path.name.isdigit())[-1]
    file = next(month.glob("setl_d*.csv"), None) or next(month.glob("mdtrt_d*"))
    file.rename(file.with_name(f"{file.name.split('.', 1)[0]}_again.{file.name.split('.', 1)[1]}"))
    before = (copy / "published" / "latest").resolve().name
    parts = [[BOOKS[0], BOOKS[4]], [BOOKS[1]], [BOOKS[2]], [BOOKS[3]]]
    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(_python, OPEN, copy, tmp_path, *names) for names in parts]
        run(changed, copy, "--key-file", key_file)
        for one in opened:
            one.result()
    assert (copy / "published" / "latest").resolve().name != before, "the run published"
    patterns = tmp_path / "patterns"
    patterns.write_text("\n".join(planted(quarter_landing)) + "\n", encoding="utf-8")
    made = [tmp_path / f"{name}{end}" for name in BOOKS for end in (".ipynb", ".html")]
    assert files_with(patterns, *made) == [], "no identity"
    for page in (one for one in made if one.suffix == ".html"):
        text = page.read_text(encoding="utf-8")
        assert (
            "<script" not in text and "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text
        )


def test_the_job_executes_them_for_the_targets_and_a_changed_copy_touches_nothing(copy: Path, key_file: Path) -> None:
    lists, sources = list_bytes(copy), tree_bytes(SOURCES)
    _python(JOB, copy, key_file)
    look = open_snapshot(copy)
    place = copy / "reports" / "notebooks" / look.year / look.top_target()
    names = books_for(look, look.top_target())
    assert {path.name for path in place.iterdir()} == {f"{name}{end}" for name in names for end in (".ipynb", ".html")}
    mine = place / "provider.ipynb"
    mine.write_text(mine.read_text(encoding="utf-8").replace("order by", "order by 1 --"), encoding="utf-8")
    _python(JOB, copy, key_file)
    assert "order by 1 --" not in mine.read_text(encoding="utf-8"), "executed anew from the source"
    assert list_bytes(copy) == lists and tree_bytes(SOURCES) == sources
    assert (copy / "reports" / "dossiers").is_dir()


def test_without_a_snapshot_one_readable_message(tmp_path: Path) -> None:
    from models.errors import JichaError

    with pytest.raises(JichaError, match="no snapshot"):
        open_snapshot(tmp_path)
    assert jicha("dossier", "--home", tmp_path).returncode == 2

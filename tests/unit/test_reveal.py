"""What `reveal` refuses, what it writes and what it logs."""

import json
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from models.errors import InputRefused, JichaError, UsageError
from models.ingest.keys import pseudonym
from models.reveal import LOG, reveal
from models.session import Options, Session, open_session
from tests.pipeline.support import KEY, write_key

NUMBERS = ["P001", "=1+1", "P003"]  # the second is one that a spreadsheet would run
PERSONS = [pseudonym(bytes.fromhex(KEY), number) for number in NUMBERS]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    landing = tmp_path / "landing"
    (landing / "reference").mkdir(parents=True)
    lines = "\n".join(f"{number},1" for number in NUMBERS[:2])
    (landing / "reference" / "psn_info_b.csv").write_text(f"psn_no,gend\n{lines}\n", encoding="utf-8")
    options = Options(landing=landing, home=tmp_path / "home", key_file=write_key(tmp_path))
    with open_session(options) as opened:
        yield opened


def _list(folder: Path, **columns: list[str]) -> Path:
    path = folder / "person.parquet"
    pl.DataFrame({"psn_id": PERSONS, "reason": ["x", '=HYPERLINK("http://x")', "@y"], **columns}).write_parquet(path)
    return path


def test_numbers_stand_beside_pseudonyms_and_cells_are_inert(session: Session, tmp_path: Path) -> None:
    out = tmp_path / "named.csv"
    assert reveal(session, _list(tmp_path), out) == 3
    shown = pl.read_csv(out, infer_schema=False)
    assert shown.columns == ["psn_id", "psn_no", "reason"]
    assert shown["psn_no"].to_list() == ["P001", "'=1+1", None], "who is in no extract stays unknown"
    assert shown["reason"].to_list() == ["x", '\'=HYPERLINK("http://x")', "'@y"]
    assert out.stat().st_mode & 0o777 == 0o600


def test_every_use_is_logged_with_the_systems_user(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    for number in range(2):
        reveal(session, _list(tmp_path), tmp_path / f"named{number}.csv")
    entries = [json.loads(line) for line in (session.home.register / LOG).read_text(encoding="utf-8").splitlines()]
    assert [(one["rows"], one["persons"], one["list"]) for one in entries] == [(3, 2, "person.parquet")] * 2
    assert {one["user"] for one in entries} == {pwd.getpwuid(os.getuid()).pw_name}
    assert not any(number in json.dumps(entries) for number in NUMBERS), "the log names nobody"


def test_refused_files_leave_neither_output_nor_log(session: Session, tmp_path: Path) -> None:
    good, there = _list(tmp_path), tmp_path / "there.csv"
    there.touch()
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    named, broken, other = tmp_path / "named", tmp_path / "broken.parquet", tmp_path / "other.parquet"
    named.mkdir()
    broken.write_bytes(b"PAR1 no list")
    pl.DataFrame({"group_id": ["g"]}).write_parquet(other)
    new = tmp_path / "new.csv"
    inside = session.home.register / ".." / "lists" / "new.csv"
    cases: list[tuple[Path, Path, type[JichaError]]] = [
        # list, --out, what is raised
        (good, there, UsageError),
        (good, tmp_path / "link.csv", UsageError),
        (good, session.home.root / "new.csv", UsageError),
        (good, inside, UsageError),
        (good, session.landing / "reference" / "psn_info_b_2.csv", UsageError),
        (good, tmp_path / "no" / "folder" / "new.csv", UsageError),
        (tmp_path / "none.parquet", new, InputRefused),
        (broken, new, InputRefused),
        (other, new, UsageError),
        (_list(named, psn_no=NUMBERS), new, UsageError),
    ]
    for source, out, kind in cases:
        with pytest.raises(kind):
            reveal(session, source, out)
    assert not new.exists()
    assert not (session.home.register / LOG).exists()

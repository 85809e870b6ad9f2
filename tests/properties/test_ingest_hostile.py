"""Hostile files reconcile: every line of every file is loaded or set aside under its right number, or the file refused.

A file is generated as a list of lines together with what must become of each; the encoding, separator, line ends,
compression and the places where chunks are cut vary independently.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import ingest
from models.config import Config
from models.engine import Engine
from models.engine.duck import memory_engine
from models.errors import InputRefused
from models.home import Home
from models.ingest import chunks, sources
from tests.properties.hostile_files import COLUMNS, KINDS, Way, content, expected, file_of, ways, write

KEY = bytes(range(32))


class World:
    """One landing that is emptied before each example, one engine and home that go on: state must follow the files."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "landing" / "reference"
        self.folder.mkdir(parents=True)
        self.landing, self.home = root / "landing", Home(root / "home")
        self.home.prepare()
        self.engine: Engine = memory_engine()

    def load(self) -> None:
        ingest.load(self.engine, self.landing, self.home, KEY, Config())

    def clear(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()

    def rows(self, file: str) -> dict[int, tuple]:
        found = self.engine.con.execute(
            f"select r.line_no, {', '.join(COLUMNS)} from raw.inspection_d r join meta.file f using (file_id) "
            "where f.file = $file",
            {"file": file},
        ).fetchall()
        return {row[0]: row[1:] for row in found}

    def aside(self, file: str) -> dict[int, tuple[frozenset[str], str]]:
        path = self.home.quarantine / "reference.parquet"
        if not path.exists():
            return {}
        found = pl.read_parquet(path).filter(pl.col("file") == file)
        return {row["line"]: (frozenset(row["reasons"]), row["line_sha256"]) for row in found.iter_rows(named=True)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("hostile"))
    yield made
    made.engine.close()


#: hostile files in all, and of one delivery: most of what an example costs is the loading, not the file
FILES, TOGETHER = 500, 4
delivered = st.tuples(st.lists(st.sampled_from(KINDS), max_size=12), ways)


@settings(max_examples=FILES // TOGETHER, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(delivered, min_size=TOGETHER, max_size=TOGETHER),
    chunk=st.sampled_from([64, 300, 1 << 20]),
)
def test_every_line_of_a_hostile_file_is_accounted_for(
    world: World, files: list[tuple[list[str], Way]], chunk: int
) -> None:
    world.clear()
    written = []
    for part, (kinds, way) in enumerate(files):
        lines = file_of(kinds, way)
        written.append((write(world.folder, part, content(lines, way), way.packed), lines, way))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chunks, "CHUNK", chunk)
        patched.setattr(sources, "BLOCK", max(32, chunk // 2))
        world.load()
    for name, lines, way in written:
        rows, aside = expected(lines, way)
        assert world.rows(name) == rows
        assert world.aside(name) == aside


UNREADABLE: dict[str, bytes] = {
    "inspection_d_a.csv": b"",
    "inspection_d_b.csv": b"\n1,2\n",
    "inspection_d_c.csv": b"who,what\n1,2\n",
    "inspection_d_d.csv.gz": gzip.compress(b"inspection_id,fixmedins_code,inspected_on\n" * 50)[:-9],
    "inspection_d_e.csv.gz": b"not gzip at all",
    "inspection_d_f.zip": b"PK\x03\x04 torn",
    "inspection_d_g.csv": b"\x00\x01\x02\x00binary\n",
    "inspection_d_h.csv": "inspection_id,fixmedins_code,inspected_on".encode("utf-16-le"),
    "inspection_d_i.csv": b"inspection_id,inspection_id,fixmedins_code,inspected_on\n",
    "inspection_d_j.csv": b"inspection_id,fixmedins_code\n1,2\n",
    "inspection_d_k.csv": b'inspection_id,"fixmedins_code,inspected_on\n',
    "inspection_d_l.parquet": b"PAR1 torn PAR1",
    "inspection_d_m.xlsx": b"no workbook",
    "inspections_n.csv": b"inspection_id,fixmedins_code,inspected_on\n",
    "inspection_d_o.csv": b"\xff\xff\xff,\xff\n",
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.sampled_from(sorted(UNREADABLE)), min_size=1))
def test_unreadable_files_are_refused_all_at_once_and_nothing_changes(world: World, chosen: set[str]) -> None:
    world.clear()
    good = world.folder / "inspection_d_good.csv"
    good.write_bytes(b"inspection_id,fixmedins_code,inspected_on\nG1,H1,2025-01-01\n")
    world.load()
    before = world.engine.con.execute("select * exclude (scanned_ns) from meta.file order by file").fetchall()
    for name in chosen:
        (world.folder / name).write_bytes(UNREADABLE[name])
    good.write_bytes(b"inspection_id,fixmedins_code,inspected_on\nG2,H1,2025-01-01\n")
    with pytest.raises(InputRefused) as refused:
        world.load()
    assert all(f"reference/{name}" in str(refused.value) for name in chosen)
    assert "inspection_d_good" not in str(refused.value)
    after = world.engine.con.execute("select * exclude (scanned_ns) from meta.file order by file").fetchall()
    assert after == before
    assert {one.file.split("!")[0] for one in ingest.check(world.landing, Config()).refused} == {
        f"reference/{name}" for name in chosen
    }

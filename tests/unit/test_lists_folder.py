"""A folder of lists: its manifest, and whole replacement whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.config import Config
from models.engine.duck import memory_engine
from models.errors import JichaError
from models.lists import replaced_folder, tidy, write_list, write_manifest
from models.lists.facts import aimless_recoveries, without_levels
from models.manifest import read_manifest, verify
from tests.given import given
from tests.unit.lists_support import plain_frame

INPUT = {
    "file": "202501/setl_d.csv",
    "sha256": "ab" * 32,
    "rows_read": 10,
    "loaded": 6,
    "superseded": 1,
    "cancelled": 1,
    "quarantined": 2,
    "reasons": {"psn_no empty": 2},
}
KEYS = (
    "period as_of code_version config_sha256 key_fingerprint schema_version seeds rule_versions grouping_versions "
    "inputs lists switched_off warnings"
)


def make(folder: Path, **change: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    made = {name: write_list(name, plain_frame(name, 4), folder) for name in ("quality", "clawback")}
    facts: dict[str, Any] = {
        "period": "2025Q1",
        "as_of": datetime(2025, 3, 31, 23, 0),
        "inputs": [{**INPUT, "file": "202502/setl_d.csv"}, INPUT],
        "lists": made,
        "config": Config(),
        "key_fingerprint": "cd" * 32,
        "fingerprint": "m1",
    }
    write_manifest(folder, **{**facts, **change})
    return folder


def test_the_manifest_says_what_the_contract_asks(tmp_path: Path) -> None:
    said = read_manifest(make(tmp_path / "a", grouping_versions=["V2", "V1", "V2"], seeds={"plan": 7}))
    assert said is not None
    assert set(KEYS.split()) <= said.keys()
    assert [one["file"] for one in said["inputs"]] == ["202501/setl_d.csv", "202502/setl_d.csv"]
    assert (said["as_of"], said["schema_version"], said["seeds"]) == ("2025-03-31T23:00:00", 1, {"plan": 7})
    assert said["grouping_versions"] == ["V1", "V2"]
    assert said["lists"]["clawback"]["rows"] == 4
    assert set(said["lists"]["clawback"]["sha256"]) == {"parquet", "csv"}


def test_equal_facts_give_equal_bytes(tmp_path: Path) -> None:
    first = make(tmp_path / "a") / "manifest.json"
    second = make(tmp_path / "b", inputs=[INPUT, {**INPUT, "file": "202502/setl_d.csv"}]) / "manifest.json"
    assert first.read_bytes() == second.read_bytes()


def test_rows_that_do_not_add_up_stop_the_manifest(tmp_path: Path) -> None:
    with pytest.raises(JichaError, match="10 rows read, 9 accounted for"):
        make(tmp_path / "a", inputs=[{**INPUT, "loaded": 5}])


def test_a_whole_folder_passes_and_each_damage_is_named(tmp_path: Path) -> None:
    folder = make(tmp_path / "a")
    assert verify(folder) == []
    (folder / "clawback.csv").write_bytes((folder / "clawback.csv").read_bytes() + b"x")
    (folder / "quality.xlsx").unlink()
    (folder / "stray.txt").write_text("x")
    assert verify(folder) == [
        "clawback.csv: changed since it was written",
        "quality.xlsx: missing",
        "stray.txt: not in the manifest",
    ]


def test_an_error_leaves_the_old_folder(tmp_path: Path) -> None:
    target = make(tmp_path / "lists" / "2025Q1")
    before = (target / "manifest.json").read_bytes()
    with pytest.raises(ValueError, match="stop"), replaced_folder(target) as fresh:
        (fresh / "manifest.json").write_text("half")
        raise ValueError("stop")
    assert (target / "manifest.json").read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["2025Q1"]


def test_the_new_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = make(tmp_path / "lists" / "2025Q1")
    with replaced_folder(target) as fresh:
        (fresh / "only.txt").write_text("new")
        assert (target / "manifest.json").exists()
    assert [path.name for path in target.iterdir()] == ["only.txt"]
    assert [path.name for path in target.parent.iterdir()] == ["2025Q1"]


@pytest.mark.parametrize(("left", "kept"), [(["old"], "old"), (["old", "tmp"], "old"), (["old", "new"], "new")])
def test_what_a_killed_process_left_is_finished_or_undone(left: list[str], kept: str, tmp_path: Path) -> None:
    names = {"old": ".old-2025Q1", "tmp": ".tmp-2025Q1", "new": "2025Q1"}
    for one in left:
        (tmp_path / names[one]).mkdir()
        (tmp_path / names[one] / "is").write_text(one)
    tidy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["2025Q1"]
    assert (tmp_path / "2025Q1" / "is").read_text() == kept


WRITER = """
import sys, json, itertools
from pathlib import Path
from models.lists import replaced_folder
print("ready", flush=True)
for n in itertools.count():
    with replaced_folder(Path(sys.argv[1])) as fresh:
        for part in range(5):
            (fresh / f"{part}.json").write_text(json.dumps([n] * 500))
"""


def test_a_kill_at_any_moment_leaves_one_whole_folder(tmp_path: Path) -> None:
    target = tmp_path / "lists" / "2025Q1"
    with replaced_folder(target) as fresh:
        for part in range(5):
            (fresh / f"{part}.json").write_text(json.dumps([-1] * 500))
    for pause in (0.0, 0.003, 0.011, 0.019, 0.03, 0.047):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        tidy(target.parent)
        assert [path.name for path in target.parent.iterdir()] == ["2025Q1"]
        assert sorted(path.name for path in target.iterdir()) == [f"{part}.json" for part in range(5)]
        assert len({path.read_text() for path in target.iterdir()}) == 1


def test_recoveries_that_name_nothing_are_told() -> None:
    back = {"fund_amount": 5, "source": "self", "decided_on": "2025-02-01"}
    named = [{"setl_id": "S1"}, {"bkkp_sn": "B1"}, {"fixmedins_code": "H1", "period": "2025Q1"}]
    aimless = [{"fixmedins_code": "H1"}, {}]
    rows = [{**back, **one, "recovery_id": f"R{place}"} for place, one in enumerate([*named, *aimless])]
    (line,) = aimless_recoveries(given(memory_engine(), recovered_d=rows))
    assert "2 行（10.00 元）" in line
    assert aimless_recoveries(given(memory_engine(), recovered_d=rows[:3])) == []


def test_an_empty_upcoding_list_says_why() -> None:
    engine = memory_engine()
    engine.con.execute("create table core.settlement (setl_id varchar, quarter varchar, grp_code varchar)")
    engine.con.execute("insert into core.settlement values ('1', '2025Q1', 'AA19'), ('2', '2025Q2', null)")
    (said,) = without_levels(engine, "2025Q1")
    assert "2025Q1 有分组病例 1 例" in said
    assert without_levels(engine, "2025Q2") == []
    engine.con.execute("create table score.upcoding_provider as select '2025Q1' as period")
    assert without_levels(engine, "2025Q1") == []

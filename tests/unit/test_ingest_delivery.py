"""Deliveries: what is in the warehouse follows from the files in landing, whatever came before."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.contracts import tables
from models.errors import InputRefused
from models.home import WAREHOUSE
from models.ingest import changes, discover, stamps, store
from models.ingest.load import refuse_unreadable
from models.ingest.scan import scan
from tests.unit.ingest_support import World, lines, settlements, world  # noqa: F401


def snapshot(world: World) -> dict[str, list[tuple]]:  # noqa: F811
    """Everything that counts, without surrogate ids."""
    found = {name: world.rows(f"select * exclude (file_id, line_no) from cur.{name} order by all") for name in tables()}
    found["fates"] = sorted(world.fates().items())
    return found


def test_loading_again_changes_nothing(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({}, {"setl_id": "S2"}))
    first = world.load()
    before = snapshot(world)
    again = world.load()
    assert first.loaded_units == ["202501/setl_d"] and again.unchanged_units == ["202501/setl_d"]
    assert not again.loaded_units and snapshot(world) == before


def test_a_home_below_landing_is_no_delivery(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({}))
    world.put("state/warehouse.duckdb", "")
    world.put("state/lists/2025Q1/quality.csv", "table,check_id\n")
    found = discover(world.landing)
    assert [one.file for one in found.deliveries] == ["202501/setl_d.csv"]
    assert not found.refused and not found.warnings


def test_a_home_in_a_month_hides_no_delivery(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({}))
    world.put(f"202501/{WAREHOUSE}", "")
    with pytest.raises(InputRefused, match="工作目录不能放在数据文件夹里"):
        discover(world.landing)


def test_a_touched_file_is_not_loaded_again_a_changed_one_is(world: World) -> None:  # noqa: F811
    path = world.put("202501/setl_d.csv", settlements({}))
    world.load()
    os.utime(path, ns=(1, 1))
    assert world.load().unchanged_units == ["202501/setl_d"]
    world.put("202501/setl_d.csv", settlements({"setl_id": "S9"}))
    assert world.load().loaded_units == ["202501/setl_d"]
    assert world.values("select setl_id from cur.setl_d") == ["S9"]


def test_a_change_of_the_same_size_at_the_same_time_is_seen(world: World) -> None:  # noqa: F811
    path = world.put("202501/setl_d.csv", settlements({"setl_id": "S1"}))
    os.utime(path, ns=(10**18, 10**18))
    world.load()
    path.write_text(settlements({"setl_id": "S2"}), encoding="utf-8")
    os.utime(path, ns=(10**18, 10**18))
    world.load()
    assert world.values("select setl_id from cur.setl_d") == ["S2"]


def test_a_file_is_looked_at_once_unless_it_changes_before_it_is_loaded(
    world: World,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stamps, "_SETTLED_NS", 0)
    looked: list[str] = []

    def look(source: Any, hashed: Any) -> Any:
        looked.append(source.path.name)
        return scan(source, hashed)

    monkeypatch.setattr(changes, "scan", look)
    for folder in ("202501", "202502"):
        world.put(f"{folder}/setl_d_{folder}.csv", settlements({"setl_id": f"S{folder}"}))
    refuse_unreadable(world.engine, world.landing)
    world.put("202502/setl_d_202502.csv", settlements({"setl_id": "S9"}).encode("utf-16"))
    world.load()
    assert sorted(looked) == ["setl_d_202501.csv", "setl_d_202502.csv", "setl_d_202502.csv"]
    assert world.values("select setl_id from cur.setl_d order by all") == ["S202501", "S9"]


def test_files_without_rows_stand_between_others(world: World) -> None:  # noqa: F811
    header = settlements({}).split("\n")[0]
    files = {"setl_d_1.csv": header, "setl_d_2.csv": settlements({}), "setl_d_3.csv": header + "\n"}
    for file, content in files.items():
        world.put(f"202501/{file}", content)
    world.put("202501/fee_list_d.csv", lines({}))
    assert world.load().rows_read == 2
    known = world.engine.con.execute("select file, sha256 from meta.file where table_name = 'setl_d'").fetchall()
    assert dict(known) == {f"202501/{file}": sha256(text.encode()).hexdigest() for file, text in files.items()}


def test_replacing_a_delivery_replaces_all_its_parts(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d_1.csv", settlements({"setl_id": "S1"}))
    world.put("202501/setl_d_2.csv", settlements({"setl_id": "S2"}))
    world.put("202501/fee_list_d.csv", lines({}))
    world.load()
    (world.landing / "202501/setl_d_2.csv").unlink()
    summary = world.load()
    assert summary.loaded_units == ["202501/setl_d"] and summary.unchanged_units == ["202501/fee_list_d"]
    assert world.values("select setl_id from cur.setl_d") == ["S1"]


def test_a_vanished_folder_is_removed_even_when_others_are_asked_for(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({"setl_id": "S1", "cnt": "x"}) + "bad\n")
    world.put("202502/setl_d.csv", settlements({"setl_id": "S2"}))
    world.load()
    assert (world.home.quarantine / "202501.parquet").exists()
    for path in (world.landing / "202501").iterdir():
        path.unlink()
    summary = world.load(folders=["202502"])
    assert summary.removed_units == ["202501/setl_d"]
    assert world.values("select setl_id from cur.setl_d") == ["S2"]
    assert not (world.home.quarantine / "202501.parquet").exists()


def test_only_the_folders_asked_for_are_loaded(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({"setl_id": "S1"}))
    world.put("202502/setl_d.csv", settlements({"setl_id": "S2"}))
    assert world.load(folders=["202502"]).loaded_units == ["202502/setl_d"]
    assert world.load().loaded_units == ["202501/setl_d"]


@pytest.mark.parametrize(
    ("versions", "winner", "fates"),
    [
        # (folder, part, updt_time, hifp_pay, vali_flag)
        ([("202501", "", "2025-01-05", "1", "1"), ("202502", "", "2025-01-04", "2", "1")], "1", (1, 1, 0)),
        ([("202501", "", "2025-01-05", "1", "1"), ("202502", "", "", "2", "1")], "1", (1, 1, 0)),
        ([("202501", "", "2025-01-05", "1", "1"), ("202502", "", "2025-01-05", "2", "1")], "2", (1, 1, 0)),
        ([("202501", "_a", "", "1", "1"), ("202501", "_b", "", "2", "1")], "2", (1, 1, 0)),
        ([("202501", "", "2025-01-05", "1", "1"), ("202502", "", "2025-01-06", "2", "0")], None, (0, 1, 1)),
        ([("202501", "", "2025-01-05", "1", "0"), ("202502", "", "2025-01-06", "2", "1")], "2", (1, 1, 0)),
    ],
)
def test_the_newest_version_wins_before_it_is_cancelled(
    world: World,  # noqa: F811
    versions: list[tuple[str, str, str, str, str]],
    winner: str | None,
    fates: tuple[int, int, int],
) -> None:
    for folder, part, updated, paid, valid in versions:
        row = {"updt_time": updated, "hifp_pay": paid, "vali_flag": valid}
        world.put(f"{folder}/setl_d{part}.csv", settlements(row))
    world.load()
    assert [str(int(value)) for value in world.values("select hifp_pay from cur.setl_d")] == [winner] * bool(winner)
    found = world.fates().values()
    assert tuple(sum(one[place] for one in found) for place in (1, 2, 3)) == fates


def test_exact_duplicates_are_superseded_and_the_later_line_stays(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({}, {}, {}))
    world.load()
    assert world.values("select line_no from cur.setl_d") == [4]
    assert world.fates() == {"202501/setl_d.csv": (3, 1, 2, 0, 0)}


def test_keys_with_empty_parts_are_equal_when_both_are_empty(world: World) -> None:  # noqa: F811
    header = "setl_id,diag_code,diag_type,maindiag_flag\n"
    world.put("202501/setl_list_diag_d.csv", header + "S1,A01,,1\nS1,A01,,1\nS1,A01,1,2\n")
    world.load()
    found = world.rows("select diag_type, maindiag_flag from cur.setl_list_diag_d order by all")
    assert found == [("1", "0"), (None, "1")]


def test_late_rows_and_lines_without_settlement_are_kept(world: World) -> None:  # noqa: F811
    world.put("202502/setl_d.csv", settlements({"setl_time": "2025-01-31 23:00:00"}))
    world.put("202501/fee_list_d.csv", lines({}, {"bkkp_sn": "B2", "setl_id": ""}, {"bkkp_sn": "B3", "setl_id": "S7"}))
    world.load()
    assert world.values("select bkkp_sn from cur.fee_list_d order by 1") == ["B1", "B2", "B3"]


def test_splitting_and_shuffling_changes_nothing_but_the_inputs(world: World, tmp_path: Path) -> None:  # noqa: F811
    rows = [{"setl_id": f"S{number % 40}", "updt_time": f"2025-02-{1 + number % 28:02d}", "hifp_pay": str(number)}
            for number in range(56)]  # fmt: skip
    world.put("202501/setl_d.csv", settlements(*rows))
    world.load()
    other = World(tmp_path / "other")
    for part in range(3):
        other.put(f"202501/setl_d_{part}.csv", settlements(*reversed(rows[part::3])))
    other.load()
    columns = "* exclude (file_id, line_no)"
    mine, theirs = (one.rows(f"select {columns} from cur.setl_d order by all") for one in (world, other))
    assert mine == theirs and len(mine) == 40
    other.engine.close()


def test_quarantine_names_file_line_hash_and_reasons(world: World) -> None:  # noqa: F811
    world.put("202501/fee_list_d.csv", lines({"cnt": "x"}))
    world.load()
    row = pl.read_parquet(world.home.quarantine / "202501.parquet").row(0, named=True)
    assert (row["file"], row["line"], row["reasons"]) == ("202501/fee_list_d.csv", 2, ["bad_quantity:cnt"])
    assert len(row["line_sha256"]) == 64


def test_a_killed_run_still_gets_its_quarantine_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    world.put("202501/fee_list_d.csv", lines({"cnt": "x"}))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("models.ingest.quarantine.write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        world.load()
    world.load()
    assert (world.home.quarantine / "202501.parquet").exists()


def test_a_fault_in_a_unit_leaves_its_old_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({"setl_id": "OLD"}))
    world.load()
    world.put("202501/setl_d.csv", settlements({"setl_id": "NEW"}))
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("models.ingest.units._record", lambda *_: (_ for _ in ()).throw(RuntimeError))
        world.load()
    assert world.values("select setl_id from raw.setl_d") == ["OLD"]


def test_newer_warehouses_are_refused_older_ones_rebuilt(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({}))
    world.load()
    store.set_info(world.engine, "schema_version", "0")
    assert world.load().loaded_units == ["202501/setl_d"]
    store.set_info(world.engine, "schema_version", str(store.SCHEMA_VERSION + 1))
    with pytest.raises(InputRefused, match="newer"):
        world.load()


def test_ten_redeliveries_keep_the_home_small(world: World) -> None:  # noqa: F811
    def month(turn: int) -> str:
        return lines(*({"bkkp_sn": f"B{turn}-{n}", "rxno": f"R{n * 7919 % 10007}"} for n in range(30_000)))

    world.put("202501/fee_list_d.csv", month(0))
    world.load()
    fresh = world.home.warehouse.stat().st_size
    for turn in range(1, 11):
        world.put("202501/fee_list_d.csv", month(turn))
        world.load()
    world.engine.con.execute("checkpoint")
    assert world.home.warehouse.stat().st_size <= 1.3 * fresh


def test_a_folder_that_a_link_leads_to_is_a_delivery(world: World, tmp_path: Path) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({}))
    world.put("202502/setl_d.csv", settlements({"setl_id": "S2"}))
    assert world.load().rows_read == 2
    (world.landing / "202501").rename(tmp_path / "other_disk")
    (world.landing / "202501").symlink_to(tmp_path / "other_disk")
    (tmp_path / "other_disk" / "itself").symlink_to(tmp_path / "other_disk")
    (world.landing / "latest").symlink_to(world.landing / "202502")
    world.load()
    assert sorted(world.values("select setl_id from cur.setl_d")) == ["S1", "S2"]

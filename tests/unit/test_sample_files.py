"""The sample's files: the same bytes each time, every reader's path used, the committed county up to date."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from models.errors import UsageError
from models.sample import tiny_world, write_world
from models.sample.bench import write_month
from models.sample.deliver import style_of
from models.sample.dictionary import text, write_county
from models.sample.style import STYLES

COMMITTED = Path(__file__).resolve().parents[2] / "data_samples"


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def physical_lines(folder: Path, file: str) -> list[bytes]:
    path, _, member = file.partition("!")
    data = (folder / path).read_bytes()
    if member:
        data = zipfile.ZipFile(io.BytesIO(data)).read(member)
    if path.endswith(".gz"):
        data = gzip.decompress(data)
    return data.split(b"\n")


def test_the_committed_county_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_county(tmp_path / "county")
    assert digests(tmp_path / "county") == digests(COMMITTED / "county")
    assert (COMMITTED / "README.md").read_text(encoding="utf-8") == text()
    assert sum(p.stat().st_size for p in COMMITTED.rglob("*") if p.is_file()) < 3_000_000


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        tiny_world(tmp_path / name, seed)
    assert digests(tmp_path / "a") == digests(tmp_path / "b") != digests(tmp_path / "c")


def test_bad_rows_are_where_the_truth_says(tmp_path: Path) -> None:
    write_world(tmp_path / "w", people=400, months=6, providers=12, seed=2)
    bad = pl.read_parquet(tmp_path / "w/truth/bad_rows.parquet")
    assert bad.height >= 15
    for file, line, reason in bad.iter_rows():
        here = physical_lines(tmp_path / "w", file)[line - 1]
        assert (reason == "missing_key") or b"BA" in here, (file, line, reason)
        if reason == "undecodable":
            assert b"\xff" in here


def test_the_large_tables_meet_every_style_within_ten_months() -> None:
    for position in (0, 2):
        assert {style_of(month, position).name for month in range(10)} == {style.name for style in STYLES}


@pytest.mark.parametrize("arguments", [{"people": 10}, {"months": 0}, {"providers": 3}])
def test_a_world_too_small_is_refused(tmp_path: Path, arguments: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        write_world(tmp_path / "w", **arguments)


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="empty"):
        tiny_world(tmp_path, 1)


@pytest.mark.parametrize("first_month", ["202312", "202402"])
def test_other_calendars_work(tmp_path: Path, first_month: str) -> None:
    summary = write_world(tmp_path / "w", people=60, months=1, providers=8, seed=1, first_month=first_month)
    assert summary.months == (first_month,)
    assert summary.rows["setl_d"] > 10


def test_the_benchmark_month_has_the_asked_volume_and_adds_up(tmp_path: Path) -> None:
    write_month(tmp_path, settlements=500, lines=6_000, seed=1)
    heads = pl.read_csv(tmp_path / "202503/setl_d.csv", infer_schema=False)
    lines = pl.read_csv(tmp_path / "202503/fee_list_d.csv", infer_schema=False)
    assert (heads.height, lines.height) == (500, 6_000)
    assert lines["bkkp_sn"].n_unique() == 6_000
    for head, line in (("medfee_sumamt", "det_item_fee_sumamt"), ("inscp_scp_amt", "inscp_scp_amt")):
        money = pl.Decimal(16, 2)
        assert heads[head].cast(money).sum() == lines[line].cast(money).sum()

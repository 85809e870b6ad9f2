"""The same input gives the same bytes: in another home, loaded twice, shuffled and split."""

import random
import shutil
from pathlib import Path

from tests.pipeline.support import PERIODS, jicha, list_bytes, run


def test_another_home_and_a_month_loaded_twice_give_the_same_bytes(
    quarter_landing: Path, quarter_home: Path, key_file: Path, tmp_path: Path
) -> None:
    copy, other = tmp_path / "landing", tmp_path / "home"
    shutil.copytree(quarter_landing, copy)
    run(copy, other, "--key-file", key_file, *PERIODS, by=jicha)
    made = list_bytes(quarter_home)
    assert {"lists/2024Q1/clawback.parquet", "lists/2025/inspection.parquet"} <= made.keys()
    assert list_bytes(other) == made, "two homes with the same key"
    month = next(p for p in sorted(copy.iterdir()) if p.name.isdigit())
    for file in month.iterdir():
        again = file.with_name(file.name + ".again")
        shutil.copyfile(file, again)
        again.replace(file)
    result = run(copy, other, "--key-file", key_file)
    assert "无变化" in result.stdout
    assert "清单" not in result.stdout.replace("没有到期的清单", "")
    assert list_bytes(other) == made, "a month delivered again unchanged"


def _shuffle_and_split(file: Path, chance: random.Random) -> None:
    """Rewrite a plain text file as two parts with its records in another order."""
    raw = file.read_bytes()
    head, *records = raw.split(b"\n")
    records = [record for record in records if record]
    chance.shuffle(records)
    half = len(records) // 2
    for part, some in enumerate((records[:half], records[half:])):
        target = file.with_name(f"{file.name.split('.', 1)[0]}_part{part}.{file.name.split('.', 1)[1]}")
        target.write_bytes(b"\n".join([head, *some]) + b"\n")
    file.unlink()


def test_shuffling_and_splitting_changes_only_the_input_table(
    plain_landing: Path, plain_home: Path, key_file: Path, tmp_path: Path
) -> None:
    """On a county without mess: versions of one key differ in updt_time there, so order can decide nothing."""
    other = tmp_path / "other"
    shutil.copytree(plain_landing, other)
    chance = random.Random(5)
    for file in sorted(other.glob("[0-9]*/*.csv")):
        _shuffle_and_split(file, chance)
    run(other, tmp_path / "home", "--key-file", key_file)
    first, second = list_bytes(plain_home), list_bytes(tmp_path / "home")
    assert first
    assert first == second

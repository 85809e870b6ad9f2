"""What a user reads when something is wrong, and the exit codes."""

import shutil
from pathlib import Path

import pytest

from tests.pipeline.support import jicha

WRONG = [
    # words, exit code, what the message must say
    (["run", "--landing", "{tmp}/none", "--home", "{tmp}/h"], 3, "landing folder not found"),
    (["run", "--landing", "{landing}", "--home", "{tmp}/h", "--quarter", "2025-1"], 2, "2025Q1"),
    (["run", "--landing", "{landing}", "--home", "{tmp}/h", "--year", "next"], 2, "2026"),
    (["run", "--landing", "{landing}", "--home", "{tmp}/h", "--as-of", "soon"], 2, "2025-04-30"),
    (["run", "--landing", "{landing}", "--home", "{tmp}/h", "--as-of", "9999-12-31"], 2, "2000–2099"),
    (["run", "--home", "{tmp}/h"], 2, "--landing DIR"),
    (["check", "{tmp}/none"], 3, "landing folder not found"),
    (["issue", "2025Q9", "--home", "{tmp}/h"], 2, "2025Q1"),
    (["issue", "2031Q1", "--home", "{tmp}/h"], 2, "2031Q1"),
    (["sample", "{landing}"], 2, "not empty"),
    (["evaluate", "--truth", "{tmp}/none", "--home", "{tmp}/h"], 3, "truth folder not found"),
    (["nonsense"], 2, "没有这个命令 / No such command"),
    (["run", "--hme", "x"], 2, "没有这个选项 / No such option"),
    (["check"], 2, "缺少参数 / Missing argument"),
    (["run", "--landing", __file__], 2, "参数的值有误 / Invalid value for '--landing'"),
    (["check", "{landing}/202401"], 3, "probably the wrong folder"),
    (["run", "--landing", "{tmp}", "--home", "{tmp}/h"], 3, "no data file in the landing folder"),
    (["check", "{tmp}"], 3, "没有数据文件"),
    (["ui", "--home", "{tmp}/h", "--port", "3950", "--site-port", "3950"], 2, "must differ"),
    (["run", "--landing", "{landing}", "--home", "{landing}"], 2, "a folder of its own"),
    (["run", "--landing", "{landing}", "--home", "{landing}/202401"], 2, "a folder of its own"),
]


@pytest.mark.parametrize(("words", "code", "says"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_use_gives_one_readable_message(
    words: list[str], code: int, says: str, landing: Path, tmp_path: Path
) -> None:
    result = jicha(*[word.format(tmp=tmp_path, landing=landing) for word in words])
    assert result.returncode == code, result.stderr
    assert says in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_all_unreadable_files_are_refused_at_once(landing: Path, tmp_path: Path) -> None:
    copy = tmp_path / "landing"
    shutil.copytree(landing, copy)
    month = sorted(p for p in copy.iterdir() if p.name.isdigit())[0]
    (month / "setl_d_broken.csv").write_text("nothing,known\n1,2\n", encoding="utf-8")
    (month / "fee_list_d_broken.csv.gz").write_bytes(b"\x1f\x8b\x08broken")
    (copy / "reference" / "kp_sex_broken.xlsx").write_bytes(b"no workbook")
    result = jicha("run", "--landing", copy, "--home", tmp_path / "home")
    assert result.returncode == 3, result.stderr
    assert "kp_sex_broken.xlsx" in result.stderr
    assert "setl_d_broken.csv" in result.stderr
    assert "fee_list_d_broken.csv.gz" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "home" / "lists" / "2024Q1").exists()


def test_check_changes_nothing(landing: Path, tmp_path: Path) -> None:
    result = jicha("check", landing, "--home", tmp_path / "home")
    assert result.returncode == 0, result.stderr
    assert "setl_d" in result.stdout
    assert not (tmp_path / "home").exists()


def test_another_key_is_refused(landing: Path, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_text("ab" * 32, encoding="ascii")
    other.chmod(0o600)
    result = jicha("run", "--landing", landing, "--home", home, "--key-file", other)
    assert result.returncode == 3, result.stdout
    assert "Traceback" not in result.stderr


def test_rules_tells_all_88(home: Path) -> None:
    result = jicha("rules", "--home", home)
    assert result.returncode == 0, result.stderr
    assert all(f"R{number:02d}" in result.stdout for number in range(1, 89))


def test_rules_of_a_home_without_lists_says_so_and_cuts_nothing(tmp_path: Path) -> None:
    result = jicha("rules", "--home", tmp_path / "none")
    assert result.returncode == 0, result.stderr
    assert "no quarter's lists yet" in result.stdout
    assert "…" not in result.stdout


def test_help_tells_every_command_whole(tmp_path: Path) -> None:
    told = " ".join(jicha("--help").stdout.split())
    assert "for those who hold the key; every use is logged." in told
    assert "..." not in told.partition("Commands:")[2]

"""What people read who mistyped a setting, a mapping or a folder: what was found, what is allowed."""

from pathlib import Path

import duckdb
import pytest

from models.config import Config, load_config
from models.contracts import tables
from models.engine import open_engine
from models.engine.duck import memory_engine
from models.errors import InputRefused, UsageError
from models.home import Home
from models.ingest import refuse_unreadable
from models.ingest.discover import discover
from models.ingest.mapping import read_mapping
from models.ingest.misplaced import where_instead
from models.ingest.reasons import told
from models.ingest.summary import CheckReport, FileReport, Refusal, lines_of
from models.ingest.typed import _reason
from models.settings_check import check_settings

SETTINGS = [
    # text of config.yaml, what the message must say
    ("plannning: {teams: 3}", ["plannning: 没有这一项", "did you mean planning?"]),
    ("planning: {team: 3}", ["planning.team:", "did you mean teams?", "random_share"]),
    ("planning: {themes: [{nmae: x}]}", ["planning.themes.0.nmae", "did you mean name?"]),
    ("credit: {items: {upheld: {point: 1, cap: 1}}}", ["credit.items.upheld.point:", "allowed: points, cap"]),
    ("planning: {teams: 0}", ["不得小于 1 / must be at least 1", "found 0"]),
    ("thresholds: {q_value: 5}", ["must be below 1"]),
    ("planning: [\n", ["config.yaml 不是有效的 YAML", "第 2 行第 1 列 / line 2, column 1: ", "检查缩进"]),
    ("params: {look_back_days: -400}", ["must be at least 0"]),
    ("params: {peer_min_providers: -1}", ["must be at least 2"]),
    ("params: {upcoding_probability: 7}", ["must be below 1"]),
    ("params: {area_admdvs: 3301}", ["must be a list"]),
    ("reports: {dossiers: many}", ["须为整数 / must be a whole number", "found 'many'"]),
    ("language: en-US", ["must be 'zh' or 'en'"]),
    ("engine: {memory_limit: 4 pizza}", ["must be like 4GB"]),
    ("engine: {threads: 0}", ["must be at least 1"]),
    ("review: {final_stages: [办结]}", ["must be '初审'", "found '办结'"]),
    ("review: {stage_days: {初查: 5}}", ["must be '初审'", "found '初查'"]),
    ("review: {holidays: [2025-02-30]}", ["不是有效的 YAML"]),
    ("- a\n- b", ["the whole file"]),
]


@pytest.mark.parametrize(("text", "says"), SETTINGS, ids=lambda value: str(value)[:40])
def test_a_wrong_setting_is_told_with_what_is_allowed(text: str, says: list[str], tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as told:
        load_config(path)
    assert all(one in str(told.value) for one in says), told.value


def test_broken_yaml_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("planning:\n  teams: 3\n teams: 4\n")
    with pytest.raises(UsageError) as told_as:
        load_config(tmp_path / "config.yaml")
    assert "\n" not in str(told_as.value) and "unicode string" not in str(told_as.value)


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        load_config(path)


UNKNOWN = [
    ({"rule_params": {"R99": {"x": 1}}}, "no such rule"),
    ({"rule_params": {"R52": {"shrt_stays": 5}}}, "short_stays"),
    ({"rule_params": {"R52": {"short_stays": "five"}}}, "must be 整数 / a whole number"),
    ({"quality": {"fail_rate": {"nosuch": 0.1}}}, "no such check"),
    ({"credit": {"items": {"nosuch": {"points": 1, "cap": 2}}}}, "allowed: upheld"),
    ({"planning": {"themes": [{"name": "x", "rules": "R999"}]}}, "no such rules"),
]


@pytest.mark.parametrize(("given", "says"), UNKNOWN, ids=lambda value: str(value)[:40])
def test_what_settings_name_must_exist(given: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        check_settings(Config.model_validate(given))


def test_usual_settings_pass() -> None:
    check_settings(Config.model_validate({"rule_params": {"R52": {"short_stays": 5}}}))


MAPPINGS = [
    ("table:\n  setl_d: {files: [x]}", ["table: 没有这一项", "did you mean tables?"]),
    ("tables:\n  setl_d: {file: [x]}", ["tables.setl_d.files: 缺少此项 / is missing", "did you mean files?"]),
    ("tables:\n  setl_d: {files: x, columns: {setl_id: a}}", ["must be a list"]),
    ("tables:\n  setl: {files: [x], columns: {a: b}}", ["没有这张表 / no such table", "setl_d"]),
    ("tables:\n  setl_d: {files: [x], columns: {a: b}}", ["没有这些列 / no such columns a"]),
]


@pytest.mark.parametrize(("text", "says"), MAPPINGS, ids=lambda value: str(value)[:40])
def test_a_wrong_mapping_is_told_with_what_is_allowed(text: str, says: list[str], tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as told:
        read_mapping(tmp_path)
    assert all(one in str(told.value) for one in says), told.value


def test_an_empty_landing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "读我.docx").write_bytes(b"x")
    with pytest.raises(InputRefused, match=r"没有数据文件[\s\S]*读我\.docx[\s\S]*mounted"):
        refuse_unreadable(memory_engine(), tmp_path)


def test_the_folder_that_was_meant_is_named(tmp_path: Path) -> None:
    month = tmp_path / "外层" / "202401"
    month.mkdir(parents=True)
    (month / "setl_d.csv").write_text("setl_id\n1\n", encoding="utf-8")
    assert f"give {month.parent}" in where_instead(month)
    assert f"give {month.parent}" in where_instead(tmp_path)
    assert where_instead(month.parent) == ""
    with pytest.raises(InputRefused, match="probably the wrong folder"):
        refuse_unreadable(memory_engine(), tmp_path)
    assert discover(tmp_path).refused


def test_many_files_refused_alike_share_a_line() -> None:
    many = [Refusal(f"x/{n}.csv", "why") for n in range(6)]
    assert lines_of([*many, Refusal("y/1.csv", "why")]) == [
        "x/0.csv 等 6 个文件 / and 5 more there: why",
        "y/1.csv: why",
    ]


def test_a_warehouse_that_is_no_database_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "block")  # its path is no word of the message
    home.root.mkdir()
    home.warehouse.write_bytes(b"x" * 5000)
    with pytest.raises(InputRefused, match=r"cannot be opened[\s\S]*not a valid DuckDB database"):
        open_engine(home, Config())


def test_a_warehouse_held_by_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> None:
        raise duckdb.IOException("IO Error: Could not set lock on file: Conflicting lock is held in python (PID 77)")

    monkeypatch.setattr(duckdb, "connect", held)
    with pytest.raises(UsageError, match=r"process 77[\s\S]*published"):
        open_engine(Home(tmp_path), Config())


def test_every_reason_of_quarantine_has_words() -> None:
    for table in tables().values():
        for column in table.columns.values():
            reasons = [_reason(column), f"missing:{column.name}"]
            assert all(column.title in told(table.name, reason) for reason in reasons), (table.name, column.name)
    said = "成立, 部分成立, 不成立, upheld, partial, overturned"
    expected = f"结论不在约定的代码之内 / a code the contract does not name（可用 / allowed: {said}）"
    assert told("decision_d", "bad_code:outcome") == expected
    assert all(told("setl_d", one) for one in ("bad_encoding", "wrong_field_count", "bad_quote", "unclosed_quote",
                                               "blank_line", "too_long"))  # fmt: skip


def test_trial_reading_tells_what_a_reason_means() -> None:
    report = CheckReport([FileReport("202401/setl_d.csv", "setl_d", 2, 1, 1, {"bad_time:setl_time": (1, [3])})])
    assert (
        "bad_time:setl_time: 1 (行 / lines 3)  结算时间不是时间，应如 2025-01-31 08:30:00 / no moment, such as"
        in report.text()
    )

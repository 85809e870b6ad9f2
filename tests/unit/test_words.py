"""JSON cells on pages: every fact of a rule has a Chinese word, values of ours are told in Chinese."""

import re
from pathlib import Path

import pytest

from models.contracts.words import flat_json, items_json, word

FINDINGS = sorted((Path(__file__).parents[2] / "sql" / "findings").glob("*.sql"))
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _evidence_keys(sql: str) -> set[str]:
    """Keys of the struct that a query writes as evidence, those of records within included."""
    found = re.search(r"to_json\(\{(.*)\}\) as evidence", sql, re.DOTALL)
    return set(re.findall(r"'([a-z_0-9]+)'\s*:", found[1])) if found else set()


def test_every_fact_of_a_finding_has_a_word() -> None:
    keys = {key: path.name for path in FINDINGS for key in _evidence_keys(path.read_text(encoding="utf-8"))}
    assert len(keys) > 150
    assert {key: name for key, name in keys.items() if not _CHINESE.search(word(key, "zh"))} == {}


CELLS = [
    # JSON, Chinese, English
    ('{"limit_gend": "1", "service_date": "2025-01-11"}', "限定性别 男；发生日期 2025-01-11",
     "limit gend 1; service date 2025-01-11"),
    ('{"changed": {"fund_amount": {"old": "1.00", "new": "2.00"}}}',
     "变化 （拟追回基金（元） （原值 1.00；新值 2.00））", "changed (fund amount (old 1.00; new 2.00))"),
    ('["outpatient", "admission"]', "门诊；同日入院", "outpatient; admission"),
    ('{"household_inferred": false, "counted_by": "day", "left_out": {}}', "户籍为推断 否；天数算法 日",
     "household inferred no; counted by day"),
    ('{"med_type": "14", "insutype": "390"}', "医疗类别 门诊慢特病；险种类型 城乡居民基本医疗保险",
     "med type 14; insutype 390"),
    ('{"acct": "0.00", "hifp": "41.82", "maf": "7.00"}', "基本医疗保险统筹基金 41.82；医疗救助基金 7.00",
     "hifp 41.82; maf 7.00"),
    ('{"gend": "2", "limit_gend": "1", "wait": "2"}', "性别 女；限定性别 男；wait 2", "gend 2; limit gend 1; wait 2"),
    ('{"lines": [{"fee": "5.00"}, {"fee": "0.00"}]}', "明细 （费用 5.00）；（费用 0.00）",
     "lines (fee 5.00); (fee 0.00)"),
    ('{"cap": "100.500000", "day": "5.0000", "fee": "2.00", "subject_code": "68.3100"}',
     "限价 100.5；日期 5；费用 2.00；对象编码 68.3100", "cap 100.5; day 5; fee 2.00; subject code 68.3100"),
    ('[{"text": "理由甲"}, {"text": "理由乙"}]', "理由甲；理由乙", "理由甲; 理由乙"),
    ("不是 JSON", "不是 JSON", "不是 JSON"),
    ('{"of_a_rule_of_their_own": "x"}', "of_a_rule_of_their_own x", "of a rule of their own x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('[{"text": "甲；乙"}, {"text": "丙"}]', ["甲；乙", "丙"]),
        ('["outpatient"]', ["outpatient"]),
        ('{"day": "5"}', ["day 5"]),
        ("no JSON", ["no JSON"]),
        ("", []),
    ],
)
def test_reasons_stand_line_by_line(text: str, lines: list[str]) -> None:
    assert items_json(text, "en") == lines


@pytest.mark.parametrize(("text", "chinese", "english"), CELLS)
def test_cells_read_in_both_languages(text: str, chinese: str, english: str) -> None:
    assert flat_json(text, "zh") == chinese
    assert flat_json(text, "en") == english

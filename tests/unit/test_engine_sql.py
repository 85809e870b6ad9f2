"""Parameters of queries: what is bound, and lists of codes that cover their sub-codes."""

import re
from pathlib import Path

import pytest

from models.engine.duck import memory_engine
from models.engine.sql import covering, sql_values, use_local_templates

QUERY = "select regexp_matches($code, $chronic_med_types) as kind, list_contains($months, 1) as month"

# codes of the list, code of a settlement, whether the list stands for it
COVERED = [
    (["21"], "21", True),
    (["21"], "2103", True),
    (["21"], "121", False),
    (["21", "9"], "22", False),
    (["140104"], "140104", True),
    (["140104"], "1401", False),
    ([], "21", False),
    ([], "", False),
    ([""], "21", False),
    (["2.1"], "2x1", False),
    (["21"], None, None),
]


@pytest.mark.parametrize(("codes", "code", "covered"), COVERED)
def test_a_list_stands_for_its_codes_and_their_sub_codes(codes: list[str], code: str | None, covered: bool) -> None:
    found = memory_engine().con.execute("select regexp_matches($c::varchar, $p)", {"c": code, "p": covering(codes)})
    assert found.fetchall() == [(covered,)]


def test_only_lists_that_are_matched_become_patterns(tmp_path: Path) -> None:
    (tmp_path / "codes.sql").write_text(QUERY, encoding="utf-8")
    use_local_templates(tmp_path)
    try:
        values = sql_values("findings/codes", {"code": "21", "chronic_med_types": ["14"], "months": [1], "other": 1})
        assert values == {"code": "21", "chronic_med_types": covering(["14"]), "months": [1]}
        with pytest.raises(ValueError, match=re.escape("['chronic_med_types', 'months']")):
            sql_values("findings/codes", {"code": "21"})
    finally:
        use_local_templates(None)


# words of the list, name of an item, whether it has one of them inside
INSIDE = [
    (["透析", "血滤"], "连续性血滤", True),
    (["透析"], "透析液", True),
    (["透析", "血滤"], "护理", False),
    (["I级护理(特)"], "I级护理(特)费", True),
    (["I.级"], "IX级", False),
    ([], "透析", False),
    ([""], "透析", False),
    (["透析"], None, None),
]


@pytest.mark.parametrize(("words", "name", "inside"), INSIDE)
def test_a_list_of_words_is_matched_anywhere(
    tmp_path: Path, words: list[str], name: str | None, inside: bool | None
) -> None:
    text = "select regexp_matches($name::varchar, $dialysis_names)"
    (tmp_path / "words.sql").write_text(text, encoding="utf-8")
    use_local_templates(tmp_path)
    try:
        bound = sql_values("findings/words", {"name": name, "dialysis_names": words})
        assert memory_engine().con.execute(text, bound).fetchall() == [(inside,)]
    finally:
        use_local_templates(None)

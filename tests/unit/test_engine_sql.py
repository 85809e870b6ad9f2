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

"""Tables as a notebook shows them: codes in words, texts without quotation marks."""

from typing import Any, cast

import polars as pl

from models.notebooks.look import Look, table_html


def test_codes_of_a_list_are_told_in_words_under_chinese_titles() -> None:
    frame = pl.DataFrame({"mode": ["coverage", None], "rank": [1, 2], "other": ["x", "y"]})
    told = Look(cast(Any, None), cast(Any, None), cast(Any, None)).titled("inspection", frame)
    assert told.to_dict(as_series=False) == {"检查方式": ["轮查", None], "序号": [1, 2], "other": ["x", "y"]}


def test_reasons_are_told_in_words() -> None:
    frame = pl.DataFrame({"reasons": ['[{"reason": "x", "text": "请核对病历"}]', None]})
    told = Look(cast(Any, None), cast(Any, None), cast(Any, None)).titled("upcoding_case", frame)
    assert told.to_dict(as_series=False) == {"理由": ["请核对病历", None]}


def test_texts_stand_without_quotation_marks_and_stay_text() -> None:
    html = table_html(pl.DataFrame({"理由": ['与"甲"<b>相符'], "n": [1]}))
    assert '<td style="text-align: left">与&quot;甲&quot;&lt;b&gt;相符</td><td>1</td>' in html

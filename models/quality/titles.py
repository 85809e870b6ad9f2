"""What checks of the data and landing tables are called, for workbooks and pages."""

from functools import cache

from models.contracts import tables
from models.quality.catalogue import catalogue

#: what checks name that ask of several tables together
_TOGETHER = {"inventory": "进销存单据", "reference": "参考表", "visit": "就诊与事前提醒"}


@cache
def _checks(language: str) -> dict[str, str]:
    return {one.check_id: one.title_zh if language == "zh" else one.title_en for one in catalogue()}


def check_title(check_id: str, language: str) -> str:
    """What a check of the data asks; one that is no longer in the catalogue keeps its identifier."""
    return _checks(language).get(check_id, check_id)


def table_title(name: str, language: str) -> str:
    """The Chinese title of a landing table, or of tables asked of together; for English readers its name."""
    if language != "zh":
        return name
    return tables()[name].title if name in tables() else _TOGETHER.get(name, name)

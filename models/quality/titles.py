"""What checks of the data and landing tables are called, for workbooks and pages."""

from functools import cache

from models.contracts import tables
from models.quality.catalogue import catalogue


@cache
def _checks(language: str) -> dict[str, str]:
    return {one.check_id: one.title_zh if language == "zh" else one.title_en for one in catalogue()}


def check_title(check_id: str, language: str) -> str:
    """What a check of the data asks; one that is no longer in the catalogue keeps its identifier."""
    return _checks(language).get(check_id, check_id)


def table_title(name: str, language: str) -> str:
    """The Chinese title of a landing table, for English readers its name."""
    return tables()[name].title if language == "zh" and name in tables() else name
